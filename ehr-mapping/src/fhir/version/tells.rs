//! Elements by which a release of FHIR gives itself away: they are there in that release, and in
//! neither R4 nor R4B. Taken from the definitions of the releases; a test holds them against
//! those of R4.
//!
//! Long because it is a table; one line for each release of a type.

use super::{DSTU2, R5, Releases, STU3};

/// Names that only those releases know.
pub(super) type Known = (Releases, &'static [&'static str]);

/// The types of other releases that R4 and R4B do not know.
#[rustfmt::skip]
pub(super) const TYPES: &[Known] = &[
    (DSTU2, &["Conformance", "DeviceUseRequest", "DiagnosticOrder", "ImagingObjectSelection",
        "MedicationOrder", "Order", "OrderResponse"]),
    (DSTU2 | STU3, &["BodySite", "DataElement", "DeviceComponent", "EligibilityRequest",
        "EligibilityResponse", "ProcedureRequest", "ProcessRequest", "ProcessResponse",
        "ReferralRequest"]),
    (STU3, &["ExpansionProfile", "ImagingManifest", "Sequence", "ServiceDefinition"]),
    (R5, &["ActorDefinition", "ArtifactAssessment", "BiologicallyDerivedProductDispense",
        "ConditionDefinition", "DeviceAssociation", "DeviceDispense", "DeviceUsage",
        "EncounterHistory", "FormularyItem", "GenomicStudy", "ImagingSelection", "InventoryItem",
        "InventoryReport", "NutritionIntake", "Permission", "RequestOrchestration", "Requirements",
        "TestPlan", "Transport"]),
];

/// Elements below the first level, and elements of another datatype than in R4.
///
/// A path leads from the resource down; `=` at its end asks for a value, such as that of a code
/// where R4 has a CodeableConcept.
#[rustfmt::skip]
pub(super) const PATHS: &[(&str, &[(Releases, &str)])] = &[
    ("AllergyIntolerance", &[
        (STU3, "clinicalStatus="),
        (STU3, "verificationStatus="),
        (DSTU2, "reaction/certainty"),
        (R5, "type/coding"),
        (R5, "reaction/manifestation/concept"),
    ]),
    ("Appointment", &[
        (DSTU2 | STU3, "reason/coding"),
        (R5, "reason/concept"),
        (R5, "reason/reference"),
    ]),
    ("CarePlan", &[
        (DSTU2, "activity/actionResulting"),
        (R5, "activity/performedActivity"),
        (R5, "activity/plannedActivityReference"),
        (R5, "addresses/concept"),
        (R5, "addresses/reference/reference"),
    ]),
    ("Claim", &[
        (DSTU2, "type="),
        (DSTU2, "item/prosthesis"),
        (DSTU2 | STU3, "item/service"),
        (STU3, "item/careTeamLinkId"),
    ]),
    ("Communication", &[
        (DSTU2, "reason/coding"),
        (R5, "reason/concept"),
    ]),
    ("CommunicationRequest", &[
        (DSTU2, "reason/coding"),
        (R5, "reason/concept"),
    ]),
    ("Condition", &[
        (DSTU2 | STU3, "clinicalStatus="),
        (DSTU2 | STU3, "verificationStatus="),
        (R5, "evidence/concept"),
        (R5, "evidence/reference"),
    ]),
    ("Coverage", &[
        (R5, "class/value/value"),
    ]),
    ("DiagnosticReport", &[
        (STU3, "performer/actor"),
        (STU3, "performer/role"),
    ]),
    ("DocumentReference", &[
        (DSTU2, "docStatus/coding"),
        (R5, "content/profile"),
        (R5, "context/reference"),
        (R5, "relatesTo/code/coding"),
    ]),
    ("Encounter", &[
        (DSTU2, "class="),
        (STU3, "diagnosis/role"),
        (DSTU2 | STU3, "reason/coding"),
        (DSTU2 | STU3, "reason/text"),
        (R5, "class/coding"),
        (R5, "class/text"),
        (R5, "reason/use"),
        (R5, "reason/value"),
        (R5, "participant/actor"),
    ]),
    ("ExplanationOfBenefit", &[
        (STU3, "item/service"),
        (STU3, "item/careTeamLinkId"),
    ]),
    ("Goal", &[
        (DSTU2, "description="),
    ]),
    ("ImagingStudy", &[
        (STU3, "reason/coding"),
        (R5, "reason/concept"),
    ]),
    ("Immunization", &[
        (R5, "manufacturer/concept"),
        (R5, "manufacturer/reference/reference"),
        (R5, "reaction/manifestation"),
    ]),
    ("Medication", &[
        (STU3, "ingredient/amount"),
        (R5, "ingredient/item"),
        (R5, "ingredient/strengthRatio"),
    ]),
    ("MedicationDispense", &[
        (DSTU2 | STU3, "dosageInstruction/doseQuantity"),
        (DSTU2 | STU3, "dosageInstruction/doseRange"),
        (DSTU2, "dosageInstruction/additionalInstructions"),
        (R5, "dosageInstruction/asNeeded"),
    ]),
    ("MedicationRequest", &[
        (STU3, "requester/agent"),
        (STU3, "dosageInstruction/doseQuantity"),
        (STU3, "dosageInstruction/doseRange"),
        (STU3, "dosageInstruction/rateRatio"),
        (STU3, "dosageInstruction/rateRange"),
        (STU3, "dosageInstruction/rateQuantity"),
        (R5, "dosageInstruction/asNeeded"),
    ]),
    ("MedicationStatement", &[
        (DSTU2, "dosage/quantityQuantity"),
        (DSTU2, "dosage/quantityRange"),
        (STU3, "dosage/doseQuantity"),
        (STU3, "dosage/doseRange"),
        (R5, "dosage/asNeeded"),
    ]),
    ("Observation", &[
        (DSTU2, "referenceRange/meaning"),
        (R5, "referenceRange/normalValue"),
    ]),
    ("Procedure", &[
        (DSTU2 | STU3, "performer/role"),
    ]),
    ("Provenance", &[
        (DSTU2, "agent/actor"),
        (DSTU2, "agent/relatedAgent"),
        (STU3, "agent/whoReference"),
        (STU3, "agent/whoUri"),
    ]),
    ("ServiceRequest", &[
        (R5, "code/concept"),
        (R5, "code/reference"),
    ]),
    ("Task", &[
        (STU3, "reason/coding"),
        (STU3, "reason/text"),
        (R5, "reason/concept"),
        (R5, "reason/reference"),
    ]),
];

