//! The person.

use crate::datatype::{
    Address, CodeableConcept, Coding, ContactPoint, HumanName, Identifier, Period, Reference,
};
use crate::element::{FieldSpec, Missing, choice, element};
use crate::value::{Date, Field, PartialDate, Text, code_set};

code_set! {
    /// Sex for administrative purposes.
    pub enum AdministrativeGender in "http://hl7.org/fhir/administrative-gender" {
        /// `male`
        Male = "male",
        /// `female`
        Female = "female",
        /// `other`
        Other = "other",
        /// `unknown`
        Unknown = "unknown",
    }
}

element! {
    /// The person whose chart it is.
    pub struct Patient as "Patient" {
        /// Identifiers.
        identifier: Vec<Identifier> =>
            FieldSpec::new("identifier", "Identifiers").required().if_missing(Missing::Absent);
        /// In use.
        active: Field<bool> =>
            FieldSpec::new("active", "In use");
        /// Names.
        name: Vec<HumanName> =>
            FieldSpec::new("name", "Names").uscdi(&[50, 51, 54]).if_missing(Missing::Absent);
        /// Telephone and e-mail.
        telecom: Vec<ContactPoint> =>
            FieldSpec::new("telecom", "Telephone and e-mail").uscdi(&[66, 67, 68]);
        /// Administrative sex.
        gender: Field<AdministrativeGender> =>
            FieldSpec::new("gender", "Administrative sex").critical().uscdi(&[60]).if_missing(Missing::Code("unknown"));
        /// Date of birth.
        birth_date: Field<Date> =>
            FieldSpec::new("birthDate", "Date of birth").critical().uscdi(&[55]);
        /// Time of birth.
        birth_time: Field<PartialDate> =>
            FieldSpec::new("birthTime", "Time of birth").extension("http://hl7.org/fhir/StructureDefinition/patient-birthTime");
        /// Death.
        deceased: Field<Deceased> =>
            FieldSpec::new("deceased[x]", "Death").critical().uscdi(&[56]);
        /// Addresses.
        address: Vec<Address> =>
            FieldSpec::new("address", "Addresses").uscdi(&[64, 65]);
        /// Marital status.
        marital_status: Field<CodeableConcept> =>
            FieldSpec::new("maritalStatus", "Marital status");
        /// Multiple birth.
        multiple_birth: Field<MultipleBirth> =>
            FieldSpec::new("multipleBirth[x]", "Multiple birth");
        /// Contacts.
        contact: Vec<PatientContact> =>
            FieldSpec::new("contact", "Contacts");
        /// Languages.
        communication: Vec<Communication> =>
            FieldSpec::new("communication", "Languages").uscdi(&[63]);
        /// General practitioners.
        general_practitioner: Vec<Reference> =>
            FieldSpec::new("generalPractitioner", "General practitioners");
        /// Managing organization.
        managing_organization: Field<Reference> =>
            FieldSpec::new("managingOrganization", "Managing organization");
        /// Links to other records of the person.
        link: Vec<PatientLink> =>
            FieldSpec::new("link", "Links to other records of the person");
        /// Race.
        race: Field<Race> =>
            FieldSpec::new("race", "Race").extension("http://hl7.org/fhir/us/core/StructureDefinition/us-core-race").uscdi(&[57]);
        /// Ethnicity.
        ethnicity: Field<Ethnicity> =>
            FieldSpec::new("ethnicity", "Ethnicity").extension("http://hl7.org/fhir/us/core/StructureDefinition/us-core-ethnicity").uscdi(&[58]);
        /// Tribal affiliation.
        tribal_affiliation: Vec<TribalAffiliation> =>
            FieldSpec::new("tribalAffiliation", "Tribal affiliation").extension("http://hl7.org/fhir/us/core/StructureDefinition/us-core-tribal-affiliation").uscdi(&[59]);
        /// Sex assigned at birth.
        birth_sex: Field<BirthSex> =>
            FieldSpec::new("birthSex", "Sex assigned at birth").extension("http://hl7.org/fhir/us/core/StructureDefinition/us-core-birthsex").critical().uscdi(&[60]);
        /// Sex.
        sex: Field<SexCode> =>
            FieldSpec::new("sex", "Sex").extension("http://hl7.org/fhir/us/core/StructureDefinition/us-core-sex").critical().uscdi(&[60]);
        /// Gender identity.
        gender_identity: Vec<CodeableConcept> =>
            FieldSpec::new("genderIdentity", "Gender identity").extension("http://hl7.org/fhir/us/core/StructureDefinition/us-core-genderIdentity").uscdi(&[62]);
        /// Place of birth.
        birth_place: Field<Address> =>
            FieldSpec::new("birthPlace", "Place of birth").extension("http://hl7.org/fhir/StructureDefinition/patient-birthPlace");
        /// Mother's maiden name.
        mothers_maiden_name: Field<Text> =>
            FieldSpec::new("mothersMaidenName", "Mother's maiden name").extension("http://hl7.org/fhir/StructureDefinition/patient-mothersMaidenName");
        /// Religion.
        religion: Field<CodeableConcept> =>
            FieldSpec::new("religion", "Religion").extension("http://hl7.org/fhir/StructureDefinition/patient-religion");
    }
}

choice! {
    /// Whether the person died, or when.
    pub enum Deceased {
        /// Died.
        Boolean(bool) => FieldSpec::new("Boolean", "Died").critical();
        /// Date of death.
        DateTime(PartialDate) => FieldSpec::new("DateTime", "Date of death").critical();
    }
}

