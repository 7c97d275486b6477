//! A table: columns that wait in memory, and the file that they go to.

use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::Arc;

use parquet::basic::{Compression, ZstdLevel};
use parquet::column::writer::ColumnWriter;
use parquet::data_type::ByteArray;
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use parquet::schema::types::ColumnPath;

use super::column::{Holds, Layout};
use super::row::{Cell, Row};
use crate::{Error, ErrorKind};

/// What a value costs in memory beside its bytes.
const COST: usize = 48;

/// A table that is being written.
pub(super) struct Table {
    writer: SerializedFileWriter<File>,
    columns: Vec<Column>,
    waiting: usize,
}

/// The waiting values of a column, and for each row whether there is one.
struct Column {
    values: Values,
    present: Vec<i16>,
}

enum Values {
    Text(Vec<ByteArray>),
    Integer(Vec<i64>),
    Real(Vec<f64>),
    Truth(Vec<bool>),
    Day(Vec<i32>),
}

impl Table {
    pub(super) fn create(folder: &Path, name: &str, layout: Layout) -> Result<Self, Error> {
        let columns = layout.columns();
        let fields = columns.iter().map(|(name, holds)| {
            let (physical, logical) = holds.parquet();
            format!("OPTIONAL {physical} {name}{logical};")
        });
        let fields: Vec<String> = fields.collect();
        let schema = format!("message {name} {{ {} }}", fields.join(" "));
        let schema = parse_message_type(&schema).map_err(failed)?;
        let mut properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(ZstdLevel::default()))
            .set_created_by(format!("ehr-archive {}", env!("CARGO_PKG_VERSION")));
        for (name, _) in columns.iter().filter(|(_, holds)| *holds == Holds::Json) {
            let path = ColumnPath::from(*name);
            properties = properties.set_column_dictionary_enabled(path, false);
        }
        let file = File::create_new(folder.join(format!("{name}.parquet")))?;
        let writer =
            SerializedFileWriter::new(file, Arc::new(schema), Arc::new(properties.build()));
        Ok(Table {
            writer: writer.map_err(failed)?,
            columns: columns
                .iter()
                .map(|(_, holds)| Column::of(*holds))
                .collect(),
            waiting: 0,
        })
    }

    pub(super) fn add(&mut self, row: Row) {
        debug_assert_eq!(row.len(), self.columns.len());
        for (column, cell) in self.columns.iter_mut().zip(row) {
            self.waiting += COST + column.add(cell);
        }
    }

    /// About how many bytes wait.
    pub(super) fn waiting(&self) -> usize {
        self.waiting
    }

    /// Writes what waits as a row group.
    pub(super) fn write_waiting(&mut self) -> Result<(), Error> {
        if self.waiting == 0 {
            return Ok(());
        }
        let mut group = self.writer.next_row_group().map_err(failed)?;
        for column in &mut self.columns {
            let mut writer = group
                .next_column()
                .map_err(failed)?
                .ok_or_else(|| failed(ParquetError::General("a column too many".into())))?;
            column.write(writer.untyped()).map_err(failed)?;
            writer.close().map_err(failed)?;
        }
        group.close().map_err(failed)?;
        self.waiting = 0;
        Ok(())
    }

    pub(super) fn finish(mut self) -> Result<(), Error> {
        self.write_waiting()?;
        let file = self.writer.into_inner().map_err(failed)?;
        file.sync_all()?;
        Ok(())
    }
}

impl Column {
    fn of(holds: Holds) -> Self {
        Column {
            values: match holds {
                Holds::Text | Holds::Json => Values::Text(Vec::new()),
                Holds::Integer => Values::Integer(Vec::new()),
                Holds::Real => Values::Real(Vec::new()),
                Holds::Truth => Values::Truth(Vec::new()),
                Holds::Day => Values::Day(Vec::new()),
            },
            present: Vec::new(),
        }
    }

    /// Adds a value and says how many bytes it has.
    fn add(&mut self, cell: Cell) -> usize {
        let mut len = 0;
        let present = match (&mut self.values, cell) {
            (Values::Text(values), Cell::Text(Some(text))) => {
                len = text.len();
                values.push(text.into_bytes().into());
                true
            }
            (Values::Integer(values), Cell::Integer(number)) => {
                values.push(number);
                true
            }
            (Values::Real(values), Cell::Real(Some(number))) => {
                values.push(number);
                true
            }
            (Values::Truth(values), Cell::Truth(Some(truth))) => {
                values.push(truth);
                true
            }
            (Values::Day(values), Cell::Day(Some(day))) => {
                values.push(day);
                true
            }
            _ => false,
        };
        self.present.push(i16::from(present));
        len
    }

    fn write(&mut self, writer: &mut ColumnWriter<'_>) -> Result<(), ParquetError> {
        let present = std::mem::take(&mut self.present);
        let levels = Some(present.as_slice());
        match (&mut self.values, writer) {
            (Values::Text(values), ColumnWriter::ByteArrayColumnWriter(writer)) => {
                writer.write_batch(&std::mem::take(values), levels, None)
            }
            (Values::Integer(values), ColumnWriter::Int64ColumnWriter(writer)) => {
                writer.write_batch(&std::mem::take(values), levels, None)
            }
            (Values::Real(values), ColumnWriter::DoubleColumnWriter(writer)) => {
                writer.write_batch(&std::mem::take(values), levels, None)
            }
            (Values::Truth(values), ColumnWriter::BoolColumnWriter(writer)) => {
                writer.write_batch(&std::mem::take(values), levels, None)
            }
            (Values::Day(values), ColumnWriter::Int32ColumnWriter(writer)) => {
                writer.write_batch(&std::mem::take(values), levels, None)
            }
            _ => Err(ParquetError::General("a column of another type".into())),
        }
        .map(drop)
    }
}

/// An error of a file stays one; the others say nothing of any value.
fn failed(error: ParquetError) -> Error {
    let error = match error {
        ParquetError::External(source) => match source.downcast::<io::Error>() {
            Ok(error) => *error,
            Err(source) => io::Error::other(source),
        },
        error => io::Error::other(error),
    };
    ErrorKind::Io(error).into()
}
