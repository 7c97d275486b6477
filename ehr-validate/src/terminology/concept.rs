//! What a table says of one code.

use chrono::NaiveDate;
use ehr_model::value::PartialDate;

use super::entry::{fields, tag, take_day, take_text, take_varint};

/// What a table says of one code. Borrows from the table; nothing is copied.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Concept<'t> {
    pub(super) entry: &'t [u8],
    /// The day from which on the table knows which codes are valid.
    pub(super) covers_from: Option<NaiveDate>,
}

/// Where a code stands in its life, in the words of its publisher.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Status {
    /// For use.
    Active,
    /// For use, and may still change (LOINC).
    Trial,
    /// Not for new use, with reasons (LOINC).
    Discouraged,
    /// No longer for use; stays for old records (LOINC).
    Deprecated,
    /// No longer for use; stays for old records (SNOMED CT, CDC, RxNorm suppressed).
    Inactive,
    /// No source has it any more (RxNorm).
    Obsolete,
    /// Expected, not yet for use (CDC).
    Pending,
    /// Never was for use (CDC).
    NeverActive,
    /// For doses given outside the United States (CDC).
    NonUs,
}

/// What a retired code has to do with another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Association {
    /// Means the same: an erroneous duplicate.
    SameAs,
    /// Is replaced by it.
    ReplacedBy,
    /// Was remapped to it, alone or among others (RxNorm).
    RemappedTo,
    /// May mean it: one of several.
    PossiblyEquivalentTo,
    /// May be replaced by it: one of several.
    PossiblyReplacedBy,
    /// Means a part of it.
    PartiallyEquivalentTo,
    /// Is the wider concept that it was filed under.
    WasA,
    /// Went to another namespace.
    MovedTo,
    /// Stands for it in a classification.
    Alternative,
}

/// A schedule of the Controlled Substances Act.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Schedule {
    /// No accepted medical use.
    I,
    /// No refill.
    II,
    /// Five refills in six months.
    III,
    /// Five refills in six months.
    IV,
    /// The mildest.
    V,
}

/// A code that takes the place of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Replacement<'t> {
    /// How it takes the place.
    pub association: Association,
    /// The code.
    pub code: &'t str,
}

/// A stretch of time in which a code is valid; both days belong to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Validity {
    /// The first day, if it is known.
    pub from: Option<NaiveDate>,
    /// The last day, if there is one.
    pub to: Option<NaiveDate>,
    /// Whether a claim may carry the code; a header may not.
    pub billable: bool,
}

/// One line of a map.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct MapTarget<'t> {
    /// The code at the other end; empty where there is none.
    pub code: &'t str,
    /// Means nearly the same.
    pub approximate: bool,
    /// Needs further codes beside it.
    pub combination: bool,
    /// Which of several ways to translate it belongs to.
    pub scenario: u8,
    /// Which place of the combination it fills.
    pub choice: u8,
}

impl Validity {
    /// Valid from one day to another, or without an end.
    pub fn new(from: Option<NaiveDate>, to: Option<NaiveDate>, billable: bool) -> Self {
        Self { from, to, billable }
    }
}

impl Status {
    const ALL: [Self; 9] = [
        Self::Active,
        Self::Trial,
        Self::Discouraged,
        Self::Deprecated,
        Self::Inactive,
        Self::Obsolete,
        Self::Pending,
        Self::NeverActive,
        Self::NonUs,
    ];

    /// Whether a new record may carry the code.
    pub fn is_current(self) -> bool {
        matches!(self, Self::Active | Self::Trial)
    }

    pub(super) fn number(self) -> u8 {
        self as u8
    }

    fn of(number: u64) -> Option<Self> {
        Self::ALL.get(usize::try_from(number).ok()?).copied()
    }
}

impl Association {
    const ALL: [Self; 9] = [
        Self::SameAs,
        Self::ReplacedBy,
        Self::RemappedTo,
        Self::PossiblyEquivalentTo,
        Self::PossiblyReplacedBy,
        Self::PartiallyEquivalentTo,
        Self::WasA,
        Self::MovedTo,
        Self::Alternative,
    ];

    /// Whether the new code says what the old one said, if there is only one.
    pub fn keeps_meaning(self) -> bool {
        matches!(self, Self::SameAs | Self::ReplacedBy | Self::RemappedTo)
    }

    pub(super) fn number(self) -> u8 {
        self as u8
    }

    fn of(number: u64) -> Option<Self> {
        Self::ALL.get(usize::try_from(number).ok()?).copied()
    }
}

impl Schedule {
    const ALL: [Self; 5] = [Self::I, Self::II, Self::III, Self::IV, Self::V];

    /// Reads the `CII` of the drug directory.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let place = ["CI", "CII", "CIII", "CIV", "CV"]
            .iter()
            .position(|known| *known == text)?;
        Some(Self::ALL[place])
    }

    pub(super) fn number(self) -> u8 {
        self as u8
    }
}

