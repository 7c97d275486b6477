//! Of X12 interchanges.

use super::{Explained, Says};

pub(crate) const X12: &[Explained] = &[
    Explained {
        paths: &["DTP/DTP02", "DMG/DMG01", "/3"],
        says: Says::Kind(&["D8", "RD8", "DT", "TM"]),
        reason: "how the date beside it is written: as a date, it is one or a period",
    },
    Explained {
        paths: &["DTP/DTP01", "DTM/DTM01"],
        says: Says::Kind(&["150", "151", "405", "434", "439", "472", "573"]),
        reason: "what the date beside it is the date of: it stands in that field",
    },
    Explained {
        paths: &["SV101/1", "SV202/1", "SVD03/1", "SVC01/1"],
        says: Says::As(&[
            ("HC", "http://www.ama-assn.org/go/cpt"),
            ("HC", "http://www.ada.org/cdt"),
            (
                "HC",
                "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets",
            ),
        ]),
        reason: "the list of a procedure code is its system: CPT, CDT or the rest of HCPCS",
    },
    Explained {
        paths: &["LIN/LIN02"],
        says: Says::As(&[("N4", "http://hl7.org/fhir/sid/ndc")]),
        reason: "the list of a drug code is its system",
    },
    Explained {
        paths: &["LQ/LQ01"],
        says: Says::As(&[("HE", "https://x12.org/codes/remittance-advice-remark-codes")]),
        reason: "the list of a remark is its system",
    },
    Explained {
        paths: &["PRV/PRV02"],
        says: Says::As(&[
            ("PXC", "http://nucc.org/provider-taxonomy"),
            ("ZZ", "http://nucc.org/provider-taxonomy"),
        ]),
        reason: "the list of a specialty is its system",
    },
    Explained {
        paths: &["CLM05/2"],
        says: Says::As(&[
            ("A", "https://www.nubc.org/CodeSystem/TypeOfBill"),
            (
                "B",
                "https://www.cms.gov/Medicare/Coding/place-of-service-codes/Place_of_Service_Code_Set",
            ),
        ]),
        reason: "the list of a place of service is its system",
    },
    Explained {
        paths: &["NM1/NM101"],
        says: Says::Kind(&["85", "PR", "QC"]),
        reason: "the role of an entity: what refers to it is the provider, the insurer, the patient",
    },
    Explained {
        paths: &["PER/PER03", "PER/PER05"],
        says: Says::As(&[("TE", "phone"), ("EM", "email"), ("FX", "fax")]),
        reason: "the kind of a number is the system of its contact point",
    },
    Explained {
        paths: &["PER/PER05"],
        says: Says::Kind(&["EX"]),
        reason: "an extension stands behind its number",
    },
    Explained {
        paths: &["DMG/DMG03"],
        says: Says::As(&[("F", "female"), ("M", "male")]),
        reason: "the gender by the words of FHIR",
    },
    Explained {
        paths: &["SBR/SBR01"],
        says: Says::As(&[("P", "1"), ("S", "2"), ("T", "3")]),
        reason: "the order of payers is a number",
    },
    Explained {
        paths: &["ST/ST01"],
        says: Says::Kind(&["835", "837"]),
        reason: "what the transaction is: its records are claims or payments",
    },
    Explained {
        paths: &["HL/HL03"],
        says: Says::Kind(&["23"]),
        reason: "the level of a dependent is that of the patient",
    },
    Explained {
        paths: &["CLM06", "CLM08", "CLM18", "CRC/CRC02", "FRM/FRM02"],
        says: Says::As(&[("Y", "true"), ("N", "false")]),
        reason: "yes and no are a boolean",
    },
    Explained {
        paths: &["REF/REF01"],
        says: Says::Kind(&["G1"]),
        reason: "the number of a prior authorization stands in the field for it",
    },
];
