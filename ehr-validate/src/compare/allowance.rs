//! What may differ between source and target without being a difference, each with its reason.

/// Something that may differ without being a difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Allowance {
    /// Ids of records.
    Ids,
    /// References to the counterpart of the record that the source means.
    References,
    /// A reference to an entry that says the same as the counterpart, where ids are new.
    Twins,
    /// The reference to the patient.
    PatientReference,
    /// References to what neither chart holds.
    OutsideReferences,
    /// The display and type of a reference to a record.
    ReferenceDisplay,
    /// References that are gone with the record they led to.
    FollowingReferences,
    /// The order of entries and of values in lists.
    Order,
    /// Values that the FHIR writer puts where FHIR demands one and the source has none.
    DemandedByFhir,
    /// Size, digest and number of pages of a document.
    DerivedFromBytes,
    /// A point in time with another offset from UTC.
    OtherOffset,
    /// Seconds or fractions of a second that are zero.
    ZeroSeconds,
    /// Zeros at the end of a decimal.
    TrailingZeros,
    /// The same quantity in another unit of UCUM.
    EquivalentUnits,
    /// Another spelling of the same unit.
    UnitSpelling,
    /// Ends of lines and other white space.
    WhiteSpace,
    /// The same letters in another normal form of Unicode.
    UnicodeForm,
    /// Identifiers that the target gave.
    AddedIdentifiers,
    /// Codings in other code systems beside those of the source.
    AddedTranslations,
    /// A record that names no patient, with a patient on one side and for all on the other.
    Placement,
    /// More about a place or person that patients share than one chart says.
    SharedMore,
}

/// A row of the table of allowances.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct AllowanceRow {
    /// What may differ.
    pub allowance: Allowance,
    /// Its name.
    pub name: &'static str,
    /// Why it is no difference.
    pub reason: &'static str,
}

macro_rules! table {
    ($($allowance:ident: $name:literal, $reason:literal;)*) => {
        /// All that may differ, in the order of the enum.
        pub const ALLOWANCES: &[AllowanceRow] = &[$(
            AllowanceRow { allowance: Allowance::$allowance, name: $name, reason: $reason },
        )*];
    };
}

table! {
    Ids: "ids", "a target gives ids of its own; entries are matched by what they say";
    References: "references", "a reference follows the ids: it must lead to the counterpart, whatever its id";
    Twins: "twins", "of entries that say the same, new ids do not tell which is which";
    PatientReference: "patient-reference", "whose entry it is, the chart says on which it stands; one on another chart is a wrong patient";
    OutsideReferences: "outside-references", "what neither export holds cannot be followed; new ids look like other records";
    ReferenceDisplay: "reference-display", "the words beside a reference are those of the record it leads to, which is compared itself";
    FollowingReferences: "following-references", "the record is reported missing, once; what pointed at it is not reported again";
    Order: "order", "FHIR gives lists no order but where a sequence or rank says so, and that is compared";
    DemandedByFhir: "demanded-by-fhir", "FHIR or US Core demand a value; the catalogue names which one stands for nothing";
    DerivedFromBytes: "derived-from-bytes", "the bytes themselves are compared";
    OtherOffset: "other-offset", "it is the same instant; an offset that is gone is a difference";
    ZeroSeconds: "zero-seconds", "FHIR wants seconds where a source has minutes";
    TrailingZeros: "trailing-zeros", "1.0 and 1.00 are one amount; rule result-precision-changed watches the digits of results";
    EquivalentUnits: "equivalent-units", "UCUM converts them exactly, and the amounts agree";
    UnitSpelling: "unit-spelling", "both are spellings of one unit and the unit code is the same";
    WhiteSpace: "white-space", "systems fold ends of lines and blanks; no word is lost";
    UnicodeForm: "unicode-form", "composed and decomposed letters are the same letters";
    AddedIdentifiers: "added-identifiers", "a target numbers its records; the identifiers of the source must stay";
    AddedTranslations: "added-translations", "a code in a system that the source did not use stands beside it; the source's own must stay";
    Placement: "placement", "a reader places what names no patient by what it points at; what it says is compared";
    SharedMore: "shared-more", "each chart says what it knows of a shared place or person; the target has one record with all of it";
}

impl Allowance {
    /// Its row of the table.
    pub fn row(self) -> &'static AllowanceRow {
        &ALLOWANCES[self as usize]
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        self.row().name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_stands_at_its_number() {
        for row in ALLOWANCES {
            assert_eq!(row.allowance.row(), row);
        }
        assert_eq!(ALLOWANCES.len(), Allowance::SharedMore as usize + 1);
    }
}
