//! FHIR R4 JSON: resources, bundles, NDJSON.
