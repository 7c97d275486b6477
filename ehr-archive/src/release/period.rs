//! When something was, as FHIR resources say it, and whether that touches a range of days.

use serde_json::Value;

/// Days from the first to the last, both included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Range {
    pub(super) first: String,
    pub(super) last: String,
}

/// Where resources say when they were clinically true; when they were merely written down counts only if that is all.
const CLINICAL: [&str; 13] = [
    "effectiveDateTime",
    "effectiveInstant",
    "effectivePeriod",
    "performedDateTime",
    "performedPeriod",
    "occurrenceDateTime",
    "occurrencePeriod",
    "onsetDateTime",
    "onsetPeriod",
    "period",
    "billablePeriod",
    "servicedDate",
    "start",
];
const RECORDED: [&str; 8] = [
    "date",
    "authoredOn",
    "recordedDate",
    "issued",
    "created",
    "dateAsserted",
    "whenHandedOver",
    "startDate",
];

/// When a resource was, in the order of how much it counts; empty if it does not say.
pub(super) fn dates_of(resource: &Value) -> Vec<Range> {
    let of = |names: &[&str]| -> Vec<Range> {
        names
            .iter()
            .filter_map(|name| range_of(&resource[*name]))
            .collect()
    };
    let mut dates = of(&CLINICAL);
    if dates.is_empty() {
        dates = of(&RECORDED);
    }
    // A problem that has not ended is true today; one that has, until then.
    if let Some(onset) = dates
        .first_mut()
        .filter(|_| resource["resourceType"] == "Condition")
    {
        let end = range_of(&resource["abatementDateTime"])
            .or_else(|| range_of(&resource["abatementPeriod"]));
        onset.last = end.map_or_else(|| "9999-12-31".to_owned(), |end| end.last);
    }
    dates
}

/// The day by which a resource is sorted.
pub(super) fn day_of(resource: &Value) -> Option<String> {
    let shown = |value: &Value| {
        value
            .as_str()
            .or_else(|| value["start"].as_str())
            .map(|text| text.split('T').next().unwrap_or_default().to_owned())
    };
    CLINICAL
        .iter()
        .chain(&RECORDED)
        .find_map(|name| shown(&resource[*name]))
}

fn range_of(value: &Value) -> Option<Range> {
    if let Some(text) = value.as_str() {
        return Range::of_date(text);
    }
    let start = value["start"].as_str().and_then(Range::of_date);
    let end = value["end"].as_str().and_then(Range::of_date);
    match (start, end) {
        (None, None) => None,
        (start, end) => Some(Range {
            first: start.map_or_else(|| "0000-01-01".to_owned(), |start| start.first),
            last: end.map_or_else(|| "9999-12-31".to_owned(), |end| end.last),
        }),
    }
}

impl Range {
    /// The days that a date of any precision can mean.
    pub(super) fn of_date(text: &str) -> Option<Self> {
        let day = text.get(..10).unwrap_or(text);
        if !crate::retention::has_date_form(day) {
            return None;
        }
        let fill = |rest: &str| format!("{day}{}", rest.get(day.len()..).unwrap_or_default());
        Some(Range {
            first: fill("0000-01-01"),
            last: fill("0000-12-31"),
        })
    }

    pub(super) fn overlaps(&self, other: &Range) -> bool {
        self.first <= other.last && other.first <= self.last
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn touches(resource: &Value) -> Option<bool> {
        let range = Range {
            first: "2019-01-01".into(),
            last: "2020-06-30".into(),
        };
        let dates = dates_of(resource);
        (!dates.is_empty()).then(|| dates.iter().any(|dates| range.overlaps(dates)))
    }

    #[test]
    fn resources_touch_a_range_by_what_they_can_mean() {
        for (resource, expected) in [
            (
                json!({"effectiveDateTime": "2020-06-30T23:00:00-05:00"}),
                Some(true),
            ),
            (json!({"effectiveDateTime": "2020-07-01"}), Some(false)),
            (json!({"effectiveDateTime": "2020"}), Some(true)),
            (json!({"effectiveDateTime": "2018"}), Some(false)),
            (
                json!({"period": {"start": "2018-01", "end": "2019-01-01"}}),
                Some(true),
            ),
            (
                json!({"period": {"start": "2018-01", "end": "2018-12-31"}}),
                Some(false),
            ),
            (json!({"period": {"end": "2018-12-31"}}), Some(false)),
            (json!({"period": {"start": "2018"}}), Some(true)),
            (
                json!({"resourceType": "Condition", "onsetDateTime": "2001"}),
                Some(true),
            ),
            (
                json!({"resourceType": "Condition", "onsetDateTime": "2001", "abatementDateTime": "2003-02"}),
                Some(false),
            ),
            (
                json!({"resourceType": "Condition", "onsetDateTime": "2021"}),
                Some(false),
            ),
            // When it was true counts more than when it was written down.
            (
                json!({"effectiveDateTime": "2010-01-01", "issued": "2019-05-05T00:00:00Z"}),
                Some(false),
            ),
            (json!({"authoredOn": "2019-05-05"}), Some(true)),
            (json!({"status": "active"}), None),
            (json!({"effectiveDateTime": "last year"}), None),
        ] {
            assert_eq!(touches(&resource), expected, "{resource}");
        }
    }
}
