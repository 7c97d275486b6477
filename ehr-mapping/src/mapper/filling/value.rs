//! Single values: through transforms and code maps, from this row or from one that a join finds.

use std::borrow::Cow;

use ehr_model::catalogue::FieldPath;
use ehr_model::element::{Leaf, LeafType};
use ehr_model::issue::IssueCode;
use ehr_model::source::{Fate, NodeId};
use ehr_model::value::{Decimal, PartialDate};

use super::{Filling, Origin};
use crate::datatype::{Intake, ReadLeaf};
use crate::mapper::{
    At, Binding, JOIN_AMBIGUOUS, JOIN_ORPHAN, Lookup, Row, TIME_ZONE_POLICY, VALUE_UNREADABLE,
    VALUE_WITHOUT_TRANSLATION,
};
use crate::plan::{FieldMap, Join, ValueSource};
use crate::transform::{DATE_PART_POLICY, Transform, Unreadable, Value};

/// A value with the row and node that it came from.
struct Found<'r, 'b> {
    value: Cow<'r, str>,
    from: Origin<'r, 'b>,
    /// What else is in the field when the value is: the keys of a join, rows that say the same.
    company: Vec<Origin<'r, 'b>>,
}

/// What became of a value.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Settled {
    /// There was none.
    Nothing,
    Stands,
    /// It was set aside, or its field can hold no reason for its absence.
    Refused,
}

impl Settled {
    fn said(stands: bool) -> Self {
        if stands { Self::Stands } else { Self::Refused }
    }
}