/// Elements of the resource itself.
#[rustfmt::skip]
pub(super) const MEMBERS: &[(&str, &[Known])] = &[
    ("Account", &[
        (DSTU2, &["activePeriod", "coveragePeriod"]),
        (STU3, &["active", "period"]),
        (R5, &["billingStatus", "calculatedAt", "diagnosis", "procedure", "relatedAccount"]),
        (DSTU2 | R5, &["currency"]),
        (DSTU2 | STU3 | R5, &["balance"]),
    ]),
    ("AdverseEvent", &[
        (STU3, &["description", "eventParticipant", "reaction", "type"]),
        (R5, &["code", "contributingFactor", "expectedInResearchStudy", "mitigatingAction", "note",
            "occurrenceDateTime", "occurrencePeriod", "occurrenceTiming", "participant",
            "preventiveAction", "resultingEffect", "status", "supportingInfo"]),
    ]),
    ("AllergyIntolerance", &[
        (DSTU2, &["lastOccurence", "onset", "reporter", "status", "substance"]),
        (STU3, &["assertedDate"]),
        (R5, &["participant"]),
    ]),
    ("Appointment", &[
        (DSTU2, &["type"]),
        (STU3, &["incomingReferral", "indication"]),
        (R5, &["account", "cancellationDate", "cancellationReason", "class", "note",
            "occurrenceChanged", "originatingAppointment", "previousAppointment", "recurrenceId",
            "recurrenceTemplate", "replaces", "subject", "virtualService"]),
        (DSTU2 | STU3 | R5, &["reason"]),
    ]),
    ("AppointmentResponse", &[
        (R5, &["occurrenceDate", "proposedNewTime", "recurrenceId", "recurring"]),
    ]),
    ("AuditEvent", &[
        (DSTU2, &["event", "object", "participant"]),
        (R5, &["authorization", "basedOn", "category", "code", "encounter", "occurredDateTime",
            "occurredPeriod", "patient", "severity"]),
    ]),
    ("CarePlan", &[
        (DSTU2, &["modified", "participant", "relatedPlan", "support"]),
        (STU3, &["definition"]),
        (DSTU2 | STU3, &["context"]),
        (R5, &["custodian"]),
    ]),
    ("CareTeam", &[
        (STU3, &["context"]),
        (R5, &["reason"]),
    ]),
    ("ChargeItem", &[
        (STU3, &["definition", "participant"]),
        (R5, &["encounter", "product", "totalPriceComponent", "unitPriceComponent"]),
    ]),
    ("Claim", &[
        (DSTU2, &["accidentType", "additionalMaterials", "condition", "coverage", "exception",
            "interventionException", "missingTeeth", "originalRuleset", "ruleset", "school",
            "target"]),
        (STU3, &["employmentImpacted", "hospitalization", "information"]),
        (DSTU2 | STU3, &["organization"]),
        (R5, &["diagnosisRelatedGroup", "encounter", "event", "patientPaid", "traceNumber"]),
    ]),
    ("ClaimResponse", &[
        (DSTU2, &["coverage", "note", "organization", "originalRuleset", "paymentAdjustment",
            "paymentAdjustmentReason", "paymentAmount", "paymentDate", "paymentRef", "ruleset"]),
        (DSTU2 | STU3, &["requestOrganization", "requestProvider", "reserved", "totalBenefit",
            "totalCost", "unallocDeductable"]),
        (R5, &["decision", "diagnosisRelatedGroup", "encounter", "event", "traceNumber"]),
    ]),
    ("ClinicalImpression", &[
        (DSTU2, &["investigations", "patient", "plan", "prognosis", "resolved", "ruledOut",
            "triggerCodeableConcept", "triggerReference"]),
        (STU3, &["context"]),
        (DSTU2 | STU3, &["action"]),
        (R5, &["changePattern", "performer"]),
    ]),
    ("Communication", &[
        (DSTU2, &["requestDetail"]),
        (STU3, &["context", "definition", "notDone", "notDoneReason"]),
        (DSTU2 | R5, &["reason"]),
    ]),
    ("CommunicationRequest", &[
        (DSTU2, &["requestedOn", "scheduledDateTime", "scheduledPeriod"]),
        (STU3, &["context", "topic"]),
        (R5, &["informationProvider", "intent"]),
        (DSTU2 | R5, &["reason"]),
    ]),
    ("Composition", &[
        (DSTU2 | STU3, &["class"]),
        (R5, &["name", "note", "url", "useContext", "version"]),
    ]),
    ("Condition", &[
        (DSTU2, &["abatementQuantity", "dateRecorded", "notes", "onsetQuantity", "patient"]),
        (STU3, &["assertedDate", "context"]),
        (DSTU2 | STU3, &["abatementBoolean"]),
        (R5, &["participant"]),
    ]),
    ("Consent", &[
        (STU3, &["action", "actor", "consentingParty", "data", "dataPeriod", "except", "purpose",
            "securityLabel", "sourceIdentifier"]),
        (R5, &["controller", "date", "decision", "grantee", "grantor", "manager", "policyBasis",
            "policyText", "regulatoryBasis", "subject"]),
        (STU3 | R5, &["period"]),
    ]),
    ("Coverage", &[
        (DSTU2, &["bin", "group", "issuer", "plan", "subPlan"]),
        (STU3, &["grouping"]),
        (DSTU2 | STU3, &["sequence"]),
        (R5, &["insurancePlan", "insurer", "kind", "paymentBy"]),
    ]),
    ("DetectedIssue", &[
        (DSTU2 | STU3, &["date"]),
        (R5, &["encounter", "subject"]),
        (DSTU2 | STU3 | R5, &["category"]),
    ]),
    ("Device", &[
        (DSTU2, &["expiry"]),
        (DSTU2 | STU3, &["model", "udi"]),
        (R5, &["availabilityStatus", "biologicalSourceEvent", "category", "conformsTo", "cycle",
            "displayName", "duration", "endpoint", "gateway", "mode", "name"]),
    ]),
    ("DeviceRequest", &[
        (STU3, &["context", "definition"]),
        (R5, &["asNeeded", "asNeededFor", "code", "doNotPerform", "quantity", "reason", "replaces"]),
    ]),
    ("DeviceUseStatement", &[
        (DSTU2, &["bodySiteCodeableConcept", "bodySiteReference", "notes"]),
        (DSTU2 | STU3, &["indication", "whenUsed"]),
    ]),
    ("DiagnosticReport", &[
        (DSTU2, &["request"]),
        (STU3, &["context"]),
        (DSTU2 | STU3, &["codedDiagnosis", "image"]),
        (R5, &["composition", "note", "study", "supportingInfo"]),
    ]),
    ("DocumentReference", &[
        (DSTU2 | STU3, &["class", "created", "indexed"]),
        (R5, &["attester", "basedOn", "bodySite", "event", "facilityType", "modality", "period",
            "practiceSetting", "version"]),
    ]),
    ("Encounter", &[
        (DSTU2, &["indication", "patient"]),
        (DSTU2 | STU3, &["incomingReferral"]),
        (R5, &["actualPeriod", "admission", "careTeam", "dietPreference", "plannedEndDate",
            "plannedStartDate", "specialArrangement", "specialCourtesy", "subjectStatus",
            "virtualService"]),
        (DSTU2 | STU3 | R5, &["reason"]),
    ]),
    ("EpisodeOfCare", &[
        (DSTU2, &["condition"]),
        (R5, &["reason"]),
        (DSTU2 | R5, &["careTeam"]),
    ]),
    ("ExplanationOfBenefit", &[
        (DSTU2, &["originalRuleset", "request", "requestOrganization", "requestProvider",
            "ruleset"]),
        (STU3, &["employmentImpacted", "hospitalization", "information", "totalBenefit",
            "totalCost", "unallocDeductable"]),
        (DSTU2 | STU3, &["organization"]),
        (R5, &["decision", "diagnosisRelatedGroup", "encounter", "event", "patientPaid",
            "traceNumber"]),
    ]),
    ("FamilyMemberHistory", &[
        (DSTU2, &["ageQuantity", "deceasedQuantity"]),
        (STU3, &["definition", "notDone", "notDoneReason"]),
        (DSTU2 | STU3, &["gender"]),
        (R5, &["participant", "procedure", "reason"]),
    ]),
    ("Goal", &[
        (DSTU2, &["author", "targetDate", "targetQuantity"]),
        (DSTU2 | STU3, &["status"]),
        (R5, &["continuous", "source"]),
        (DSTU2 | R5, &["outcome"]),
    ]),
    ("HealthcareService", &[
        (DSTU2, &["publicKey", "serviceCategory", "serviceName", "serviceType"]),
        (DSTU2 | STU3, &["eligibilityNote", "programName"]),
        (R5, &["availability", "contact", "offeredIn"]),
    ]),
    ("ImagingStudy", &[
        (DSTU2, &["order", "url"]),
        (STU3, &["context"]),
        (DSTU2 | STU3, &["accession", "availability", "modalityList", "patient", "uid"]),
        (R5, &["partOf"]),
        (DSTU2 | R5, &["procedure"]),
        (STU3 | R5, &["reason"]),
    ]),
    ("Immunization", &[
        (DSTU2, &["reported", "requester", "wasNotGiven"]),
        (STU3, &["notGiven", "practitioner"]),
        (DSTU2 | STU3, &["date", "explanation", "vaccinationProtocol"]),
        (R5, &["administeredProduct", "basedOn", "informationSource", "reason",
            "supportingInformation"]),
    ]),
    ("Location", &[
        (R5, &["characteristic", "contact", "form", "virtualService"]),
    ]),
    ("Media", &[
        (STU3, &["context", "occurrenceDateTime", "occurrencePeriod"]),
        (DSTU2 | STU3, &["subtype"]),
    ]),
    ("Medication", &[
        (DSTU2, &["product"]),
        (STU3, &["image", "isOverTheCounter"]),
        (DSTU2 | STU3, &["isBrand", "package"]),
        (R5, &["definition", "doseForm", "marketingAuthorizationHolder", "totalVolume"]),
    ]),
    ("MedicationAdministration", &[
        (DSTU2, &["effectiveTimeDateTime", "effectiveTimePeriod", "patient", "practitioner",
            "reasonGiven", "wasNotGiven"]),
        (STU3, &["definition", "notGiven"]),
        (DSTU2 | STU3, &["prescription", "reasonNotGiven"]),
        (R5, &["basedOn", "isSubPotent", "medication", "occurenceDateTime", "occurencePeriod",
            "occurenceTiming", "reason", "recorded", "subPotentReason"]),
        (DSTU2 | R5, &["encounter"]),
    ]),
    ("MedicationDispense", &[
        (DSTU2, &["dispenser", "patient"]),
        (STU3, &["notDone", "notDoneReasonCodeableConcept", "notDoneReasonReference"]),
        (R5, &["basedOn", "encounter", "medication", "notPerformedReason", "recorded",
            "renderedDosageInstruction", "statusChanged"]),
    ]),
    ("MedicationRequest", &[
        (STU3, &["context", "definition"]),
        (R5, &["device", "effectiveDosePeriod", "informationSource", "medication", "reason",
            "renderedDosageInstruction", "reported", "statusChanged"]),
    ]),
    ("MedicationStatement", &[
        (DSTU2, &["patient", "reasonForUseCodeableConcept", "reasonForUseReference",
            "supportingInformation", "wasNotTaken"]),
        (STU3, &["taken"]),
        (DSTU2 | STU3, &["reasonNotTaken"]),
        (R5, &["adherence", "effectiveTiming", "encounter", "medication", "reason",
            "relatedClinicalInformation", "renderedDosageInstruction"]),
    ]),
    ("NutritionOrder", &[
        (R5, &["basedOn", "groupIdentifier", "outsideFoodAllowed", "performer", "priority",
            "subject", "supportingInformation"]),
    ]),
    ("Observation", &[
        (DSTU2, &["comments"]),
        (STU3, &["comment", "context"]),
        (DSTU2 | STU3, &["related"]),
        (R5, &["bodyStructure", "instantiatesCanonical", "instantiatesReference", "triggeredBy",
            "valueReference"]),
        (DSTU2 | STU3 | R5, &["valueAttachment"]),
    ]),
    ("Organization", &[
        (R5, &["description", "qualification"]),
    ]),
    ("Patient", &[
        (DSTU2, &["careProvider"]),
        (DSTU2 | STU3, &["animal"]),
    ]),
    ("PaymentNotice", &[
        (DSTU2, &["originalRuleset", "ruleset"]),
        (STU3, &["statusDate"]),
        (DSTU2 | STU3, &["organization", "target"]),
        (R5, &["reporter"]),
    ]),
    ("PaymentReconciliation", &[
        (DSTU2, &["note", "originalRuleset", "ruleset"]),
        (DSTU2 | STU3, &["form", "organization", "requestOrganization", "requestProvider", "total"]),
        (R5, &["accountNumber", "allocation", "amount", "authorization", "cardBrand", "date",
            "enterer", "expirationDate", "issuerType", "kind", "location", "method", "processor",
            "referenceNumber", "returnedAmount", "tenderedAmount", "type"]),
    ]),
    ("Person", &[
        (R5, &["communication", "deceasedBoolean", "deceasedDateTime", "maritalStatus"]),
    ]),
    ("Practitioner", &[
        (DSTU2, &["practitionerRole"]),
        (R5, &["deceasedBoolean", "deceasedDateTime"]),
    ]),
    ("PractitionerRole", &[
        (R5, &["availability", "characteristic", "communication", "contact"]),
    ]),
    ("Procedure", &[
        (DSTU2, &["notPerformed", "notes", "reasonCodeableConcept", "reasonNotPerformed",
            "request"]),
        (STU3, &["context", "definition", "notDone", "notDoneReason"]),
        (R5, &["focus", "occurrenceAge", "occurrenceDateTime", "occurrencePeriod",
            "occurrenceRange", "occurrenceString", "occurrenceTiming", "reason", "recorded",
            "reportedBoolean", "reportedReference", "supportingInfo"]),
        (DSTU2 | R5, &["used"]),
    ]),
    ("Provenance", &[
        (DSTU2 | STU3, &["period"]),
        (R5, &["authorization", "basedOn", "encounter", "patient"]),
    ]),
    ("QuestionnaireResponse", &[
        (DSTU2, &["group"]),
        (STU3, &["context", "parent"]),
    ]),
    ("RiskAssessment", &[
        (DSTU2, &["date"]),
        (STU3, &["comment", "context", "reasonCodeableConcept"]),
        (R5, &["reason"]),
    ]),
    ("Schedule", &[
        (DSTU2, &["type"]),
        (R5, &["name"]),
    ]),
    ("ServiceRequest", &[
        (R5, &["bodyStructure", "focus", "location", "reason"]),
    ]),
    ("Slot", &[
        (DSTU2, &["freeBusyType", "type"]),
    ]),
    ("Specimen", &[
        (DSTU2, &["treatment"]),
        (R5, &["combined", "feature", "role"]),
    ]),
    ("Substance", &[
        (R5, &["expiry", "quantity"]),
    ]),
    ("SupplyDelivery", &[
        (DSTU2, &["quantity", "time", "whenPrepared"]),
    ]),
    ("SupplyRequest", &[
        (DSTU2, &["date", "kind", "patient", "source", "when"]),
        (DSTU2 | STU3, &["orderedItem", "reasonCodeableConcept"]),
        (R5, &["basedOn", "deliverFor", "item", "reason"]),
    ]),
    ("Task", &[
        (STU3, &["context", "definitionReference", "definitionUri"]),
        (R5, &["doNotPerform", "performer", "requestedPerformer", "requestedPeriod"]),
        (STU3 | R5, &["reason"]),
    ]),
    ("VisionPrescription", &[
        (DSTU2 | STU3, &["dispense", "reasonCodeableConcept", "reasonReference"]),
    ]),
];
