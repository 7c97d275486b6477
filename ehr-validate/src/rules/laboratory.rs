//! Results and their quantities.

use super::room;

room! {
    quantity_without_unit: QuantityWithoutUnit,
}
