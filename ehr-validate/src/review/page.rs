//! The pages of a packet.

use askama::Template;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ehr_crypto::Digest;
use ehr_model::element::SafetyClass;
use ehr_model::value::Text;

use super::item::{EntryState, ReviewEntry, ReviewField, ReviewItem};
use super::packet::ReviewPacket;
use crate::Error;
use crate::report::page as text;
use crate::sampling::Stratum;

/// The only script of a page. It is the same on every page and holds nothing of a chart.
const SCRIPT: &str = include_str!("../../templates/review.js");

/// The file name of an item: its number, and nothing of the patient.
pub(super) fn name(number: usize) -> String {
    format!("item-{number:04}.html")
}

pub(super) fn item(packet: &ReviewPacket, item: &ReviewItem) -> Result<String, Error> {
    render(&ItemPage {
        packet,
        item,
        script: SCRIPT,
        script_digest: STANDARD.encode(Digest::sha256(SCRIPT.as_bytes()).as_bytes()),
    })
}

pub(super) fn index(packet: &ReviewPacket) -> Result<String, Error> {
    let units = |stratum| packet.draw.sample(stratum);
    render(&IndexPage {
        packet,
        charts: units(Stratum::Charts).map_or(0, |sample| sample.population),
        claims: units(Stratum::BillingClaims).map_or(0, |sample| sample.population),
    })
}

fn render(page: &impl Template) -> Result<String, Error> {
    page.render()
        .map_err(|error| Error::Write(std::io::Error::other(error)))
}

#[derive(Template)]
#[template(path = "review-item.html")]
struct ItemPage<'p> {
    packet: &'p ReviewPacket,
    item: &'p ReviewItem,
    script: &'static str,
    script_digest: String,
}

#[derive(Template)]
#[template(path = "review-index.html")]
struct IndexPage<'p> {
    packet: &'p ReviewPacket,
    charts: u64,
    claims: u64,
}

impl ItemPage<'_> {
    /// Text of a chart, with what would hide or turn its letters made visible.
    fn chart_text(&self, value: &Text) -> String {
        let lines: Vec<String> = value.expose().lines().map(text::visible).collect();
        lines.join("\n")
    }

    fn kind(&self, entry: &ReviewEntry) -> String {
        text::words(entry.kind.name())
    }

    fn state(&self, entry: &ReviewEntry) -> (&'static str, &'static str) {
        match entry.state {
            _ if self.is_blind() => ("", ""),
            EntryState::Same => ("same", ""),
            EntryState::Differs => ("differs", "differs"),
            EntryState::Missing => ("missing", "missing in the new system"),
            EntryState::Extra => ("extra", "not in the old system"),
            EntryState::Ambiguous => ("ambiguous", "counterpart not certain"),
        }
    }

    fn is_blind(&self) -> bool {
        self.packet.plan.blind
    }

    /// Whether the page says that a field differs.
    fn is_marked(&self, field: &ReviewField) -> bool {
        field.differs && !self.is_blind()
    }

    /// What stands in the two columns.
    fn sides<'f>(&self, entry: &ReviewEntry, field: &'f ReviewField) -> [&'f Option<Text>; 2] {
        match entry.turned {
            true => [&field.target, &field.source],
            false => [&field.source, &field.target],
        }
    }

    fn columns(&self) -> [&'static str; 2] {
        match self.is_blind() {
            true => ["One system", "The other system"],
            false => ["Source, as mapped", "New system"],
        }
    }

    /// What an entry is about. In a blind packet a number: the words are those of one side.
    fn title(&self, entry: &ReviewEntry, number: &usize) -> String {
        match self.is_blind() {
            true => format!("entry {}", number + 1),
            false => self.chart_text(&entry.title),
        }
    }

    fn is_critical(&self, safety: &SafetyClass) -> bool {
        *safety == SafetyClass::SafetyCritical
    }

    fn has_written(&self) -> bool {
        let mut fields = self.item.entries.iter().flat_map(|entry| &entry.fields);
        // beside it anybody sees which side is the old system
        !self.is_blind() && fields.any(|field| field.written.is_some())
    }

    fn left_out(&self) -> String {
        let kinds = self.item.left_out.iter();
        let kinds: Vec<String> = kinds
            .map(|(kind, count)| {
                format!(
                    "{count} of kind {}",
                    text::words(kind.name()).to_lowercase()
                )
            })
            .collect();
        kinds.join(", ")
    }
}

impl IndexPage<'_> {
    fn name(&self, item: &ReviewItem) -> String {
        name(item.number)
    }

    fn fields(&self, item: &ReviewItem) -> usize {
        item.entries.iter().map(|entry| entry.fields.len()).sum()
    }

    fn n(&self, number: &u64) -> String {
        text::grouped(*number)
    }
}
