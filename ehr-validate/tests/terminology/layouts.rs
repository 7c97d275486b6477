//! Small files in the layouts that publishers ship. All of their codes and names are made up.

use ehr_validate::terminology::release::{gem, hcpcs, icd_9, loinc, ndc, nppes, rxnorm, snomed};
use ehr_validate::terminology::{
    Association, Lookup, Proposal, Schedule, Status, Terminology, system,
};

use super::{built, file, get, on, release};

/// A row of names: concept, term type, name, suppressed.
fn name(rxcui: &str, term_type: &str, name: &str, suppress: &str) -> String {
    format!("{rxcui}|ENG||||||1||{rxcui}||RXNORM|{term_type}|{rxcui}|{name}||{suppress}|4096|\n")
}

/// A row of relations: the whole has the part.
fn relation(whole: &str, relation: &str, part: &str) -> String {
    format!("{part}||CUI|RN|{whole}||CUI|{relation}|1||RXNORM|RXNORM||||4096|\n")
}

fn ndc_row(rxcui: &str, code: &str, source: &str) -> String {
    format!("{rxcui}|||1|AUI|{rxcui}|||NDC|{source}|{code}|N|4096|\n")
}

fn rx() -> rxnorm::RxNorm {
    let names = [
        name("101", "IN", "amorine", "N"),
        name("102", "IN", "bemol", "N"),
        name("103", "PIN", "amorine hydrochloride", "N"),
        name("201", "SCDC", "amorine 5 MG", "N"),
        name("202", "SCDC", "bemol 10 MG", "N"),
        name("301", "SCD", "amorine 5 MG / bemol 10 MG Oral Tablet", "N"),
        name("301", "PSN", "amorine 5 MG and bemol 10 MG tablet", "N"),
        name(
            "401",
            "SBD",
            "amorine 5 MG / bemol 10 MG Oral Tablet [Ambe]",
            "N",
        ),
        name("501", "BN", "Ambe", "N"),
        name("601", "SCD", "amorine 4 MG Oral Tablet", "O"),
        "999|ENG||||||1||9||MTHSPL|DP|9|of a licensed source||N||\n".to_owned(),
    ];
    let relations = [
        relation("201", "has_ingredient", "101"),
        relation("201", "has_precise_ingredient", "103"),
        relation("202", "has_ingredient", "102"),
        relation("301", "consists_of", "201"),
        relation("301", "consists_of", "202"),
        relation("401", "tradename_of", "301"),
        relation("401", "has_ingredient", "501"),
        relation("101", "ingredient_of", "201"),
    ];
    let attributes = [
        ndc_row("301", "00012345601", "RXNORM"),
        ndc_row("401", "98765432109", "RXNORM"),
        ndc_row("401", "1234567", "MTHSPL"),
    ];
    let history =
        "601|10AA|19AB|1|301|\n702|10AA|12AB|2|301|\n702|10AA|12AB|2|401|\n301|10AA|20AA|1|301|\n";
    let files = rxnorm::Files {
        names: file(names.concat().leak()),
        relations: file(relations.concat().leak()),
        attributes: file(attributes.concat().leak()),
        history: Some(file(history)),
    };
    rxnorm::read(&release("RxNorm 2031-04", "2031-04-07"), files).unwrap()
}