impl<'t> Concept<'t> {
    /// What the code means, in the words that its publisher prefers.
    pub fn display(&self) -> Option<&'t str> {
        self.texts(tag::DISPLAY).next()
    }

    /// Other names of the same.
    pub fn synonyms(&self) -> impl Iterator<Item = &'t str> + use<'t> {
        self.texts(tag::SYNONYM)
    }

    /// Where the code stands in its life, if the release says so.
    pub fn status(&self) -> Option<Status> {
        self.number(tag::STATUS).and_then(Status::of)
    }

    /// The day on which the entry was last changed by its publisher.
    pub fn status_date(&self) -> Option<NaiveDate> {
        let mut bytes = self.first(tag::STATUS_DATE)?;
        take_day(&mut bytes)?
    }

    /// The term type (RxNorm), or the kind of a provider (NPPES).
    pub fn term_type(&self) -> Option<&'t str> {
        self.texts(tag::TERM_TYPE).next()
    }

    /// The codes that take its place.
    pub fn replacements(&self) -> impl Iterator<Item = Replacement<'t>> + use<'t> {
        self.all(tag::REPLACEMENT).filter_map(|mut bytes| {
            let association = Association::of(take_varint(&mut bytes)?)?;
            let code = std::str::from_utf8(bytes).ok()?;
            Some(Replacement { association, code })
        })
    }

    /// The one code that says the same today, if there is exactly one.
    pub fn replacement(&self) -> Option<&'t str> {
        let mut all = self.replacements();
        let only = all.next().filter(|only| only.association.keeps_meaning())?;
        all.next().is_none().then_some(only.code)
    }

    /// The ingredients of a drug, as RxNorm concepts.
    pub fn ingredients(&self) -> impl Iterator<Item = &'t str> + use<'t> {
        self.texts(tag::INGREDIENT)
    }

    /// The controlled-substance schedule.
    pub fn schedule(&self) -> Option<Schedule> {
        let number = self.number(tag::SCHEDULE)?;
        Schedule::ALL.get(usize::try_from(number).ok()?).copied()
    }

    /// The lines of a map.
    pub fn targets(&self) -> impl Iterator<Item = MapTarget<'t>> + use<'t> {
        self.all(tag::TARGET).filter_map(|mut bytes| {
            let flags = take_varint(&mut bytes)?;
            let scenario = u8::try_from(take_varint(&mut bytes)?).ok()?;
            let choice = u8::try_from(take_varint(&mut bytes)?).ok()?;
            Some(MapTarget {
                code: std::str::from_utf8(bytes).ok()?,
                approximate: flags & 1 != 0,
                combination: flags & 2 != 0,
                scenario,
                choice,
            })
        })
    }

    /// When the code is valid.
    pub fn validity(&self) -> impl Iterator<Item = Validity> + use<'t> {
        self.all(tag::VALIDITY).filter_map(|mut bytes| {
            Some(Validity {
                from: take_day(&mut bytes)?,
                to: take_day(&mut bytes)?,
                billable: take_varint(&mut bytes)? != 0,
            })
        })
    }

    /// Whether the code is valid on a date; no answer where the date is before what the table knows,
    /// or too coarse to tell.
    pub fn is_valid_on(&self, date: &PartialDate) -> Option<bool> {
        self.holds_on(date, |_| true)
    }

    /// Whether a claim for a service on the date may carry the code. A header may not.
    pub fn is_billable_on(&self, date: &PartialDate) -> Option<bool> {
        self.holds_on(date, |validity| validity.billable)
    }

    /// Whether a claim may carry the code as it stands in the newest release.
    pub fn is_billable(&self) -> Option<bool> {
        self.validity()
            .last()
            .map(|last| last.to.is_none() && last.billable)
    }

    fn holds_on(&self, date: &PartialDate, holds: impl Fn(&Validity) -> bool) -> Option<bool> {
        let (first, last) = (date.earliest(), date.latest());
        if self.covers_from.is_some_and(|covered| first < covered) {
            return None;
        }
        let mut any = false;
        let mut touched = false;
        for validity in self.validity() {
            any = true;
            let from = validity.from.unwrap_or(NaiveDate::MIN);
            let to = validity.to.unwrap_or(NaiveDate::MAX);
            if from <= first && last <= to {
                return Some(holds(&validity));
            }
            touched |= from <= last && first <= to && holds(&validity);
        }
        (any && !touched).then_some(false)
    }

    fn all(&self, wanted: u8) -> impl Iterator<Item = &'t [u8]> + use<'t> {
        fields(self.entry).filter_map(move |(tag, bytes)| (tag == wanted).then_some(bytes))
    }

    fn first(&self, wanted: u8) -> Option<&'t [u8]> {
        self.all(wanted).next()
    }

    fn number(&self, wanted: u8) -> Option<u64> {
        take_varint(&mut self.first(wanted)?)
    }

    fn texts(&self, wanted: u8) -> impl Iterator<Item = &'t str> + use<'t> {
        self.all(wanted)
            .filter_map(|bytes| std::str::from_utf8(bytes).ok())
    }
}

impl std::fmt::Debug for Concept<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Concept")
            .field("display", &self.display())
            .field("status", &self.status())
            .finish_non_exhaustive()
    }
}

/// Takes the header texts of a table.
pub(super) fn header_texts<'b, const N: usize>(bytes: &mut &'b [u8]) -> Option<[&'b str; N]> {
    let mut texts = [""; N];
    for text in &mut texts {
        *text = take_text(bytes)?;
    }
    Some(texts)
}
