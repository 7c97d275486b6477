//! Of HL7 v2 messages.

use super::{Explained, Says};

pub(crate) const HL7V2: &[Explained] = &[
    Explained {
        paths: &["/3", "/4"],
        says: Says::As(&[
            ("ISO", "urn:oid"),
            ("ISO", "http://hl7.org/fhir/sid/us-npi"),
            ("HCD", "urn:oid"),
            ("CLIP", "urn:oid"),
            ("GUID", "urn:oid"),
            ("GUID", "urn:uuid"),
        ]),
        reason: "the type of a universal id is the scheme of its URI; what looks like an OID is one",
    },
    Explained {
        paths: &["/2"],
        says: Says::As(&[
            ("PRN", "home"),
            ("HOME", "home"),
            ("ORN", "home"),
            ("WPN", "work"),
            ("BPN", "pager"),
        ]),
        reason: "the use of a number by the words of FHIR",
    },
    Explained {
        paths: &["/2"],
        says: Says::As(&[("PRN", "mobile"), ("WPN", "mobile")]),
        reason: "the use of a cell phone is `mobile` in FHIR, wherever it rings; a policy counts it",
    },
    Explained {
        paths: &["/3"],
        says: Says::As(&[
            ("PH", "phone"),
            ("PH", "pager"),
            ("CP", "mobile"),
            ("FX", "fax"),
            ("BP", "pager"),
            ("Internet", "email"),
        ]),
        reason: "the equipment of a number by the words of FHIR",
    },
    Explained {
        paths: &["/7"],
        says: Says::Digits,
        reason: "the local part of a number that stands there whole",
    },
    Explained {
        paths: &["/7", "/10"],
        says: Says::As(&[
            ("L", "official"),
            ("R", "official"),
            ("D", "usual"),
            ("M", "maiden"),
        ]),
        reason: "the use of a name by the words of FHIR",
    },
    Explained {
        paths: &["/7"],
        says: Says::As(&[
            ("H", "home"),
            ("B", "work"),
            ("BI", "billing"),
            ("M", "postal"),
            ("P", "home"),
        ]),
        reason: "the use of an address by the words of FHIR",
    },
    Explained {
        paths: &["OBX/OBX-2"],
        says: Says::Kind(&[
            "CE", "CWE", "DT", "ED", "FT", "HD", "NM", "RP", "SN", "ST", "TS", "TX",
        ]),
        reason: "of which type the value is: it is read as that",
    },
    Explained {
        paths: &["OBX-5/2", "OBX-5/3", "OBX-5/4"],
        says: Says::As(&[
            ("IM", "image/jpeg"),
            ("JPEG", "image/jpeg"),
            ("IM", "im/mrxs"),
            ("MRXS", "im/mrxs"),
            ("SD", "sd/pict"),
            ("PICT", "sd/pict"),
            ("PICT", "image/pict"),
        ]),
        reason: "type and subtype of a document are its media type",
    },
    Explained {
        paths: &["PID-8", "GT1-9", "NK1-15", "NK1-15/1", "IN1-43", "IN1-43/1"],
        says: Says::As(&[("F", "female"), ("M", "male")]),
        reason: "the gender by the words of FHIR",
    },
    Explained {
        paths: &["PID-22/1"],
        says: Says::As(&[("H", "2135-2"), ("N", "2186-5")]),
        reason: "the ethnicity by the code of CDC",
    },
    Explained {
        paths: &["PID-10/3", "PID-22/3"],
        says: Says::As(&[
            ("HL70005", "urn:oid:2.16.840.1.113883.6.238"),
            ("HL7000", "urn:oid:2.16.840.1.113883.6.238"),
        ]),
        reason: "codes of CDC, whatever the table is called that they stand in",
    },
    Explained {
        paths: &["PID-24", "PID-30"],
        says: Says::As(&[("Y", "true"), ("N", "false"), ("NO", "false")]),
        reason: "yes and no are a boolean",
    },
    Explained {
        paths: &["NK1/NK1-16"],
        says: Says::Day,
        reason: "the birth of a relative has no hour in FHIR; a policy counts it",
    },
    Explained {
        paths: &["PV1-2"],
        says: Says::As(&[("I", "IMP"), ("E", "EMER"), ("O", "AMB"), ("P", "PRENC")]),
        reason: "the class of a visit by the codes of FHIR",
    },
    Explained {
        paths: &["AL1-2", "AL1-2/1", "IAM-2/1"],
        says: Says::As(&[("DA", "medication"), ("FA", "food"), ("EA", "environment")]),
        reason: "what an allergy is to by the words of FHIR",
    },
    Explained {
        paths: &["AL1-4", "AL1-4/1", "IAR-2/1"],
        says: Says::As(&[("MI", "mild"), ("MO", "moderate"), ("SV", "severe")]),
        reason: "the severity of a reaction by the words of FHIR",
    },
    Explained {
        paths: &["IAM-9/1", "IAM-17/1"],
        says: Says::As(&[("SE", "intolerance"), ("C", "confirmed")]),
        reason: "sort and certainty of an allergy by the words of FHIR",
    },
    Explained {
        paths: &["OBX-11"],
        says: Says::As(&[
            ("F", "final"),
            ("P", "preliminary"),
            ("S", "preliminary"),
            ("I", "registered"),
            ("O", "registered"),
        ]),
        reason: "the state of a result by the words of FHIR",
    },
    Explained {
        paths: &["OBX-8/3"],
        says: Says::As(&[(
            "HL70078",
            "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation",
        )]),
        reason: "the table of interpretations is that of FHIR where it has the code",
    },
    Explained {
        paths: &["OBR-25"],
        says: Says::As(&[
            ("F", "final"),
            ("F", "completed"),
            ("P", "preliminary"),
            ("S", "active"),
            ("S", "registered"),
        ]),
        reason: "the state of the results by the words of FHIR: of a report, or of the order",
    },
    Explained {
        paths: &["SPM-20"],
        says: Says::As(&[("Y", "available")]),
        reason: "whether there is a specimen is its status",
    },
    Explained {
        paths: &["ORC-1"],
        says: Says::As(&[("NW", "active"), ("CA", "revoked")]),
        reason: "what an order is sent for is its status",
    },
    Explained {
        paths: &["ORC-5"],
        says: Says::As(&[
            ("CA", "revoked"),
            ("CM", "completed"),
            ("HD", "on-hold"),
            ("SC", "active"),
        ]),
        reason: "the status of an order by the words of FHIR",
    },
    Explained {
        paths: &["TQ1-9", "TQ1-9/1", "OBR-5", "RF1-2/1"],
        says: Says::As(&[("A", "asap"), ("R", "routine"), ("S", "stat")]),
        reason: "the priority by the words of FHIR",
    },
    Explained {
        paths: &["TQ1-3/10/1", "TQ1-3/10/2"],
        says: Says::As(&[("hr", "60"), ("Hour", "60")]),
        reason: "the offset of an event is in minutes in FHIR",
    },
    Explained {
        paths: &["TQ1-6/2/1", "TQ1-13/2", "TQ1-13/2/2"],
        says: Says::As(&[("D", "d"), ("hr", "h"), ("minute", "min"), ("ann", "a")]),
        reason: "the unit of a time by its UCUM code",
    },
    Explained {
        paths: &["TQ1-3/6/3", "TQ1-3/10/3", "TQ1-6/2/3", "TQ1-13/2/3"],
        says: Says::Kind(&["ANS+", "ISO", "ISO+"]),
        reason: "the list of a unit of time: in FHIR all of them are those of UCUM",
    },
    Explained {
        paths: &["RXA-20"],
        says: Says::As(&[("CP", "completed")]),
        reason: "the status of a dose by the words of FHIR",
    },
    Explained {
        paths: &["RF1-1/1"],
        says: Says::As(&[("P", "draft"), ("A", "active")]),
        reason: "the status of a referral by the words of FHIR",
    },
    Explained {
        paths: &["PRD-1/1"],
        says: Says::Kind(&["RP", "RT"]),
        reason: "the role in a referral: who refers stands as requester, who is asked as performer",
    },
    Explained {
        paths: &["PRB-13"],
        says: Says::As(&[("ACTIVE", "active"), ("Resolved", "resolved")]),
        reason: "the status of a problem by the words of FHIR",
    },
    Explained {
        paths: &["SCH-25"],
        says: Says::As(&[
            ("Booked", "booked"),
            ("Cancelled", "cancelled"),
            ("Dc", "cancelled"),
            ("Deleted", "entered-in-error"),
            ("Noshow", "noshow"),
        ]),
        reason: "the status of an appointment by the words of FHIR",
    },
    Explained {
        paths: &["AIG-14", "AIL-12", "AIP-12"],
        says: Says::As(&[
            ("Booked", "accepted"),
            ("Cancelled", "declined"),
            ("Dc", "declined"),
            ("Deleted", "declined"),
            ("Noshow", "declined"),
        ]),
        reason: "the part in an appointment by the words of FHIR",
    },
    Explained {
        paths: &["TXA-17", "TXA-19"],
        says: Says::As(&[("AU", "final"), ("IP", "preliminary"), ("AV", "current")]),
        reason: "state and availability of a document by the words of FHIR",
    },
    Explained {
        paths: &["MSH-9/1"],
        says: Says::Kind(&["DFT", "MDM", "OMG", "OML", "ORM", "REF"]),
        reason: "what the message is: its records are charges, documents, orders, referrals",
    },
];
