//! Documents that the tests write themselves.

use std::fmt::Write as _;
use std::io::Write as _;

use flate2::Compression;
use flate2::write::ZlibEncoder;
use proptest::prelude::*;

use super::*;
use crate::source::MemoryFolder;

fn codes(facts: &Facts) -> Vec<&'static str> {
    facts
        .issues
        .iter()
        .map(|issue| issue.code.as_str())
        .collect()
}

#[test]
fn media_types_are_told_by_content() {
    let utf16 = |text: &str| {
        text.encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect::<Vec<_>>()
    };
    let compound =
        |name: &str| [b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".to_vec(), utf16(name)].concat();
    let dicom = [vec![0; 128], b"DICM".to_vec()].concat();
    let bitmap = [b"BM".to_vec(), vec![0; 12], vec![40, 0, 0, 0]].concat();
    let files: Vec<(Vec<u8>, &str)> = vec![
        (b"%PDF-1.7\n".to_vec(), "application/pdf"),
        (b"junk before\n%PDF-1.7\n".to_vec(), "application/pdf"),
        (b"\x89PNG\r\n\x1a\n".to_vec(), "image/png"),
        (b"\xff\xd8\xff\xe0".to_vec(), "image/jpeg"),
        (b"GIF89a".to_vec(), "image/gif"),
        (b"II*\0".to_vec(), "image/tiff"),
        (b"MM\0+".to_vec(), "image/tiff"),
        (bitmap, "image/bmp"),
        (b"BMI 24.5, weight stable".to_vec(), "text/plain"),
        (b"RIFF\x04\0\0\0WEBP".to_vec(), "image/webp"),
        (b"RIFF\x04\0\0\0WAVE".to_vec(), "audio/wav"),
        (b"ID3\x04".to_vec(), "audio/mpeg"),
        (b"\xFF\xFB\x90\x64".to_vec(), "audio/mpeg"),
        (b"\0\0\0\x18ftypM4A ".to_vec(), "audio/mp4"),
        (b"\0\0\0\x18ftypheic".to_vec(), "image/heic"),
        (b"{\\rtf1\\ansi}".to_vec(), "text/rtf"),
        (dicom, "application/dicom"),
        (compound("WordDocument"), "application/msword"),
        (compound("Workbook"), "application/vnd.ms-excel"),
        (
            compound("__substg1.0_0037001F"),
            "application/vnd.ms-outlook",
        ),
        (compound("Other"), "application/x-ole-storage"),
        (
            b"PK\x03\x04..[Content_Types].xml..word/document.xml".to_vec(),
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ),
        (
            b"PK\x03\x04..xl/workbook.xml".to_vec(),
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ),
        (b"PK\x03\x04..scan1.pdf".to_vec(), "application/zip"),
        (b"<!DOCTYPE html><p>x".to_vec(), "text/html"),
        (b"\n<HTML><body>".to_vec(), "text/html"),
        (
            b"<?xml version=\"1.0\"?><ClinicalDocument/>".to_vec(),
            "application/xml",
        ),
        (
            b"\xEF\xBB\xBF<ClinicalDocument xmlns=\"urn:hl7-org:v3\">".to_vec(),
            "application/xml",
        ),
        (b"<5 mg given>".to_vec(), "text/plain"),
        (b"<svg xmlns=''/>".to_vec(), "image/svg+xml"),
        (
            b"{\"resourceType\": \"Bundle\"}".to_vec(),
            "application/json",
        ),
        (b"[x] left [ ] right".to_vec(), "text/plain"),
        (b"MSH|^~\\&|LAB\r".to_vec(), "x-application/hl7-v2+er7"),
        (
            b"Received: by x\r\nFrom: a@b\r\nSubject: c\r\n\r\nhello".to_vec(),
            "message/rfc822",
        ),
        (
            b"From: Dr. Roe\nTo: Dr. Doe\nDate: today\n\nDear colleague".to_vec(),
            "text/plain",
        ),
        (
            b"Dear colleague,\r\n\tall is well.\x0C".to_vec(),
            "text/plain",
        ),
        ("Größe".as_bytes().to_vec(), "text/plain"),
        (b"Gr\xF6\xDFe und Gewicht".to_vec(), "text/plain"),
        ([vec![0xFF, 0xFE], utf16("Größe")].concat(), "text/plain"),
        (b"".to_vec(), "application/octet-stream"),
        (b"\0\x01\x02".to_vec(), "application/octet-stream"),
        (
            b"text with a \0 inside".to_vec(),
            "application/octet-stream",
        ),
        (
            b"\x9E\xF3\x81\xC2\xA9\xFE".to_vec(),
            "application/octet-stream",
        ),
    ];
    for (bytes, expected) in files {
        assert_eq!(media_type(&bytes), expected, "{}", bytes.escape_ascii());
    }
    let charset = |bytes: &[u8]| Facts::of(bytes, "a.txt").charset;
    assert_eq!(charset(b"abc"), Some("us-ascii"));
    assert_eq!(charset("é".as_bytes()), Some("utf-8"));
    assert_eq!(charset(b"caf\xE9"), Some("windows-1252"));
    assert_eq!(charset(b"\xFE\xFF\0a"), Some("utf-16"));
    assert_eq!((charset(b"\0"), charset(b"")), (None, None));
}

#[test]
fn what_a_name_promises_is_compared() {
    let facts = |bytes: &[u8], name: &str| {
        let facts = Facts::of(bytes, name);
        (facts.promised, facts.agrees())
    };
    assert_eq!(
        facts(b"GIF89a;", "Scans\\A.JPG"),
        (Some("image/jpeg"), false)
    );
    assert_eq!(facts(b"GIF89a;", "a.gif"), (Some("image/gif"), true));
    assert_eq!(
        facts(b"{\\rtf1}", "letter.doc"),
        (Some("application/msword"), true)
    );
    assert_eq!(
        facts(b"\xFF\xD8\xFF\xFF\xD9", "letter.doc"),
        (Some("application/msword"), false)
    );
    assert_eq!(facts(b"x", "7.001"), (None, true));
    assert_eq!(facts(b"x", "folder.pdf/7"), (None, true));
    assert_eq!(facts(b"x", ".pdf"), (None, true));
}

#[test]
fn files_that_end_too_early_are_seen() {
    let found = |bytes: &[u8], name: &str| codes(&Facts::of(bytes, name));
    assert_eq!(found(b"", "a.pdf"), ["document-empty"]);
    let pdf = classic(
        &[
            "<</Type/Catalog/Pages 2 0 R>>",
            "<</Type/Pages/Kids[3 0 R]/Count 1>>",
            "<</Type/Page>>",
        ],
        "",
    );
    assert_eq!(found(&pdf, "a.pdf"), [""; 0]);
    assert_eq!(
        found(&pdf[..pdf.len() / 2], "a.pdf"),
        ["document-truncated", "document-pages-unknown"]
    );
    assert_eq!(
        found(b"\xFF\xD8\xFF\xE0 cut", "a.jpg"),
        ["document-truncated"]
    );
    assert_eq!(found(b"\xFF\xD8\xFF\xE0 all \xFF\xD9", "a.jpg"), [""; 0]);
    assert_eq!(
        found(b"\x89PNG\r\n\x1a\n cut", "a.png"),
        ["document-truncated"]
    );
    assert_eq!(found(b"PK\x03\x04 cut", "a.zip"), ["document-truncated"]);
    assert_eq!(
        found(b"RIFF\x20\0\0\0WAVE cut", "a.wav"),
        ["document-truncated"]
    );
    let issue = &Facts::of(b"", "scans/a.pdf").issues[0];
    assert_eq!(issue.to_string(), "document-empty [scans/a.pdf]");
}

#[test]
fn facts_show_neither_content_nor_digest() {
    let facts = Facts::of(b"Canarybird", "a.txt");
    let printed = format!("{facts:?}");
    assert!(printed.contains("text/plain") && !printed.contains("Canarybird"));
    assert!(!printed.contains(&facts.digest.to_string()));
    assert_eq!(facts.digest, ehr_crypto::Digest::sha256(b"Canarybird"));
}

/// A PDF with a table of cross-references; the first object is the catalog.
fn classic(objects: &[&str], trailer: &str) -> Vec<u8> {
    let mut pdf = String::from("%PDF-1.4\n");
    let mut offsets = Vec::new();
    for (place, object) in objects.iter().enumerate() {
        offsets.push(pdf.len());
        writeln!(pdf, "{} 0 obj\n{object}\nendobj", place + 1).unwrap();
    }
    let table = pdf.len();
    write!(pdf, "xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1).unwrap();
    for offset in offsets {
        writeln!(pdf, "{offset:010} 00000 n ").unwrap();
    }
    let size = objects.len() + 1;
    write!(
        pdf,
        "trailer\n<</Size {size}/Root 1 0 R{trailer}>>\nstartxref\n{table}\n%%EOF\n"
    )
    .unwrap();
    pdf.into_bytes()
}

/// The same in streams, as newer programs write it: all objects in one, the references in another,
/// each row of which is written as its difference to the one above.
fn packed(objects: &[&str]) -> Vec<u8> {
    let deflate = |bytes: &[u8]| {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    };
    let (mut heads, mut bodies) = (String::new(), String::new());
    for (place, object) in objects.iter().enumerate() {
        write!(heads, "{} {} ", place + 1, bodies.len()).unwrap();
        writeln!(bodies, "{object}").unwrap();
    }
    let (count, first) = (objects.len(), heads.len());
    let content = deflate((heads + &bodies).as_bytes());
    let mut pdf = b"%PDF-1.5\n".to_vec();
    let stream_at = pdf.len();
    let (stream, xref) = (count + 1, count + 2);
    write!(pdf, "{stream} 0 obj\n<</Type/ObjStm/N {count}/First {first}/Filter/FlateDecode/Length {}>>\nstream\r\n", content.len()).unwrap();
    pdf.extend(content);
    pdf.extend(b"\nendstream\nendobj\n");
    let xref_at = pdf.len();
    let mut rows = vec![[0u8; 4]];
    rows.extend((0..count).map(|index| [2, 0, stream as u8, index as u8]));
    rows.push([1, (stream_at >> 8) as u8, stream_at as u8, 0]);
    rows.push([1, (xref_at >> 8) as u8, xref_at as u8, 0]);
    let mut above = [0u8; 4];
    let mut predicted = Vec::new();
    for row in &rows {
        predicted.push(2);
        predicted.extend(
            row.iter()
                .zip(above)
                .map(|(byte, above)| byte.wrapping_sub(above)),
        );
        above = *row;
    }
    let content = deflate(&predicted);
    write!(pdf, "{xref} 0 obj\n<</Type/XRef/Size {}/W[1 2 1]/Root 1 0 R/Filter[/FlateDecode]/DecodeParms[<</Predictor 12/Columns 4>>]/Length {}>>\nstream\n", rows.len(), content.len()).unwrap();
    pdf.extend(content);
    write!(pdf, "\nendstream\nendobj\nstartxref\n{xref_at}\n%%EOF").unwrap();
    pdf
}

/// A tree with a page, a node of two pages, and an empty node.
const TREE: [&str; 8] = [
    "<</Type/Catalog/Pages 2 0 R>>",
    "<</Type /Pages % a comment\n/Kids [3 0 R 4 0 R 7 0 R] /Count 3>>",
    "<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents(a \\) (b))>>",
    "<</Type/Pages/Kids[5 0 R 6 0 R]/Count 2/Parent 2 0 R>>",
    "<</Type/P#61ge/X<4142>/Y true/Z -1.5>>",
    "<</MediaBox[0 0 1 1]>>",
    "<</Type/Pages/Kids[]/Count 0>>",
    "null",
];

#[test]
fn pages_of_a_pdf_are_those_of_its_tree() {
    assert_eq!(pages(&classic(&TREE, "")), Pages::Counted(3));
    assert_eq!(pages(&packed(&TREE)), Pages::Counted(3));
    let moved = [b"mail header\r\n".to_vec(), classic(&TREE, "")].concat();
    assert_eq!(pages(&moved), Pages::Counted(3));
    // a later version of the root, appended as programs do that only add
    let mut updated = classic(&TREE, "");
    let text = String::from_utf8(updated.clone()).unwrap();
    let before: usize = text
        .rsplit("startxref\n")
        .next()
        .unwrap()
        .lines()
        .next()
        .unwrap()
        .parse()
        .unwrap();
    let at = updated.len();
    updated.extend(b"2 0 obj\n<</Type/Pages/Kids[3 0 R]/Count 1>>\nendobj\n");
    let table = updated.len();
    write!(updated, "xref\n2 1\n{at:010} 00000 n \ntrailer\n<</Size 9/Root 1 0 R/Prev {before}>>\nstartxref\n{table}\n%%EOF").unwrap();
    assert_eq!(pages(&updated), Pages::Counted(1));
}

#[test]
fn pages_that_cannot_be_counted_are_unknown_and_never_0() {
    let unknown = |bytes: &[u8]| match pages(bytes) {
        Pages::Unknown(reason) => reason,
        other => panic!("{other:?}"),
    };
    let with = |change: &dyn Fn(&str) -> String| {
        let text = String::from_utf8(classic(&TREE, "")).unwrap();
        change(&text).into_bytes()
    };
    assert_eq!(
        unknown(&classic(&TREE, "/Encrypt 8 0 R")),
        PagesUnknown::Encrypted
    );
    assert_eq!(unknown(b"%PDF-1.4\n%%EOF"), PagesUnknown::Damaged);
    assert_eq!(
        unknown(&with(&|pdf| pdf.replace("/Count 3", "/Count 4"))),
        PagesUnknown::Contradiction
    );
    assert_eq!(
        unknown(&with(&|pdf| pdf.replace("3 0 obj", "9 0 obj"))),
        PagesUnknown::Damaged
    );
    // circles
    assert_eq!(
        unknown(&with(&|pdf| pdf.replace("[5 0 R", "[2 0 R"))),
        PagesUnknown::Damaged
    );
    let table = String::from_utf8(classic(&TREE, "")).unwrap();
    let at = table.find("xref\n0").unwrap();
    assert_eq!(
        unknown(&classic(&TREE, &format!("/Prev {at}"))),
        PagesUnknown::Damaged
    );
    let filter = with(&|pdf| pdf.replace("trailer\n<<", "trailer\n<</Encrypt null"));
    assert_eq!(pages(&filter), Pages::Counted(3));
    let mut packed = packed(&TREE);
    let place = memchr::memmem::find(&packed, b"/FlateDecode/Length").unwrap();
    packed[place..place + 12].copy_from_slice(b"/LZWDecode  ");
    assert_eq!(unknown(&packed), PagesUnknown::Filter);
    assert_eq!(
        PagesUnknown::Encrypted.to_string(),
        "the document is encrypted"
    );
}

fn pages(bytes: &[u8]) -> Pages {
    Facts::of(bytes, "a.pdf").pages
}

/// A TIFF with directories of these kinds.
fn tiff(kinds: &[u32], little: bool, big: bool) -> Vec<u8> {
    let mut file = if little {
        b"II".to_vec()
    } else {
        b"MM".to_vec()
    };
    fn push(file: &mut Vec<u8>, number: u64, length: usize, little: bool) {
        let bytes = number.to_be_bytes();
        let mut bytes = bytes[8 - length..].to_vec();
        if little {
            bytes.reverse();
        }
        file.extend(bytes);
    }
    push(&mut file, if big { 43 } else { 42 }, 2, little);
    if big {
        push(&mut file, 8, 2, little);
        push(&mut file, 0, 2, little);
    }
    let width = if big { 8 } else { 4 };
    let begin = file.len() + width;
    push(&mut file, begin as u64, width, little);
    for (place, kind) in kinds.iter().enumerate() {
        push(&mut file, 1, if big { 8 } else { 2 }, little);
        push(&mut file, 254, 2, little);
        push(&mut file, 4, 2, little);
        push(&mut file, 1, width, little);
        push(&mut file, u64::from(*kind), 4, little);
        if big {
            push(&mut file, 0, 4, little);
        }
        let next = if place + 1 < kinds.len() {
            file.len() + width
        } else {
            0
        };
        push(&mut file, next as u64, width, little);
    }
    file
}

#[test]
fn pages_of_a_tiff_are_its_directories() {
    let pages = |bytes: &[u8]| Facts::of(bytes, "a.tif").pages;
    for (little, big) in [(true, false), (false, false), (true, true), (false, true)] {
        assert_eq!(pages(&tiff(&[0], little, big)), Pages::Counted(1));
        // the second page has a smaller copy of itself behind
        assert_eq!(pages(&tiff(&[2, 2, 1, 0], little, big)), Pages::Counted(3));
    }
    let damaged = Pages::Unknown(PagesUnknown::Damaged);
    let mut circle = tiff(&[0, 0], true, false);
    let last = circle.len() - 4;
    circle[last] = 8;
    assert_eq!(pages(&circle), damaged);
    assert_eq!(pages(&circle[..20]), damaged);
    assert_eq!(pages(b"II*\0\0\0\0\0"), damaged);
    assert_eq!(Facts::of(b"\xFF\xD8\xFF\xD9", "a.jpg").pages, Pages::None);
}

#[test]
fn an_index_is_found_by_the_files_that_it_names() {
    let folder = MemoryFolder::default()
        .with("tables/patients.csv", "MRN,NAME\n7,Roe\n8,Doe\n")
        .with(
            "tables/docs.tsv",
            "DocID\tPatientID\tEncounter\tScanned\tDocType\tPath\n\
             1\t7\tE1\t2020-01-31\tLetter\tC:\\Scans\\2020\\A.PDF\n\
             2\t8\tE2\t2020-02-01\tECG\tc:\\scans\\2021\\a.pdf\n\
             3\t8\t\t2020-02-01\tECG\tC:\\Scans\\2021\\gone.pdf\n\
             4\t8\t\t\t\t\n",
        )
        .with("documents/2020/a.pdf", "%PDF-1.4")
        .with("documents/2021/A.pdf", "%PDF-1.4")
        .with("documents/2021/table.csv", "a,b\n1,2\n")
        .with("documents/2022/c.pdf", "%PDF-1.4")
        .with("readme.txt", "Hello, there\n");
    let index = Index::detect(&folder).unwrap().unwrap();
    assert_eq!(index.file, "tables/docs.tsv");
    assert_eq!(index.columns[index.name], "Path");
    assert_eq!(
        (index.patient, index.visit, index.date, index.kind),
        (Some(1), Some(2), Some(3), Some(4))
    );
    assert_eq!(index.rows, 2);
    assert_eq!(index.without_row, ["documents/2021/table.csv"]);
    let lines: Vec<_> = index
        .without_file
        .iter()
        .map(|position| position.line)
        .collect();
    assert_eq!(lines, [4, 5]);
    assert_eq!(
        index.find("C:\\Scans\\2021\\A.pdf"),
        Some("documents/2021/A.pdf")
    );
    // the last folder must be the same, and the name alone is that of two files
    assert_eq!(index.find("C:\\Scans\\2019\\A.pdf"), None);
    assert_eq!(index.find("a.pdf"), None);
    assert_eq!(index.find("c.pdf"), Some("documents/2022/c.pdf"));
    assert!(!format!("{index:?}").contains("Roe"));
}

#[test]
fn a_file_that_rows_call_by_two_paths_is_nobodys() {
    let folder = MemoryFolder::default()
        .with(
            "index.csv",
            "id,file\n1,roe/report.pdf\n2,doe/report.pdf\n3,x.pdf\n4,y.pdf\n5,z.pdf\n",
        )
        .with("report.pdf", "%PDF-1.4")
        .with("x.pdf", "%PDF-1.4")
        .with("y.pdf", "%PDF-1.4");
    let index = Index::detect(&folder).unwrap().unwrap();
    assert_eq!(index.rows, 2);
    assert_eq!(index.find("roe/report.pdf"), None);
    assert_eq!(index.without_row, ["report.pdf"]);
    let rows: Vec<_> = index
        .without_file
        .iter()
        .map(|position| position.number)
        .collect();
    assert_eq!(rows, [1, 2, 5]);
}

#[test]
fn a_workbook_or_names_without_ending_are_an_index_too() {
    let mut writer = rust_xlsxwriter::Workbook::new();
    writer
        .add_worksheet()
        .set_name("Notes")
        .unwrap()
        .write(0, 0, "nothing")
        .unwrap();
    let sheet = writer.add_worksheet().set_name("Files").unwrap();
    for (line, (chart, name)) in [("Chart", "Image"), ("7", "IMG1"), ("8", "IMG2")]
        .into_iter()
        .enumerate()
    {
        sheet.write_row(line as u32, 0, [chart, name]).unwrap();
    }
    let folder = MemoryFolder::default()
        .with("index.xlsx", writer.save_to_buffer().unwrap())
        .with("img1.tif", "II*\0")
        .with("img2.tif", "II*\0")
        .with("img3.tif", "II*\0");
    let index = Index::detect(&folder).unwrap().unwrap();
    assert_eq!(
        (&*index.file, index.sheet.as_deref()),
        ("index.xlsx", Some("Files"))
    );
    assert_eq!((index.name, index.patient, index.rows), (1, Some(0), 2));
    assert_eq!(index.without_row, ["img3.tif"]);
}

#[test]
fn tables_that_name_no_file_are_no_index() {
    let folder = MemoryFolder::default()
        .with("patients.csv", "id,name\n1,Roe\n")
        .with("letters.csv", "id,text\n1,see a.pdf\n2,x\n")
        .with("empty.csv", "")
        .with("a.pdf", "%PDF-1.4");
    assert_eq!(Index::detect(&folder).unwrap(), None);
    assert_eq!(Index::detect(&MemoryFolder::default()).unwrap(), None);
}

proptest! {
    #[test]
    fn no_bytes_upset_it(bytes in prop::collection::vec(any::<u8>(), 0..400), name in "[a-z]{0,3}(\\.[a-z]{0,4})?") {
        for magic in [&b""[..], b"%PDF-1.4\n", b"II*\0", b"MM\0+", b"PK\x03\x04", b"BM", b"RIFF"] {
            let facts = Facts::of(&[magic, &bytes].concat(), &name);
            prop_assert_ne!(facts.pages, Pages::Counted(0));
        }
    }

    #[test]
    fn a_cut_pdf_has_no_more_pages_than_a_whole_one(cut in 0usize..2000, change in 0usize..2000, byte in any::<u8>()) {
        for whole in [classic(&TREE, ""), packed(&TREE)] {
            let end = cut.min(whole.len());
            if let Pages::Counted(pages) = Facts::of(&whole[..end], "a.pdf").pages {
                prop_assert_eq!(pages, 3);
            }
            let mut changed = whole.clone();
            let place = change % changed.len();
            changed[place] = byte;
            prop_assert_ne!(Facts::of(&changed, "a.pdf").pages, Pages::Counted(0));
        }
    }
}
