//! The loops of the implementation guides, as far as they are needed to tell loops apart.
//!
//! Facts of the guides 005010X222A1 (837P), X223A2 (837I), X224A2 (837D), X221A1 (835), X214
//! (277CA), X231 (999), and of 004010X098A1, X096A1, X097A1, X091A1 and the 997 of 004010.

mod acknowledgment;
mod claim;
mod payment;

use super::segment::{SegmentId, Set};

/// The names of all loops; see [`loop_name`].
pub(super) const LOOP_NAMES: &[&str] = &[
    "1000", "1000A", "1000B", "2000", "2000A", "2000B", "2000C", "2000D", "2010", "2010AA",
    "2010AB", "2010AC", "2010BA", "2010BB", "2010BC", "2010BD", "2010CA", "2100", "2100A", "2100B",
    "2100C", "2100D", "2110", "2200A", "2200B", "2200C", "2200D", "2220D", "2300", "2305", "2310",
    "2310A", "2310B", "2310C", "2310D", "2310E", "2310F", "2320", "2330", "2330A", "2330B",
    "2330C", "2330D", "2330E", "2330F", "2330G", "2330H", "2330I", "2400", "2410", "2420", "2420A",
    "2420B", "2420C", "2420D", "2420E", "2420F", "2420G", "2420H", "2430", "2440", "AK2", "AK3",
];

/// How a transaction is read.
#[derive(Debug)]
pub(super) struct Guide {
    pub(super) root: Loop,
    pub(super) cut: Cut,
}

impl Cut {
    /// The segments that do not merely go on with a record.
    pub(super) const fn boundaries(self) -> Set {
        const CLAIMS: Set = Set::of(&["HL", "CLM"]);
        const PAYMENTS: Set = Set::of(&["LX", "CLP", "PLB"]);
        const CLAIM_STATUS: Set = Set::of(&["HL"]);
        match self {
            Self::Claims => CLAIMS,
            Self::Payments => PAYMENTS,
            Self::ClaimStatus => CLAIM_STATUS,
            Self::Whole => Set::NONE,
        }
    }
}

/// Where the records of a transaction begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cut {
    /// At every hierarchical level: billing provider, subscriber, patient.
    Claims,
    /// At every claim payment.
    Payments,
    /// At the level of the patient, of four.
    ClaimStatus,
    /// Nowhere.
    Whole,
}

/// A loop of a guide.
#[derive(Debug)]
pub(super) struct Loop {
    /// Its place in [`LOOP_NAMES`].
    pub(super) name: u8,
    opener: SegmentId,
    /// The element that tells the loop from others with the same opening segment, or 0.
    element: usize,
    codes: &'static [&'static str],
    /// The segments that stand directly in it, without the one that opens it.
    direct: Set,
    /// Those of them that stand after the loops inside of it.
    trailers: Set,
    loops: &'static [Loop],
    /// The segments that open them.
    openers: Set,
    /// Whether leaving it goes on in the order of the guide. Loops about one entity come in any
    /// order in real files, and segments of the claim between them.
    structural: bool,
    /// Takes entities that the guide does not foresee, under the loop id of the base standard.
    spare: bool,
}

impl Loop {
    const fn new(name: &str, opener: &str, direct: &[&str]) -> Self {
        Self {
            name: loop_name(name),
            opener: SegmentId::named(opener),
            element: 0,
            codes: &[],
            direct: Set::of(direct),
            trailers: Set::NONE,
            loops: &[],
            openers: Set::NONE,
            structural: false,
            spare: false,
        }
    }

    /// A loop that begins with a name of one of these roles (NM101).
    const fn entity(name: &str, codes: &'static [&'static str], direct: &[&str]) -> Self {
        Self::new(name, "NM1", direct).coded(1, codes)
    }

    /// A hierarchical level of these codes (HL03).
    const fn level(name: &str, codes: &'static [&'static str], direct: &[&str]) -> Self {
        Self::new(name, "HL", direct).coded(3, codes).structural()
    }

    const fn coded(mut self, element: usize, codes: &'static [&'static str]) -> Self {
        self.element = element;
        self.codes = codes;
        self
    }

    const fn holding(mut self, loops: &'static [Loop]) -> Self {
        self.loops = loops;
        self.openers = openers(loops);
        self
    }

    const fn closing(mut self, trailers: &[&str]) -> Self {
        self.trailers = Set::of(trailers);
        self
    }

    const fn structural(mut self) -> Self {
        self.structural = true;
        self
    }

    const fn spare(mut self) -> Self {
        self.spare = true;
        self
    }

    /// The top of a transaction; its name and opening segment mean nothing.
    const fn root(direct: Set, trailers: Set, loops: &'static [Loop]) -> Self {
        Self {
            direct,
            trailers,
            loops,
            openers: openers(loops),
            structural: true,
            ..Self::new("1000", "ST", &[])
        }
    }

    fn begins<'e>(&self, id: SegmentId, element: &impl Fn(usize) -> &'e [u8]) -> bool {
        self.opener == id
            && (self.element == 0 || {
                let code = element(self.element);
                self.codes.iter().any(|known| known.as_bytes() == code)
            })
    }
}

