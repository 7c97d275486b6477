//! A trend as the numbers of a small SVG. Nothing of a chart gets into it but digits, dates and a unit.

use chrono::NaiveDate;
use serde_json::Value;

/// Of the drawing, in its own units.
const WIDTH: f64 = 260.0;
const HEIGHT: f64 = 56.0;
const MARGIN: f64 = 6.0;

/// A value at a day.
pub(super) struct Point {
    day: NaiveDate,
    number: f64,
    /// The value as it was written.
    text: String,
    /// `<` or `>`: the true value is elsewhere, and no line goes through it.
    is_bound: bool,
}

/// A drawing.
pub struct Trend {
    /// Of which component.
    pub part: String,
    /// In which unit.
    pub unit: String,
    /// Each value.
    pub dots: Vec<Dot>,
    /// `x,y x,y` of the line.
    pub line: String,
    /// Top and height of the reference range.
    pub band: Option<(String, String)>,
    /// The least value, as written.
    pub low: String,
    /// The greatest value, as written.
    pub high: String,
    /// `YYYY-MM-DD`
    pub first_day: String,
    /// `YYYY-MM-DD`
    pub last_day: String,
}

/// A point of it.
pub struct Dot {
    /// From the left.
    pub x: String,
    /// From the top.
    pub y: String,
    /// Day and value.
    pub title: String,
    /// The true value is elsewhere.
    pub is_bound: bool,
}

impl Point {
    /// A quantity that is a number at a day; a month or a year is no place on a line.
    pub(super) fn of(date: &str, quantity: &Value) -> Option<Self> {
        let text = quantity["value"].as_str()?;
        let number: f64 = text
            .parse()
            .ok()
            .filter(|number: &f64| number.is_finite())?;
        let comparator = quantity["comparator"].as_str().unwrap_or_default();
        Some(Point {
            day: NaiveDate::parse_from_str(date.get(..10)?, "%Y-%m-%d").ok()?,
            number,
            text: format!("{comparator}{text}"),
            is_bound: !comparator.is_empty(),
        })
    }
}

impl Trend {
    /// Draws two days or more.
    pub(super) fn draw(
        part: String,
        unit: String,
        mut points: Vec<Point>,
        range: Option<(f64, f64)>,
    ) -> Option<Self> {
        points.sort_by_key(|point| point.day);
        let (first, last) = (points.first()?.day, points.last()?.day);
        let days = (last - first).num_days() as f64;
        if days < 1.0 {
            return None;
        }
        let numbers = || points.iter().map(|point| point.number);
        let least = points.iter().min_by(|a, b| a.number.total_cmp(&b.number))?;
        let most = points.iter().max_by(|a, b| a.number.total_cmp(&b.number))?;
        let bottom = numbers()
            .chain(range.map(|(low, _)| low))
            .fold(f64::INFINITY, f64::min);
        let top = numbers()
            .chain(range.map(|(_, high)| high))
            .fold(f64::NEG_INFINITY, f64::max);
        // Values that never change lie in the middle.
        let span = if top > bottom { top - bottom } else { 1.0 };
        let bottom = if top > bottom { bottom } else { bottom - 0.5 };
        let x = |day: NaiveDate| {
            MARGIN + (day - first).num_days() as f64 / days * (WIDTH - 2.0 * MARGIN)
        };
        let y = |number: f64| HEIGHT - MARGIN - (number - bottom) / span * (HEIGHT - 2.0 * MARGIN);
        let place = |at: f64| format!("{at:.1}");
        let line = points.iter().filter(|point| !point.is_bound);
        let line: Vec<String> = line
            .map(|point| format!("{:.1},{:.1}", x(point.day), y(point.number)))
            .collect();
        let dots = points.iter().map(|point| Dot {
            x: place(x(point.day)),
            y: place(y(point.number)),
            title: format!("{}: {} {unit}", point.day, point.text),
            is_bound: point.is_bound,
        });
        Some(Trend {
            dots: dots.collect(),
            line: line.join(" "),
            band: range
                .filter(|(low, high)| low < high)
                .map(|(low, high)| (place(y(high)), place(y(low) - y(high)))),
            low: least.text.clone(),
            high: most.text.clone(),
            first_day: first.to_string(),
            last_day: last.to_string(),
            part,
            unit,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn point(date: &str, value: &str, comparator: &str) -> Option<Point> {
        Point::of(date, &json!({"value": value, "comparator": comparator}))
    }

    #[test]
    fn a_line_goes_through_values_and_not_through_bounds() {
        let points = [
            ("2020-01-01", "4.10", ""),
            ("2020-01-11", "8.2", ""),
            ("2020-01-06", "4", "<"),
        ];
        let points = points
            .iter()
            .filter_map(|(date, value, comparator)| point(date, value, comparator))
            .collect();
        let trend = Trend::draw(String::new(), "g".into(), points, Some((4.0, 8.0))).unwrap();
        assert_eq!(trend.line, "6.0,49.0 254.0,6.0");
        assert_eq!((trend.low.as_str(), trend.high.as_str()), ("<4", "8.2"));
        assert_eq!(
            (trend.dots[1].x.as_str(), trend.dots[1].is_bound),
            ("130.0", true)
        );
        assert_eq!(trend.dots[0].title, "2020-01-01: 4.10 g");
        assert_eq!(trend.band, Some(("8.1".into(), "41.9".into())));
    }

    #[test]
    fn one_day_and_what_is_no_number_are_not_drawn() {
        for wrong in [
            ("2020-01", "4"),
            ("2020-01-01", "1e999"),
            ("2020-01-01", "high"),
            ("é20-01-010", "4"),
        ] {
            assert!(point(wrong.0, wrong.1, "").is_none(), "{wrong:?}");
        }
        let twice = ["3", "4"]
            .iter()
            .filter_map(|value| point("2020-01-01", value, ""))
            .collect();
        assert!(Trend::draw(String::new(), String::new(), twice, None).is_none());
        let same = ["2020-01-01", "2021-01-01"]
            .iter()
            .filter_map(|date| point(date, "3", ""))
            .collect();
        assert_eq!(
            Trend::draw(String::new(), String::new(), same, None)
                .unwrap()
                .line,
            "6.0,28.0 254.0,28.0"
        );
    }
}
