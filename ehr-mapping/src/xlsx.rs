//! Excel workbooks: a sheet is a table.
