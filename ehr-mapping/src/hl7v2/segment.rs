//! Which lines are segments, and which ids the standard knows.

use super::delimiters::Delimiters;
use super::split::{Splitter, segments};

/// The three characters that name a segment: a letter, then letters or digits, all upper case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct SegmentId(pub(super) [u8; 3]);

impl SegmentId {
    /// The id that a line begins with, whatever follows it.
    pub(super) fn of(line: &[u8]) -> Option<Self> {
        let id = *line.first_chunk::<3>()?;
        let [first, second, third] = id;
        let rest = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
        (first.is_ascii_uppercase() && rest(second) && rest(third)).then_some(Self(id))
    }

    /// The id of a line that is a segment.
    ///
    /// After the id stands a field separator or nothing; but `MRI` alone is a piece of text, so
    /// that a segment without fields needs an id that the standard knows.
    pub(super) fn of_segment(line: &[u8], field: u8) -> Option<Self> {
        let id = Self::of(line)?;
        match line.get(3) {
            Some(byte) => *byte == field,
            None => id.is_standard(),
        }
        .then_some(id)
    }

    /// Whether the segment declares the delimiters.
    pub(super) fn declares(self) -> bool {
        matches!(&self.0, b"MSH" | b"FHS" | b"BHS")
    }

    /// Whether a vendor made up the segment.
    pub(super) fn is_local(self) -> bool {
        self.0[0] == b'Z'
    }

    /// A number below 26 · 36 · 36 that no other id has.
    pub(super) fn number(self) -> usize {
        let [first, second, third] = self.0.map(|byte| match byte {
            b'A'..=b'Z' => usize::from(byte - b'A'),
            digit => 26 + usize::from(digit - b'0'),
        });
        (first * 36 + second) * 36 + third
    }

    pub(super) fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    fn is_standard(self) -> bool {
        let place = STANDARD.binary_search_by(|(id, _)| id.as_bytes().cmp(&self.0));
        place.is_ok()
    }
}

/// How many leaves the tree of these bytes would have: what a reject counts.
pub(super) fn leaves(bytes: &[u8], delimiters: &Delimiters) -> u64 {
    let splitter = Splitter::new(delimiters);
    segments(bytes)
        .map(
            |segment| match SegmentId::of_segment(&bytes[segment.clone()], delimiters.field) {
                Some(_) => splitter.values(bytes, segment).count() as u64,
                None => 1,
            },
        )
        .sum()
}

