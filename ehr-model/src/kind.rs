//! The kinds of records that a chart holds, one file each.
//!
//! `Problem`, `Allergy`, `Medication`, `Immunization` and `Procedure` carry the names that clinicians use; all fields
//! and all other kinds carry FHIR's.

mod allergy;
mod appointment;
mod care_plan;
mod care_team;
mod claim;
mod coverage;
mod device;
mod diagnostic_report;
mod document;
mod encounter;
mod family_history;
mod goal;
mod imaging_study;
mod immunization;
mod location;
mod medication;
mod observation;
mod organization;
mod patient;
mod payment;
mod practitioner;
mod problem;
mod procedure;
mod provenance;
mod referral;
mod related_person;
mod specimen;
mod supply;

pub use allergy::{
    Allergy, AllergyCategory, AllergyClinicalStatus, AllergyCriticality, AllergyType,
    AllergyVerificationStatus, Reaction, ReactionSeverity,
};
pub use appointment::{
    Appointment, AppointmentParticipant, AppointmentStatus, ParticipationStatus,
};
pub use care_plan::{
    Activity, ActivityDetail, ActivityStatus, CarePlan, CarePlanIntent, Scheduled,
};
pub use care_team::{CareTeam, CareTeamParticipant, CareTeamStatus};
pub use claim::{
    Accident, Billing, Claim, ClaimCareTeam, ClaimDiagnosis, ClaimInsurance, ClaimItem,
    ClaimItemDetail, ClaimProcedure, ClaimUse, DiagnosisCode, Outstanding, Payee, RelatedClaim,
    ServiceLocation, Serviced, SupportingInfo, SupportingTiming, SupportingValue,
};
pub use coverage::{CostToBeneficiary, CostValue, Coverage, CoverageClass, FinancialStatus};
pub use device::{
    Device, DeviceName, DeviceNameType, DeviceStatus, DeviceVersion, UdiCarrier, UdiEntryType,
};
pub use diagnostic_report::{DiagnosticReport, ReportStatus};
pub use document::{
    CompositionStatus, Document, DocumentContent, DocumentContext, DocumentRelation,
    DocumentRelationType, DocumentStatus,
};
pub use encounter::{
    Encounter, EncounterDiagnosis, EncounterLocation, EncounterLocationStatus,
    EncounterParticipant, EncounterStatus, Hospitalization,
};
pub use family_history::{
    Age, Born, FamilyCondition, FamilyHistory, FamilyHistoryStatus, FamilyOnset, RelativeDeceased,
};
pub use goal::{Goal, GoalDetail, GoalDue, GoalLifecycleStatus, GoalStart, GoalTarget};
pub use imaging_study::{ImagingStatus, ImagingStudy, Instance, Series};
pub use immunization::{
    DoseNumber, Immunization, ImmunizationEducation, ImmunizationOccurrence, ImmunizationPerformer,
    ImmunizationProtocol, ImmunizationReaction, ImmunizationStatus,
};
pub use location::{Location, LocationStatus, Position};
pub use medication::{
    DispensePerformer, DispenseRequest, DispenseStatus, InitialFill, Medication, MedicationCode,
    MedicationDispense, MedicationStatus, Reported, RequestIntent, RequestPriority, Substitution,
    SubstitutionAllowed,
};
pub use observation::{
    Effective, Observation, ObservationComponent, ObservationStatus, ObservationValue,
    ReferenceRange,
};
pub use organization::{Organization, OrganizationContact};
pub use patient::{
    AdministrativeGender, BirthSex, Communication, Deceased, Ethnicity, LinkType, MultipleBirth,
    Patient, PatientContact, PatientLink, Proficiency, Race, SexCode, TribalAffiliation,
};
pub use payment::{Payment, PaymentDetail, PaymentInformation, RemittanceOutcome};
pub use practitioner::{Practitioner, PractitionerRole, Qualification};
pub use problem::{ConditionClinicalStatus, ConditionVerificationStatus, Evidence, Onset, Problem};
pub use procedure::{FocalDevice, Performed, Procedure, ProcedurePerformer, ProcedureStatus};
pub use provenance::{Agent, Authorship};
pub use referral::{Referral, RequestStatus, ServiceIntent, ServiceOccurrence, ServiceQuantity};
pub use related_person::RelatedPerson;
pub use specimen::{Collected, Specimen, SpecimenCollection, SpecimenStatus};
pub use supply::{SuppliedItem, Supply, SupplyItem, SupplyOccurrence, SupplyStatus};