impl Guide {
    /// The guide of a transaction, and whether its version names one.
    ///
    /// `set` is ST01; `version` is ST03, or GS08 where ST03 is empty.
    pub(super) fn of(set: &[u8], version: &[u8]) -> (&'static Self, bool) {
        let names = |guide: &str| memchr::memmem::find(version, guide.as_bytes()).is_some();
        match set {
            b"837" => {
                let known = [
                    ("X222", &claim::PROFESSIONAL),
                    ("X223", &claim::INSTITUTIONAL),
                    ("X224", &claim::DENTAL),
                    ("X098", &claim::PROFESSIONAL_4010),
                    ("X096", &claim::INSTITUTIONAL_4010),
                    ("X097", &claim::DENTAL_4010),
                ];
                match known.into_iter().find(|(name, _)| names(name)) {
                    Some((_, guide)) => (guide, true),
                    None if version.starts_with(b"004") => (&claim::PROFESSIONAL_4010, false),
                    None => (&claim::PROFESSIONAL, false),
                }
            }
            b"835" => (&payment::PAYMENT, true),
            b"277" if names("X214") => (&acknowledgment::CLAIM_STATUS, true),
            b"999" => (&acknowledgment::IMPLEMENTATION, true),
            b"997" => (&acknowledgment::FUNCTIONAL, true),
            _ => (&FLAT, true),
        }
    }
}

/// A transaction of any other kind: a list of segments.
pub(super) static FLAT: Guide = Guide {
    root: Loop::root(Set::ALL, Set::NONE, &[]),
    cut: Cut::Whole,
};

const fn openers(loops: &[Loop]) -> Set {
    let mut openers = Set::NONE;
    let mut at = 0;
    while at < loops.len() {
        openers = openers.with(loops[at].opener);
        at += 1;
    }
    openers
}

const fn loop_name(name: &str) -> u8 {
    let mut at = 0;
    while at < LOOP_NAMES.len() {
        if same(LOOP_NAMES[at].as_bytes(), name.as_bytes()) {
            return at as u8;
        }
        at += 1;
    }
    panic!("not in the list of loops")
}

const fn same(one: &[u8], other: &[u8]) -> bool {
    if one.len() != other.len() {
        return false;
    }
    let mut at = 0;
    while at < one.len() {
        if one[at] != other[at] {
            return false;
        }
        at += 1;
    }
    true
}

/// How deep loops nest; the deepest is an entity of another payer inside of a claim.
const MAX_DEPTH: usize = 8;

/// The loops that are open while the segments of a record go by.
pub(super) struct Place {
    open: [&'static Loop; MAX_DEPTH],
    depth: usize,
    /// Whether the segment that opens the interchange was taken; there is only one.
    begun: bool,
    version: Vec<u8>,
}

/// Where a segment belongs.
pub(super) struct Step {
    /// How many loops end before it.
    pub(super) closes: usize,
    /// The loop that it opens.
    pub(super) opens: Option<&'static Loop>,
    /// Whether the guide foresees it there.
    pub(super) fits: bool,
}

impl Place {
    pub(super) fn new() -> Self {
        Self {
            open: [&FLAT.root; MAX_DEPTH],
            depth: 1,
            begun: false,
            version: Vec::new(),
        }
    }

    /// Takes the next segment.
    pub(super) fn step<'e>(&mut self, id: SegmentId, element: &impl Fn(usize) -> &'e [u8]) -> Step {
        let depth = self.depth;
        let is_first = !std::mem::replace(&mut self.begun, true);
        if SegmentId::ENVELOPE.contains(id) && (is_first || id != SegmentId::ISA) {
            self.depth = 1;
            match id {
                SegmentId::GS => self.version = element(8).to_vec(),
                SegmentId::ST => {
                    let version = match element(3) {
                        [] => &self.version,
                        version => version,
                    };
                    self.open[0] = &Guide::of(element(1), version).0.root;
                }
                _ => {}
            }
            return Step {
                closes: depth - 1,
                opens: None,
                fits: true,
            };
        }
        let found = self
            .find(id, element, false)
            .or_else(|| self.find(id, element, true));
        let Some((level, opens)) = found else {
            return Step {
                closes: 0,
                opens: None,
                fits: false,
            };
        };
        self.depth = level;
        if let Some(opens) = opens {
            self.open[level] = opens;
            self.depth += 1;
        }
        Step {
            closes: depth - level,
            opens,
            fits: !opens.is_some_and(|opens| opens.spare),
        }
    }

    /// Looks from the innermost loop outwards for one that takes the segment.
    #[inline]
    fn find<'e>(
        &self,
        id: SegmentId,
        element: &impl Fn(usize) -> &'e [u8],
        spare: bool,
    ) -> Option<(usize, Option<&'static Loop>)> {
        let mut level = self.depth;
        let mut from = 0;
        let mut ordered = false;
        loop {
            let here = self.open[level - 1];
            if here.openers.contains(id) {
                let mut inside = here.loops[from..].iter();
                let opens = inside.find(|inner| inner.spare == spare && inner.begins(id, element));
                if opens.is_some() {
                    return Some((level, opens));
                }
            }
            let direct = here.direct.contains(id) && !ordered;
            if !spare && (direct || here.trailers.contains(id)) {
                return Some((level, None));
            }
            level -= 1;
            if level == 0 {
                return None;
            }
            if here.structural {
                // a loop may be followed by its like, and by what the guide puts behind it
                let above = self.open[level - 1];
                from = above
                    .loops
                    .iter()
                    .position(|other| other.opener == here.opener)
                    .unwrap_or(0);
                ordered = true;
            }
        }
    }
}
