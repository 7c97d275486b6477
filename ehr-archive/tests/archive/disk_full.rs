//! A disk that is really full: a small file system in memory, where the tests may mount one.
#![cfg(target_os = "linux")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use ehr_archive::*;

use crate::sample::{self, Sample};

/// A mounted file system, which is unmounted with it.
struct Mounted {
    folder: tempfile::TempDir,
}

impl Mounted {
    fn new(size: &str) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let options = format!("size={size}");
        run(
            "mount",
            &["-t", "tmpfs", "-o", &options, "tmpfs"],
            folder.path(),
        )
        .then_some(Mounted { folder })
    }

    fn enlarge(&self) {
        assert!(run(
            "mount",
            &["-o", "remount,size=16m"],
            self.folder.path()
        ));
    }

    fn archive(&self) -> PathBuf {
        self.folder.path().join("archive")
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        run("umount", &[], self.folder.path());
    }
}

fn run(program: &str, arguments: &[&str], folder: &Path) -> bool {
    let mut command = Command::new(program);
    command.args(arguments).arg(folder).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// Appends from a place on, makes each entry durable, and finishes; `durable` counts.
fn write(
    mut writer: ArchiveWriter,
    samples: &[Sample],
    from: usize,
    durable: &mut usize,
) -> Result<(), Error> {
    for (number, sample) in samples.iter().enumerate().skip(from) {
        sample.append(&mut writer, &[number as u8 + 1])?;
        writer.commit()?;
        *durable = number + 1;
    }
    writer.finish(b"the books balance").map(drop)
}

#[test]
#[allow(clippy::print_stderr)]
fn a_full_disk_loses_nothing_once_there_is_room() {
    let samples = sample::samples(60);
    let mut full = 0;
    for size in (24..340).step_by(12) {
        let Some(mounted) = Mounted::new(&format!("{size}k")) else {
            eprintln!("skipped: only root can mount a small file system");
            return;
        };
        let path = mounted.archive();
        let mut durable = 0;
        let begun = ArchiveWriter::create(&path, sample::options("a"), &sample::key());
        let result = begun.and_then(|writer| write(writer, &samples, 0, &mut durable));
        if let Err(error) = result {
            let ErrorKind::Io(source) = error.kind() else {
                panic!("{size} KiB: {error}");
            };
            assert_eq!(source.kind(), std::io::ErrorKind::StorageFull);
            assert!(error.address().file.is_some(), "{error}");
            full += 1;
            mounted.enlarge();
            let (writer, from) = match ArchiveWriter::resume(&path, &sample::key()) {
                Ok((writer, resumed)) => {
                    assert!(resumed.entries >= durable as u64);
                    let from = resumed.cursor.map_or(0, |cursor| cursor[0].into());
                    assert_eq!(resumed.entries, from as u64);
                    (writer, from)
                }
                Err(error) => {
                    assert!(matches!(error.kind(), ErrorKind::NotAnArchive), "{error}");
                    let again = ArchiveWriter::create(&path, sample::options("a"), &sample::key());
                    (again.unwrap(), 0)
                }
            };
            write(writer, &samples, from, &mut durable).unwrap();
        }
        // Reading needs room as well: no log, no read.
        mounted.enlarge();
        assert_eq!(sample::read_all(&path).unwrap(), samples);
        let report = verify(&path, Some(&sample::key()));
        assert!(report.is_sound(), "{size} KiB: {report}");
        assert!(fs::read_dir(path.join("unfinished")).is_err());
    }
    assert!(full >= 15, "only {full} of the disks were full");
}
