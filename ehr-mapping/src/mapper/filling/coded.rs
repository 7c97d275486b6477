//! Codes: the source's coding first, translations beside it.

use std::borrow::Cow;

use ehr_model::element::Leaf;

use super::{Filling, Origin};
use crate::mapper::{CODE_WITHOUT_TRANSLATION, VALUE_UNREADABLE, VALUE_WITHOUT_TRANSLATION};
use crate::plan::{CodeSystemSource, CodedSource, FieldMap};
use crate::transform::{Transform, Value};

impl Filling<'_, '_, '_, '_> {
    /// Fills a CodeableConcept or a Coding from the columns of a code.
    pub(super) fn coded(&mut self, source: &CodedSource, field: &FieldMap) -> bool {
        let row = self.at.row;
        let code = self.cell(source.code);
        let display = source.display.and_then(|column| self.cell(column));
        let text = source.text.and_then(|column| self.cell(column));
        if code.is_none() && display.is_none() && text.is_none() {
            return false;
        }
        if let Some((code, node)) = code {
            let from = (row, node);
            let code = Value::Text(Cow::Borrowed(code));
            let Ok(Value::Text(code)) = Transform::apply_all(&source.transforms, code, &mut 0)
            else {
                self.refuse(VALUE_UNREADABLE, &field.path, Some(from));
                return true;
            };
            self.put_text(&source.code_path, code.trim(), Some(from));
            self.code_system(source);
            self.translation(source, field, code.trim(), from);
        }
        let concept = source.concept.as_ref();
        if let Some((display, node)) = display {
            let from = Some((row, node));
            // a Coding without a code still says something
            if code.is_some() || concept.is_none() {
                self.put_text(&source.display_path, display, from);
            }
            if let Some(concept) = concept.filter(|_| text.is_none()) {
                self.put_text(&concept.text, display, from);
            }
        }
        if let (Some((text, node)), Some(concept)) = (text, concept) {
            self.put_text(&concept.text, text, Some((row, node)));
        }
        true
    }

    fn code_system(&mut self, source: &CodedSource) {
        match &source.system {
            CodeSystemSource::None => {}
            CodeSystemSource::Constant(system) => {
                self.put_text(&source.system_path, system, None);
            }
            CodeSystemSource::Column { column, code_map } => {
                let Some((name, node)) = self.cell(*column) else {
                    return;
                };
                let from = Some((self.at.row, node));
                let system = match code_map {
                    None => Some(name.trim()),
                    Some(map) => self
                        .translate(*map, name.trim())
                        .map(|target| target.code.as_str()),
                };
                match system {
                    Some(system) => {
                        self.put_text(&source.system_path, system, from);
                    }
                    None => self.refuse(VALUE_WITHOUT_TRANSLATION, &source.system_path, from),
                }
            }
        }
    }

    /// The source's coding stays; a translation stands beside it, and its lack is an issue.
    fn translation(
        &mut self,
        source: &CodedSource,
        field: &FieldMap,
        code: &str,
        from: Origin<'_, '_>,
    ) {
        let (Some(map), Some(concept)) = (source.translate, &source.concept) else {
            return;
        };
        let Some(target) = self.translate(map, code) else {
            return self.issue(CODE_WITHOUT_TRANSLATION, &field.path, Some(from));
        };
        self.put(&concept.user_selected, Leaf::Boolean(true), None);
        for (path, text) in [
            (&concept.target_system, &target.system),
            (&concept.target_code, &target.code),
            (&concept.target_display, &target.display),
        ] {
            if !text.is_empty() {
                self.put_text(path, text, None);
            }
        }
    }
}