choice! {
    /// Whether the person is one of several born together, or which one.
    pub enum MultipleBirth {
        /// Multiple birth.
        Boolean(bool) => FieldSpec::new("Boolean", "Multiple birth");
        /// Birth order.
        Integer(i64) => FieldSpec::new("Integer", "Birth order");
    }
}

code_set! {
    /// Sex assigned at birth.
    pub enum BirthSex in "http://terminology.hl7.org/CodeSystem/v3-AdministrativeGender" {
        /// `F`
        F = "F",
        /// `M`
        M = "M",
        /// `UNK`
        Unk = "UNK",
        /// `ASKU`
        Asku = "ASKU",
        /// `OTH`
        Oth = "OTH",
    }
}

code_set! {
    /// Sex as US Core 6.1.0 codes it.
    pub enum SexCode in "http://snomed.info/sct" {
        /// `248152002`
        Code248152002 = "248152002",
        /// `248153007`
        Code248153007 = "248153007",
        /// `asked-declined`
        AskedDeclined = "asked-declined",
        /// `unknown`
        Unknown = "unknown",
    }
}

element! {
    /// Race in the categories of the US Office of Management and Budget, with detail and text.
    pub struct Race as "" {
        /// Race category.
        omb_category: Vec<Coding> =>
            FieldSpec::new("ombCategory", "Race category").extension("ombCategory").uscdi(&[57]);
        /// Detailed race.
        detailed: Vec<Coding> =>
            FieldSpec::new("detailed", "Detailed race").extension("detailed").uscdi(&[57]);
        /// Race as text.
        text: Field<Text> =>
            FieldSpec::new("text", "Race as text").extension("text");
    }
}

element! {
    /// Ethnicity in the categories of the US Office of Management and Budget, with detail and text.
    pub struct Ethnicity as "" {
        /// Ethnicity category.
        omb_category: Field<Coding> =>
            FieldSpec::new("ombCategory", "Ethnicity category").extension("ombCategory").uscdi(&[58]);
        /// Detailed ethnicity.
        detailed: Vec<Coding> =>
            FieldSpec::new("detailed", "Detailed ethnicity").extension("detailed").uscdi(&[58]);
        /// Ethnicity as text.
        text: Field<Text> =>
            FieldSpec::new("text", "Ethnicity as text").extension("text");
    }
}

element! {
    /// A tribe and whether the person is enrolled.
    pub struct TribalAffiliation as "" {
        /// Tribe.
        tribal_affiliation: Field<CodeableConcept> =>
            FieldSpec::new("tribalAffiliation", "Tribe").extension("tribalAffiliation").uscdi(&[59]);
        /// Enrolled.
        is_enrolled: Field<bool> =>
            FieldSpec::new("isEnrolled", "Enrolled").extension("isEnrolled");
    }
}

element! {
    /// Somebody to turn to.
    pub struct PatientContact as "BackboneElement" {
        /// Relationship.
        relationship: Vec<CodeableConcept> =>
            FieldSpec::new("relationship", "Relationship");
        /// Name.
        name: Field<HumanName> =>
            FieldSpec::new("name", "Name");
        /// Telephone and e-mail.
        telecom: Vec<ContactPoint> =>
            FieldSpec::new("telecom", "Telephone and e-mail");
        /// Address.
        address: Field<Address> =>
            FieldSpec::new("address", "Address");
        /// Administrative sex.
        gender: Field<AdministrativeGender> =>
            FieldSpec::new("gender", "Administrative sex");
        /// Organization.
        organization: Field<Reference> =>
            FieldSpec::new("organization", "Organization");
        /// Valid.
        period: Field<Period> =>
            FieldSpec::new("period", "Valid");
    }
}

element! {
    /// A language of the person.
    pub struct Communication as "BackboneElement" {
        /// Language.
        language: Field<CodeableConcept> =>
            FieldSpec::new("language", "Language").uscdi(&[63]);
        /// Preferred.
        preferred: Field<bool> =>
            FieldSpec::new("preferred", "Preferred");
        /// How well.
        proficiency: Vec<Proficiency> =>
            FieldSpec::new("proficiency", "How well").extension("http://hl7.org/fhir/StructureDefinition/patient-proficiency");
    }
}

element! {
    /// How well a person knows a language, and in which ways: speaking, writing.
    pub struct Proficiency as "" {
        /// Level.
        level: Field<Coding> =>
            FieldSpec::new("level", "Level").extension("level");
        /// Ways.
        type_: Vec<Coding> =>
            FieldSpec::new("type", "Ways").extension("type");
    }
}

element! {
    /// Another record of the same person; linked, never merged.
    pub struct PatientLink as "BackboneElement" {
        /// Other record.
        other: Field<Reference> =>
            FieldSpec::new("other", "Other record");
        /// Kind of link.
        type_: Field<LinkType> =>
            FieldSpec::new("type", "Kind of link");
    }
}

code_set! {
    /// How two records of a person belong together.
    pub enum LinkType in "http://hl7.org/fhir/link-type" {
        /// `replaced-by`
        ReplacedBy = "replaced-by",
        /// `replaces`
        Replaces = "replaces",
        /// `refer`
        Refer = "refer",
        /// `seealso`
        Seealso = "seealso",
    }
}
