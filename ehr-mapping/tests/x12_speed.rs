//! How fast the reader is beside a plain scan for the separators. Run with
//! `cargo test --release -p ehr-mapping --test all x12_speed -- --ignored --nocapture`.
#![expect(clippy::print_stdout, reason = "a measurement prints its figures")]

use std::fmt::Write;
use std::fs;
use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use ehr_mapping::raw::{Position, RawRecord};
use ehr_mapping::x12::{Reader, Separators, detect, parse, segments};
use ehr_model::source::{Arena, Names};

const HEAD: &str = "ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       \
    *240101*1200*^*00501*000000001*0*T*:~\n";

#[test]
#[ignore = "a measurement"]
fn reading_and_parsing_beside_a_scan_for_separators() {
    measure_all("837P, a claim of three lines a subscriber", &claims(40_000));
    measure_all("835, a claim of two lines", &payments(40_000));
    let Some(corpus) = std::env::var_os("EHR_CORPUS") else {
        println!("skipped: EHR_CORPUS is not set");
        return;
    };
    let mut files = Vec::new();
    for folder in ["imsweb", "lfh", "pyx12"] {
        for entry in fs::read_dir(Path::new(&corpus).join("x12").join(folder)).unwrap() {
            let bytes = fs::read(entry.unwrap().path()).unwrap();
            if detect(&bytes) {
                files.extend_from_slice(&bytes);
                files.push(b'\n');
            }
        }
    }
    measure_all(
        "the files of the corpus, again and again",
        &files.repeat(300),
    );
}

fn claims(subscribers: usize) -> Vec<u8> {
    let mut file = String::from(HEAD);
    file.push_str("GS*HC*S*R*20240101*1200*1*X*005010X222A1~\nST*837*0001*005010X222A1~\n");
    file.push_str("BHT*0019*00*1*20240101*1200*CH~\nNM1*41*2*BILLING*****46*1~\n");
    file.push_str("PER*IC*DESK*TE*5550100~\nNM1*40*2*PAYER*****46*2~\nHL*1**20*1~\n");
    file.push_str("NM1*85*2*CLINIC*****XX*1234567893~\nN3*1 MAIN ST~\nN4*TOWN*MI*490010000~\n");
    file.push_str("REF*EI*123456789~\n");
    for number in 2..subscribers + 2 {
        write!(
            file,
            "HL*{number}*1*22*0~\nSBR*P*18*GROUP{number}******CI~\n\
             NM1*IL*1*FAMILY{number}*GIVEN*M***MI*ID{number}~\nN3*{number} SIDE ST~\n\
             N4*TOWN*MI*49001~\nDMG*D8*19700101*F~\nNM1*PR*2*PAYER*****PI*P{number}~\n\
             CLM*ACCOUNT{number}*310***11:B:1*Y*A*Y*Y~\nREF*D9*TRACE{number}~\n\
             HI*ABK:J4520*ABF:E119*ABF:I10~\nNM1*82*1*DOCTOR*ANN****XX*1234567893~\n\
             PRV*PE*PXC*207Q00000X~\n"
        )
        .unwrap();
        for line in 1..=3 {
            write!(
                file,
                "LX*{line}~\nSV1*HC:9921{line}:25*100*UN*1***1:2~\nDTP*472*D8*20240102~\n\
                 REF*6R*LINE{number}{line}~\n"
            )
            .unwrap();
        }
    }
    file.push_str("SE*1*0001~\nGE*1*1~\nIEA*1*000000001~\n");
    file.into_bytes()
}

