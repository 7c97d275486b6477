//! .

use super::{Explained, Says};

pub(crate) const CCDA: &[Explained] = &[];
