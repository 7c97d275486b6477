//! Keys, sealing, digests and signatures for EHR migrations and archives.
