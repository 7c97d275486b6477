//! Lists of persons as delimited text with a header.

use std::io::Read;

use ehr_model::value::Text;

use super::PersonRecord;
use crate::Error;

/// Reads persons from delimited text, row by row.
///
/// The header names the columns in any order and in any case; columns that linkage does not know
/// are passed over, and known ones may be missing. The usual names of FEBRL and of FHIR are known too.
pub struct PersonReader<R> {
    rows: csv::Reader<R>,
    columns: Columns,
    row: csv::ByteRecord,
    /// Rows read, without the header.
    count: u64,
}

/// A row: its identifier and what it says of a person.
pub struct PersonRow {
    /// The identifier of the row as it is written; the number of the row, such as `#3`, where it has none.
    pub id: Text,
    /// The person.
    pub person: PersonRecord,
}

/// Which column holds each field; several are joined with a space.
#[derive(Default)]
struct Columns {
    id: Option<usize>,
    fields: Vec<(Field, usize)>,
    width: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Field {
    First,
    Middle,
    Last,
    Suffix,
    Dob,
    Sex,
    Street,
    City,
    State,
    Zip,
    Phone,
    Ssn,
    Email,
    Mrn,
}

impl<R: Read> PersonReader<R> {
    /// Reads the header.
    ///
    /// # Errors
    ///
    /// Where the text cannot be read, names a column twice, or has no column that says who somebody is.
    pub fn new(source: R) -> Result<Self, Error> {
        let mut rows = csv::ReaderBuilder::new()
            .flexible(true)
            .has_headers(false)
            .from_reader(source);
        let mut row = csv::ByteRecord::new();
        let header = rows
            .read_byte_record(&mut row)
            .map_err(|error| unreadable(&error, 1))?;
        if !header {
            return Err(Error::NoPersonColumn);
        }
        let columns = Columns::of(&row)?;
        Ok(Self {
            rows,
            columns,
            row,
            count: 0,
        })
    }

    fn next_row(&mut self) -> Result<Option<PersonRow>, Error> {
        loop {
            let more = self.rows.read_byte_record(&mut self.row);
            let line = self.row.position().map_or(0, csv::Position::line);
            if !more.map_err(|error| unreadable(&error, line))? {
                return Ok(None);
            }
            self.count += 1;
            let filled = self
                .row
                .iter()
                .rposition(|field| !field.trim_ascii().is_empty());
            match filled {
                // a blank line
                None => {}
                Some(last) if last >= self.columns.width => {
                    return Err(Error::RowTooLong {
                        line,
                        fields: last + 1,
                        columns: self.columns.width,
                    });
                }
                Some(_) => return Ok(Some(self.person())),
            }
        }
    }

    fn person(&self) -> PersonRow {
        let cell = |at: usize| decode(self.row.get(at).unwrap_or_default());
        let mut person = PersonRecord::default();
        for (field, column) in &self.columns.fields {
            let text = cell(*column);
            let slot = field.of(&mut person);
            *slot = if slot.is_empty() || text.is_empty() {
                if text.is_empty() {
                    std::mem::take(slot)
                } else {
                    text.into()
                }
            } else {
                format!("{} {text}", slot.expose()).into()
            };
        }
        let id = self.columns.id.map(cell).unwrap_or_default();
        let id = if id.is_empty() {
            format!("#{}", self.count)
        } else {
            id
        };
        PersonRow {
            id: id.into(),
            person,
        }
    }
}

impl<R: Read> Iterator for PersonReader<R> {
    type Item = Result<PersonRow, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        self.next_row().transpose()
    }
}

impl Columns {
    fn of(header: &csv::ByteRecord) -> Result<Self, Error> {
        let mut columns = Self {
            width: header.len(),
            ..Self::default()
        };
        let mut seen = Vec::new();
        for (at, name) in header.iter().enumerate() {
            let name: String = decode(name.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(name))
                .chars()
                .filter(char::is_ascii_alphanumeric)
                .map(|letter| letter.to_ascii_lowercase())
                .collect();
            let field = Field::named(&name);
            let is_id = matches!(name.as_str(), "id" | "recid" | "recordid" | "patientid");
            if (field.is_some() || is_id) && seen.contains(&name) {
                return Err(Error::ColumnTwice { column: at + 1 });
            }
            if is_id && columns.id.is_none() {
                columns.id = Some(at);
            } else if let Some(field) = field {
                columns.fields.push((field, at));
            }
            seen.push(name);
        }
        if columns.fields.is_empty() {
            return Err(Error::NoPersonColumn);
        }
        Ok(columns)
    }
}

