//! Where the columns of a table stand in the file at hand.

use ehr_model::source::NodeId;

use crate::csv::Columns;
use crate::plan::{Column, PatientKey, Table};
use crate::table::Cells;

/// The columns of a table as one file of the export has them.
#[derive(Debug, Clone)]
pub struct Binding {
    /// Of each column of the document, its node in the records of this file.
    nodes: Vec<Option<NodeId>>,
    /// Of each position in the file, the column of the document.
    columns_at: Vec<Option<Column>>,
    patient: Option<Column>,
    pub(crate) columns: Columns,
    pub(crate) cells: Cells,
}

impl Binding {
    /// Binds the header of a file; the error names the columns that are missing.
    pub(crate) fn new(
        table: &Table,
        header: &[String],
        columns: Columns,
        cells: Cells,
    ) -> Result<Self, Vec<String>> {
        let name_of = |header: &str| {
            table
                .aliases
                .get(header)
                .map_or_else(|| header.to_owned(), Clone::clone)
        };
        let columns_at: Vec<Option<Column>> = header
            .iter()
            .map(|cell| {
                let name = name_of(cell);
                table
                    .columns
                    .iter()
                    .position(|column| *column.name == *name)
            })
            .collect();
        let mut nodes = vec![None; table.columns.len()];
        for (position, column) in columns_at.iter().enumerate() {
            if let Some(column) = column {
                nodes[*column].get_or_insert(NodeId::at(position + 1));
            }
        }
        let missing: Vec<String> = table
            .columns
            .iter()
            .zip(&nodes)
            .filter(|(column, node)| column.required && node.is_none())
            .map(|(column, _)| column.name.to_string())
            .collect();
        if !missing.is_empty() {
            return Err(missing);
        }
        let patient = match table.patient {
            PatientKey::Column(column) | PatientKey::Via { column, .. } => Some(column),
            PatientKey::Shared | PatientKey::Key(_) => None,
        };
        Ok(Self {
            nodes,
            columns_at,
            patient,
            columns,
            cells,
        })
    }

    /// The node of a column, if the file has it.
    pub(crate) fn node(&self, column: Column) -> Option<NodeId> {
        self.nodes[column]
    }

    /// The position of a column in the file.
    pub(crate) fn position(&self, column: Column) -> Option<usize> {
        self.nodes[column].map(|node| node.index() - 1)
    }

    /// The column that stands at a position of the file.
    pub(crate) fn column_at(&self, position: usize) -> Option<Column> {
        self.columns_at.get(position).copied().flatten()
    }

    pub(crate) fn patient_column(&self) -> Option<Column> {
        self.patient
    }
}