fn payments(claims: usize) -> Vec<u8> {
    let mut file = String::from(HEAD);
    file.push_str("GS*HP*S*R*20240101*1200*1*X*005010X221A1~\nST*835*0001~\n");
    file.push_str("BPR*I*100*C*CHK************20240101~\nTRN*1*CHECK*1512345678~\n");
    file.push_str("N1*PR*PAYER~\nN3*1 MAIN ST~\nN4*TOWN*MI*49001~\nN1*PE*CLINIC*XX*1234567893~\n");
    file.push_str("LX*1~\n");
    for number in 0..claims {
        write!(
            file,
            "CLP*ACCOUNT{number}*1*200*150*30*12*CONTROL{number}*11*1~\n\
             NM1*QC*1*FAMILY{number}*GIVEN*M***MI*ID{number}~\nDTM*232*20240102~\n"
        )
        .unwrap();
        for line in 1..=2 {
            write!(
                file,
                "SVC*HC:9921{line}:25*100*75**1~\nDTM*472*20240102~\nCAS*CO*45*10**253*5~\n\
                 CAS*PR*2*10~\nAMT*B6*85~\nREF*6R*LINE{number}{line}~\n"
            )
            .unwrap();
        }
    }
    file.push_str("SE*1*0001~\nGE*1*1~\nIEA*1*000000001~\n");
    file.into_bytes()
}

fn measure_all(kind: &str, bytes: &[u8]) {
    println!("{kind}, {} MB", bytes.len() / 1_000_000);
    let separators = Separators::of(bytes).unwrap();
    let scan = measure("memchr3 scan", bytes, bytes.len(), |bytes| {
        memchr::memchr3_iter(b'*', b':', b'~', bytes).count() as u64
    });
    measure("segments and values", bytes, bytes.len(), |bytes| {
        segments(bytes, separators)
            .map(|segment| {
                segment
                    .values()
                    .filter(|value| value.start < value.end)
                    .count() as u64
            })
            .sum()
    });
    measure("next_raw", bytes, bytes.len(), |bytes| {
        let mut reader = Reader::new(bytes, "speed.x12").unwrap();
        let mut records = 0;
        while let Some(record) = reader.next_raw().unwrap() {
            black_box(&record);
            records += 1;
        }
        records
    });
    let names = Arc::new(Names::default());
    let source: Arc<str> = "speed.x12".into();
    let both = measure("next_raw, parse", bytes, bytes.len(), |bytes| {
        let mut reader = Reader::new(bytes, "speed.x12").unwrap();
        let mut arena = Arena::default();
        let mut nodes = 0;
        while let Some(record) = reader.next_raw().unwrap() {
            let RawRecord::Text(text) = record else {
                continue;
            };
            let (text, position) = (text.expose_text(), text.position());
            let tree = parse(text, &source, position, &names, arena).unwrap();
            nodes += tree.len() as u64;
            arena = black_box(tree).into_arena();
        }
        nodes
    });
    let mut texts: Vec<(String, Position)> = Vec::new();
    let mut reader = Reader::new(bytes, "speed.x12").unwrap();
    while let Some(record) = reader.next_raw().unwrap() {
        if let RawRecord::Text(text) = record {
            texts.push((text.expose_text().to_owned(), text.position()));
        }
    }
    let with_context = texts.iter().map(|(text, _)| text.len()).sum();
    measure("parse alone, of its text", bytes, with_context, |_| {
        let mut arena = Arena::default();
        for (text, position) in &texts {
            let tree = parse(text, &source, *position, &names, arena).unwrap();
            arena = black_box(tree).into_arena();
        }
        texts.len() as u64
    });
    println!(
        "  texts are {:.2} of the file; all is {:.2} of the scan",
        with_context as f64 / bytes.len() as f64,
        scan / both
    );
}

/// Prints MB/s and gives the seconds.
fn measure(what: &str, bytes: &[u8], length: usize, read: impl Fn(&[u8]) -> u64) -> f64 {
    let mut best = f64::MAX;
    for _ in 0..5 {
        let start = Instant::now();
        black_box(read(black_box(bytes)));
        best = best.min(start.elapsed().as_secs_f64());
    }
    println!("  {what:26} {:6.0} MB/s", length as f64 / 1e6 / best);
    best
}
