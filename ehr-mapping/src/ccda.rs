//! C-CDA documents: HL7 CDA R2 XML.
