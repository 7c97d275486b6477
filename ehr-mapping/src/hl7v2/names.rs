//! Names of nodes, and how they are found fast.

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

/// How many kinds of segments are remembered: more than any real message has, and few enough to
/// look through.
const REMEMBERED: usize = 40;

/// How many fields of each: beyond lie only the last ones of the widest segments.
const FIELDS: usize = 60;

/// Finds names, and remembers those that a message repeats.
pub(super) struct Finder<'n> {
    names: &'n Names,
    parts: [Option<NameId>; PARTS as usize],
    segments: Vec<Segment>,
}

struct Segment {
    id: SegmentId,
    name: NameId,
    fields: [Option<NameId>; FIELDS],
}

/// A name that is not among the known ones.
#[derive(Debug)]
pub(super) struct Unknown;

impl<'n> Finder<'n> {
    pub(super) fn new(names: &'n Names) -> Self {
        Self {
            names,
            parts: [None; PARTS as usize],
            segments: Vec::with_capacity(REMEMBERED),
        }
    }

    pub(super) fn name(&self, name: &str) -> Result<NameId, Unknown> {
        self.names.find(name).ok_or(Unknown)
    }

    /// The name of a component or sub-component.
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
        let known = self.segments.iter().position(|segment| segment.id == id);
        if let Some(place) = known {
            return Ok((self.segments[place].name, place));
        }
        let name = self.name(id.as_str())?;
        if self.segments.len() < REMEMBERED {
            self.segments.push(Segment {
                id,
                name,
                fields: [None; FIELDS],
            });
            return Ok((name, self.segments.len() - 1));
        }
        Ok((name, REMEMBERED))
    }

    /// The name of a field of the segment at this place.
    pub(super) fn field(
        &mut self,
        id: SegmentId,
        place: usize,
        field: u32,
    ) -> Result<NameId, Unknown> {
        let segment = self.segments.get_mut(place);
        let remembered = segment.and_then(|segment| segment.fields.get_mut(field as usize - 1));
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
    fn a_vocabulary_keeps_the_numbers_of_the_plan() {
        let mut plan = Names::default();
        let own = plan.intern("PID-5");
        let names = vocabulary(&Arc::new(plan));
        assert_eq!(names.find("PID-5"), Some(own));
        assert!(names.find("OBX-33").is_some() && names.find("OBX-34").is_none());
    }
}