#[test]
fn rxnorm_names_ingredients_history_and_ndcs() {
    let rx = rx();
    let (concepts, map) = (rx.concepts.build().unwrap(), rx.ndc.build().unwrap());
    let brand = get(&concepts, "401");
    assert_eq!(brand.term_type(), Some("SBD"));
    assert_eq!(brand.ingredients().collect::<Vec<_>>(), ["101", "102"]);
    assert_eq!(brand.status(), Some(Status::Active));
    let drug = get(&concepts, "301");
    assert_eq!(
        drug.display(),
        Some("amorine 5 MG / bemol 10 MG Oral Tablet")
    );
    assert_eq!(
        drug.synonyms().collect::<Vec<_>>(),
        ["amorine 5 MG and bemol 10 MG tablet"]
    );
    assert_eq!(get(&concepts, "101").ingredients().count(), 0);
    // One concept takes the place of 601; of 702 a person has to choose.
    assert_eq!(get(&concepts, "601").status(), Some(Status::Obsolete));
    assert_eq!(get(&concepts, "601").replacement(), Some("301"));
    assert_eq!(get(&concepts, "702").replacement(), None);
    assert_eq!(get(&concepts, "702").replacements().count(), 2);
    assert_eq!(get(&concepts, "301").replacements().count(), 0);
    assert!(concepts.get("999").is_none());

    let terminology = Terminology::default()
        .with(concepts)
        .unwrap()
        .with(map)
        .unwrap();
    assert_eq!(terminology.rxcuis_of_ndc("0012-3456-01").unwrap(), ["301"]);
    assert_eq!(terminology.rxcuis_of_ndc("00012345601").unwrap(), ["301"]);
    assert_eq!(terminology.rxcuis_of_ndc("000012345601").unwrap(), ["301"]);
    // Ten digits without hyphens: the one reading that exists.
    assert_eq!(terminology.rxcuis_of_ndc("0012345601").unwrap(), ["301"]);
    assert!(terminology.rxcuis_of_ndc("11111111111").unwrap().is_empty());
    assert_eq!(Terminology::default().rxcuis_of_ndc("00012345601"), None);
}

#[test]
fn schedules_of_packages_and_of_their_concepts() {
    let products = "PRODUCTID\tPRODUCTNDC\tPRODUCTTYPENAME\tPROPRIETARYNAME\tNONPROPRIETARYNAME\tDEASCHEDULE\n\
        1\t0012-3456\tHUMAN PRESCRIPTION DRUG\tAmbe\tamorine and bemol\tCIV\n\
        2\t98765-4321\tHUMAN PRESCRIPTION DRUG\tPlain\tbemol\t\n";
    let packages = "PRODUCTID\tPRODUCTNDC\tNDCPACKAGECODE\tPACKAGEDESCRIPTION\tSTARTMARKETINGDATE\tENDMARKETINGDATE\tNDC_EXCLUDE_FLAG\tSAMPLE_PACKAGE\n\
        1\t0012-3456\t0012-3456-01\t30 TABLET in 1 BOTTLE\t20250115\t20301231\tN\tN\n\
        2\t98765-4321\t98765-4321-09\t10 TABLET in 1 BOTTLE\t20250115\t\tE\tN\n";
    let released = release("NDC directory", "2031-04-30");
    let directory = built(ndc::read(&released, file(products), file(packages)));
    let package = get(&directory, "0012-3456-01");
    assert_eq!(
        (package.display(), package.schedule()),
        (Some("Ambe"), Some(Schedule::IV))
    );
    assert_eq!(package.is_valid_on(&on("2029-06-01")), Some(true));
    assert_eq!(package.is_valid_on(&on("2031-01-01")), Some(false));
    assert_eq!(package.is_valid_on(&on("2030")), Some(true));
    assert_eq!(package.is_valid_on(&on("2025")), None);
    assert_eq!(
        get(&directory, "98765432109").status(),
        Some(Status::Inactive)
    );

    let concepts = rx()
        .with_schedules(&directory)
        .unwrap()
        .concepts
        .build()
        .unwrap();
    assert_eq!(get(&concepts, "301").schedule(), Some(Schedule::IV));
    assert_eq!(get(&concepts, "401").schedule(), None);
    let terminology = Terminology::default()
        .with(directory)
        .unwrap()
        .with(concepts)
        .unwrap();
    assert_eq!(
        terminology.schedule(system::NDC, "0012-3456-01"),
        Some(Schedule::IV)
    );
    assert_eq!(
        terminology.schedule(system::RXNORM, "301"),
        Some(Schedule::IV)
    );
}

