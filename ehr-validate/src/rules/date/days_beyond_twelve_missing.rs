use crate::rule::{Rule, RuleMetadata, rule};

rule! {
    /// Date field in which no day lies after the twelfth.
    ///
    /// ## What it does
    ///
    /// Counts, for every date field of the whole run, the whole days and how many of them lie after
    /// the twelfth of their month; three of five do in a year. A field with two hundred dates and
    /// none of them is read in the wrong order, or lost the others. The field of an issue is kind
    /// and field.
    ///
    /// ## Why it matters
    ///
    /// Where days and months are swapped, the dates that cannot be swapped are refused, and only
    /// those that are wrong remain.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Look at what became of the other dates; they are rejects or absent values. Then say the
    /// order of the column in the mapping document.
    ///
    /// ### Who uses the data
    ///
    /// Do not use dates of this field.
    ///
    /// ## Source
    ///
    /// An even year has 221 of 365 days after the twelfth; engineering default.
    DaysBeyondTwelveMissing {
        code: "days-beyond-twelve-missing", category: Plausibility, severity: Error, since: "0.1.0",
        scope: Run, covers: ["DEM-004"],
    }
}

impl Rule for DaysBeyondTwelveMissing {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::record;
    use ehr_model::record::Kind;

    use crate::collect::Calendar;
    use ehr_model::chart::Chart;

    fn of(dates: &[&str]) -> (u64, u64) {
        let mut calendar = Calendar::default();
        for date in dates {
            let patient = record(Kind::Patient, "p", &[("birthDate", *date)]);
            calendar.collect(&Chart::new(vec![patient], Vec::new()));
        }
        assert_eq!(DaysBeyondTwelveMissing.metadata().covers, ["DEM-004"]);
        let (counts, _) = calendar.days_beyond_twelve_missing();
        (counts.numerator, counts.denominator)
    }

    #[test]
    fn fires() {
        assert_eq!(of(&["1980-05-12"; 200]), (1, 1));
    }

    #[test]
    fn stays_silent() {
        let mut dates = ["1980-05-12"; 200];
        assert_eq!(of(&dates[1..]), (0, 0), "too few to judge");
        dates[7] = "1980-05-13";
        assert_eq!(of(&dates), (0, 1));
        assert_eq!(of(&["1980-05"; 300]), (0, 0));
    }
}
