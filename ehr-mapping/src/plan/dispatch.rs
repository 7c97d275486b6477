//! Which blocks have work for a record, told by one of its values.

use std::collections::HashMap;

use foldhash::fast::RandomState;

use super::{Block, Column, Condition, Table};

/// Which blocks of a table may have work for a record, told by the value of one column: of thirty
/// kinds of resources in one source, a record is one.
#[derive(Debug, Clone, Default)]
pub(crate) struct Dispatch {
    pub(crate) column: Option<Column>,
    /// By the value of the column.
    by_value: HashMap<String, Turns, RandomState>,
    /// For all other values.
    otherwise: Turns,
}

/// The numbers of blocks, of each turn in the order of the document: what completes records comes
/// after all that makes them, and what points at whatever was made comes last.
#[derive(Debug, Clone, Default)]
pub(crate) struct Turns([Vec<usize>; Self::COUNT]);

impl Turns {
    /// How many turns there are.
    pub(crate) const COUNT: usize = 3;

    /// The blocks of a turn.
    pub(crate) fn blocks(&self, turn: usize) -> &[usize] {
        &self.0[turn]
    }

    fn add(&mut self, number: usize, block: &Block) {
        let turn = match block.late {
            true => 2,
            false => usize::from(block.append.is_some()),
        };
        // a block may name a word twice
        if self.0[turn].last() != Some(&number) {
            self.0[turn].push(number);
        }
    }
}

impl Dispatch {
    /// The dispatch of each table.
    pub(crate) fn of_tables(tables: &[Table], blocks: &[Block]) -> Vec<Self> {
        (0..tables.len())
            .map(|table| Self::of_table(table, blocks))
            .collect()
    }

    fn of_table(table: usize, blocks: &[Block]) -> Self {
        let own = || {
            let numbered = blocks.iter().enumerate();
            numbered.filter(move |(_, block)| block.table == table)
        };
        // conditions of a block that is at a node are asked there
        let column = own()
            .filter(|(_, block)| block.at.is_none())
            .find_map(|(_, block)| block.when.iter().find_map(Condition::words))
            .map(|(column, _)| column);
        let words = |block: &'_ Block| -> Option<Vec<String>> {
            let on = |condition: &Condition| {
                let (found, words) = condition.words()?;
                (Some(found) == column).then(|| words.to_vec())
            };
            block
                .when
                .iter()
                .find_map(on)
                .filter(|_| block.at.is_none())
        };
        let mut dispatch = Self {
            column,
            ..Self::default()
        };
        for (_, block) in own() {
            for word in words(block).into_iter().flatten() {
                dispatch.by_value.entry(word).or_default();
            }
        }
        for (number, block) in own() {
            match words(block) {
                Some(words) => {
                    for word in words {
                        dispatch
                            .by_value
                            .entry(word)
                            .or_default()
                            .add(number, block);
                    }
                }
                None => {
                    dispatch.otherwise.add(number, block);
                    for turns in dispatch.by_value.values_mut() {
                        turns.add(number, block);
                    }
                }
            }
        }
        dispatch
    }

    /// The blocks, given the value of the column.
    pub(crate) fn turns(&self, value: Option<&str>) -> &Turns {
        value
            .and_then(|value| self.by_value.get(value))
            .unwrap_or(&self.otherwise)
    }
}
