//! How much there is of each class of data.

use ehr_model::profile::{TableFormat, TableProfile};
use ehr_model::record::DataClass;
use serde::Serialize;

use super::file::FileCounts;
use super::table::class_of_tree;

/// A class of data and how much there is of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ClassCounts {
    /// The class.
    pub class: DataClass,
    /// Tables that hold it.
    pub tables: u64,
    /// Their records.
    pub records: u64,
    /// Values; those of trees are told apart by their paths.
    pub values: u64,
    /// Files that are documents of their own.
    pub documents: u64,
}

/// The four classes.
pub(super) fn inventory(tables: &[TableProfile], files: &FileCounts) -> Vec<ClassCounts> {
    let classes = [
        DataClass::StructuredClinical,
        DataClass::Unstructured,
        DataClass::Administrative,
        DataClass::Billing,
    ];
    let mut counts = classes.map(|class| ClassCounts {
        class,
        tables: 0,
        records: 0,
        values: 0,
        documents: match class {
            DataClass::Unstructured => files.documents,
            _ => 0,
        },
    });
    for table in tables {
        let values = match table.format {
            TableFormat::Tree { format } => class_of_tree(format, table),
            _ => {
                let filled = table.columns.iter().map(|column| column.filled);
                vec![(table.class, filled.sum())]
            }
        };
        for one in &mut counts {
            if one.class == table.class {
                one.tables += 1;
                one.records += table.records;
            }
            let of_class = values.iter().filter(|(class, _)| *class == one.class);
            one.values += of_class.map(|(_, values)| values).sum::<u64>();
        }
    }
    counts.to_vec()
}
