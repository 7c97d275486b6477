use super::*;
use crate::kind::Patient;
use crate::record::{Resource, ResourceType as _};

fn error(kind: Kind, path: &str) -> String {
    FieldPath::resolve_leaf(kind, path).unwrap_err().to_string()
}

#[test]
fn a_choice_has_a_path_of_its_own() {
    let path = FieldPath::resolve(Kind::Observation, "value[x]").unwrap();
    let mut observation = Kind::Observation.empty_resource();
    let choice = path.element_mut(observation.element_mut(), 0).unwrap();
    assert!(choice.spec().choice);
}

#[test]
fn choices_are_named_as_in_fhir() {
    let path = FieldPath::resolve_leaf(Kind::Observation, "valueQuantity.value").unwrap();
    let mut observation = Kind::Observation.empty_resource();
    path.set(observation.element_mut(), 0, Leaf::Text("1.50".into()))
        .unwrap();
    assert!(
        matches!(path.leaf(observation.element(), 0), Some(Leaf::Decimal(value)) if value.expose() == "1.50")
    );
}

#[test]
fn mistakes_are_explained() {
    assert_eq!(
        error(Kind::Problem, "code"),
        "`code` holds several fields; name one of coding, text"
    );
    assert_eq!(
        error(Kind::Problem, "code.text.x"),
        "`code.text` holds a text and has no fields"
    );
    assert_eq!(error(Kind::Problem, "code[1].text"), "`code` is no list");
    assert_eq!(
        error(Kind::Patient, "name[y].family"),
        "`[y]` is no place in a list: use a number, or `+` at the first segment"
    );
    assert_eq!(
        error(Kind::Patient, "contact[0].telecom[+].value"),
        "`[+]` is no place in a list: use a number, or `+` at the first segment"
    );
    assert!(
        error(Kind::Claim, "items")
            .starts_with("`Claim` has no field `items`; it has identifier, ")
    );
    assert_eq!(
        FieldPath::resolve(Kind::Patient, "name[0].surname")
            .unwrap_err()
            .at(),
        8
    );
}

#[test]
fn added_values_go_where_the_caller_says() {
    let path = FieldPath::resolve_leaf(Kind::Patient, "name[+].family").unwrap();
    let mut resource: Resource = Patient::default().into();
    path.set(resource.element_mut(), 0, Leaf::Text("A".into()))
        .unwrap();
    path.set(resource.element_mut(), 1, Leaf::Text("B".into()))
        .unwrap();
    assert_eq!(Patient::of(&resource).unwrap().name.len(), 2);
}

#[test]
fn a_gap_in_a_list_of_leaves_closes() {
    let path = FieldPath::resolve_leaf(Kind::Patient, "name[0].given[1]").unwrap();
    let mut resource: Resource = Patient::default().into();
    path.set(resource.element_mut(), 0, Leaf::Text("Q".into()))
        .unwrap();
    assert_eq!(Patient::of(&resource).unwrap().name[0].given.len(), 1);
}
