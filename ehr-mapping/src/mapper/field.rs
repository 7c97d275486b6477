//! Filling one field from one row.

use std::borrow::Cow;

use ehr_model::element::{Leaf, LeafType};
use ehr_model::issue::{Issue, IssueCode, Severity};
use ehr_model::source::{Fate, NodeId};
use ehr_model::value::{DataAbsentReason, Decimal, PartialDate};

use super::{
    CODE_WITHOUT_TRANSLATION, DOCUMENT_FILE_MISSING, JOIN_AMBIGUOUS, JOIN_ORPHAN, Lookup, Made,
    Mapper, Place, Row, VALUE_UNREADABLE, VALUE_WITHOUT_TRANSLATION,
};
use crate::plan::{
    CodeSystemSource, CodedSource, FieldMap, FieldSource, FileSource, KeyPart, ValueSource,
};
use crate::transform::{DATE_PART_POLICY, Transform, Unreadable, Value};

/// The policy under which declared offsets are counted.
const TIME_ZONE_POLICY: &str = "offset of the mapping document given to a time that had none";

/// The media type of a note that stands in a column.
const INLINE_TEXT: &str = "text/plain; charset=utf-8";

/// A value with the row and node that it came from.
struct Found<'r, 'b> {
    value: Cow<'r, str>,
    from: Option<(&'r Row<'b>, NodeId)>,
    /// What else is in the field when the value is: the keys of a join, rows that say the same.
    company: Vec<(&'r Row<'b>, NodeId)>,
}

