//! What differs between source and target: class, field and addresses, never a value.

use std::fmt;
use std::sync::Arc;

use ehr_model::element::SafetyClass;
use ehr_model::provenance::SourceAddress;
use ehr_model::record::{Kind, Record, RecordId};
use serde::Serialize;

/// What kind of wrong a difference is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum DifferenceClass {
    /// The source has an entry or a value that the target lacks.
    Missing,
    /// The target has an entry or a value that the source lacks.
    Extra,
    /// Another value.
    Changed,
    /// A code that is gone while words or other codes stay, or one that says less.
    WeakenedCoding,
    /// A date that is less precise, or lost its offset.
    LostPrecision,
    /// Denied on one side and asserted on the other; its [`Pattern`] says which way it went.
    LostNegation,
    /// An entry of one patient that stands on the chart of another.
    WrongPatient,
    /// An entry that stands with another visit.
    WrongVisit,
    /// A dose or a frequency that is another, in its number, its unit or its sig.
    DoseFactor,
}

/// What a difference looks like, where that tells how it came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Pattern {
    /// The same entry is there another time.
    Duplicated,
    /// Which of several entries it is, nobody can say; the nearest ones were compared.
    Ambiguous,
    /// What was denied is asserted.
    NegationDropped,
    /// What was asserted is denied.
    NegationAdded,
    /// One day earlier or later.
    DayOff,
    /// Day and month exchanged.
    DayAndMonthSwapped,
    /// Some whole hours earlier or later, as between time zones.
    HoursOff,
    /// Whole centuries earlier or later.
    CenturyOff,
    /// The offset from UTC is gone.
    TimeZoneLost,
    /// Digits of a date that the source did not write.
    PrecisionInvented,
    /// Twice.
    Double,
    /// Half.
    Half,
    /// Ten times: a decimal point or a zero.
    TenTimes,
    /// A tenth.
    Tenth,
    /// A hundred times.
    HundredTimes,
    /// A hundredth.
    Hundredth,
    /// A thousand times.
    ThousandTimes,
    /// A thousandth.
    Thousandth,
    /// Another unit.
    UnitChanged,
    /// Other cents or dollars.
    AmountOff,
    /// Cut off at the end.
    Truncated,
    /// Letters that were read in a wrong encoding.
    EncodingDamaged,
    /// Upper and lower case only.
    CaseChanged,
    /// Another status.
    StatusChanged,
    /// Another rank.
    RankChanged,
    /// Another code of the same code system.
    OtherCode,
    /// A code beside the others that the source did not write.
    CodingAdded,
    /// Another type of value.
    TypeChanged,
    /// Another record is meant.
    OtherRecord,
    /// The source said why there is no value, the target does not.
    ReasonOfAbsenceLost,
}

/// Where one side of a difference stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Side {
    /// The record.
    pub id: RecordId,
    /// The patient on whose chart it stands; none for records that all patients share.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub patient: Option<RecordId>,
    /// The address in the export, where it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<SourceAddress>,
    /// The line of the mapping document that read it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mapping_line: Option<u32>,
}

/// Something that differs between source and target, with its addresses and without any value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Difference {
    /// What kind of wrong it is.
    pub class: DifferenceClass,
    /// What it looks like.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pattern: Option<Pattern>,
    /// What it can mean.
    pub safety: SafetyClass,
    /// The kind of record.
    #[serde(serialize_with = "kind_name")]
    pub kind: Kind,
    /// The field, as a path of the catalogue; none where the record as a whole is meant.
    pub field: Option<Arc<str>>,
    /// The patient in the source; in the target where the source has none.
    pub patient: Option<RecordId>,
    /// The record in the source.
    pub source: Option<Side>,
    /// The record in the target.
    pub target: Option<Side>,
}

impl DifferenceClass {
    /// The name, as in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Extra => "extra",
            Self::Changed => "changed",
            Self::WeakenedCoding => "weakened-coding",
            Self::LostPrecision => "lost-precision",
            Self::LostNegation => "lost-negation",
            Self::WrongPatient => "wrong-patient",
            Self::WrongVisit => "wrong-visit",
            Self::DoseFactor => "dose-factor",
        }
    }
}

impl Side {
    pub(super) fn of(record: &Record, patient: Option<RecordId>) -> Self {
        let first = record.provenance.first();
        Self {
            id: record.id,
            patient,
            address: first.map(|provenance| provenance.address.clone()),
            mapping_line: first.map(|provenance| provenance.mapping_line),
        }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.class.name(), self.kind.name())?;
        if let Some(field) = &self.field {
            write!(f, " {field}")?;
        }
        for (word, side) in [("source", &self.source), ("target", &self.target)] {
            match side {
                Some(Side {
                    address: Some(address),
                    ..
                }) => write!(f, " [{word} {address}]")?,
                Some(side) => write!(f, " [{word} {}]", side.id)?,
                None => {}
            }
        }
        Ok(())
    }
}

fn kind_name<S: serde::Serializer>(kind: &Kind, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(kind.name())
}
