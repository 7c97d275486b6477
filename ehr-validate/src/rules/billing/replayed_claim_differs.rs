use crate::rule::{Rule, RuleMetadata, rule};

rule! {
    /// Claim that the target writes otherwise than the source did
    ///
    /// ## What it does
    ///
    /// Takes twenty claims and more that were sent by the source and writes each of them from the target
    /// as an 837 again. Segment by segment both must be the same, but for control numbers, dates and
    /// times of the files themselves. The field of an issue is the segment with its number. Without
    /// replayed claims the rule is not applicable.
    ///
    /// ## Why it matters
    ///
    /// What looks right in a chart can still be a claim that every payer rejects.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Look at the segments that differ; they name the settings of the billing module that were not
    /// brought over.
    ///
    /// ### Who uses the data
    ///
    /// Do not send claims from the target before its replays agree.
    ///
    /// ## Source
    ///
    /// Practice guides on migration: test claims before go-live; twenty are an engineering default.
    ReplayedClaimDiffers {
        code: "replayed-claim-differs", category: Conformance, severity: Error, since: "0.1.0", scope: Run,
        covers: ["BIL-012"],
    }
}

impl Rule for ReplayedClaimDiffers {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }
}

#[cfg(test)]
mod tests {
    use crate::Verdict;
    use crate::collect::replay::{MalformedReplay, Replays};
    use crate::rule::Threshold;

    const SENT: &str = "ISA*00~GS*HC*A~ST*837*0001~BHT*0019*00*B1*20240301*1200*CH~CLM*A-17*120.00~DTP*472*D8*20240110~SE*6*0001~GE*1*1~IEA*1*1~";

    fn verdict(again: &str) -> (Verdict, Vec<String>) {
        let mut replays = Replays::default();
        for _ in 0..20 {
            replays.add(SENT, again).unwrap();
        }
        let (counts, issues) = replays.finish();
        let mut fields: Vec<_> = issues
            .iter()
            .map(|issue| issue.field.as_deref().unwrap().to_owned())
            .collect();
        fields.dedup();
        (counts.verdict(Threshold::ZERO), fields)
    }

    #[test]
    fn fires() {
        let (verdict, fields) = verdict(&SENT.replace("120.00", "12.00"));
        assert_eq!(
            (verdict, fields[0].as_str()),
            (Verdict::Failed, "claim 1, CLM 2")
        );
        let mut replays = Replays::default();
        assert_eq!(replays.add("no claim", SENT), Err(MalformedReplay));
        replays.add(SENT, SENT).unwrap();
        assert_eq!(
            replays.finish().0.verdict(Threshold::ZERO),
            Verdict::Errored
        );
    }

    #[test]
    fn stays_silent() {
        let again = SENT
            .replace("0001", "0777")
            .replace("20240301*1200", "20310501*0800")
            .replace('~', "~\n");
        assert_eq!(verdict(&again), (Verdict::Passed, vec![]));
        assert_eq!(
            Replays::default().finish().0.verdict(Threshold::ZERO),
            Verdict::NotApplicable
        );
    }
}
