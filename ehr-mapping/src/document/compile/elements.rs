//! Elements that several columns fill: codes, references, documents.

use ehr_model::catalogue::FieldPath;

use super::Compiler;
use crate::document::read::{Str, Table as TomlTable};
use crate::plan::{
    Block, CodeSystemSource, CodedSource, ConceptPaths, FieldSource, FileSource, ReferenceSource,
};
use crate::transform::ValueKind;

/// Written for the kind of a reference, it points at whatever was made.
const ANY_KIND: &str = "*";

impl Compiler<'_, '_> {
    pub(super) fn coded_source(
        &mut self,
        block: &Block,
        path: &FieldPath,
        name: &Str<'_>,
        table: &TomlTable<'_, '_>,
    ) -> Option<FieldSource> {
        let concept = match path.element_type() {
            Some("CodeableConcept") => true,
            Some("Coding") => false,
            _ => {
                self.mistakes.add(
                    name.span.clone(),
                    "`code` fills a CodeableConcept or a Coding",
                );
                return None;
            }
        };
        let code = table
            .str("code")
            .and_then(|code| self.column(block.table, &code));
        let via = table.strs("via");
        let transforms = self.transforms(&via);
        if let Some(kind) = self.chain_kind(&via, &transforms)
            && kind != ValueKind::Text
            && let Some(last) = via.last()
        {
            self.mistakes.add(
                last.span.clone(),
                format!("a code is text, and {} arrives here", kind.with_article()),
            );
        }
        let system_map = match table.str("system-map") {
            None => None,
            Some(name) => Some(self.code_map(&name)?),
        };
        let system = match (table.str("system"), table.str("system-from")) {
            (Some(system), None) => CodeSystemSource::Constant(system.text.to_owned()),
            (None, Some(column)) => CodeSystemSource::Column {
                column: self.column(block.table, &column)?,
                code_map: system_map,
            },
            (None, None) => CodeSystemSource::None,
            (Some(_), Some(column)) => {
                self.mistakes.add(
                    column.span,
                    "the system is a constant or a column, not both",
                );
                return None;
            }
        };
        let column = |compiler: &mut Self, key: &str| match table.str(key) {
            None => Some(None),
            Some(name) => compiler.column(block.table, &name).map(Some),
        };
        let display = column(self, "display")?;
        let text = column(self, "text")?;
        let translate = match table.str("translate") {
            None => None,
            Some(name) => Some(self.code_map(&name)?),
        };
        if !concept && (text.is_some() || translate.is_some()) {
            self.mistakes.add(
                name.span.clone(),
                "a Coding has neither a text nor translations; a CodeableConcept has",
            );
            return None;
        }
        let inner = |suffix: &str| {
            FieldPath::resolve_leaf(block.kind, &format!("{}.{suffix}", path.text())).ok()
        };
        let (first, second) = if concept {
            ("coding[0].", "coding[1].")
        } else {
            ("", "")
        };
        Some(FieldSource::Coded(Box::new(CodedSource {
            code: code?,
            transforms,
            system,
            display,
            text,
            translate,
            code_path: inner(&format!("{first}code"))?,
            system_path: inner(&format!("{first}system"))?,
            display_path: inner(&format!("{first}display"))?,
            concept: match concept {
                false => None,
                true => Some(ConceptPaths {
                    text: inner("text")?,
                    user_selected: inner(&format!("{first}userSelected"))?,
                    target_system: inner(&format!("{second}system"))?,
                    target_code: inner(&format!("{second}code"))?,
                    target_display: inner(&format!("{second}display"))?,
                }),
            },
        })))
    }

    pub(super) fn reference_source(
        &mut self,
        block: &Block,
        path: &FieldPath,
        name: &Str<'_>,
        table: &TomlTable<'_, '_>,
        every: bool,
    ) -> Option<FieldSource> {
        if path.element_type() != Some("Reference") {
            self.mistakes
                .add(name.span.clone(), "`reference` fills a Reference");
            return None;
        }
        let any = table
            .str("reference")
            .is_some_and(|kind| kind.text == ANY_KIND);
        let kind = match any {
            true => None,
            false => Some(table.str("reference").and_then(|kind| self.kind(&kind))?),
        };
        if table.get("key").is_none() && table.get("at").is_none() {
            self.mistakes
                .add(table.span.clone(), "a reference needs `key`");
        }
        let parts = table.get("key").map(|key| key.lists().concat());
        for ordinal in parts
            .iter()
            .flatten()
            .filter(|part| part.text.starts_with('#'))
        {
            self.mistakes.add(
                ordinal.span.clone(),
                "a reference cannot name the place among equal keys",
            );
        }
        let at = match table.str("at") {
            None => None,
            Some(path) => Some(self.column(block.table, &path)?),
        };
        let key = match table.get("key") {
            None => None,
            Some(_) => Some(self.key(block.table, table, "key")?),
        };
        let inner = |suffix: &str| {
            FieldPath::resolve_leaf(block.kind, &format!("{}.{suffix}", path.text())).ok()
        };
        let display = match table.str("display") {
            None => None,
            Some(name) => Some((self.column(block.table, &name)?, inner("display")?)),
        };
        Some(FieldSource::Reference(Box::new(ReferenceSource {
            kind,
            at,
            key,
            every,
            display,
            reference: path.clone(),
            target: inner("reference")?,
        })))
    }

    pub(super) fn file_source(
        &mut self,
        block: &Block,
        path: &FieldPath,
        name: &Str<'_>,
        table: &TomlTable<'_, '_>,
        inline: bool,
    ) -> Option<FieldSource> {
        if path.element_type() != Some("Attachment") {
            self.mistakes
                .add(name.span.clone(), "`file` and `inline` fill an Attachment");
            return None;
        }
        let column = table
            .str(if inline { "inline" } else { "file" })
            .and_then(|column| self.column(block.table, &column));
        let inner = |suffix: &str| {
            FieldPath::resolve_leaf(block.kind, &format!("{}.{suffix}", path.text())).ok()
        };
        Some(FieldSource::File(Box::new(FileSource {
            column: column?,
            data: inner("data")?,
            size: inner("size")?,
            content_type: inner("contentType")?,
            pages: inner("pages")?,
            sha_256: inner("sha256")?,
            inline,
        })))
    }
}