/// The segments of the standard up to v2.9 and how many fields they have at least in one version,
/// sorted. The numbers only say which names are made in advance; more fields are no mistake.
pub(super) const STANDARD: [(&str, u32); 190] = [
    ("ABS", 13),
    ("ACC", 17),
    ("ADD", 1),
    ("ADJ", 15),
    ("AFF", 5),
    ("AIG", 14),
    ("AIL", 12),
    ("AIP", 12),
    ("AIS", 12),
    ("AL1", 6),
    ("APR", 5),
    ("ARQ", 25),
    ("ARV", 6),
    ("AUT", 30),
    ("BHS", 14),
    ("BLC", 2),
    ("BLG", 4),
    ("BPO", 14),
    ("BPX", 21),
    ("BTS", 3),
    ("BTX", 21),
    ("BUI", 13),
    ("CDM", 13),
    ("CDO", 4),
    ("CER", 31),
    ("CM0", 11),
    ("CM1", 3),
    ("CM2", 4),
    ("CNS", 6),
    ("CON", 25),
    ("CSP", 4),
    ("CSR", 16),
    ("CSS", 3),
    ("CTD", 8),
    ("CTI", 3),
    ("CTR", 5),
    ("DB1", 8),
    ("DEV", 21),
    ("DG1", 26),
    ("DMI", 5),
    ("DON", 34),
    ("DPS", 5),
    ("DRG", 33),
    ("DSC", 2),
    ("DSP", 5),
    ("DST", 2),
    ("ECD", 5),
    ("ECR", 3),
    ("EDU", 9),
    ("EQL", 4),
    ("EQP", 5),
    ("EQU", 8),
    ("ERQ", 3),
    ("ERR", 12),
    ("EVN", 7),
    ("FAC", 12),
    ("FHS", 14),
    ("FT1", 56),
    ("FTS", 2),
    ("GOL", 22),
    ("GP1", 5),
    ("GP2", 14),
    ("GT1", 57),
    ("IAM", 30),
    ("IAR", 4),
    ("IIM", 15),
    ("ILT", 10),
    ("IN1", 55),
    ("IN2", 72),
    ("IN3", 28),
    ("INV", 20),
    ("IPC", 9),
    ("IPR", 8),
    ("ISD", 3),
    ("ITM", 32),
    ("IVC", 30),
    ("IVT", 26),
    ("LAN", 4),
    ("LCC", 4),
    ("LCH", 5),
    ("LDP", 12),
    ("LOC", 9),
    ("LRL", 6),
    ("MCP", 6),
    ("MFA", 6),
    ("MFE", 7),
    ("MFI", 6),
    ("MRG", 7),
    ("MSA", 8),
    ("MSH", 28),
    ("NCK", 1),
    ("NDS", 4),
    ("NK1", 41),
    ("NPU", 2),
    ("NSC", 9),
    ("NST", 15),
    ("NTE", 9),
    ("OBR", 55),
    ("OBX", 33),
    ("ODS", 4),
    ("ODT", 3),
    ("OH1", 7),
    ("OH2", 17),
    ("OH3", 8),
    ("OH4", 6),
    ("OM1", 59),
    ("OM2", 10),
    ("OM3", 7),
    ("OM4", 18),
    ("OM5", 3),
    ("OM6", 2),
    ("OM7", 25),
    ("OMC", 13),
    ("ORC", 38),
    ("ORG", 12),
    ("OVR", 5),
    ("PAC", 9),
    ("PCE", 4),
    ("PCR", 23),
    ("PD1", 23),
    ("PDA", 9),
    ("PDC", 15),
    ("PEO", 25),
    ("PES", 13),
    ("PID", 40),
    ("PKG", 7),
    ("PM1", 11),
    ("PMT", 12),
    ("PR1", 25),
    ("PRA", 12),
    ("PRB", 30),
    ("PRC", 18),
    ("PRD", 14),
    ("PRT", 28),
    ("PSG", 6),
    ("PSH", 14),
    ("PSL", 48),
    ("PSS", 5),
    ("PTH", 8),
    ("PV1", 54),
    ("PV2", 50),
    ("PYE", 6),
    ("QAK", 6),
    ("QID", 2),
    ("QPD", 10),
    ("QRD", 12),
    ("QRF", 10),
    ("QRI", 3),
    ("RCP", 7),
    ("RDF", 2),
    ("RDT", 20),
    ("REL", 16),
    ("RF1", 24),
    ("RFI", 4),
    ("RGS", 3),
    ("RMI", 3),
    ("ROL", 14),
    ("RQ1", 7),
    ("RQD", 10),
    ("RXA", 29),
    ("RXC", 11),
    ("RXD", 38),
    ("RXE", 49),
    ("RXG", 33),
    ("RXO", 36),
    ("RXR", 6),
    ("RXV", 22),
    ("SAC", 54),
    ("SCD", 37),
    ("SCH", 29),
    ("SCP", 8),
    ("SDD", 7),
    ("SFT", 6),
    ("SGH", 2),
    ("SGT", 1),
    ("SHP", 11),
    ("SID", 4),
    ("SLT", 5),
    ("SPM", 35),
    ("STF", 41),
    ("STZ", 4),
    ("TCC", 14),
    ("TCD", 8),
    ("TQ1", 14),
    ("TQ2", 10),
    ("TXA", 28),
    ("UAC", 2),
    ("UB1", 23),
    ("UB2", 17),
    ("VAR", 6),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted() {
        assert!(STANDARD.windows(2).all(|pair| pair[0].0 < pair[1].0));
    }

    #[test]
    fn lines_that_are_no_segments() {
        let id = |line: &str| SegmentId::of_segment(line.as_bytes(), b'|').is_some();
        for segment in ["PID|", "PID", "ZX9|1", "AB1|"] {
            assert!(id(segment), "{segment}");
        }
        for text in [
            "", "PI", "MRI", "THE end", "pid|1", " PID|1", "1AB|", "A_B|", "PID^",
        ] {
            assert!(!id(text), "{text}");
        }
    }

    #[test]
    fn leaves_are_values_and_stray_lines() {
        assert_eq!(
            leaves(b"PID|1||a^b&c~d\rof text\r\n\rPV1", &Delimiters::default()),
            6
        );
    }
}
