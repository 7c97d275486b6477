//! 837: claims of professionals, institutions and dentists.
//!
//! The hierarchical levels stand side by side at the top and not inside of each other, so that a
//! path into a level is the same in its own record and in those below it.

use super::{Cut, Guide, Loop};
use crate::x12::segment::Set;

pub(super) static PROFESSIONAL: Guide = claims(PROFESSIONAL_LOOPS);
pub(super) static INSTITUTIONAL: Guide = claims(INSTITUTIONAL_LOOPS);
pub(super) static DENTAL: Guide = claims(DENTAL_LOOPS);
pub(super) static PROFESSIONAL_4010: Guide = claims(PROFESSIONAL_4010_LOOPS);
pub(super) static INSTITUTIONAL_4010: Guide = claims(INSTITUTIONAL_4010_LOOPS);
pub(super) static DENTAL_4010: Guide = claims(DENTAL_4010_LOOPS);

const fn claims(loops: &'static [Loop]) -> Guide {
    Guide {
        root: Loop::root(Set::of(&["BHT", "REF"]), Set::NONE, loops),
        cut: Cut::Claims,
    }
}

/// What may follow the name of an entity in any of the guides.
const ENTITY: &[&str] = &["N2", "N3", "N4", "REF", "PER", "PRV", "DMG"];
const NAME_ONLY: &[&str] = &["N2", "PRV", "REF"];
const FACILITY: &[&str] = &["N2", "N3", "N4", "PRV", "REF", "PER"];
const OTHER_PAYER: &[&str] = &["N2", "N3", "N4", "PER", "DTP", "REF"];

const SUBMITTER: Loop = Loop::entity("1000A", &["41"], &["N2", "PER"]);
const RECEIVER: Loop = Loop::entity("1000B", &["40"], &["N2"]);
const SPARE_PARTY: Loop = Loop::entity("1000", &[], ENTITY).coded(0, &[]).spare();
const SPARE_LEVEL: Loop = Loop::new("2000", "HL", &[]).structural().spare();
const SPARE_NAME: Loop = Loop::new("2010", "NM1", ENTITY).spare();

const fn provider(loops: &'static [Loop]) -> Loop {
    Loop::level("2000A", &["20"], &["PRV", "CUR"]).holding(loops)
}

const fn subscriber(loops: &'static [Loop]) -> Loop {
    Loop::level("2000B", &["22"], &["SBR", "PAT"]).holding(loops)
}

const fn patient(loops: &'static [Loop]) -> Loop {
    Loop::level("2000C", &["23"], &["PAT"]).holding(loops)
}

const fn claim(direct: &[&str], loops: &'static [Loop]) -> Loop {
    Loop::new("2300", "CLM", direct).structural().holding(loops)
}

const fn other_subscriber(loops: &'static [Loop]) -> Loop {
    Loop::new("2320", "SBR", &["CAS", "AMT", "DMG", "OI", "MIA", "MOA"])
        .structural()
        .holding(loops)
}

const fn line(direct: &[&str], loops: &'static [Loop]) -> Loop {
    Loop::new("2400", "LX", direct).structural().holding(loops)
}

const SPARE_CLAIM_NAME: Loop = Loop::new("2310", "NM1", ENTITY).spare();
const SPARE_OTHER_NAME: Loop = Loop::new("2330", "NM1", OTHER_PAYER).spare();
const SPARE_LINE_NAME: Loop = Loop::new("2420", "NM1", ENTITY).spare();
const HOME_HEALTH: Loop = Loop::new("2305", "CR7", &["HSD"]);
const DRUG: Loop = Loop::new("2410", "LIN", &["CTP", "REF"]);
const ADJUDICATION: Loop = Loop::new("2430", "SVD", &["CAS", "DTP", "AMT"]);
const FORM: Loop = Loop::new("2440", "LQ", &["FRM"]);
const OTHER_INSURED: Loop = Loop::entity("2330A", &["IL"], &["N2", "N3", "N4", "REF"]);
const OTHER_PAYER_NAME: Loop = Loop::entity("2330B", &["PR"], OTHER_PAYER);

