//! Lists as they come: few rows, few columns, odd shapes.

use crate::linkage::households::{Population, Practice};
use crate::linkage::measure::link;

#[test]
fn small_lists_are_linked_or_left_alone() {
    for text in [
        "last\n",
        "id,last\n1,Quill\n",
        "id,last\n1,\n2,\n",
        "dob\n1980-01-17\n1980-01-17\n",
        "id,first,last,dob\n,,,\n",
    ] {
        let (linkage, _) = link(text.as_bytes(), 2);
        assert!(
            linkage
                .candidates()
                .iter()
                .all(|pair| !pair.is_merge_proposal()),
            "{text:?}"
        );
    }
    let text = "id,first,last,dob,ssn\n1,Ada,Quill,1980-01-17,219-46-0871\n2,ADA,QUILL,01/17/1980,219460871\n3,Bo,Marsh,1955-03-02,\n";
    let (linkage, ids) = link(text.as_bytes(), 2);
    let [pair] = linkage.candidates() else {
        panic!("one pair")
    };
    assert_eq!(
        (ids[pair.a as usize].as_str(), ids[pair.b as usize].as_str()),
        ("1", "2")
    );
    assert!(pair.is_merge_proposal());
}

#[test]
fn the_way_a_list_is_written_changes_little() {
    let population = Population::generate(Practice::of(3_000, 6_001));
    let plain = link(population.to_csv().as_bytes(), 2).0.candidates().len();
    // Other order of columns, capitals, US dates, quotes and blanks everywhere.
    let order = [12, 4, 0, 3, 1, 2, 11, 10, 9, 8, 7, 6, 5];
    let mut text = String::new();
    let header: Vec<_> = order
        .iter()
        .map(|at| {
            format!(
                " {} ",
                crate::linkage::households::HEADER[*at].to_uppercase()
            )
        })
        .collect();
    text += &header.join(",");
    text += "\r\n";
    for row in &population.rows {
        let cells: Vec<_> = order
            .iter()
            .map(
                |at| match (at, row[*at].split('-').collect::<Vec<_>>().as_slice()) {
                    (4, [year, month, day]) => format!("\" {month}/{day}/{year}\""),
                    _ => format!("\"  {} \"", row[*at].to_uppercase()),
                },
            )
            .collect();
        text += &cells.join(",");
        text += "\r\n";
    }
    let other = link(text.as_bytes(), 2).0.candidates().len();
    assert!(plain.abs_diff(other) <= 1, "{plain} {other}");
}
