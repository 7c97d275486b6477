//! Names of people and organizations.
//!
//! A name may hold parts that belong to another one: `<given qualifier="CL">` is what somebody is
//! called, `<family qualifier="BR">` what somebody was called at birth. Beside a part of the same kind
//! without such a mark they are no middle names and no second family names, but names of their own,
//! which lines of their own read (`PN_CL`, `PN_BR`). Where nothing else stands they are the name.

use std::borrow::Cow;

use ehr_model::datatype::{HumanName, NameUse, Period};
use ehr_model::element::Element;
use ehr_model::source::NodeId;
use ehr_model::value::{Field, Text};

use super::quantity::filled;
use super::{USE_UNKNOWN, null, text, time};
use crate::datatype::Intake;
use crate::transform::{Unreadable, Value};

/// The given and family names of a name, by the name that they belong to.
#[derive(Default)]
struct Parts {
    own: Vec<NodeId>,
    called: Vec<NodeId>,
    born: Vec<NodeId>,
    /// What the marks of the own parts say of the whole name.
    mark: Option<NameUse>,
}

impl Parts {
    fn of(intake: &Intake<'_, '_>, node: NodeId) -> Self {
        let mut parts = Self::default();
        for (kind, born) in [("given", NameUse::Old), ("family", NameUse::Maiden)] {
            let (mut plain, mut called, mut birth) = (Vec::new(), Vec::new(), Vec::new());
            for part in intake.children(node, kind) {
                if null::is_bare(intake, part) {
                    continue;
                }
                if has_qualifier(intake, part, "CL") {
                    called.push(part);
                } else if has_qualifier(intake, part, "BR") {
                    birth.push(part);
                } else {
                    plain.push(part);
                }
            }
            if !plain.is_empty() {
                parts.own.append(&mut plain);
            } else if !birth.is_empty() {
                parts.mark = Some(born);
                parts.own.append(&mut birth);
            } else if !called.is_empty() {
                parts.mark = Some(NameUse::Nickname);
                parts.own.append(&mut called);
            }
            parts.called.append(&mut called);
            parts.born.append(&mut birth);
        }
        parts
    }
}

fn has_qualifier(intake: &Intake<'_, '_>, part: NodeId, wanted: &str) -> bool {
    filled(intake, part, "@qualifier")
        .is_some_and(|(_, words)| words.split_whitespace().any(|word| word == wanted))
}

/// `PN`: the name of a person.
pub(super) fn pn(intake: &mut Intake<'_, '_>, node: NodeId, element: &mut dyn Element) {
    let Some(out) = element.as_any_mut().downcast_mut::<HumanName>() else {
        return;
    };
    let parts = Parts::of(intake, node);
    fill(intake, &parts.own, out);
    for part in intake.record().children(node) {
        match intake.name(part) {
            "family" if out.family.is_empty() => out.family = null::absent(intake, part),
            "prefix" => out.prefix.extend(words(intake, part)),
            "suffix" => out.suffix.extend(words(intake, part)),
            "validTime" => {
                let mut period = Period::default();
                time::read_period(intake, part, &mut period);
                intake.absent = None;
                if !period.is_empty() {
                    out.period = Field::Value(period);
                }
            }
            _ => {}
        }
    }
    if parts.own.is_empty()
        && let Some(whole) = text::text(intake, node)
    {
        out.text = Field::Value((&*whole).into());
    }
    if out.is_empty() {
        return null::whole(intake, node);
    }
    name_use(intake, node, out);
    if let Some(mark) = parts.mark
        && out.use_.is_empty()
        && (mark == NameUse::Nickname || has_others(intake, node))
    {
        claim_marks(intake, &parts.own);
        out.use_ = Field::Value(mark);
    }
}

/// Whether other names stand beside a name: the only one is in use, whatever else it is.
fn has_others(intake: &Intake<'_, '_>, node: NodeId) -> bool {
    let parent = intake.record().parent(node);
    intake
        .children(parent, intake.name(node))
        .any(|other| other != node && !Parts::of(intake, other).own.is_empty())
}

