use std::io::{Cursor, Write};

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::*;

fn packed(files: &[(&str, &[u8])], method: CompressionMethod) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(method);
    for (name, content) in files {
        writer.start_file(*name, options).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn read(folder: &ZipFolder<Cursor<Vec<u8>>>, name: &str) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    folder.open(name)?.read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn message(error: &io::Error) -> String {
    assert!(error.get_ref().is_some_and(|fault| fault.is::<ZipFault>()));
    error.to_string()
}

fn opened(bytes: Vec<u8>) -> io::Result<ZipFolder<Cursor<Vec<u8>>>> {
    ZipFolder::new(Cursor::new(bytes))
}

/// Replaces each occurrence of some bytes, in headers and table of contents alike.
fn replaced(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    let mut bytes = bytes.to_vec();
    let places: Vec<usize> = memchr::memmem::find_iter(&bytes, from).collect();
    assert!(!places.is_empty());
    for at in places {
        bytes[at..at + to.len()].copy_from_slice(to);
    }
    bytes
}

#[test]
fn files_are_listed_and_read_side_by_side() {
    for method in [CompressionMethod::Stored, CompressionMethod::Deflated] {
        let long = b"0123456789".repeat(20_000);
        let folder = opened(packed(
            &[("b/2.xml", &long), ("./a\\1.xml", b"one"), ("/empty", b"")],
            method,
        ))
        .unwrap();
        let list: Vec<_> = folder.list().unwrap();
        let list: Vec<_> = list.iter().map(|file| (&*file.name, file.bytes)).collect();
        assert_eq!(list, [("a/1.xml", 3), ("b/2.xml", 200_000), ("empty", 0)]);
        assert_eq!(read(&folder, "empty").unwrap(), b"");
        let mut one = folder.open("b/2.xml").unwrap();
        let mut other = folder.open("b/2.xml").unwrap();
        let (mut first, mut second) = (Vec::new(), Vec::new());
        let mut block = [0; 7000];
        loop {
            let length = one.read(&mut block).unwrap();
            first.extend_from_slice(&block[..length]);
            let more = other.read(&mut block[..999]).unwrap();
            second.extend_from_slice(&block[..more]);
            if length + more == 0 {
                break;
            }
        }
        assert!(first == long && second == long);
        let missing = folder.open("../a/1.xml").err().unwrap();
        assert_eq!(missing.kind(), io::ErrorKind::NotFound);
        assert_eq!(format!("{folder:?}"), "ZipFolder(3 files)");
    }
}

#[test]
fn folders_are_no_files() {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default();
    writer.add_directory("a", options).unwrap();
    writer.add_symlink("link", "/etc/passwd", options).unwrap();
    writer.start_file("a/1", options).unwrap();
    let folder = opened(writer.finish().unwrap().into_inner()).unwrap();
    assert_eq!(folder.list().unwrap(), [SourceFile::new("a/1", 0)]);
}

#[test]
fn names_stay_inside() {
    for (name, kept) in [
        ("a/b.xml", Some("a/b.xml")),
        ("//a//./b.xml", Some("a/b.xml")),
        ("C:\\export\\b.xml", Some("export/b.xml")),
        ("a..b/..c", Some("a..b/..c")),
        ("../b.xml", None),
        ("a/../../b.xml", None),
        ("a\\..\\b.xml", None),
        ("a\0b", None),
        ("/", None),
        ("", None),
    ] {
        assert_eq!(safe(name).as_deref(), kept, "{name:?}");
    }
    let error = opened(packed(
        &[("a", b"1"), ("../x", b"2")],
        CompressionMethod::Stored,
    ));
    assert_eq!(
        message(&error.unwrap_err()),
        "file 2 of the archive has a name that leads out of it"
    );
}

#[test]
fn one_name_for_two_files_is_refused() {
    let error = opened(packed(
        &[("a", b"1"), ("/a", b"2")],
        CompressionMethod::Stored,
    ));
    assert_eq!(
        message(&error.unwrap_err()),
        "file 2 of the archive has the name of another one"
    );
    let twice = packed(&[("aa", b"1"), ("ab", b"2")], CompressionMethod::Stored);
    let error = opened(replaced(&twice, b"ab", b"aa"));
    assert!(message(&error.unwrap_err()).ends_with("has the name of another one"));
}

#[test]
fn damage_is_noticed() {
    let stored = packed(&[("a", b"Canary value")], CompressionMethod::Stored);
    let folder = opened(replaced(&stored, b"Canary", b"Parrot")).unwrap();
    let error = read(&folder, "a").unwrap_err();
    assert_eq!(message(&error), "a: damaged in the archive");
    let error = opened(stored[..stored.len() - 30].to_vec()).unwrap_err();
    assert_eq!(message(&error), "the archive is damaged or no ZIP file");
    assert!(opened(Vec::new()).is_err());
}

#[test]
fn every_flipped_byte_is_noticed_or_harmless() {
    let content = b"<ClinicalDocument>".repeat(20);
    for method in [CompressionMethod::Stored, CompressionMethod::Deflated] {
        let bytes = packed(&[("a.xml", &content)], method);
        for at in 0..bytes.len() {
            for bit in [1, 16, 128] {
                let mut wrong = bytes.clone();
                wrong[at] ^= bit;
                if let Ok(folder) = opened(wrong)
                    && let Some(file) = folder.list().unwrap().first()
                    && let Ok(found) = read(&folder, &file.name)
                {
                    assert!(found == content, "byte {at} of {method}");
                }
            }
        }
    }
}

#[test]
fn bombs_do_not_go_off() {
    let zeros = vec![0; (MAX_UNPACKED_SMALL + (4 << 20)) as usize];
    let folder = opened(packed(&[("a", &zeros)], CompressionMethod::Deflated)).unwrap();
    let error = read(&folder, "a").unwrap_err();
    assert_eq!(
        message(&error),
        "a: unpacks to more than 250 times its length"
    );
    let small = &zeros[..(MAX_UNPACKED_SMALL as usize)];
    let folder = opened(packed(&[("a", small)], CompressionMethod::Deflated)).unwrap();
    assert_eq!(read(&folder, "a").unwrap().len(), small.len());
    // a claim in the table of contents that is not kept
    let bytes = packed(&[("a", &zeros[..5000])], CompressionMethod::Deflated);
    let folder = opened(replaced(
        &bytes,
        &5000_u32.to_le_bytes(),
        &100_u32.to_le_bytes(),
    ));
    let error = read(&folder.unwrap(), "a").unwrap_err();
    assert_eq!(message(&error), "a: damaged in the archive");
}

#[test]
fn what_is_encrypted_or_packed_otherwise_is_said() {
    let bytes = packed(&[("a", b"1")], CompressionMethod::Stored);
    // the flag is bit 0 behind the version; it stands in both headers
    let mut encrypted = bytes.clone();
    let table = memchr::memmem::find(&bytes, b"PK\x01\x02").unwrap();
    encrypted[6] |= 1;
    encrypted[table + 8] |= 1;
    let folder = opened(encrypted).unwrap();
    assert_eq!(message(&read(&folder, "a").unwrap_err()), "a: encrypted");
    let mut other = bytes.clone();
    other[8] = 14;
    other[table + 10] = 14;
    let folder = opened(other).unwrap();
    let error = read(&folder, "a").unwrap_err();
    assert!(
        message(&error).starts_with("a: packed by method "),
        "{error}"
    );
    assert_eq!(error.kind(), io::ErrorKind::Unsupported);
}
