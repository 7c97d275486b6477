//! One chart by its record number. The archive logs each access durably before it reads; the others are measured with and
//! without such a log.

use std::error::Error;
use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::time::Instant;

use ehr_archive::{Access, ArchiveReader, ArchiveWriter, Purpose};
use ehr_crypto::Digest;
use rusqlite::Connection;

use crate::charts::{self, STUB_LEN, Stubs, key, mrn};

const LOOKUPS: u32 = 1_000;
/// A log entry of the archive has about this length.
const LOG_ENTRY: [u8; 900] = [b'x'; 900];
const ACCESS: Access<'static> = Access {
    agent: "bench",
    recorded: "2026-02-01T10:00:00Z",
    purpose: Purpose::Treatment,
};

pub(crate) fn run(folder: &Path, stubs: u32) -> Result<(), Box<dyn Error>> {
    println!("one chart of {stubs} by its record number, {LOOKUPS} times");
    archive(&folder.join("archive"), stubs)?;
    let mut log = File::create(folder.join("log"))?;
    let mut append = || log.write_all(&LOG_ENTRY).and_then(|()| log.sync_data());
    floor(&mut append)?;
    database(&folder.join("charts.sqlite"), stubs, &mut append)?;
    files(&folder.join("files"), stubs, &mut append)
}

/// What one durable append costs on this disk: nothing that is logged can be faster.
fn floor(append: &mut dyn FnMut() -> std::io::Result<()>) -> Result<(), Box<dyn Error>> {
    let mut times = Vec::new();
    for _ in 0..LOOKUPS {
        let start = Instant::now();
        append()?;
        times.push(start.elapsed().as_secs_f64() * 1e3);
    }
    print("one append made durable", times);
    Ok(())
}

fn archive(path: &Path, stubs: u32) -> Result<(), Box<dyn Error>> {
    let (mut texts, start) = (Stubs::new(), Instant::now());
    let mut writer = ArchiveWriter::create(path, charts::options()?, &key())?;
    for number in 0..stubs {
        charts::append(&mut writer, number, texts.of(number).as_bytes())?;
    }
    let appended = start.elapsed().as_secs_f64();
    writer.finish(b"")?;
    let sealed = start.elapsed().as_secs_f64() - appended;
    println!("  the archive was appended to in {appended:.1} s and sealed in {sealed:.1} s");
    let mut reader = ArchiveReader::open(path, &key(), &ACCESS)?;
    measure("archive, search and read logged", stubs, |number| {
        let found = reader.find_by_mrn(&mrn(number), &ACCESS)?;
        let opened = reader.open_entry(&found[0], &ACCESS)?;
        Ok(opened.chart()?.ok_or("no chart")?.into_bytes())
    })?;
    measure("archive, opened, logged at once", stubs, |number| {
        let opened = reader.open_by_mrn(&mrn(number), &ACCESS)?;
        Ok(opened[0].1.chart()?.ok_or("no chart")?.into_bytes())
    })?;
    drop(reader);
    Ok(fs::remove_dir_all(path)?)
}

fn database(
    path: &Path,
    stubs: u32,
    log: &mut dyn FnMut() -> std::io::Result<()>,
) -> Result<(), Box<dyn Error>> {
    let mut connection = Connection::open(path)?;
    connection.execute_batch(
        "PRAGMA journal_mode = WAL; CREATE TABLE chart (mrn BLOB PRIMARY KEY, cell BLOB) WITHOUT ROWID",
    )?;
    let transaction = connection.transaction()?;
    {
        let mut insert = transaction.prepare("INSERT INTO chart VALUES (?1, ?2)")?;
        let mut texts = Stubs::new();
        for number in 0..stubs {
            let cell = seal(number, texts.of(number).as_bytes())?;
            insert.execute((blind(number).as_bytes(), cell))?;
        }
    }
    transaction.commit()?;
    let mut select = connection.prepare("SELECT cell FROM chart WHERE mrn = ?1")?;
    let mut read = |number: u32| -> Result<Vec<u8>, Box<dyn Error>> {
        let cell: Vec<u8> = select.query_row([blind(number).as_bytes()], |row| row.get(0))?;
        open(number, &cell)
    };
    measure("SQLite, sealed cells", stubs, &mut read)?;
    measure("SQLite, sealed cells, logged", stubs, |number| {
        log()?;
        log()?;
        read(number)
    })?;
    drop(select);
    drop(connection);
    Ok(fs::remove_file(path)?)
}

fn files(
    path: &Path,
    stubs: u32,
    log: &mut dyn FnMut() -> std::io::Result<()>,
) -> Result<(), Box<dyn Error>> {
    if stubs > 100_000 {
        println!("  a sealed file per chart: not measured beyond 100,000 files");
        return Ok(());
    }
    fs::create_dir(path)?;
    let file = |number: u32| path.join(blind(number).to_string());
    let mut texts = Stubs::new();
    for number in 0..stubs {
        fs::write(file(number), seal(number, texts.of(number).as_bytes())?)?;
    }
    let read = |number: u32| open(number, &fs::read(file(number))?);
    measure("a sealed file per chart", stubs, read)?;
    measure("a sealed file per chart, logged", stubs, |number| {
        log()?;
        log()?;
        read(number)
    })?;
    Ok(fs::remove_dir_all(path)?)
}

/// What stands in a name or column instead of the record number.
fn blind(number: u32) -> Digest {
    Digest::sha256(mrn(number).as_bytes())
}

fn seal(number: u32, text: &[u8]) -> Result<Vec<u8>, Box<dyn Error>> {
    let compressed = zstd::bulk::compress(text, 3)?;
    Ok(ehr_crypto::seal(
        &key(),
        mrn(number).as_bytes(),
        &compressed,
    )?)
}

fn open(number: u32, sealed: &[u8]) -> Result<Vec<u8>, Box<dyn Error>> {
    let compressed = ehr_crypto::open(&key(), mrn(number).as_bytes(), sealed)?;
    Ok(zstd::bulk::decompress(&compressed, 2 * STUB_LEN)?)
}

fn measure(
    name: &str,
    stubs: u32,
    mut read: impl FnMut(u32) -> Result<Vec<u8>, Box<dyn Error>>,
) -> Result<(), Box<dyn Error>> {
    let mut expected = Stubs::new();
    let mut times = Vec::new();
    for lookup in 0..LOOKUPS {
        let number = (u64::from(lookup) * 7_919_777 % u64::from(stubs)) as u32;
        let start = Instant::now();
        let read = read(number)?;
        times.push(start.elapsed().as_secs_f64() * 1e3);
        assert_eq!(read, expected.of(number).as_bytes());
    }
    print(name, times);
    Ok(())
}

fn print(name: &str, mut times: Vec<f64>) {
    times.sort_unstable_by(f64::total_cmp);
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
    println!(
        "  {name:<33} p50 {:7.3} ms  p99 {:7.3} ms",
        at(0.5),
        at(0.99)
    );
}
