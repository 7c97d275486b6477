//! All formats under one roof, for audits that ask what a column may hold.

use super::{
    Malformed, address, claim_line, clia, cvx, dea, ein, hcpcs, icd_9_cm, icd_10_cm, icd_10_pcs,
    loinc, medicare, mvx, ndc, npi, phone, rxcui, sctid, ssn, taxonomy, ucum, udi,
};

/// A format of codes or numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Format {
    /// National Provider Identifier.
    Npi,
    /// SNOMED CT concept.
    Sctid,
    /// LOINC term.
    Loinc,
    /// Unique device identifier.
    Udi,
    /// DEA registration number.
    Dea,
    /// Medicare beneficiary identifier.
    Mbi,
    /// CLIA number.
    Clia,
    /// Provider taxonomy.
    Taxonomy,
    /// ICD-10-PCS procedure.
    Icd10Pcs,
    /// ICD-10-CM diagnosis.
    Icd10Cm,
    /// ICD-9-CM diagnosis.
    Icd9Cm,
    /// CPT, HCPCS level II or CDT.
    Procedure,
    /// National Drug Code.
    Ndc,
    /// Telephone number.
    Phone,
    /// Social security number.
    Ssn,
    /// Employer identification number.
    Ein,
    /// Former health insurance claim number.
    Hicn,
    /// State of the USPS.
    State,
    /// ZIP code.
    Zip,
    /// RxNorm concept.
    Rxcui,
    /// Vaccine administered.
    Cvx,
    /// Manufacturer of vaccines.
    Mvx,
    /// UCUM unit.
    Ucum,
    /// Modifier of a procedure.
    Modifier,
    /// Revenue code.
    RevenueCode,
    /// Place of service.
    PlaceOfService,
    /// Type of bill.
    TypeOfBill,
}

impl Format {
    /// All formats, those that recognise best first: check digits before shapes, long before short.
    pub const ALL: [Self; 27] = [
        Self::Npi,
        Self::Sctid,
        Self::Loinc,
        Self::Udi,
        Self::Dea,
        Self::Mbi,
        Self::Clia,
        Self::Taxonomy,
        Self::Icd10Pcs,
        Self::Icd10Cm,
        Self::Icd9Cm,
        Self::Procedure,
        Self::Ndc,
        Self::Phone,
        Self::Ssn,
        Self::Ein,
        Self::Hicn,
        Self::State,
        Self::Zip,
        Self::Rxcui,
        Self::Cvx,
        Self::Mvx,
        Self::Ucum,
        Self::Modifier,
        Self::RevenueCode,
        Self::PlaceOfService,
        Self::TypeOfBill,
    ];

    /// The format of the codes of a code system, by its canonical URI.
    pub fn of_system(uri: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|format| format.systems().contains(&uri))
    }

    /// The canonical URIs of the code systems and identifier systems with this format.
    pub fn systems(self) -> &'static [&'static str] {
        match self {
            Self::Npi => &["http://hl7.org/fhir/sid/us-npi"],
            Self::Sctid => &["http://snomed.info/sct"],
            Self::Loinc => &["http://loinc.org"],
            Self::Dea => &["urn:oid:2.16.840.1.113883.4.814"],
            Self::Mbi => &["http://hl7.org/fhir/sid/us-mbi"],
            Self::Clia => &["urn:oid:2.16.840.1.113883.4.7"],
            Self::Taxonomy => &["http://nucc.org/provider-taxonomy"],
            Self::Icd10Pcs => &["http://www.cms.gov/Medicare/Coding/ICD10"],
            Self::Icd10Cm => &["http://hl7.org/fhir/sid/icd-10-cm"],
            Self::Icd9Cm => &["http://hl7.org/fhir/sid/icd-9-cm"],
            Self::Procedure => &[
                "http://www.ama-assn.org/go/cpt",
                "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets",
                "http://www.ada.org/cdt",
            ],
            Self::Ndc => &["http://hl7.org/fhir/sid/ndc"],
            Self::Ssn => &["http://hl7.org/fhir/sid/us-ssn"],
            Self::Ein => &["urn:oid:2.16.840.1.113883.4.4"],
            Self::Hicn => &["http://hl7.org/fhir/sid/us-medicare"],
            Self::State => &["https://www.usps.com/"],
            Self::Rxcui => &["http://www.nlm.nih.gov/research/umls/rxnorm"],
            Self::Cvx => &["http://hl7.org/fhir/sid/cvx"],
            Self::Mvx => &["http://hl7.org/fhir/sid/mvx"],
            Self::Ucum => &["http://unitsofmeasure.org"],
            Self::RevenueCode => &["https://www.nubc.org/CodeSystem/RevenueCodes"],
            Self::PlaceOfService => &[
                "https://www.cms.gov/Medicare/Coding/place-of-service-codes/Place_of_Service_Code_Set",
            ],
            Self::TypeOfBill => &["https://www.nubc.org/CodeSystem/TypeOfBill"],
            Self::Udi | Self::Phone | Self::Zip | Self::Modifier => &[],
        }
    }

    /// Checks a code.
    pub fn check(self, code: &str) -> Result<(), Malformed> {
        match self {
            Self::Npi => npi::check(code),
            Self::Sctid => sctid::parse_concept(code).map(drop),
            Self::Loinc => loinc::parse_term(code).map(drop),
            Self::Udi => udi::parse(code).map(drop),
            Self::Dea => dea::check(code),
            Self::Mbi => medicare::check_mbi(code),
            Self::Clia => clia::check(code),
            Self::Taxonomy => taxonomy::check(code),
            Self::Icd10Pcs => icd_10_pcs::check(code),
            Self::Icd10Cm => icd_10_cm::parse(code).map(drop),
            Self::Icd9Cm => icd_9_cm::parse(code).map(drop),
            Self::Procedure => hcpcs::parse(code).map(drop),
            Self::Ndc => ndc::parse(code).map(drop),
            Self::Phone => phone::parse(code).map(drop),
            Self::Ssn => ssn::check(code),
            Self::Ein => ein::check(code),
            Self::Hicn => medicare::check_hicn(code),
            Self::State => address::check_state(code),
            Self::Zip => address::check_zip(code),
            Self::Rxcui => rxcui::check(code),
            Self::Cvx => cvx::check(code),
            Self::Mvx => mvx::check(code),
            Self::Ucum => ucum::check(code),
            Self::Modifier => claim_line::check_modifier(code),
            Self::RevenueCode => claim_line::check_revenue_code(code),
            Self::PlaceOfService => claim_line::check_place_of_service(code),
            Self::TypeOfBill => claim_line::check_type_of_bill(code),
        }
    }
}
