//! Devices of the patient.

use crate::datatype::{Annotation, Bytes, CodeableConcept, Identifier, Period, Reference};
use crate::element::{FieldSpec, Missing, element};
use crate::value::{Field, PartialDate, Text, code_set};

code_set! {
    /// The state of a device.
    pub enum DeviceStatus in "http://hl7.org/fhir/device-status" {
        /// `active`
        Active = "active",
        /// `inactive`
        Inactive = "inactive",
        /// `entered-in-error`
        EnteredInError = "entered-in-error",
        /// `unknown`
        Unknown = "unknown",
    }
}

code_set! {
    /// How the UDI was entered.
    pub enum UdiEntryType in "http://hl7.org/fhir/udi-entry-type" {
        /// `barcode`
        Barcode = "barcode",
        /// `rfid`
        Rfid = "rfid",
        /// `manual`
        Manual = "manual",
        /// `card`
        Card = "card",
        /// `self-reported`
        SelfReported = "self-reported",
        /// `unknown`
        Unknown = "unknown",
    }
}

element! {
    /// A device, above all an implanted one, with its UDI.
    pub struct Device as "Device" {
        /// Identifiers.
        identifier: Vec<Identifier> =>
            FieldSpec::new("identifier", "Identifiers");
        /// Unique device identifier.
        udi_carrier: Vec<UdiCarrier> =>
            FieldSpec::new("udiCarrier", "Unique device identifier").critical().uscdi(&[82]);
        /// Status.
        status: Field<DeviceStatus> =>
            FieldSpec::new("status", "Status").critical();
        /// Reason of the status.
        status_reason: Vec<CodeableConcept> =>
            FieldSpec::new("statusReason", "Reason of the status");
        /// Distinct identifier.
        distinct_identifier: Field<Text> =>
            FieldSpec::new("distinctIdentifier", "Distinct identifier").uscdi(&[82]);
        /// Manufacturer.
        manufacturer: Field<Text> =>
            FieldSpec::new("manufacturer", "Manufacturer");
        /// Made.
        manufacture_date: Field<PartialDate> =>
            FieldSpec::new("manufactureDate", "Made").uscdi(&[82]);
        /// Expires.
        expiration_date: Field<PartialDate> =>
            FieldSpec::new("expirationDate", "Expires").uscdi(&[82]);
        /// Lot.
        lot_number: Field<Text> =>
            FieldSpec::new("lotNumber", "Lot").uscdi(&[82]);
        /// Serial number.
        serial_number: Field<Text> =>
            FieldSpec::new("serialNumber", "Serial number").uscdi(&[82]);
        /// Names.
        device_name: Vec<DeviceName> =>
            FieldSpec::new("deviceName", "Names");
        /// Model.
        model_number: Field<Text> =>
            FieldSpec::new("modelNumber", "Model");
        /// Part number.
        part_number: Field<Text> =>
            FieldSpec::new("partNumber", "Part number");
        /// Type.
        type_: Field<CodeableConcept> =>
            FieldSpec::new("type", "Type").critical().required().if_missing(Missing::Absent);
        /// Versions.
        version: Vec<DeviceVersion> =>
            FieldSpec::new("version", "Versions");
        /// Patient.
        patient: Field<Reference> =>
            FieldSpec::new("patient", "Patient");
        /// Owner.
        owner: Field<Reference> =>
            FieldSpec::new("owner", "Owner");
        /// Place.
        location: Field<Reference> =>
            FieldSpec::new("location", "Place");
        /// Notes.
        note: Vec<Annotation> =>
            FieldSpec::new("note", "Notes");
        /// Safety.
        safety: Vec<CodeableConcept> =>
            FieldSpec::new("safety", "Safety");
        /// In use.
        use_period: Field<Period> =>
            FieldSpec::new("usePeriod", "In use").extension("urn:ehr-model:device-use-period");
        /// Visit.
        encounter: Field<Reference> =>
            FieldSpec::new("encounter", "Visit").extension("urn:ehr-model:device-encounter");
    }
}

element! {
    /// The UDI as it stands on the label.
    pub struct UdiCarrier as "BackboneElement" {
        /// Device identifier.
        device_identifier: Field<Text> =>
            FieldSpec::new("deviceIdentifier", "Device identifier").uscdi(&[82]).if_missing(Missing::Absent);
        /// Issuing agency.
        issuer: Field<Text> =>
            FieldSpec::new("issuer", "Issuing agency");
        /// Authority.
        jurisdiction: Field<Text> =>
            FieldSpec::new("jurisdiction", "Authority");
        /// Machine-readable form.
        carrier_aidc: Field<Bytes> =>
            FieldSpec::new("carrierAIDC", "Machine-readable form");
        /// Human-readable form.
        carrier_hrf: Field<Text> =>
            FieldSpec::new("carrierHRF", "Human-readable form").critical().uscdi(&[82]);
        /// How it was entered.
        entry_type: Field<UdiEntryType> =>
            FieldSpec::new("entryType", "How it was entered");
    }
}

element! {
    /// A name of the device.
    pub struct DeviceName as "BackboneElement" {
        /// Name.
        name: Field<Text> =>
            FieldSpec::new("name", "Name");
        /// Kind of name.
        type_: Field<DeviceNameType> =>
            FieldSpec::new("type", "Kind of name").if_missing(Missing::Code("other"));
    }
}

code_set! {
    /// What kind of name it is.
    pub enum DeviceNameType in "http://hl7.org/fhir/device-nametype" {
        /// `udi-label-name`
        UdiLabelName = "udi-label-name",
        /// `user-friendly-name`
        UserFriendlyName = "user-friendly-name",
        /// `patient-reported-name`
        PatientReportedName = "patient-reported-name",
        /// `manufacturer-name`
        ManufacturerName = "manufacturer-name",
        /// `model-name`
        ModelName = "model-name",
        /// `other`
        Other = "other",
    }
}

element! {
    /// A version of the device.
    pub struct DeviceVersion as "BackboneElement" {
        /// Type.
        type_: Field<CodeableConcept> =>
            FieldSpec::new("type", "Type");
        /// Component.
        component: Field<Identifier> =>
            FieldSpec::new("component", "Component");
        /// Version.
        value: Field<Text> =>
            FieldSpec::new("value", "Version");
    }
}