#[test]
fn snomed_ct_history() {
    let concepts = "id\teffectiveTime\tactive\tmoduleId\tdefinitionStatusId\n\
        73211009\t20020131\t1\t900000000000207008\t900000000000074008\n\
        46635009\t20310131\t0\t900000000000207008\t900000000000074008\n";
    let descriptions = "id\teffectiveTime\tactive\tmoduleId\tconceptId\tlanguageCode\ttypeId\tterm\tcaseSignificanceId\n\
        1\t20020131\t1\t2\t73211009\ten\t900000000000003001\tSugar illness (disorder)\t9\n\
        2\t20020131\t1\t2\t73211009\ten\t900000000000013009\tSugar illness\t9\n\
        3\t20020131\t0\t2\t73211009\ten\t900000000000013009\tRetired name\t9\n\
        4\t20020131\t1\t2\t99999999\ten\t900000000000013009\tOf another edition\t9\n";
    let associations = "id\teffectiveTime\tactive\tmoduleId\trefsetId\treferencedComponentId\ttargetComponentId\n\
        a\t20310131\t1\t2\t900000000000527005\t46635009\t73211009\n\
        b\t20310131\t0\t2\t900000000000526001\t46635009\t12345678\n\
        c\t20310131\t1\t2\t900000000000497000\t46635009\t87654321\n";
    let files = snomed::Files {
        concepts: file(concepts),
        descriptions: vec![file(descriptions)],
        associations: file(associations),
    };
    let table = built(snomed::read(
        &release("SNOMED CT US 2031-03", "2031-03-01"),
        files,
    ));
    let illness = get(&table, "73211009");
    assert_eq!(illness.display(), Some("Sugar illness (disorder)"));
    assert_eq!(illness.synonyms().collect::<Vec<_>>(), ["Sugar illness"]);
    let retired = get(&table, "46635009");
    assert_eq!(
        (retired.status(), retired.replacement()),
        (Some(Status::Inactive), Some("73211009"))
    );
    assert_eq!(
        retired.replacements().next().unwrap().association,
        Association::SameAs
    );
    assert_eq!(retired.status_date().unwrap().to_string(), "2031-01-31");
}

#[test]
fn loinc_status_and_map_to() {
    let terms = "\u{feff}\"LOINC_NUM\",\"COMPONENT\",\"STATUS\",\"SHORTNAME\",\"LONG_COMMON_NAME\"\n\
        \"8480-6\",\"Pressure, upper\",\"ACTIVE\",\"BP upper\",\"Upper blood pressure\"\n\
        \"11491-6\",\"Old term\",\"DEPRECATED\",\"Old\",\"Old \"\"term\"\"\"\n";
    let map_to = "LOINC,MAP_TO,COMMENT\n11491-6,8480-6,\n";
    let terms = loinc::read(&release("LOINC 2.99", "2031-02-01"), file(terms)).unwrap();
    let table = built(loinc::read_map_to(terms, file(map_to)));
    let upper = get(&table, "8480-6");
    assert_eq!(
        (upper.display(), upper.status()),
        (Some("Upper blood pressure"), Some(Status::Active))
    );
    assert_eq!(
        upper.synonyms().collect::<Vec<_>>(),
        ["Pressure, upper", "BP upper"]
    );
    let old = get(&table, "11491-6");
    assert_eq!(
        (old.display(), old.replacement()),
        (Some("Old \"term\""), Some("8480-6"))
    );
    assert!(!old.status().unwrap().is_current());
}

#[test]
fn hcpcs_titles_over_several_lines_and_terminations() {
    let first = |code: &str, title: &str, added: &str, terminated: &str| {
        format!(
            "{code:<5}00100{}{title:<80}{:<28}{:<149}{added:<8}{added:<8}{terminated:<8}N\n",
            3, "SHORT", ""
        )
    };
    let codes = [
        first("J9999", "INJECTION OF SOMETHING,", "20100101", ""),
        format!("J9999001004{:<80}\n", "NOT OTHERWISE CLASSIFIED"),
        first("G0001", "DRAWING BLOOD", "19950101", "20041231"),
    ];
    let table = built(hcpcs::read(
        &release("HCPCS 2031 APR", "2031-04-01"),
        file(codes.concat().leak()),
    ));
    let injection = get(&table, "J9999");
    assert_eq!(
        injection.display(),
        Some("INJECTION OF SOMETHING, NOT OTHERWISE CLASSIFIED")
    );
    assert_eq!(injection.is_valid_on(&on("2009-12-31")), Some(false));
    assert_eq!(injection.is_valid_on(&on("2030-01-01")), Some(true));
    let ended = get(&table, "G0001");
    assert_eq!(ended.is_valid_on(&on("2004-12-31")), Some(true));
    assert_eq!(ended.is_valid_on(&on("2005-01-01")), Some(false));
}