impl Mapper<'_> {
    pub(super) fn fill(&self, field: &FieldMap, place: &Place<'_, '_>, made: &mut Made) {
        let filled = match &field.source {
            FieldSource::Value(source) => self.fill_value(source, field, place, made),
            FieldSource::Coded(source) => self.fill_coded(source, field, place, made),
            FieldSource::Reference {
                kind,
                key,
                display,
                target,
            } => {
                let row = &place.rows[place.row];
                let shown = display
                    .as_ref()
                    .and_then(|(column, path)| Some((self.cell(row, *column)?, path)));
                if let Some(((text, node), path)) = shown {
                    self.put(
                        path,
                        Leaf::Text(text.to_owned().into()),
                        Some((row, node)),
                        field.line,
                        place,
                        made,
                    );
                }
                match self.key(key, row) {
                    None => shown.is_some(),
                    Some(key_text) => {
                        let id = self.plan.namespace.id(*kind, &key_text);
                        made.keys.entry(id).or_insert_with(|| super::SourceKey {
                            kind: *kind,
                            key: key_text,
                        });
                        let mut nodes = key.iter().filter_map(|part| match part {
                            KeyPart::Column(column) => {
                                self.cell(row, *column).map(|(_, node)| node)
                            }
                            KeyPart::Literal(_) | KeyPart::Ordinal => None,
                        });
                        let first = nodes.next();
                        let stands = self.put(
                            target,
                            Leaf::Target(*kind, id),
                            first.map(|node| (row, node)),
                            field.line,
                            place,
                            made,
                        );
                        if stands {
                            let output = row.output(made.records[place.record].id);
                            nodes.for_each(|node| row.record.claim(node, output));
                        }
                        true
                    }
                }
            }
            FieldSource::File(source) => self.fill_file(source, field, place, made),
        };
        if !filled && let Some(reason) = field.absent {
            self.set_absent(field, reason, place, made);
        }
    }

    fn set_absent(
        &self,
        field: &FieldMap,
        reason: DataAbsentReason,
        place: &Place<'_, '_>,
        made: &mut Made,
    ) {
        let element = made.records[place.record].resource.element_mut();
        if field.path.leaf(element, place.added).is_none() {
            field.path.set_absent(element, place.added, reason);
        }
    }

    fn fill_value(
        &self,
        source: &ValueSource,
        field: &FieldMap,
        place: &Place<'_, '_>,
        made: &mut Made,
    ) -> bool {
        let Some(found) = self.find(source, field, place, made) else {
            return false;
        };
        let filled = self.fill_found(found.value, found.from, source, field, place, made);
        if let Some((row, node)) = found.from {
            let id = made.records[place.record].id;
            for (other, other_node) in found.company {
                match row.record.fate(node, |_| true) {
                    Fate::Mapped => other.record.claim(other_node, other.output(id)),
                    fate => other.record.decide(other_node, fate),
                }
            }
        }
        filled
    }

    fn fill_found(
        &self,
        value: Cow<'_, str>,
        from: Option<(&Row<'_>, NodeId)>,
        source: &ValueSource,
        field: &FieldMap,
        place: &Place<'_, '_>,
        made: &mut Made,
    ) -> bool {
        let mut dropped = 0;
        let value = Transform::apply_all(&source.transforms, Value::Text(value), &mut dropped);
        if dropped > 0 {
            *made.policies.entry(DATE_PART_POLICY).or_default() += dropped;
        }
        let value = match (value, source.code_map) {
            (Ok(Value::Text(text)), Some(map)) => {
                match self.plan.code_maps[map].translate(text.trim()) {
                    Some(target) => Ok(Value::Text(Cow::Owned(target.code.to_string()))),
                    None => {
                        self.refuse(VALUE_WITHOUT_TRANSLATION, &field.path, from, place, made);
                        return true;
                    }
                }
            }
            (value, _) => value,
        };
        match value {
            Ok(Value::Nothing) => return false,
            Ok(Value::List(parts)) => {
                for part in parts {
                    let element = made.records[place.record].resource.element_mut();
                    match field.path.push(element, place.added, Leaf::Text(part)) {
                        Ok(()) => self.accept(&field.path, from, field.line, place, made),
                        Err(_) => self.refuse(VALUE_UNREADABLE, &field.path, from, place, made),
                    }
                }
            }
            Ok(value) => match self.to_leaf(value, source.leaf, made) {
                Ok(leaf) => {
                    self.put(&field.path, leaf, from, field.line, place, made);
                }
                Err(Unreadable) => self.refuse(VALUE_UNREADABLE, &field.path, from, place, made),
            },
            Err(Unreadable) => self.refuse(VALUE_UNREADABLE, &field.path, from, place, made),
        }
        true
    }

    /// The value of a column, of this row or of the row that a join finds.
    fn find<'r, 'b>(
        &self,
        source: &ValueSource,
        field: &FieldMap,
        place: &Place<'r, 'b>,
        made: &mut Made,
    ) -> Option<Found<'r, 'b>> {
        let row = &place.rows[place.row];
        let Some(number) = source.join else {
            let (value, node) = self.cell(row, source.column)?;
            return Some(Found {
                value: Cow::Borrowed(value),
                from: Some((row, node)),
                company: Vec::new(),
            });
        };
        let join = &self.plan.joins[number];
        let (key, key_node) = self.cell(row, join.on)?;
        let key = key.trim();
        if self.shared.has(number) {
            return match self.shared.find(number, key, source.column) {
                Lookup::One(value) => Some(Found {
                    value: Cow::Owned(value.to_owned()),
                    // the key of the join is what stands for the value in this row
                    from: Some((row, key_node)),
                    company: Vec::new(),
                }),
                Lookup::Empty => None,
                Lookup::NoRow => {
                    self.refuse_join(JOIN_ORPHAN, field, key_node, place, made);
                    None
                }
                Lookup::Several => {
                    self.refuse_join(JOIN_AMBIGUOUS, field, key_node, place, made);
                    None
                }
            };
        }
        let others: Vec<&'r Row<'b>> = made
            .joins
            .get(&number)
            .and_then(|index| index.get(key))
            .map(|rows| rows.iter().map(|at| &place.rows[*at]).collect())
            .unwrap_or_default();
        let cells: Vec<Option<(&'r str, NodeId)>> = others
            .iter()
            .map(|other| self.cell(other, source.column))
            .collect();
        let values = || cells.iter().map(|cell| cell.map(|(value, _)| value));
        if others.is_empty() {
            self.refuse_join(JOIN_ORPHAN, field, key_node, place, made);
            return None;
        }
        if values().any(|value| value != values().next().flatten()) {
            self.refuse_join(JOIN_AMBIGUOUS, field, key_node, place, made);
            return None;
        }
        let found = |(other, cell): (&&'r Row<'b>, &Option<(&'r str, NodeId)>)| {
            cell.map(|(value, node)| (*other, node, value))
        };
        let mut rows = others.iter().zip(&cells).filter_map(found);
        let (other, node, value) = rows.next()?;
        let mut company: Vec<_> = rows.map(|(other, node, _)| (other, node)).collect();
        company.push((row, key_node));
        for other in &others {
            company.extend(self.cell(other, join.key).map(|(_, node)| (*other, node)));
        }
        Some(Found {
            value: Cow::Borrowed(value),
            from: Some((other, node)),
            company,
        })
    }

    /// Sets the key of a join aside that leads to no row, or to several.
    fn refuse_join(
        &self,
        code: IssueCode,
        field: &FieldMap,
        key: NodeId,
        place: &Place<'_, '_>,
        made: &mut Made,
    ) {
        let row = &place.rows[place.row];
        self.refuse(code, &field.path, Some((row, key)), place, made);
    }

    fn to_leaf<'v>(
        &self,
        value: Value<'v>,
        leaf: LeafType,
        made: &mut Made,
    ) -> Result<Leaf<'v>, Unreadable> {
        let zoned = |date: PartialDate, made: &mut Made| match self.plan.time_zone {
            Some(offset) if date.has_time() && date.offset_minutes().is_none() => {
                *made.policies.entry(TIME_ZONE_POLICY).or_default() += 1;
                Leaf::Date(date.with_offset(offset))
            }
            _ => Leaf::Date(date),
        };
        Ok(match value {
            Value::Text(text) => match leaf {
                LeafType::Date | LeafType::DateTime => zoned(
                    PartialDate::parse(text.trim()).map_err(|_| Unreadable)?,
                    made,
                ),
                LeafType::Decimal => {
                    Leaf::Decimal(Decimal::parse(text.trim()).map_err(|_| Unreadable)?)
                }
                LeafType::Integer => Leaf::Integer(text.trim().parse().map_err(|_| Unreadable)?),
                _ => Leaf::Text(text),
            },
            Value::Date(date) => zoned(date, made),
            Value::Decimal(decimal) => Leaf::Decimal(decimal),
            Value::Integer(number) => Leaf::Integer(number),
            Value::Boolean(value) => Leaf::Boolean(value),
            Value::List(_) | Value::Nothing => return Err(Unreadable),
        })
    }

    fn fill_coded(
        &self,
        source: &CodedSource,
        field: &FieldMap,
        place: &Place<'_, '_>,
        made: &mut Made,
    ) -> bool {
        let row = &place.rows[place.row];
        let line = field.line;
        let display = source.display.and_then(|column| self.cell(row, column));
        let text = source.text.and_then(|column| self.cell(row, column));
        let code = self.cell(row, source.code);
        if code.is_none() && display.is_none() && text.is_none() {
            return false;
        }
        if let Some((code, node)) = code {
            let code = match Transform::apply_all(
                &source.transforms,
                Value::Text(Cow::Borrowed(code)),
                &mut 0,
            ) {
                Ok(Value::Text(code)) => code,
                _ => {
                    self.refuse(
                        VALUE_UNREADABLE,
                        &field.path,
                        Some((row, node)),
                        place,
                        made,
                    );
                    return true;
                }
            };
            self.put(
                &source.code_path,
                Leaf::Text(code.trim().to_owned().into()),
                Some((row, node)),
                line,
                place,
                made,
            );
            self.put_system(source, field, row, place, made);
            self.translate(source, field, code.trim(), (row, node), place, made);
        }
        if let Some((display, node)) = display {
            if code.is_some() {
                self.put(
                    &source.display_path,
                    Leaf::Text(display.to_owned().into()),
                    Some((row, node)),
                    line,
                    place,
                    made,
                );
            }
            if let Some(concept) = &source.concept
                && text.is_none()
            {
                self.put(
                    &concept.text,
                    Leaf::Text(display.to_owned().into()),
                    Some((row, node)),
                    line,
                    place,
                    made,
                );
            } else if code.is_none() {
                // a Coding without a code still says something
                self.put(
                    &source.display_path,
                    Leaf::Text(display.to_owned().into()),
                    Some((row, node)),
                    line,
                    place,
                    made,
                );
            }
        }
        if let (Some((text, node)), Some(concept)) = (text, &source.concept) {
            self.put(
                &concept.text,
                Leaf::Text(text.to_owned().into()),
                Some((row, node)),
                line,
                place,
                made,
            );
        }
        true
    }

    fn put_system(
        &self,
        source: &CodedSource,
        field: &FieldMap,
        row: &Row<'_>,
        place: &Place<'_, '_>,
        made: &mut Made,
    ) {
        match &source.system {
            CodeSystemSource::None => {}
            CodeSystemSource::Constant(system) => {
                self.put(
                    &source.system_path,
                    Leaf::Text(system.as_str().into()),
                    None,
                    field.line,
                    place,
                    made,
                );
            }
            CodeSystemSource::Column { column, code_map } => {
                let Some((name, node)) = self.cell(row, *column) else {
                    return;
                };
                let system = match code_map {
                    None => Some(name.trim().to_owned()),
                    Some(map) => self.plan.code_maps[*map]
                        .translate(name.trim())
                        .map(|target| target.code.to_string()),
                };
                match system {
                    Some(system) => {
                        self.put(
                            &source.system_path,
                            Leaf::Text(system.into()),
                            Some((row, node)),
                            field.line,
                            place,
                            made,
                        );
                    }
                    None => self.refuse(
                        VALUE_WITHOUT_TRANSLATION,
                        &source.system_path,
                        Some((row, node)),
                        place,
                        made,
                    ),
                }
            }
        }
    }

    /// The source's coding stays; a translation stands beside it, and its lack is an issue.
    fn translate(
        &self,
        source: &CodedSource,
        field: &FieldMap,
        code: &str,
        from: (&Row<'_>, NodeId),
        place: &Place<'_, '_>,
        made: &mut Made,
    ) {
        let (Some(map), Some(concept)) = (source.translate, &source.concept) else {
            return;
        };
        let line = field.line;
        let Some(target) = self.plan.code_maps[map].translate(code) else {
            let record = &made.records[place.record];
            let (row, node) = from;
            let column = row.record.names().name(row.record.name(node)).clone();
            made.issues.push(
                Issue::new(CODE_WITHOUT_TRANSLATION, Severity::Error)
                    .about(record.kind(), record.id)
                    .field(field.path.text().clone())
                    .at(row.record.address().path(column)),
            );
            return;
        };
        self.put(
            &concept.user_selected,
            Leaf::Boolean(true),
            None,
            line,
            place,
            made,
        );
        let texts = [
            (&concept.target_system, &target.system),
            (&concept.target_code, &target.code),
            (&concept.target_display, &target.display),
        ];
        for (path, text) in texts {
            if !text.is_empty() {
                self.put(
                    path,
                    Leaf::Text(text.as_str().into()),
                    None,
                    line,
                    place,
                    made,
                );
            }
        }
    }

    fn fill_file(
        &self,
        source: &FileSource,
        field: &FieldMap,
        place: &Place<'_, '_>,
        made: &mut Made,
    ) -> bool {
        let row = &place.rows[place.row];
        let Some((name, node)) = self.cell(row, source.column) else {
            return false;
        };
        if source.inline {
            let from = Some((row, node));
            let size = i64::try_from(name.len()).unwrap_or(i64::MAX);
            self.put(
                &source.data,
                Leaf::Bytes(name.as_bytes().to_vec().into()),
                from,
                field.line,
                place,
                made,
            );
            self.put(
                &source.size,
                Leaf::Integer(size),
                None,
                field.line,
                place,
                made,
            );
            self.put(
                &source.content_type,
                Leaf::Text(INLINE_TEXT.into()),
                None,
                field.line,
                place,
                made,
            );
            return true;
        }
        let Some(bytes) = self.files.read(name.trim()) else {
            row.record.decide(node, Fate::Rejected);
            let attachment = made.records[place.record].resource.element_mut();
            source
                .data
                .set_absent(attachment, place.added, DataAbsentReason::Unknown);
            let record = &made.records[place.record];
            made.issues.push(
                Issue::new(DOCUMENT_FILE_MISSING, Severity::Error)
                    .about(record.kind(), record.id)
                    .field(field.path.text().clone())
                    .at(row.record.address()),
            );
            return false;
        };
        let media_type = crate::source::media_type(&bytes);
        let size = i64::try_from(bytes.len()).unwrap_or(i64::MAX);
        let from = Some((row, node));
        self.put(
            &source.size,
            Leaf::Integer(size),
            None,
            field.line,
            place,
            made,
        );
        self.put(
            &source.data,
            Leaf::Bytes(bytes.into()),
            from,
            field.line,
            place,
            made,
        );
        self.put(
            &source.content_type,
            Leaf::Text(media_type.into()),
            None,
            field.line,
            place,
            made,
        );
        true
    }
}