impl<'r, 'b: 'r> Filling<'_, '_, 'r, 'b> {
    /// Fills a leaf, or a list of leaves.
    pub(super) fn value(&mut self, source: &ValueSource, field: &FieldMap) -> bool {
        if source.every {
            return self.every(source, field);
        }
        if let Some(read) = source.datatype {
            let path = self.mapper.path(self.at.row, source.column);
            let node = path.and_then(|path| path.first(&self.at.row.record, self.at.node));
            return node.is_some_and(|node| self.read(read, node, source, field));
        }
        let Some(found) = self.find(source, field) else {
            return false;
        };
        let filled = self.found(found.value, found.from, source, field);
        let (row, node) = found.from;
        if source.join.is_none() && row.record.fate(node, |_| true) == Fate::Mapped {
            self.claim_demanded(source.column, row, node);
        }
        let id = self.record().id;
        for (other, other_node) in found.company {
            match row.record.fate(node, |_| true) {
                Fate::Mapped => other.record.claim(other_node, other.output(id)),
                fate => other.record.decide(other_node, fate),
            }
        }
        filled
    }

    /// Adds a value for every node that the path leads to.
    fn every(&mut self, source: &ValueSource, field: &FieldMap) -> bool {
        let Some(path) = self.mapper.path(self.at.row, source.column) else {
            return false;
        };
        let row = self.at.row;
        let mut filled = false;
        path.walk(&row.record, self.at.node, &mut |node| {
            if let Some(read) = source.datatype {
                filled |= self.read(read, node, source, field);
                return true;
            }
            let value = row.record.expose(node).unwrap_or_default();
            if !value.is_empty() && !self.mapper.is_missing_word(value) {
                filled |= self.found(Cow::Borrowed(value), (row, node), source, field);
                self.claim_demanded(source.column, row, node);
            }
            true
        });
        filled
    }

    /// Reads a subtree as a single value.
    fn read(
        &mut self,
        read: ReadLeaf,
        node: NodeId,
        source: &ValueSource,
        field: &FieldMap,
    ) -> bool {
        let row = self.at.row;
        let (kind, id) = (self.record().kind(), self.record().id);
        let mut intake = Intake {
            row,
            plan: self.mapper.plan,
            patient: self.made.patient,
            about: (kind, id),
            field: field.path.text(),
            output: row.output(id),
            issues: &mut self.made.issues,
            policies: &mut self.made.policies,
            keys: &mut self.made.keys,
            shared: self.mapper.shared,
            absent: None,
            held: Some(Vec::new()),
        };
        let output = intake.output;
        let value = read(&mut intake, node);
        let held = intake.held.take().unwrap_or_default();
        let settled = self.settle(value, (row, node), source, field);
        if settled == Settled::Stands {
            for leaf in held {
                row.record.claim(leaf, output);
            }
            self.claim_demanded(source.column, row, node);
        }
        settled != Settled::Nothing
    }

    fn found(
        &mut self,
        value: Cow<'_, str>,
        from: Origin<'_, '_>,
        source: &ValueSource,
        field: &FieldMap,
    ) -> bool {
        self.settle(Ok(Value::Text(value)), from, source, field) != Settled::Nothing
    }

    fn settle(
        &mut self,
        value: Result<Value<'_>, Unreadable>,
        from: Origin<'_, '_>,
        source: &ValueSource,
        field: &FieldMap,
    ) -> Settled {
        let from = Some(from);
        let mut dropped = 0;
        let value =
            value.and_then(|value| Transform::apply_all(&source.transforms, value, &mut dropped));
        if dropped > 0 {
            *self.made.policies.entry(DATE_PART_POLICY).or_default() += dropped;
        }
        let leaf = match (value, source.code_map) {
            (Ok(Value::Nothing), _) => return Settled::Nothing,
            (Ok(Value::Absent(reason)), _) => {
                let added = self.added;
                let element = self.record().resource.element_mut();
                let stands = field.path.leaf(element, added).is_none()
                    && field.path.set_absent(element, added, reason);
                return Settled::said(stands);
            }
            (Ok(Value::Text(text)), Some(map)) => match self.translate(map, text.trim()) {
                Some(target) => Ok(Leaf::Text(Cow::Borrowed(target.code.as_str()))),
                None => Err(VALUE_WITHOUT_TRANSLATION),
            },
            (Ok(Value::List(parts)), _) => {
                self.list(parts, field, from);
                return Settled::Stands;
            }
            (Ok(value), _) => self.leaf(value, source.leaf).map_err(|_| VALUE_UNREADABLE),
            (Err(Unreadable), _) => Err(VALUE_UNREADABLE),
        };
        match leaf {
            Ok(leaf) if source.every => Settled::said(self.push(&field.path, leaf, from)),
            Ok(leaf) => Settled::said(self.put(&field.path, leaf, from)),
            Err(code) => {
                self.refuse(code, &field.path, from);
                Settled::Refused
            }
        }
    }

    fn list(&mut self, parts: Vec<Cow<'_, str>>, field: &FieldMap, from: Option<Origin<'_, '_>>) {
        for part in parts {
            self.push(&field.path, Leaf::Text(part), from);
        }
    }

    /// Adds a value to the list in which a path ends.
    fn push(&mut self, path: &FieldPath, leaf: Leaf<'_>, from: Option<Origin<'_, '_>>) -> bool {
        let added = self.added;
        let element = self.record().resource.element_mut();
        let pushed = path.push(element, added, leaf);
        match pushed {
            Ok(()) => self.accept(path, from),
            Err(_) => self.refuse(VALUE_UNREADABLE, path, from),
        }
        pushed.is_ok()
    }

    /// The value as the field takes it.
    fn leaf<'v>(&mut self, value: Value<'v>, leaf: LeafType) -> Result<Leaf<'v>, Unreadable> {
        Ok(match value {
            Value::Text(text) => match leaf {
                LeafType::Date | LeafType::DateTime => {
                    self.zoned(PartialDate::parse(text.trim()).map_err(|_| Unreadable)?)
                }
                LeafType::Decimal => {
                    Leaf::Decimal(Decimal::parse(text.trim()).map_err(|_| Unreadable)?)
                }
                LeafType::Integer => Leaf::Integer(text.trim().parse().map_err(|_| Unreadable)?),
                _ => Leaf::Text(text),
            },
            Value::Date(date) => self.zoned(date),
            Value::Decimal(decimal) => Leaf::Decimal(decimal),
            Value::Integer(number) => Leaf::Integer(number),
            Value::Boolean(value) => Leaf::Boolean(value),
            Value::List(_) | Value::Nothing | Value::Absent(_) => return Err(Unreadable),
        })
    }

    /// A date, with the offset that the document declares for times that have none.
    fn zoned(&mut self, date: PartialDate) -> Leaf<'static> {
        match self.mapper.plan.time_zone {
            Some(offset) if date.has_time() && date.offset_minutes().is_none() => {
                *self.made.policies.entry(TIME_ZONE_POLICY).or_default() += 1;
                Leaf::Date(date.with_offset(offset))
            }
            _ => Leaf::Date(date),
        }
    }

    /// The value of a column, of this row or of the row that a join finds.
    fn find(&mut self, source: &ValueSource, field: &FieldMap) -> Option<Found<'r, 'b>> {
        let Some(number) = source.join else {
            let (value, node) = self.cell(source.column)?;
            return Some(Found {
                value: Cow::Borrowed(value),
                from: (self.at.row, node),
                company: Vec::new(),
            });
        };
        let join = &self.mapper.plan.joins[number];
        let (key, node) = self.cell(join.on)?;
        let from = (self.at.row, node);
        let found = if self.mapper.shared.has(number) {
            self.find_shared(number, key.trim(), from, source)
        } else {
            self.find_own(number, join, key.trim(), from, source)
        };
        found.unwrap_or_else(|code| {
            // the key leads to no row, or to several
            self.refuse(code, &field.path, Some(from));
            None
        })
    }

    /// In a table that all patients share: the key of the join stands for the value in this row.
    fn find_shared(
        &self,
        number: usize,
        key: &str,
        from: Origin<'r, 'b>,
        source: &ValueSource,
    ) -> Result<Option<Found<'r, 'b>>, IssueCode> {
        match self.mapper.shared.find(number, key, source.column) {
            Lookup::One(value) => Ok(Some(Found {
                value: Cow::Owned(value.to_owned()),
                from,
                company: Vec::new(),
            })),
            Lookup::Empty => Ok(None),
            Lookup::NoRow => Err(JOIN_ORPHAN),
            Lookup::Several => Err(JOIN_AMBIGUOUS),
        }
    }

    /// In a table of the same patient. Several rows will do where they say the same.
    fn find_own(
        &self,
        number: usize,
        join: &Join,
        key: &str,
        from: Origin<'r, 'b>,
        source: &ValueSource,
    ) -> Result<Option<Found<'r, 'b>>, IssueCode> {
        let rows = self
            .made
            .joins
            .get(&number)
            .and_then(|index| index.get(key));
        let others: Vec<&'r Row<'b>> = rows
            .into_iter()
            .flatten()
            .map(|at| &self.rows[*at])
            .collect();
        let cells: Vec<Option<(&'r str, NodeId)>> = others
            .iter()
            .map(|other| self.mapper.cell(At::root(other), source.column))
            .collect();
        let Some(first) = cells.first() else {
            return Err(JOIN_ORPHAN);
        };
        let value = |cell: &Option<(&'r str, NodeId)>| cell.map(|(value, _)| value);
        if cells.iter().any(|cell| value(cell) != value(first)) {
            return Err(JOIN_AMBIGUOUS);
        }
        let filled = others.iter().zip(&cells).filter_map(|(other, cell)| {
            let (value, node) = (*cell)?;
            Some((value, (*other, node)))
        });
        let mut filled = filled.collect::<Vec<_>>().into_iter();
        let Some((value, origin)) = filled.next() else {
            return Ok(None);
        };
        let mut company: Vec<Origin<'r, 'b>> = filled.map(|(_, origin)| origin).collect();
        company.push(from);
        // the keys of the rows that were found: of the join, and of the patient whose record this is
        for other in &others {
            let patient = self.mapper.binding(other).and_then(Binding::patient_column);
            for column in patient.into_iter().chain([join.key]) {
                let key = self.mapper.cell(At::root(other), column);
                company.extend(key.map(|(_, node)| (*other, node)));
            }
        }
        Ok(Some(Found {
            value: Cow::Borrowed(value),
            from: origin,
            company,
        }))
    }
}