#[test]
fn icd_9_titles_in_latin_1_end_in_2015() {
    let titles =
        b"0010  Cholera of one kind\n38600 M\xe9ni\xe8re's disease\nE8100 Struck by a train\n";
    let titles = ehr_validate::terminology::release::File::new("CMS32", titles.as_slice());
    let table = built(icd_9::read_diagnoses(
        &release("ICD-9-CM v32", "2014-10-01"),
        titles,
    ));
    let ear = get(&table, "386.00");
    assert_eq!(ear.display(), Some("Ménière's disease"));
    assert_eq!(ear.is_billable_on(&on("2015-09-30")), Some(true));
    assert_eq!(ear.is_billable_on(&on("2015-10-01")), Some(false));
    assert!(table.has_codes_below("386") && !table.has_codes_below("386.00"));
}

#[test]
fn equivalence_maps_propose_and_never_decide() {
    let lines = "0010  A000    00000\n0020  A0100   10000\n1234  NoDx    11000\n\
        24950 E0800   10111\n24950 R6520   10112\n25000 E119    10000\n25000 E1165   10000\n";
    let map = built(gem::read_icd_9_to_10(
        &release("GEM 2018", "2017-10-01"),
        file(lines),
    ));
    let terminology = Terminology::default().with(map).unwrap();
    let proposed = |code: &str| terminology.propose_icd_10_cm(code).unwrap();
    assert!(
        matches!(proposed("001.0"), Proposal::One(candidate) if candidate.code == "A000" && !candidate.approximate)
    );
    assert!(!proposed("001.0").needs_review() && proposed("002.0").needs_review());
    assert_eq!(proposed("123.4"), Proposal::NoMap);
    assert_eq!(proposed("999.9"), Proposal::Unknown);
    let Proposal::Several(both) = proposed("249.50") else {
        panic!("a combination is not one code")
    };
    assert!(
        both.iter()
            .all(|candidate| candidate.combination && candidate.scenario == 1)
    );
    assert_eq!(
        both.iter()
            .map(|candidate| candidate.choice)
            .collect::<Vec<_>>(),
        [1, 2]
    );
    assert!(matches!(proposed("250.00"), Proposal::Several(all) if all.len() == 2));
    assert_eq!(
        terminology.lookup(system::ICD_9_CM, "001.0"),
        Lookup::NoTable
    );
    assert_eq!(Terminology::default().propose_icd_10_cm("001.0"), None);
}

#[test]
fn providers_without_their_names() {
    let providers = "\"NPI\",\"Entity Type Code\",\"Provider Last Name (Legal Name)\",\"Provider Enumeration Date\",\"NPI Deactivation Date\",\"NPI Reactivation Date\"\n\
        \"1234567893\",\"1\",\"QUILL\",\"05/23/2005\",\"\",\"\"\n\
        \"1245319599\",\"2\",\"\",\"06/01/2006\",\"03/01/2020\",\"07/01/2021\"\n\
        \"1679576722\",\"\",\"\",\"\",\"03/01/2020\",\"\"\n";
    let builder = nppes::read(&release("NPPES 2031-04", "2031-04-13"), file(providers)).unwrap();
    assert!(!String::from_utf8_lossy(&builder.bytes()).contains("QUILL"));
    let table = builder.build().unwrap();
    assert_eq!(
        get(&table, "1234567893").term_type(),
        Some(nppes::INDIVIDUAL)
    );
    let group = get(&table, "1245319599");
    assert_eq!(group.term_type(), Some(nppes::ORGANIZATION));
    assert_eq!(group.is_valid_on(&on("2020-02-29")), Some(true));
    assert_eq!(group.is_valid_on(&on("2021-01-01")), Some(false));
    assert_eq!(group.is_valid_on(&on("2022-01-01")), Some(true));
    assert_eq!(get(&table, "1679576722").status(), Some(Status::Inactive));
}