/// `PN_CL`: the name by which a person is called, where parts of a name are marked so beside others.
pub(super) fn called(intake: &mut Intake<'_, '_>, node: NodeId, element: &mut dyn Element) {
    let parts = Parts::of(intake, node).called;
    marked(intake, &parts, element, NameUse::Nickname);
}

/// `PN_BR`: the name at birth, where parts of a name are marked so beside others.
pub(super) fn born(intake: &mut Intake<'_, '_>, node: NodeId, element: &mut dyn Element) {
    let parts = Parts::of(intake, node).born;
    let family = parts.iter().any(|part| intake.name(*part) == "family");
    let name_use = if family {
        NameUse::Maiden
    } else {
        NameUse::Old
    };
    marked(intake, &parts, element, name_use);
}

fn marked(
    intake: &mut Intake<'_, '_>,
    parts: &[NodeId],
    element: &mut dyn Element,
    name_use: NameUse,
) {
    let Some(out) = element.as_any_mut().downcast_mut::<HumanName>() else {
        return;
    };
    if !parts.is_empty() {
        fill(intake, parts, out);
        claim_marks(intake, parts);
        out.use_ = Field::Value(name_use);
    }
}

/// Fills given and family names.
fn fill(intake: &mut Intake<'_, '_>, parts: &[NodeId], out: &mut HumanName) {
    for part in parts {
        let Some(value) = words(intake, *part) else {
            continue;
        };
        if intake.name(*part) == "given" {
            out.given.push(value);
            continue;
        }
        // two family names are one in FHIR
        out.family = Field::Value(match out.family.value() {
            Some(first) => format!("{} {}", first.expose(), value.expose()).into(),
            None => value,
        });
    }
}

/// What a qualifier says is in the record where it made the name one of its own.
fn claim_marks(intake: &mut Intake<'_, '_>, parts: &[NodeId]) {
    for part in parts {
        if let Some((leaf, word)) = filled(intake, *part, "@qualifier")
            && matches!(word, "CL" | "BR")
        {
            intake.claim(leaf);
        }
    }
}

fn name_use(intake: &mut Intake<'_, '_>, node: NodeId, out: &mut HumanName) {
    let Some((leaf, words)) = filled(intake, node, "@use") else {
        return;
    };
    let mut known = None;
    for word in words.split_whitespace() {
        match word {
            "L" => known = Some(NameUse::Official),
            "P" => known = Some(NameUse::Nickname),
            "OLD" => known = Some(NameUse::Old),
            "M" => known = Some(NameUse::Maiden),
            "T" => known = Some(NameUse::Temp),
            "ANON" => known = Some(NameUse::Anonymous),
            _ => return null::set_aside(intake, leaf, USE_UNKNOWN),
        }
    }
    if let Some(known) = known {
        intake.claim(leaf);
        out.use_ = Field::Value(known);
    }
}

/// `ON`: the name of an organization, or any name as one text.
pub(super) fn on<'r>(intake: &mut Intake<'r, '_>, node: NodeId) -> Result<Value<'r>, Unreadable> {
    match whole_name(intake, node) {
        Some(name) => Ok(Value::Text(name)),
        None => null::single(intake, node),
    }
}

/// A name as one text: its parts in the order in which they stand.
pub(super) fn whole_name<'r>(intake: &mut Intake<'r, '_>, node: NodeId) -> Option<Cow<'r, str>> {
    let record = intake.record();
    let mut words = Vec::new();
    for part in record.children(node) {
        if matches!(intake.name(part), "prefix" | "given" | "family" | "suffix") {
            words.extend(text::text(intake, part));
        }
    }
    if words.is_empty() {
        return text::text(intake, node);
    }
    Some(Cow::Owned(words.join(" ")))
}

/// The text of a part, which is claimed.
fn words(intake: &mut Intake<'_, '_>, part: NodeId) -> Option<Text> {
    let value = text::text(intake, part)?;
    Some((&*value).into())
}
