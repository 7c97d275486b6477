//! Claims that the target writes again, beside those that the source sent.
//!
//! ```
//! use ehr_validate::collect::replay::Replays;
//! let sent = "ISA*00~ST*837*0001~CLM*A-17*120.00~SE*3*0001~";
//! let mut replays = Replays::default();
//! replays.add(sent, &sent.replace("120.00", "12.00"))?;
//! assert_eq!(replays.finish().0.numerator, 1);
//! # Ok::<(), ehr_validate::collect::replay::MalformedReplay>(())
//! ```

use ehr_model::issue::Issue;

use crate::rules::ReplayedClaimDiffers;
use crate::validation::RuleCounts;

/// So many claims are the fewest that say anything.
pub const FEWEST_CLAIMS: usize = 20;

/// The two of a replay are not both an interchange with segments.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a replayed claim is no X12 interchange that begins with ISA")]
pub struct MalformedReplay;

/// Compares replayed claims. Keeps where they differ and nothing of them.
#[derive(Debug, Clone, Default)]
pub struct Replays {
    differences: Vec<Vec<String>>,
}

impl Replays {
    /// Adds the interchange of a claim as the source sent it, and as the target writes it.
    pub fn add(&mut self, sent: &str, again: &str) -> Result<(), MalformedReplay> {
        let (sent, again) = (segments(sent)?, segments(again)?);
        let mut found = Vec::new();
        for number in 0..sent.len().max(again.len()) {
            let (one, other) = (sent.get(number), again.get(number));
            if one != other {
                let name = one.or(other).and_then(|segment| segment.first());
                found.push(format!(
                    "{} {}",
                    name.map_or("", String::as_str),
                    number + 1
                ));
            }
        }
        self.differences.push(found);
        Ok(())
    }

    /// For [`ValidationReport::add`](crate::ValidationReport::add) under the code of
    /// [`ReplayedClaimDiffers`]. Fewer than twenty claims, and none that differs, prove nothing: they
    /// count as not checked.
    pub fn finish(&self) -> (RuleCounts, Vec<Issue>) {
        let rule = ReplayedClaimDiffers::METADATA;
        let mut counts = RuleCounts::default();
        let mut issues = Vec::new();
        for (number, differences) in self.differences.iter().enumerate() {
            counts.denominator += 1;
            counts.numerator += u64::from(!differences.is_empty());
            issues.extend(differences.iter().map(|place| {
                let field = format!("claim {}, {place}", number + 1);
                Issue::new(rule.code, rule.severity).field(field)
            }));
        }
        let few = self.differences.len() < FEWEST_CLAIMS && counts.numerator == 0;
        if few && counts.denominator > 0 {
            counts.errored = counts.denominator;
        }
        (counts, issues)
    }
}

/// The segments that say something of the claim: envelopes and what numbers and dates the file are left out.
fn segments(interchange: &str) -> Result<Vec<Vec<String>>, MalformedReplay> {
    let interchange = interchange.trim_start();
    let separator = interchange
        .strip_prefix("ISA")
        .and_then(|rest| rest.chars().next());
    let separator = separator.ok_or(MalformedReplay)?;
    let terminator = interchange
        .chars()
        .nth(105)
        .filter(|end| !end.is_alphanumeric() && *end != separator);
    let terminator =
        terminator.filter(|_| interchange.len() > 106 && interchange.starts_with("ISA*00*    "));
    let terminator = terminator.unwrap_or('~');
    let kept = interchange
        .split(terminator)
        .map(str::trim)
        .filter(|segment| !segment.is_empty())
        .map(|segment| {
            segment
                .split(separator)
                .map(str::to_owned)
                .collect::<Vec<_>>()
        })
        .filter_map(|mut segment| match segment.first()?.as_str() {
            "ISA" | "GS" | "ST" | "SE" | "GE" | "IEA" => None,
            "BHT" => {
                segment.truncate(3);
                Some(segment)
            }
            _ => Some(segment),
        });
    Ok(kept.collect())
}
