use ehr_model::chart::Chart;
use ehr_model::kind::Device;

use crate::Context;
use crate::code_format::udi;
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};

rule! {
    /// Unique device identifier that cannot be one, or whose device identifier is another.
    ///
    /// ## What it does
    ///
    /// Parses the readable carrier of every device in the forms of GS1 (with the check digit of the
    /// GTIN and its dates), HIBCC (with the check character) and ICCBBA. The device identifier that
    /// stands beside it must be the one in the carrier and no more: lot, serial number and dates
    /// are production identifiers and belong into their own fields.
    ///
    /// ## Why it matters
    ///
    /// A recall is announced by device identifier and lot. An implant whose identifier cannot be
    /// read is not found when its maker calls it back.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Look whether the export cut the carrier or dropped its brackets. Read the parts from the
    /// carrier, not from columns that somebody typed.
    ///
    /// ### Who uses the data
    ///
    /// Compare with the implant card of the patient.
    ///
    /// ## Source
    ///
    /// 21 CFR 830; FDA, UDI formats by issuing agency; US Core 6.1.0, implantable device.
    MalformedDeviceIdentifier {
        code: "malformed-device-identifier", category: Conformance, severity: Error, since: "0.1.0",
        covers: ["COD-038"],
    }
}

impl Rule for MalformedDeviceIdentifier {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn check(
        &self,
        chart: &Chart,
        context: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        let _ = context;
        for (record, device) in chart.of::<Device>() {
            let mut subject = findings.about(record);
            for (number, carrier) in device.udi_carrier.iter().enumerate() {
                let Some(written) = carrier.carrier_hrf.value() else {
                    continue;
                };
                subject.applies();
                let apart = carrier.device_identifier.value();
                match udi::parse(written.expose()) {
                    Err(_) => subject.violated_at(format!("udiCarrier[{number}].carrierHRF")),
                    Ok(udi) if apart.is_some_and(|apart| apart.expose() != udi.device) => {
                        subject.violated_at(format!("udiCarrier[{number}].deviceIdentifier"));
                    }
                    Ok(_) => {}
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{found, record};
    use ehr_model::record::Kind;

    #[test]
    fn fires() {
        let udi = |carrier, device| {
            let fields = [
                ("udiCarrier[0].carrierHRF", carrier),
                ("udiCarrier[0].deviceIdentifier", device),
            ];
            found(
                &MalformedDeviceIdentifier,
                vec![record(Kind::Device, "a", &fields)],
            )
        };
        let good = "(01)51022222233336(11)141231(17)150707(10)A213B1(21)1234";
        assert_eq!(
            udi("(01)51022222233337(10)A213B1", "51022222233337"),
            ["Device a udiCarrier[0].carrierHRF"]
        );
        assert_eq!(udi("pacemaker", "1"), ["Device a udiCarrier[0].carrierHRF"]);
        assert_eq!(udi(good, good), ["Device a udiCarrier[0].deviceIdentifier"]);
    }

    #[test]
    fn stays_silent() {
        let none: [&str; 0] = [];
        let good = "(01)51022222233336(11)141231(17)150707(10)A213B1(21)1234";
        let fields = [
            ("udiCarrier[0].carrierHRF", good),
            ("udiCarrier[0].deviceIdentifier", "51022222233336"),
        ];
        assert_eq!(
            found(
                &MalformedDeviceIdentifier,
                vec![record(Kind::Device, "a", &fields)]
            ),
            none
        );
        assert_eq!(
            found(
                &MalformedDeviceIdentifier,
                vec![record(Kind::Device, "a", &[("type.text", "stent")])]
            ),
            none
        );
    }
}
