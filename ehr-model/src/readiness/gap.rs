//! What a register lacks.

use std::fmt;

use chrono::NaiveDate;
use serde::ser::SerializeStruct as _;
use serde::{Serialize, Serializer};

/// What a gap is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Safeguard {
    /// The extraction that was asked for.
    Request,
    /// A business associate agreement.
    Agreement,
    /// The security risk assessment.
    RiskAssessment,
    /// Encryption at rest.
    Encryption,
    /// TLS.
    Tls,
    /// Multi-factor authentication.
    MultiFactorAuthentication,
    /// The access log.
    AccessLog,
    /// The backup.
    Backup,
    /// The retention schedule.
    Retention,
}

/// What is wrong with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Problem {
    /// The register does not list it.
    Missing,
    /// It covers other systems.
    OutOfScope,
    /// Nobody signed it.
    Unsigned,
    /// Its day has not come yet.
    InFuture,
    /// It held until this day, which is past.
    Expired(NaiveDate),
    /// It holds until this day, and the extraction goes on after it.
    EndsTooEarly(NaiveDate),
    /// Nobody answers for it.
    WithoutOwner,
    /// No file was shown that has the digest of its evidence.
    EvidenceNotShown,
    /// The party with whom it was made has itself no agreement that leads to the practice.
    ChainBroken,
    /// High risks are open.
    OpenHighRisks,
    /// It is claimed; no probe measured it.
    NotMeasured,
    /// What was measured is too little.
    TooWeak,
    /// Nobody tried to restore it.
    NotRestored,
    /// It ends before it begins.
    DatesReversed,
    /// The request names no party, store or transfer; the subject says which.
    NotNamed,
}

/// Something that stands in the way of an extraction.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Gap {
    safeguard: Safeguard,
    problem: Problem,
    subject: String,
}

/// Everything that stands in the way of an extraction; at least one gap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadinessGaps(Vec<Gap>);

impl Safeguard {
    /// Its name in codes.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Agreement => "baa",
            Self::RiskAssessment => "risk-assessment",
            Self::Encryption => "encryption",
            Self::Tls => "tls",
            Self::MultiFactorAuthentication => "mfa",
            Self::AccessLog => "access-log",
            Self::Backup => "backup",
            Self::Retention => "retention",
        }
    }
}

impl Problem {
    /// Its name in codes.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::OutOfScope => "out-of-scope",
            Self::Unsigned => "unsigned",
            Self::InFuture => "in-future",
            Self::Expired(_) => "expired",
            Self::EndsTooEarly(_) => "ends-too-early",
            Self::WithoutOwner => "without-owner",
            Self::EvidenceNotShown => "evidence-not-shown",
            Self::ChainBroken => "chain-broken",
            Self::OpenHighRisks => "open-high-risks",
            Self::NotMeasured => "not-measured",
            Self::TooWeak => "too-weak",
            Self::NotRestored => "not-restored",
            Self::DatesReversed => "dates-reversed",
            Self::NotNamed => "not-named",
        }
    }
}

impl Gap {
    pub(super) fn new(safeguard: Safeguard, problem: Problem, subject: &str) -> Self {
        Self {
            safeguard,
            problem,
            subject: subject.to_owned(),
        }
    }

    /// What it is about.
    pub fn safeguard(&self) -> Safeguard {
        self.safeguard
    }

    /// What is wrong with it.
    pub fn problem(&self) -> Problem {
        self.problem
    }

    /// The party, system, store or endpoint.
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// The permanent code, such as `baa-expired`.
    pub fn code(&self) -> String {
        format!("{}-{}", self.safeguard.as_str(), self.problem.as_str())
    }
}

impl fmt::Display for Gap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code(), self.subject)?;
        match self.problem {
            Problem::Expired(day) | Problem::EndsTooEarly(day) => write!(f, " (valid to {day})"),
            _ => Ok(()),
        }
    }
}

impl Serialize for Gap {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let valid_to = match self.problem {
            Problem::Expired(day) | Problem::EndsTooEarly(day) => Some(day.to_string()),
            _ => None,
        };
        let mut gap = serializer.serialize_struct("Gap", 3)?;
        gap.serialize_field("code", &self.code())?;
        gap.serialize_field("subject", &self.subject)?;
        gap.serialize_field("valid_to", &valid_to)?;
        gap.end()
    }
}

impl ReadinessGaps {
    pub(super) fn new(mut gaps: Vec<Gap>) -> Self {
        gaps.sort();
        gaps.dedup();
        Self(gaps)
    }

    /// The gaps, grouped by safeguard.
    pub fn iter(&self) -> impl Iterator<Item = &Gap> {
        self.0.iter()
    }
}

impl fmt::Display for ReadinessGaps {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no extraction without a complete register")?;
        self.0.iter().try_for_each(|gap| write!(f, "\n  {gap}"))
    }
}

impl std::error::Error for ReadinessGaps {}
