//! The kinds of records.

use crate::element::{Element, ElementSpec};
use crate::kind as kinds;

/// The four classes in which a legacy export is inventoried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum DataClass {
    /// Coded clinical data.
    StructuredClinical,
    /// Notes, scans and images.
    Unstructured,
    /// Demographics and logistics.
    Administrative,
    /// Money.
    Billing,
}

/// A struct that is the content of a record.
pub trait ResourceType: Element + Sized + 'static {
    /// Its kind.
    const KIND: Kind;

    /// The content of a resource, if it is of this kind.
    fn of(resource: &Resource) -> Option<&Self>;

    /// The content of a resource to change, if it is of this kind.
    fn of_mut(resource: &mut Resource) -> Option<&mut Self>;
}

macro_rules! kinds {
    ($($name:ident => $fhir:literal, $class:ident, $patient:expr, $shared:literal, $pami:literal;)*) => {
        /// A kind of record. The name is the canonical one, [`Kind::fhir`] the FHIR type.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Kind {
            $(#[doc = concat!("Content: [`", stringify!($name), "`](crate::kind::", stringify!($name), ").")] $name,)*
        }

        /// The content of a record.
        #[derive(Clone, PartialEq)]
        #[non_exhaustive]
        pub enum Resource {
            $(#[doc = concat!("Of kind [`Kind::", stringify!($name), "`].")] $name(Box<kinds::$name>),)*
        }

        impl Kind {
            /// All kinds, in the order of a chart.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The canonical name.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => stringify!($name),)* }
            }

            /// The FHIR resource type.
            pub const fn fhir(self) -> &'static str {
                match self { $(Self::$name => $fhir,)* }
            }

            /// The class of data that it belongs to.
            pub const fn class(self) -> DataClass {
                match self { $(Self::$name => DataClass::$class,)* }
            }

            /// The field that points at the patient.
            pub const fn patient_field(self) -> Option<&'static str> {
                match self { $(Self::$name => $patient,)* }
            }

            /// Whether its records are shared by all patients (practitioners, organizations, places).
            pub const fn is_shared(self) -> bool {
                match self { $(Self::$name => $shared,)* }
            }

            /// Whether it is one of problems, allergies, medications, immunizations, procedures.
            pub const fn is_safety_critical(self) -> bool {
                match self { $(Self::$name => $pami,)* }
            }

            /// The table of its fields.
            pub fn spec(self) -> &'static ElementSpec {
                match self { $(Self::$name => const { &kinds::$name::SPEC },)* }
            }

            /// An empty resource of this kind, to be filled.
            pub fn empty_resource(self) -> Resource {
                match self { $(Self::$name => Resource::$name(Box::default()),)* }
            }
        }

        impl Resource {
            /// The kind.
            pub fn kind(&self) -> Kind {
                match self { $(Self::$name(_) => Kind::$name,)* }
            }

            /// The content, whatever the kind.
            pub fn element(&self) -> &dyn Element {
                match self { $(Self::$name(content) => &**content,)* }
            }

            /// Takes over what a later source record says of the same thing: lists grow by what is
            /// new, a value that differs replaces the earlier one, and `differs` is told its field.
            /// Nothing happens between kinds.
            pub fn merge(&mut self, later: &Self, differs: &mut dyn FnMut(&'static str)) {
                match (self, later) {
                    $((Self::$name(content), Self::$name(later)) => {
                        $crate::element::Value::merge(&mut **content, &**later, differs);
                    })*
                    _ => {}
                }
            }

            /// The content to change, whatever the kind.
            pub fn element_mut(&mut self) -> &mut dyn Element {
                match self { $(Self::$name(content) => &mut **content,)* }
            }
        }

        $(
            impl ResourceType for kinds::$name {
                const KIND: Kind = Kind::$name;

                fn of(resource: &Resource) -> Option<&Self> {
                    match resource {
                        Resource::$name(content) => Some(content),
                        _ => None,
                    }
                }

                fn of_mut(resource: &mut Resource) -> Option<&mut Self> {
                    match resource {
                        Resource::$name(content) => Some(content),
                        _ => None,
                    }
                }
            }

            impl From<kinds::$name> for Resource {
                fn from(content: kinds::$name) -> Self {
                    Self::$name(Box::new(content))
                }
            }
        )*
    };
}

kinds! {
    // name => FHIR type, class, field that points at the patient, shared, safety-critical
    Patient => "Patient", Administrative, None, false, false;
    RelatedPerson => "RelatedPerson", Administrative, Some("patient"), false, false;
    Problem => "Condition", StructuredClinical, Some("subject"), false, true;
    Allergy => "AllergyIntolerance", StructuredClinical, Some("patient"), false, true;
    Medication => "MedicationRequest", StructuredClinical, Some("subject"), false, true;
    MedicationDispense => "MedicationDispense", StructuredClinical, Some("subject"), false, false;
    Immunization => "Immunization", StructuredClinical, Some("patient"), false, true;
    Procedure => "Procedure", StructuredClinical, Some("subject"), false, true;
    Observation => "Observation", StructuredClinical, Some("subject"), false, false;
    DiagnosticReport => "DiagnosticReport", StructuredClinical, Some("subject"), false, false;
    ImagingStudy => "ImagingStudy", StructuredClinical, Some("subject"), false, false;
    Specimen => "Specimen", StructuredClinical, Some("subject"), false, false;
    Device => "Device", StructuredClinical, Some("patient"), false, false;
    Supply => "SupplyDelivery", StructuredClinical, Some("patient"), false, false;
    FamilyHistory => "FamilyMemberHistory", StructuredClinical, Some("patient"), false, false;
    CarePlan => "CarePlan", StructuredClinical, Some("subject"), false, false;
    CareTeam => "CareTeam", StructuredClinical, Some("subject"), false, false;
    Goal => "Goal", StructuredClinical, Some("subject"), false, false;
    Referral => "ServiceRequest", StructuredClinical, Some("subject"), false, false;
    Document => "DocumentReference", Unstructured, Some("subject"), false, false;
    Encounter => "Encounter", Administrative, Some("subject"), false, false;
    Appointment => "Appointment", Administrative, None, false, false;
    Coverage => "Coverage", Billing, Some("beneficiary"), false, false;
    Claim => "Claim", Billing, Some("patient"), false, false;
    Payment => "PaymentReconciliation", Billing, Some("patient"), false, false;
    Authorship => "Provenance", Administrative, None, false, false;
    Practitioner => "Practitioner", Administrative, None, true, false;
    PractitionerRole => "PractitionerRole", Administrative, None, true, false;
    Organization => "Organization", Administrative, None, true, false;
    Location => "Location", Administrative, None, true, false;
}

impl Kind {
    /// The kind with this canonical name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.name() == name)
    }
}

impl std::fmt::Debug for Resource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        crate::element::fmt_shape(self.element(), f)
    }
}
