//! Paths that are kept: where the elements and leaves of a chart stand, a few bytes each.

use ehr_model::element::FieldSpec;

use super::Path;

/// A place whose path is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place(u32);

/// The places of a chart, each with the place above it.
#[derive(Debug, Default)]
pub(crate) struct Trails {
    steps: Vec<Step>,
}

#[derive(Debug, Clone, Copy)]
struct Step {
    above: Option<Place>,
    field: &'static FieldSpec,
    index: u32,
    variant: bool,
}

impl Trails {
    /// Keeps a place; nothing where a chart has more of them than can be counted.
    pub(crate) fn keep(
        &mut self,
        above: Option<Place>,
        field: &'static FieldSpec,
        index: usize,
        variant: bool,
    ) -> Option<Place> {
        let place = Place(u32::try_from(self.steps.len()).ok()?);
        let index = u32::try_from(index).ok()?;
        self.steps.push(Step {
            above,
            field,
            index,
            variant,
        });
        Some(place)
    }

    /// Reads the path of a place; nothing where the place is of another chart.
    pub(crate) fn read<T>(&self, place: Place, read: impl FnOnce(&Path<'_>) -> T) -> Option<T> {
        let mut steps = Vec::with_capacity(8);
        let mut next = Some(place);
        while let Some(Place(number)) = next {
            let step = self.steps.get(number as usize)?;
            steps.push(step);
            next = step.above;
        }
        let (outermost, below) = steps.split_last()?;
        Some(descend(outermost, below, None, read))
    }
}

/// From the outermost step down.
fn descend<T>(
    step: &Step,
    below: &[&Step],
    above: Option<&Path<'_>>,
    read: impl FnOnce(&Path<'_>) -> T,
) -> T {
    let path = Path {
        above,
        field: step.field,
        index: step.index as usize,
        variant: step.variant,
    };
    match below.split_last() {
        Some((next, below)) => descend(next, below, Some(&path), read),
        None => read(&path),
    }
}
