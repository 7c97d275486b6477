use crate::rule::{Rule, RuleMetadata, rule};

rule! {
    /// Date field with far too many firsts of January.
    ///
    /// ## What it does
    ///
    /// Counts, for every date field of the whole run, the whole days and how many of them are the
    /// first of January. More than three times as many as in an even year is too many. Fields with
    /// fewer than two hundred dates are not judged. The field of an issue is kind and field.
    ///
    /// ## Why it matters
    ///
    /// Each of these is a year to which a system added a day. Nobody can tell them from the few
    /// that are real.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Look at the column: if it has a mark for estimated dates, map these as years. If not, say so
    /// to the practice.
    ///
    /// ### Who uses the data
    ///
    /// Take a first of January in this field for its year.
    ///
    /// ## Source
    ///
    /// OHDSI Data Quality Dashboard and Kahn's framework, temporal plausibility; the factor is an
    /// engineering default, a site may tune it.
    JanuaryFirstSpike {
        code: "january-first-spike", category: Plausibility, severity: Warning, since: "0.1.0",
        scope: Run, covers: ["DEM-003"],
    }
}

impl Rule for JanuaryFirstSpike {
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

    fn of(januaries: usize, others: usize) -> (u64, u64) {
        let patient = |date| record(Kind::Patient, "p", &[("birthDate", date)]);
        let mut calendar = Calendar::default();
        let mut part = Calendar::default();
        for (date, times) in [("1980-01-01", januaries), ("1980-06-17", others)] {
            for _ in 0..times {
                part.collect(&Chart::new(vec![patient(date)], Vec::new()));
            }
        }
        calendar.merge(&part);
        let (counts, issues) = calendar.january_first_spike();
        assert_eq!(counts.numerator, issues.len() as u64);
        assert_eq!(JanuaryFirstSpike.metadata().covers, ["DEM-003"]);
        (counts.numerator, counts.denominator)
    }

    #[test]
    fn fires() {
        assert_eq!(of(10, 390), (1, 1));
    }

    #[test]
    fn stays_silent() {
        assert_eq!(of(3, 397), (0, 1));
        assert_eq!(of(90, 10), (0, 0), "too few to judge");
    }
}
