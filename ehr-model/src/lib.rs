//! The canonical patient chart, its field catalogue and FHIR R4 US Core output for EHR migrations.