impl Field {
    /// The field that a column is of; its name without anything but letters and digits.
    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "first" | "firstname" | "givenname" | "given" | "fname" => Self::First,
            "middle" | "middlename" | "middleinitial" | "mi" => Self::Middle,
            "last" | "lastname" | "surname" | "familyname" | "family" | "lname" => Self::Last,
            "suffix" => Self::Suffix,
            "dob" | "dateofbirth" | "birthdate" | "birthday" => Self::Dob,
            "sex" | "gender" => Self::Sex,
            "street" | "streetnumber" | "address" | "address1" | "addressline1" => Self::Street,
            "city" | "suburb" | "town" => Self::City,
            "state" => Self::State,
            "zip" | "zipcode" | "postcode" | "postalcode" => Self::Zip,
            "phone" | "telephone" | "phonenumber" | "homephone" => Self::Phone,
            "ssn" | "socsecid" | "socialsecuritynumber" => Self::Ssn,
            "email" | "emailaddress" => Self::Email,
            "mrn" | "medicalrecordnumber" => Self::Mrn,
            _ => return None,
        })
    }

    fn of(self, person: &mut PersonRecord) -> &mut Text {
        match self {
            Self::First => &mut person.first,
            Self::Middle => &mut person.middle,
            Self::Last => &mut person.last,
            Self::Suffix => &mut person.suffix,
            Self::Dob => &mut person.dob,
            Self::Sex => &mut person.sex,
            Self::Street => &mut person.street,
            Self::City => &mut person.city,
            Self::State => &mut person.state,
            Self::Zip => &mut person.zip,
            Self::Phone => &mut person.phone,
            Self::Ssn => &mut person.ssn,
            Self::Email => &mut person.email,
            Self::Mrn => &mut person.mrn,
        }
    }
}

/// A cell as text, without white space around it. What is not UTF-8 is read as Latin-1.
fn decode(cell: &[u8]) -> String {
    let cell = cell.trim_ascii();
    // a blank before the quote: it is a quote all the same
    if let [b'"', inside @ .., b'"'] = cell {
        return decode(inside).replace("\"\"", "\"");
    }
    match std::str::from_utf8(cell) {
        Ok(text) => text.trim().to_owned(),
        Err(_) => cell.iter().map(|byte| char::from(*byte)).collect(),
    }
}

fn unreadable(error: &csv::Error, line: u64) -> Error {
    let line = error.position().map_or(line, csv::Position::line);
    match error.kind() {
        csv::ErrorKind::Io(error) => Error::ReadPersons {
            line,
            kind: error.kind(),
        },
        _ => Error::ReadPersons {
            line,
            kind: std::io::ErrorKind::InvalidData,
        },
    }
}

impl<R> std::fmt::Debug for PersonReader<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PersonReader")
            .field("rows", &self.count)
            .finish_non_exhaustive()
    }
}

impl std::fmt::Debug for PersonRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PersonRow(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &[u8]) -> Result<Vec<PersonRow>, Error> {
        PersonReader::new(text)?.collect()
    }

    #[test]
    fn columns_stand_in_any_order_and_may_be_missing() {
        let text = b"\xEF\xBB\xBF LAST ,shoe size, Id,First\n\"Quill, Jr\", 44 , 7 , \"A \"\"B\"\"\"\n\n,,,\nRow\nMu\xF1oz,,9\n";
        let rows = read(text).unwrap();
        let ids: Vec<_> = rows.iter().map(|row| row.id.expose()).collect();
        assert_eq!(ids, ["7", "#3", "9"]);
        assert_eq!(rows[0].person.last.expose(), "Quill, Jr");
        assert_eq!(rows[0].person.first.expose(), "A \"B\"");
        assert_eq!(rows[2].person.last.expose(), "Muñoz");
        assert!(rows[1].person.dob.is_empty());
    }

    #[test]
    fn the_header_of_febrl_is_known() {
        let text = b"rec_id, given_name, surname, street_number, address_1, date_of_birth, soc_sec_id\nrec-1-org, ann, lee, 4, elm row, 19800117, 6988048\n";
        let rows = read(text).unwrap();
        assert_eq!(rows[0].person.street.expose(), "4 elm row");
        assert_eq!(rows[0].person.ssn.expose(), "6988048");
        assert_eq!(rows[0].id.expose(), "rec-1-org");
    }

    #[test]
    fn errors_say_where_and_show_no_value() {
        for (text, wanted) in [
            (
                &b""[..],
                "the first line names no column that says who somebody is, such as `last` or `dob`",
            ),
            (
                b"shoe,size\n1,2\n",
                "the first line names no column that says who somebody is, such as `last` or `dob`",
            ),
            (
                b"id,last,Last\n",
                "column 3 of the first line has the name of a column before it",
            ),
            (
                b"id,last\n1,Quill\n2,Quill,Ada\n",
                "line 3 has 3 fields, but the first line names 2 columns",
            ),
        ] {
            let error = read(text).err().unwrap().to_string();
            assert_eq!(error, wanted);
        }
    }
}
