//! Who the patient is.

use super::room;

room! {
    birth_date_in_future: BirthDateInFuture,
}
