//! HL7 v2 messages, batches and files of them.
