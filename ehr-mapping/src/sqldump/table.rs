//! The tables that a reader has met so far.

use std::collections::HashMap;
use std::sync::Arc;

use super::schema::{Column, Name, TableSchema, same_column};
use super::variant::Variant;

pub(super) struct Table {
    pub(super) schema: TableSchema,
    pub(super) name: Arc<str>,
    /// How many rows were given.
    pub(super) rows: u64,
    /// Which columns hold bytes.
    pub(super) binary: Vec<bool>,
    /// Whether the caller said what the columns are.
    preset: bool,
    /// Whether that or a `CREATE TABLE` said so.
    declared: bool,
}

pub(super) struct Tables {
    pub(super) variant: Variant,
    pub(super) list: Vec<Table>,
    index: HashMap<String, usize>,
    /// The database of the first table, which names leave out.
    home: Option<Option<String>>,
    /// The database that the last `USE` named.
    pub(super) database: Option<String>,
    /// Whether tables without a declaration get the columns of every statement.
    pub(super) collect: bool,
}

/// Which value of a statement fills a column of the table.
pub(super) enum Order {
    /// All, in the order of the table.
    Same,
    /// For each column of the table the place of its value, if there is one.
    Listed {
        places: Vec<Option<usize>>,
        values: usize,
    },
    /// The statement names a column that the table does not have.
    Unknown,
}

impl Tables {
    pub(super) fn new(variant: Variant) -> Self {
        Self {
            variant,
            list: Vec::new(),
            index: HashMap::new(),
            home: None,
            database: None,
            collect: false,
        }
    }

    pub(super) fn preset(&mut self, tables: Vec<TableSchema>) {
        for schema in tables {
            let key = self.key(&schema.name);
            self.add(
                key,
                Table {
                    preset: true,
                    declared: true,
                    ..Table::new(schema)
                },
            );
        }
    }

    /// The table that a statement names, and what it is called.
    pub(super) fn find(&mut self, name: &Name) -> (Option<usize>, String) {
        let name = self.full_name(name);
        (self.index.get(&self.key(&name)).copied(), name)
    }

    /// Declares a table, unless the caller did; `false` if rows with other columns were given.
    pub(super) fn declare(&mut self, name: &Name, columns: Vec<Column>) -> bool {
        let (known, name) = self.find(name);
        let schema = TableSchema { name, columns };
        let table = Table {
            declared: true,
            ..Table::new(schema)
        };
        match known {
            Some(known) if self.list[known].preset => true,
            Some(known) if self.list[known].rows > 0 => {
                self.list[known].schema.columns == table.schema.columns
            }
            Some(known) => {
                self.list[known] = table;
                true
            }
            None => {
                let key = self.key(&table.schema.name);
                self.add(key, table);
                true
            }
        }
    }

    /// Forgets a table; `false` if rows of it were given.
    pub(super) fn forget(&mut self, name: &Name) -> bool {
        let (Some(known), _) = self.find(name) else {
            return true;
        };
        if self.list[known].rows > 0 {
            return false;
        }
        if !self.list[known].preset {
            self.list.remove(known);
            self.index.retain(|_, place| *place != known);
            for place in self.index.values_mut().filter(|place| **place > known) {
                *place -= 1;
            }
        }
        true
    }

    /// The table of an `INSERT` or `COPY`, and the order of its values. A table without a
    /// declaration has the columns of the first list.
    pub(super) fn filled(&mut self, name: &Name, list: Option<&[String]>) -> (usize, Order) {
        let (known, name) = self.find(name);
        let place = known.unwrap_or_else(|| {
            let key = self.key(&name);
            self.add(key, Table::new(TableSchema::new(name, Vec::new())))
        });
        let table = &mut self.list[place];
        let Some(list) = list else {
            return (place, Order::Same);
        };
        if table.schema.columns.is_empty() {
            let columns = list.iter().map(|name| Column::new(name, "")).collect();
            table.schema.columns = columns;
            table.binary = vec![false; list.len()];
            return (place, Order::Same);
        }
        if self.collect && !table.declared {
            for name in list {
                let columns = &mut table.schema.columns;
                if !columns
                    .iter()
                    .any(|column| same_column(&column.name, name, self.variant))
                {
                    columns.push(Column::new(name, ""));
                    table.binary.push(false);
                }
            }
        }
        let columns = &table.schema.columns;
        let mut places = vec![None; columns.len()];
        for (value, name) in list.iter().enumerate() {
            match columns
                .iter()
                .position(|column| same_column(&column.name, name, self.variant))
            {
                Some(column) if places[column].is_none() => places[column] = Some(value),
                _ => return (place, Order::Unknown),
            }
        }
        let same = places
            .iter()
            .enumerate()
            .all(|(column, value)| *value == Some(column));
        let values = list.len();
        (
            place,
            if same {
                Order::Same
            } else {
                Order::Listed { places, values }
            },
        )
    }

    /// The columns of the tables that another has its columns from.
    pub(super) fn inherited(&mut self, parents: &[Name]) -> Vec<Column> {
        let mut columns: Vec<Column> = Vec::new();
        for parent in parents {
            if let (Some(place), _) = self.find(parent) {
                for column in &self.list[place].schema.columns {
                    if !columns.iter().any(|known| known.name == column.name) {
                        columns.push(column.clone());
                    }
                }
            }
        }
        columns
    }

    fn full_name(&mut self, name: &Name) -> String {
        let database = name
            .database(self.variant)
            .or(self.database.as_deref())
            .map(str::to_owned);
        let home = self.home.get_or_insert_with(|| database.clone());
        let database = if *home == database { None } else { database };
        let parts = [
            database.as_deref(),
            name.schema(self.variant),
            Some(name.table()),
        ];
        parts.into_iter().flatten().collect::<Vec<_>>().join(".")
    }

    fn add(&mut self, key: String, table: Table) -> usize {
        self.list.push(table);
        self.index.insert(key, self.list.len() - 1);
        self.list.len() - 1
    }

    /// SQL Server does not tell names apart by case.
    fn key(&self, name: &str) -> String {
        match self.variant {
            Variant::SqlServer => name.to_lowercase(),
            Variant::MySql | Variant::PostgreSql => name.to_owned(),
        }
    }
}

impl Table {
    fn new(schema: TableSchema) -> Self {
        Self {
            name: (&*schema.name).into(),
            binary: schema.columns.iter().map(Column::is_binary).collect(),
            schema,
            rows: 0,
            preset: false,
            declared: false,
        }
    }

    /// Names the columns of a table that nothing names.
    pub(super) fn number_columns(&mut self, count: usize) {
        if self.schema.columns.is_empty() && count > 0 {
            let columns = (1..=count).map(|place| Column::new(format!("column{place}"), ""));
            self.schema.columns = columns.collect();
            self.binary = vec![false; count];
        }
    }
}
