//! Names of nodes, and how they are found fast.

use std::cell::Cell;
use std::sync::Arc;

use ehr_model::source::{NameId, Names};

use super::group::PRIOR_RESULT;
use super::segment::{STANDARD, SegmentId};

/// The name of a line that is no segment.
pub const STRAY: &str = "#stray";

/// How many components and sub-components have names made in advance: no data type of the
/// standard has more.
const PARTS: u32 = 30;

/// A base for [`parse`](super::parse) that knows every name of the standard, above the names of
/// a plan, whose numbers it keeps.
///
/// Made once a source, it saves making the same names again for every message.
pub fn vocabulary(plan: &Arc<Names>) -> Arc<Names> {
    let mut names = Names::over(plan.clone());
    names.intern(STRAY);
    names.intern(PRIOR_RESULT);
    for part in 1..=PARTS {
        with_number(part, |name| names.intern(name));
    }
    for (segment, fields) in STANDARD {
        names.intern(segment);
        if let Some(id) = SegmentId::of(segment.as_bytes()) {
            for field in 1..=fields {
                with_field(id, field, |name| names.intern(name));
            }
        }
    }
    Arc::new(names)
}

/// Calls with the name of a field, such as `PID-5`.
pub(super) fn with_field<T>(segment: SegmentId, field: u32, call: impl FnOnce(&str) -> T) -> T {
    let mut name = [b'-'; 14];
    name[..3].copy_from_slice(&segment.0);
    let length = 4 + digits(field, &mut name[4..]);
    call(std::str::from_utf8(&name[..length]).unwrap_or_default())
}

/// Calls with the name of a component or sub-component.
pub(super) fn with_number<T>(number: u32, call: impl FnOnce(&str) -> T) -> T {
    let mut name = [0; 10];
    let length = digits(number, &mut name);
    call(std::str::from_utf8(&name[..length]).unwrap_or_default())
}

/// Writes a number, and says how long it is.
fn digits(mut number: u32, out: &mut [u8]) -> usize {
    let length = number.checked_ilog10().unwrap_or(0) as usize + 1;
    for place in out[..length].iter_mut().rev() {
        *place = b'0' + (number % 10) as u8;
        number /= 10;
    }
    length
}

/// How many fields of a segment are remembered: beyond lie only the last ones of the widest.
const FIELDS: usize = 60;

/// How many ids there are.
const IDS: usize = 26 * 36 * 36;

/// Finds names, and remembers them for the records that follow.
///
/// Looking a name up costs more than all else that is done with a short value. What was found
/// holds for all records that are parsed with the same base, mostly one after the other on one
/// thread, where the last finder is kept.
pub(super) struct Finder {
    names: Arc<Names>,
    parts: [Option<NameId>; PARTS as usize],
    /// Where a segment stands in the next list, counted from 1, by the number of its id.
    places: Vec<u16>,
    segments: Vec<Segment>,
}

#[derive(Clone)]
struct Segment {
    name: NameId,
    fields: [Option<NameId>; FIELDS],
}

/// A name that is not among the known ones.
#[derive(Debug, Clone, Copy)]
pub(super) struct Unknown;

thread_local! {
    static LAST: Cell<Option<Finder>> = const { Cell::new(None) };
}

impl Finder {
    /// The finder that this thread used last, if it was for these names, or a new one.
    pub(super) fn of(names: &Arc<Names>) -> Self {
        match LAST.take() {
            Some(finder) if Arc::ptr_eq(&finder.names, names) => finder,
            _ => Self {
                names: names.clone(),
                parts: [None; PARTS as usize],
                places: vec![0; IDS],
                segments: Vec::new(),
            },
        }
    }

    /// The same for names above these, which keep their numbers.
    pub(super) fn over(&self, names: Arc<Names>) -> Self {
        Self {
            names,
            parts: self.parts,
            places: self.places.clone(),
            segments: self.segments.clone(),
        }
    }