/// Billing provider, pay-to address, pay-to plan: the same in all three guides of 5010.
const PROVIDER_NAMES: &[Loop] = &[
    Loop::entity("2010AA", &["85"], &["N2", "N3", "N4", "REF", "PER"]),
    Loop::entity("2010AB", &["87"], &["N2", "N3", "N4", "REF"]),
    Loop::entity("2010AC", &["PE"], &["N2", "N3", "N4", "REF"]),
    SPARE_NAME,
];
const INSURED: Loop = Loop::entity("2010BA", &["IL"], &["N2", "N3", "N4", "DMG", "REF", "PER"]);
const PAYER: Loop = Loop::entity("2010BB", &["PR"], &["N2", "N3", "N4", "REF"]);
const PATIENT_NAME: Loop =
    Loop::entity("2010CA", &["QC"], &["N2", "N3", "N4", "DMG", "REF", "PER"]);

const PROFESSIONAL_LOOPS: &[Loop] = &[
    SUBMITTER,
    RECEIVER,
    SPARE_PARTY,
    provider(PROVIDER_NAMES),
    subscriber(&[INSURED, PAYER, SPARE_NAME, PROFESSIONAL_CLAIM]),
    patient(&[PATIENT_NAME, SPARE_NAME, PROFESSIONAL_CLAIM]),
    SPARE_LEVEL,
];

const PROFESSIONAL_CLAIM: Loop = claim(
    &[
        "DTP", "PWK", "CN1", "AMT", "REF", "K3", "NTE", "CR1", "CR2", "CRC", "HI", "HCP",
    ],
    &[
        Loop::entity("2310A", &["DN", "P3"], NAME_ONLY),
        Loop::entity("2310B", &["82"], NAME_ONLY),
        Loop::entity("2310C", &["77"], FACILITY),
        Loop::entity("2310D", &["DQ"], NAME_ONLY),
        Loop::entity("2310E", &["PW"], FACILITY),
        Loop::entity("2310F", &["45"], FACILITY),
        SPARE_CLAIM_NAME,
        other_subscriber(&[
            OTHER_INSURED,
            OTHER_PAYER_NAME,
            Loop::entity("2330C", &["DN", "P3"], NAME_ONLY),
            Loop::entity("2330D", &["82"], NAME_ONLY),
            Loop::entity("2330E", &["77"], NAME_ONLY),
            Loop::entity("2330F", &["DQ"], NAME_ONLY),
            Loop::entity("2330G", &["85"], NAME_ONLY),
            SPARE_OTHER_NAME,
        ]),
        line(
            &[
                "SV1", "SV5", "PWK", "CR1", "CR3", "CRC", "DTP", "QTY", "MEA", "CN1", "REF", "AMT",
                "K3", "NTE", "PS1", "HCP",
            ],
            &[
                DRUG,
                Loop::entity("2420A", &["82"], NAME_ONLY),
                Loop::entity("2420B", &["QB"], NAME_ONLY),
                Loop::entity("2420C", &["77"], FACILITY),
                Loop::entity("2420D", &["DQ"], NAME_ONLY),
                Loop::entity("2420E", &["DK"], FACILITY),
                Loop::entity("2420F", &["DN", "P3"], NAME_ONLY),
                Loop::entity("2420G", &["PW"], FACILITY),
                Loop::entity("2420H", &["45"], FACILITY),
                SPARE_LINE_NAME,
                ADJUDICATION,
                FORM,
            ],
        ),
    ],
);

