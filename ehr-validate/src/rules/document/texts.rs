//! The longer texts of a chart: text documents, notes, descriptions, conclusions.

use ehr_model::chart::Chart;
use ehr_model::element::Leaf;

use super::attachments::{attachments, of_record};
use crate::concept::text;
use crate::rule::{Findings, Subject};
use crate::walk;

/// Visits every text of a chart that says anything; `None` for a text document that is not UTF-8 and
/// names no other character set.
pub(super) fn each_text(
    chart: &Chart,
    findings: &mut Findings,
    mut visit: impl FnMut(String, Option<&str>, &mut Subject<'_>),
) {
    for record in &chart.records {
        let mut subject = findings.about(record);
        for field in ["note", "conclusion", "description", "comment"] {
            let mut on_leaf = |path: &walk::Path<'_>, leaf: &Leaf<'_>| {
                if let (Leaf::Text(text), "text" | "conclusion" | "description" | "comment") =
                    (leaf, path.last())
                    && !text.is_empty()
                {
                    visit(path.to_string(), Some(text), &mut subject);
                }
            };
            walk::field(
                record.resource.element(),
                field,
                &mut on_leaf,
                &mut |_, _| {},
            );
        }
    }
    for record in attachments(chart) {
        let mut subject = findings.about(record);
        for (path, attachment) in of_record(record) {
            let media = text(&attachment.content_type)
                .unwrap_or_default()
                .to_ascii_lowercase();
            let (Some(data), true) = (attachment.data.value(), media.starts_with("text/")) else {
                continue;
            };
            let utf8 = std::str::from_utf8(data.expose()).ok();
            let other_charset = media.contains("charset") && !media.contains("utf-8");
            let is_judged = utf8.is_some() || !other_charset;
            if !data.expose().is_empty() && is_judged {
                visit(path, utf8, &mut subject);
            }
        }
    }
}
