//! The ids of segments that the health care guides use.

/// All ids that become names of nodes, in order.
///
/// Any other id becomes a value and not a name: where a terminator is wrong, a patient's data
/// stand where an id should be, and names are shown in reports.
pub(super) const IDS: [&str; COUNT] = [
    "AAA", "ACT", "ADX", "AK1", "AK2", "AK3", "AK4", "AK5", "AK9", "AMT", "BDS", "BFR", "BGN",
    "BHT", "BIN", "BPR", "CAS", "CAT", "CL1", "CLM", "CLP", "CN1", "COB", "CR1", "CR2", "CR3",
    "CR4", "CR5", "CR6", "CR7", "CR8", "CRC", "CTP", "CTT", "CTX", "CUR", "DMG", "DN1", "DN2",
    "DSB", "DTM", "DTP", "EB", "EC", "EFI", "ENT", "EQ", "FRM", "FST", "GE", "GS", "HCP", "HCR",
    "HD", "HI", "HL", "HLH", "HSD", "ICM", "IDC", "IEA", "III", "IK3", "IK4", "IK5", "INS", "ISA",
    "IT1", "K3", "LE", "LIN", "LQ", "LS", "LUI", "LX", "MEA", "MIA", "MOA", "MSG", "MTX", "N1",
    "N2", "N3", "N4", "NM1", "NTE", "NX1", "OI", "OOI", "OTI", "PAT", "PER", "PID", "PLA", "PLB",
    "PRV", "PS1", "PWK", "QTY", "RDM", "RED", "REF", "REL", "RMR", "SAC", "SBR", "SE", "SHP",
    "SLN", "ST", "STC", "SV1", "SV2", "SV3", "SV4", "SV5", "SV6", "SV7", "SVC", "SVD", "TA1",
    "TED", "TOO", "TPB", "TRN", "TS2", "TS3", "UIT", "UM", "UR",
];

/// How many known ids there are.
pub(super) const COUNT: usize = 130;

/// The number of a segment id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct SegmentId(u8);

impl SegmentId {
    /// Stands for every id that is not in the list.
    pub(super) const UNKNOWN: Self = Self(COUNT as u8);

    pub(super) const ISA: Self = Self::named("ISA");
    pub(super) const GS: Self = Self::named("GS");
    pub(super) const ST: Self = Self::named("ST");
    pub(super) const SE: Self = Self::named("SE");
    pub(super) const GE: Self = Self::named("GE");
    pub(super) const IEA: Self = Self::named("IEA");
    pub(super) const TA1: Self = Self::named("TA1");
    pub(super) const HL: Self = Self::named("HL");
    pub(super) const CLM: Self = Self::named("CLM");
    pub(super) const CLP: Self = Self::named("CLP");
    pub(super) const LX: Self = Self::named("LX");
    pub(super) const PLB: Self = Self::named("PLB");

    /// The segments around transactions.
    pub(super) const ENVELOPE: Set = Set::of(&["ISA", "GS", "ST", "SE", "GE", "IEA", "TA1"]);

    /// An id of the list; anything else does not compile.
    pub(super) const fn named(id: &str) -> Self {
        let found = Self::of(id.as_bytes());
        assert!(found.0 != Self::UNKNOWN.0, "not in the list of ids");
        found
    }

    /// The id that is written so.
    #[inline]
    pub(super) const fn of(id: &[u8]) -> Self {
        match key(id) {
            Some(key) => Self(NUMBERS[key]),
            None => Self::UNKNOWN,
        }
    }

    pub(super) fn index(self) -> usize {
        self.0 as usize
    }
}

/// A set of segment ids.
#[derive(Debug, Clone, Copy)]
pub(super) struct Set([u64; 3]);

impl Set {
    pub(super) const NONE: Self = Self([0; 3]);
    pub(super) const ALL: Self = Self([u64::MAX; 3]);

    pub(super) const fn of(ids: &[&str]) -> Self {
        let mut set = Self::NONE;
        let mut at = 0;
        while at < ids.len() {
            set = set.with(SegmentId::named(ids[at]));
            at += 1;
        }
        set
    }

    pub(super) const fn with(mut self, id: SegmentId) -> Self {
        let number = id.0 as usize;
        self.0[number / 64] |= 1 << (number % 64);
        self
    }

    #[inline]
    pub(super) fn contains(self, id: SegmentId) -> bool {
        let number = id.index();
        id != SegmentId::UNKNOWN && self.0[number / 64] >> (number % 64) & 1 == 1
    }
}

/// Letters and digits, and nothing at the end of a short id.
const CHARACTERS: usize = 37;

/// The number of every possible id; most are unknown.
static NUMBERS: [u8; CHARACTERS * CHARACTERS * CHARACTERS] = numbers();

const fn numbers() -> [u8; CHARACTERS * CHARACTERS * CHARACTERS] {
    let mut numbers = [COUNT as u8; CHARACTERS * CHARACTERS * CHARACTERS];
    let mut at = 0;
    while at < COUNT {
        match key(IDS[at].as_bytes()) {
            Some(key) => numbers[key] = at as u8,
            None => panic!("an id has two or three letters and digits"),
        }
        at += 1;
    }
    numbers
}

#[inline]
const fn key(id: &[u8]) -> Option<usize> {
    let last = match id.len() {
        2 => 0,
        3 => character(id[2]),
        _ => return None,
    };
    let (first, second) = (character(id[0]), character(id[1]));
    if first == CHARACTERS || second == CHARACTERS || last == CHARACTERS {
        return None;
    }
    Some((first * CHARACTERS + second) * CHARACTERS + last)
}

const fn character(byte: u8) -> usize {
    match byte {
        b'A'..=b'Z' => (byte - b'A') as usize + 1,
        b'0'..=b'9' => (byte - b'0') as usize + 27,
        _ => CHARACTERS,
    }
}
