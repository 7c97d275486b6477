//! Rules, verdicts and reconciliation that prove an EHR migration.