    /// Keeps what was found for the next record.
    pub(super) fn keep(self) {
        LAST.set(Some(self));
    }

    pub(super) fn name(&self, name: &str) -> Result<NameId, Unknown> {
        self.names.find(name).ok_or(Unknown)
    }

    /// The name of a component or sub-component.
    #[inline]
    pub(super) fn part(&mut self, number: u32) -> Result<NameId, Unknown> {
        let remembered = self.parts.get_mut(number as usize - 1);
        if let Some(Some(name)) = remembered {
            return Ok(*name);
        }
        let name = with_number(number, |name| self.names.find(name)).ok_or(Unknown)?;
        if let Some(place) = remembered {
            *place = Some(name);
        }
        Ok(name)
    }

    /// The name of a segment, and where its fields are remembered.
    pub(super) fn segment(&mut self, id: SegmentId) -> Result<(NameId, usize), Unknown> {
        let place = id.number();
        if self.places[place] == 0 {
            let name = self.name(id.as_str())?;
            self.segments.push(Segment {
                name,
                fields: [None; FIELDS],
            });
            self.places[place] = self.segments.len() as u16;
        }
        let place = usize::from(self.places[place]) - 1;
        Ok((self.segments[place].name, place))
    }

    /// The name of a field of the segment at this place.
    #[inline]
    pub(super) fn field(
        &mut self,
        id: SegmentId,
        place: usize,
        field: u32,
    ) -> Result<NameId, Unknown> {
        let fields = &mut self.segments[place].fields;
        let remembered = fields.get_mut(field as usize - 1);
        if let Some(Some(name)) = remembered {
            return Ok(*name);
        }
        let name = with_field(id, field, |name| self.names.find(name)).ok_or(Unknown)?;
        if let Some(remembered) = remembered {
            *remembered = Some(name);
        }
        Ok(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_out() {
        for number in [0, 1, 9, 10, 99, 100, 4_294_967_295] {
            assert_eq!(with_number(number, str::to_owned), number.to_string());
        }
        let pid = SegmentId(*b"PID");
        assert_eq!(with_field(pid, u32::MAX, str::to_owned), "PID-4294967295");
    }

    #[test]
    fn what_was_found_is_kept_for_the_same_names_only() {
        let pid = SegmentId(*b"PID");
        let first = vocabulary(&Arc::default());
        let mut finder = Finder::of(&first);
        let (_, place) = finder.segment(pid).unwrap();
        let found = finder.field(pid, place, 5).unwrap();
        finder.keep();
        assert_eq!(Finder::of(&first).segments.len(), 1);
        let mut other = Names::default();
        other.intern("PID-5");
        let other = Arc::new(other);
        let mut finder = Finder::of(&other);
        assert!(finder.segments.is_empty() && finder.segment(pid).is_err());
        assert_ne!(first.find("PID-5"), other.find("PID-5"));
        assert_eq!(first.find("PID-5"), Some(found));
    }

    #[test]
    fn every_id_has_a_number_of_its_own() {
        let mut numbers: Vec<_> = STANDARD
            .iter()
            .filter_map(|(id, _)| SegmentId::of(id.as_bytes()))
            .chain([SegmentId(*b"AAA"), SegmentId(*b"Z99"), SegmentId(*b"ZZZ")])
            .map(|id| id.number())
            .collect();
        assert!(numbers.iter().all(|number| *number < IDS));
        let all = numbers.len();
        numbers.sort();
        numbers.dedup();
        assert_eq!(numbers.len(), all);
    }

    #[test]
    fn a_vocabulary_keeps_the_numbers_of_the_plan() {
        let mut plan = Names::default();
        let own = plan.intern("PID-5");
        let names = vocabulary(&Arc::new(plan));
        assert_eq!(names.find("PID-5"), Some(own));
        assert!(names.find("OBX-33").is_some() && names.find("OBX-34").is_none());
    }
}