const INSTITUTIONAL_LOOPS: &[Loop] = &[
    SUBMITTER,
    RECEIVER,
    SPARE_PARTY,
    provider(PROVIDER_NAMES),
    subscriber(&[INSURED, PAYER, SPARE_NAME, INSTITUTIONAL_CLAIM]),
    patient(&[PATIENT_NAME, SPARE_NAME, INSTITUTIONAL_CLAIM]),
    SPARE_LEVEL,
];

const INSTITUTIONAL_CLAIM: Loop = claim(
    &[
        "DTP", "CL1", "PWK", "CN1", "AMT", "REF", "K3", "NTE", "CRC", "HI", "HCP",
    ],
    &[
        Loop::entity("2310A", &["71"], NAME_ONLY),
        Loop::entity("2310B", &["72"], NAME_ONLY),
        Loop::entity("2310C", &["ZZ"], NAME_ONLY),
        Loop::entity("2310D", &["82"], NAME_ONLY),
        Loop::entity("2310E", &["77"], FACILITY),
        Loop::entity("2310F", &["DN"], NAME_ONLY),
        SPARE_CLAIM_NAME,
        other_subscriber(&[
            OTHER_INSURED,
            OTHER_PAYER_NAME,
            Loop::entity("2330C", &["71"], NAME_ONLY),
            Loop::entity("2330D", &["72"], NAME_ONLY),
            Loop::entity("2330E", &["ZZ"], NAME_ONLY),
            Loop::entity("2330F", &["77"], NAME_ONLY),
            Loop::entity("2330G", &["82"], NAME_ONLY),
            Loop::entity("2330H", &["DN"], NAME_ONLY),
            Loop::entity("2330I", &["85"], NAME_ONLY),
            SPARE_OTHER_NAME,
        ]),
        line(
            &["SV2", "PWK", "DTP", "REF", "AMT", "NTE", "HCP"],
            &[
                DRUG,
                Loop::entity("2420A", &["72"], NAME_ONLY),
                Loop::entity("2420B", &["ZZ"], NAME_ONLY),
                Loop::entity("2420C", &["82"], NAME_ONLY),
                Loop::entity("2420D", &["DN"], NAME_ONLY),
                SPARE_LINE_NAME,
                ADJUDICATION,
            ],
        ),
    ],
);

const DENTAL_LOOPS: &[Loop] = &[
    SUBMITTER,
    RECEIVER,
    SPARE_PARTY,
    provider(PROVIDER_NAMES),
    subscriber(&[INSURED, PAYER, SPARE_NAME, DENTAL_CLAIM]),
    patient(&[PATIENT_NAME, SPARE_NAME, DENTAL_CLAIM]),
    SPARE_LEVEL,
];

const DENTAL_CLAIM: Loop = claim(
    &[
        "DTP", "DN1", "DN2", "PWK", "CN1", "AMT", "REF", "K3", "NTE", "HI", "HCP",
    ],
    &[
        Loop::entity("2310A", &["DN", "P3"], NAME_ONLY),
        Loop::entity("2310B", &["82"], NAME_ONLY),
        Loop::entity("2310C", &["77"], FACILITY),
        Loop::entity("2310D", &["DD"], NAME_ONLY),
        Loop::entity("2310E", &["DQ"], NAME_ONLY),
        SPARE_CLAIM_NAME,
        other_subscriber(&[
            OTHER_INSURED,
            OTHER_PAYER_NAME,
            Loop::entity("2330C", &["DN", "P3"], NAME_ONLY),
            Loop::entity("2330D", &["82"], NAME_ONLY),
            Loop::entity("2330E", &["DQ"], NAME_ONLY),
            Loop::entity("2330F", &["85"], NAME_ONLY),
            Loop::entity("2330G", &["77"], NAME_ONLY),
            Loop::entity("2330H", &["DD"], NAME_ONLY),
            SPARE_OTHER_NAME,
        ]),
        line(
            &[
                "SV3", "TOO", "PWK", "DTP", "CN1", "QTY", "REF", "AMT", "K3", "NTE", "HCP",
            ],
            &[
                Loop::entity("2420A", &["82"], NAME_ONLY),
                Loop::entity("2420B", &["DD"], NAME_ONLY),
                Loop::entity("2420C", &["DQ"], NAME_ONLY),
                Loop::entity("2420D", &["77"], FACILITY),
                SPARE_LINE_NAME,
                ADJUDICATION,
            ],
        ),
    ],
);

