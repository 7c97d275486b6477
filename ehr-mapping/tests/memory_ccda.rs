//! How much memory one large C-CDA document takes on its way to a chart. By hand, in a process of its
//! own:
//!
//! ```text
//! cargo test --release -p ehr-mapping --test all memory_ccda -- --ignored --nocapture
//! ```
//!
//! A document is held as a whole: its text, 32 bytes for each node and some three kilobytes for each
//! record. One of 17 MB, as dense as the samples of certification (a record in two kilobytes, a node
//! in fifty bytes), takes less than six times as much and less than 100 MB, the process included.
//! One of more than [`MAX_DOCUMENT`] bytes is refused.
//!
//! [`MAX_DOCUMENT`]: ehr_mapping::ccda::MAX_DOCUMENT
#![expect(clippy::print_stdout, reason = "a measurement prints its figures")]

use crate::support::peak;

use ehr_mapping::format::Format;
use peak::{Made, extract, megabytes, peak as high_water};

/// Times the size of the document.
const MOST: u64 = 6;

#[test]
#[ignore = "a measurement"]
fn one_document() {
    let bytes = megabytes(17) * 1_000_000;
    let document = Made {
        name: "large.xml",
        bytes,
        head: HEAD,
        piece: observation,
        tail: "</organizer></entry></section></component></structuredBody></component></ClinicalDocument>",
    };
    let (records, _) = extract(Format::Ccda, &document);
    let Some(peak) = high_water() else {
        return println!("skipped: the peak memory of a process is read from /proc");
    };
    println!(
        "{} MB, {records} records: peak {} MB, {:.1} times",
        bytes / 1_000_000,
        peak / 1_000_000,
        peak as f64 / bytes as f64
    );
    assert!(records > bytes / 3000, "{records}");
    assert!(peak < MOST * bytes, "{peak}");
}

const HEAD: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<realmCode code="US"/><typeId root="2.16.840.1.113883.1.3" extension="POCD_HD000040"/>
<templateId root="2.16.840.1.113883.10.20.22.1.2" extension="2015-08-01"/>
<id root="2.999.1" extension="d1"/><code code="34133-9" codeSystem="2.16.840.1.113883.6.1"/>
<title>Summary</title><effectiveTime value="20240301101500+0100"/>
<confidentialityCode code="N" codeSystem="2.16.840.1.113883.5.25"/>
<recordTarget><patientRole><id root="2.999.2" extension="7"/><patient>
<name><given>Ada</given><family>Okafor</family></name>
<administrativeGenderCode code="F" codeSystem="2.16.840.1.113883.5.1"/><birthTime value="19700101"/>
</patient></patientRole></recordTarget>
<component><structuredBody><component><section>
<templateId root="2.16.840.1.113883.10.20.22.2.4.1" extension="2015-08-01"/>
<code code="8716-3" codeSystem="2.16.840.1.113883.6.1"/><title>Vital signs</title><text>None.</text>
<entry typeCode="DRIV"><organizer classCode="CLUSTER" moodCode="EVN">
<templateId root="2.16.840.1.113883.10.20.22.4.26" extension="2015-08-01"/>
<id root="2.999.3" extension="o"/>
<code code="46680005" codeSystem="2.16.840.1.113883.6.96"/><statusCode code="completed"/>
<effectiveTime value="20240301"/>
"#;

fn observation(number: u64) -> String {
    format!(
        r##"<component><observation classCode="OBS" moodCode="EVN">
<templateId root="2.16.840.1.113883.10.20.22.4.27"/>
<templateId root="2.16.840.1.113883.10.20.22.4.27" extension="2014-06-09"/>
<id root="2.999.4" extension="v{number}"/>
<code code="8302-2" codeSystem="2.16.840.1.113883.6.1" codeSystemName="LOINC" displayName="Body height">
<originalText><reference value="#vital{number}"/></originalText></code>
<text><reference value="#vital{number}"/></text><statusCode code="completed"/>
<effectiveTime value="20240301101500+0100"/>
<value xsi:type="PQ" value="{}" unit="cm"/>
<interpretationCode code="N" codeSystem="2.16.840.1.113883.5.83"/>
<entryRelationship typeCode="COMP"><act classCode="ACT" moodCode="EVN">
<templateId root="2.16.840.1.113883.10.20.22.4.64"/>
<code code="48767-8" codeSystem="2.16.840.1.113883.6.1" displayName="Annotation comment"/>
<text>Measured standing, without shoes, at the visit of this day; the patient says that it has not
changed for as long as she remembers, and that a doctor once noted two centimetres more, which
the letter of the former practice, as far as it can be read, repeats. Measured standing, without
shoes, at the visit of this day; the patient says that it has not changed for as long as she
remembers, and that a doctor once noted two centimetres more, which the letter of the former
practice, as far as it can be read, repeats. Measured standing, without shoes, at the visit of
this day; the patient says that it has not changed for as long as she remembers, and that a
doctor once noted two centimetres more, which the letter of the former practice, as far as it
can be read, repeats. Measured standing, without shoes, at the visit of this day; the patient
says that it has not changed for as long as she remembers, and that a doctor once noted two
centimetres more, which the letter of the former practice, as far as it can be read, repeats.
Measured standing, without shoes, at the visit of this day; the patient says that it has not
changed for as long as she remembers, and that a doctor once noted two centimetres more, which
the letter of the former practice, as far as it can be read, repeats.
</text></act></entryRelationship>
</observation></component>
"##,
        150 + number % 40
    )
}
