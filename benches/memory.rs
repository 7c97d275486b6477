//! Peak memory of the `migrate` example on one, ten and sixty times an export: it must not grow
//! with the input. Ends with 1 where it does.
//!
//! `EHR_CORPUS=… cargo bench -p benches --bench memory`
#![expect(clippy::print_stdout, reason = "a measurement prints its figures")]

use std::env;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use benches::{document, export};

/// How often the export is repeated. The smallest is shown only: one export of a few megabytes
/// does not fill a partition.
const TIMES: [u32; 3] = [1, 10, 60];
/// How often each is run. A short run need not meet the moment at which all threads are busy with
/// the largest patients; the largest of several peaks is close to what a long run meets.
const RUNS: [u32; 3] = [3, 5, 1];
/// How much more the largest input may take than the middle one: partitions differ in size.
const GROWTH: f64 = 1.25;
/// Looking at a process costs little, and its high-water mark only rises.
const PAUSE: Duration = Duration::from_millis(5);

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let Some(export) = export() else {
        println!("skipped: EHR_CORPUS does not name a folder with the export");
        return Ok(ExitCode::SUCCESS);
    };
    let Some(multiply) = multiplier() else {
        println!("skipped: no multiply_csv.py beside the corpus, or no python3 to run it");
        return Ok(ExitCode::SUCCESS);
    };
    if !Path::new("/proc/self/status").exists() {
        println!("skipped: the peak memory of a process is read from /proc");
        return Ok(ExitCode::SUCCESS);
    }
    let migrate = build()?;
    let folder = tempfile::tempdir()?;
    println!(
        "{:>6} {:>9} {:>8} {:>9} {:>8}",
        "input", "MB", "threads", "peak MB", "s"
    );
    let mut peaks = [[0.0; TIMES.len()]; 2];
    for (place, times) in TIMES.into_iter().enumerate() {
        let source = folder.path().join(format!("x{times}"));
        run(Command::new("python3")
            .arg(&multiply)
            .args([&export, &source])
            .arg(times.to_string()))?;
        for threads in [1, 2] {
            let mut largest = 0.0_f64;
            let start = Instant::now();
            for _ in 0..RUNS[place] {
                let out = folder.path().join("out");
                let mut command = Command::new(&migrate);
                command
                    .arg("--source")
                    .arg(&source)
                    .arg("--map")
                    .arg(document());
                command
                    .arg("--out")
                    .arg(&out)
                    .args(["--threads", &threads.to_string()]);
                largest = largest.max(peak(command.stdout(Stdio::null()).spawn()?)?);
                fs::remove_dir_all(&out)?;
            }
            let seconds = start.elapsed().as_secs_f64() / f64::from(RUNS[place]);
            let size = size(&source)?;
            println!("{times:>5}x {size:>9.1} {threads:>8} {largest:>9.1} {seconds:>8.1}");
            peaks[threads - 1][place] = largest;
        }
        fs::remove_dir_all(&source)?;
    }
    Ok(verdict(&peaks))
}

fn verdict(peaks: &[[f64; TIMES.len()]; 2]) -> ExitCode {
    let mut code = ExitCode::SUCCESS;
    for (threads, [_, middle, largest]) in (1..).zip(peaks) {
        let growth = largest / middle;
        let (small, large) = (TIMES[1], TIMES[2]);
        println!("{threads} thread(s): {large}x takes {growth:.2} times the memory of {small}x");
        if growth > GROWTH {
            println!("FAILED: more than {GROWTH} times: memory grows with the input");
            code = ExitCode::FAILURE;
        }
    }
    code
}

/// Waits for a process and returns the most memory that it held at once, in MB.
fn peak(mut process: Child) -> Result<f64, Box<dyn Error>> {
    let status = format!("/proc/{}/status", process.id());
    let mut peak = 0.0_f64;
    loop {
        let text = fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB")?.trim().parse().ok());
        peak = peak.max(kilobytes.unwrap_or(0.0) * 1024.0 / 1e6);
        if let Some(status) = process.try_wait()? {
            return match status.code() {
                Some(0) => Ok(peak),
                _ => Err(format!("migrate ended with {status}").into()),
            };
        }
        sleep(PAUSE);
    }
}

/// The release build of the example.
fn build() -> Result<PathBuf, Box<dyn Error>> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut build = Command::new(cargo);
    build.args([
        "build",
        "--quiet",
        "--release",
        "--package",
        "examples",
        "--example",
        "migrate",
    ]);
    run(build.current_dir(env!("CARGO_MANIFEST_DIR")))?;
    let bench = env::current_exe()?;
    let release = bench
        .ancestors()
        .nth(2)
        .ok_or("benches lie in a target folder")?;
    Ok(release.join("examples/migrate"))
}

fn multiplier() -> Option<PathBuf> {
    let script = Path::new(&env::var_os("EHR_CORPUS")?).join("../tools/multiply_csv.py");
    let mut python = Command::new("python3");
    let works = python
        .arg("--version")
        .stdout(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    (works && script.is_file()).then_some(script)
}

fn run(command: &mut Command) -> Result<(), Box<dyn Error>> {
    match command.status()? {
        status if status.success() => Ok(()),
        status => Err(format!("{command:?} ended with {status}").into()),
    }
}

fn size(folder: &Path) -> Result<f64, Box<dyn Error>> {
    let mut bytes = 0;
    for entry in fs::read_dir(folder)? {
        bytes += entry?.metadata()?.len();
    }
    Ok(bytes as f64 / 1e6)
}