const PROVIDER_NAMES_4010: &[Loop] = &[
    Loop::entity("2010AA", &["85"], &["N2", "N3", "N4", "REF", "PER"]),
    Loop::entity("2010AB", &["87"], &["N2", "N3", "N4", "REF"]),
    SPARE_NAME,
];

const PROFESSIONAL_4010_LOOPS: &[Loop] = &[
    SUBMITTER,
    RECEIVER,
    SPARE_PARTY,
    provider(PROVIDER_NAMES_4010),
    subscriber(&[
        INSURED,
        PAYER,
        Loop::entity("2010BC", &["QD"], &["N2", "N3", "N4"]),
        Loop::entity("2010BD", &["AO"], &["N2", "REF"]),
        SPARE_NAME,
        PROFESSIONAL_4010_CLAIM,
    ]),
    patient(&[PATIENT_NAME, SPARE_NAME, PROFESSIONAL_4010_CLAIM]),
    SPARE_LEVEL,
];

const PROFESSIONAL_4010_CLAIM: Loop = claim(
    &[
        "DTP", "PWK", "CN1", "AMT", "REF", "K3", "NTE", "CR1", "CR2", "CRC", "HI", "HCP",
    ],
    &[
        HOME_HEALTH,
        Loop::entity("2310A", &["DN", "P3"], NAME_ONLY),
        Loop::entity("2310B", &["82"], NAME_ONLY),
        Loop::entity("2310C", &["QB"], NAME_ONLY),
        Loop::entity("2310D", &["77", "FA", "LI", "TL"], FACILITY),
        Loop::entity("2310E", &["DQ"], NAME_ONLY),
        SPARE_CLAIM_NAME,
        other_subscriber(&[
            OTHER_INSURED,
            OTHER_PAYER_NAME,
            Loop::entity("2330C", &["QC"], NAME_ONLY),
            Loop::entity("2330D", &["DN", "P3"], NAME_ONLY),
            Loop::entity("2330E", &["82"], NAME_ONLY),
            Loop::entity("2330F", &["QB"], NAME_ONLY),
            Loop::entity("2330G", &["77", "FA", "LI", "TL"], NAME_ONLY),
            Loop::entity("2330H", &["DQ"], NAME_ONLY),
            SPARE_OTHER_NAME,
        ]),
        line(
            &[
                "SV1", "SV4", "SV5", "PWK", "CR1", "CR2", "CR3", "CR5", "CRC", "DTP", "QTY", "MEA",
                "CN1", "REF", "AMT", "K3", "NTE", "PS1", "HSD", "HCP",
            ],
            &[
                DRUG,
                Loop::entity("2420A", &["82"], NAME_ONLY),
                Loop::entity("2420B", &["QB"], NAME_ONLY),
                Loop::entity("2420C", &["77", "FA", "LI", "TL"], FACILITY),
                Loop::entity("2420D", &["DQ"], NAME_ONLY),
                Loop::entity("2420E", &["DK"], FACILITY),
                Loop::entity("2420F", &["DN", "P3"], NAME_ONLY),
                Loop::entity("2420G", &["PR"], NAME_ONLY),
                SPARE_LINE_NAME,
                ADJUDICATION,
                FORM,
            ],
        ),
    ],
);

const INSTITUTIONAL_4010_LOOPS: &[Loop] = &[
    SUBMITTER,
    RECEIVER,
    SPARE_PARTY,
    provider(PROVIDER_NAMES_4010),
    subscriber(&[
        INSURED,
        Loop::entity("2010BB", &["AO"], &["N2", "REF"]),
        Loop::entity("2010BC", &["PR"], &["N2", "N3", "N4", "REF"]),
        Loop::entity("2010BD", &["QD"], &["N2", "N3", "N4"]),
        SPARE_NAME,
        INSTITUTIONAL_4010_CLAIM,
    ]),
    patient(&[PATIENT_NAME, SPARE_NAME, INSTITUTIONAL_4010_CLAIM]),
    SPARE_LEVEL,
];

const INSTITUTIONAL_4010_CLAIM: Loop = claim(
    &[
        "DTP", "CL1", "PWK", "CN1", "AMT", "REF", "K3", "NTE", "CR6", "CRC", "HI", "QTY", "HCP",
    ],
    &[
        HOME_HEALTH,
        Loop::entity("2310A", &["71"], NAME_ONLY),
        Loop::entity("2310B", &["72"], NAME_ONLY),
        Loop::entity("2310C", &["73"], NAME_ONLY),
        Loop::entity("2310E", &["FA"], FACILITY),
        SPARE_CLAIM_NAME,
        other_subscriber(&[
            OTHER_INSURED,
            OTHER_PAYER_NAME,
            Loop::entity("2330C", &["QC"], NAME_ONLY),
            Loop::entity("2330D", &["71"], NAME_ONLY),
            Loop::entity("2330E", &["72"], NAME_ONLY),
            Loop::entity("2330F", &["73"], NAME_ONLY),
            Loop::entity("2330H", &["FA"], NAME_ONLY),
            SPARE_OTHER_NAME,
        ]),
        line(
            &["SV2", "SV4", "PWK", "DTP", "REF", "AMT", "HCP"],
            &[
                DRUG,
                Loop::entity("2420A", &["71"], NAME_ONLY),
                Loop::entity("2420B", &["72"], NAME_ONLY),
                Loop::entity("2420C", &["73"], NAME_ONLY),
                SPARE_LINE_NAME,
                ADJUDICATION,
            ],
        ),
    ],
);

const DENTAL_4010_LOOPS: &[Loop] = &[
    SUBMITTER,
    RECEIVER,
    SPARE_PARTY,
    provider(PROVIDER_NAMES_4010),
    subscriber(&[
        INSURED,
        PAYER,
        Loop::entity("2010BC", &["AO"], &["N2", "REF"]),
        SPARE_NAME,
        DENTAL_4010_CLAIM,
    ]),
    patient(&[PATIENT_NAME, SPARE_NAME, DENTAL_4010_CLAIM]),
    SPARE_LEVEL,
];

const DENTAL_4010_CLAIM: Loop = claim(
    &["DTP", "DN1", "DN2", "PWK", "AMT", "REF", "NTE"],
    &[
        Loop::entity("2310A", &["DN", "P3"], NAME_ONLY),
        Loop::entity("2310B", &["82"], NAME_ONLY),
        Loop::entity("2310C", &["FA"], NAME_ONLY),
        Loop::entity("2310D", &["DD"], NAME_ONLY),
        SPARE_CLAIM_NAME,
        other_subscriber(&[
            OTHER_INSURED,
            OTHER_PAYER_NAME,
            Loop::entity("2330C", &["QC"], NAME_ONLY),
            Loop::entity("2330D", &["DN", "P3"], NAME_ONLY),
            Loop::entity("2330E", &["82"], NAME_ONLY),
            SPARE_OTHER_NAME,
        ]),
        line(
            &["SV3", "TOO", "DTP", "QTY", "REF", "AMT", "NTE"],
            &[
                Loop::entity("2420A", &["82"], NAME_ONLY),
                Loop::entity("2420B", &["PR"], NAME_ONLY),
                Loop::entity("2420C", &["DD"], NAME_ONLY),
                SPARE_LINE_NAME,
                ADJUDICATION,
            ],
        ),
    ],
);
