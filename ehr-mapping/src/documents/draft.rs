//! The beginning of a mapping document for a folder of documents.

use super::Index;

impl Index {
    /// The text of a mapping document that reads the folder: each row a document of its patient.
    ///
    /// It is a proposal. Which column names the patient is a guess by its name, so that a person
    /// has to look at every line; what the index does not tell has a place that says so. Columns
    /// that no line reads are unaccounted until one does, or a rule says why not.
    ///
    /// `None` if no column looks like the number of a patient: then there is nothing to begin with.
    ///
    /// ```
    /// use ehr_mapping::document::MappingDocument;
    /// use ehr_mapping::documents::Index;
    /// use ehr_mapping::source::MemoryFolder;
    ///
    /// let folder = MemoryFolder::default()
    ///     .with("index.csv", "MRN;FILE;TYPE\n7;a.pdf;Letter\n")
    ///     .with("a.pdf", "%PDF-1.4");
    /// let index = Index::detect(&folder)?.expect("there is one");
    /// let draft = index.draft("urn:example:old-system").expect("a column names the patient");
    /// MappingDocument::parse("draft.toml", &draft)?.compile()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn draft(&self, system: &str) -> Option<String> {
        let column = |place: usize| quoted(&self.columns[place]);
        let patient = column(self.patient?);
        let name = column(self.name);
        let columns: Vec<String> = self.columns.iter().map(|name| quoted(name)).collect();
        let (format, file) = match &self.sheet {
            Some(sheet) => ("xlsx", sheet),
            None => ("csv", &self.file),
        };
        let mut draft = format!(
            "[document]\nname    = \"documents\"\nversion = \"0.1.0\"\ntitle   = \"Documents of an old system, draft\"\n\
             format  = {}\nsystem  = {}\n",
            quoted(format),
            quoted(system),
        );
        if self.sheet.is_none() {
            let delimiter = char::from(self.dialect.delimiter());
            draft += &format!(
                "\n[csv]\ndelimiter = {}\nencoding  = {}\n",
                quoted(&delimiter.to_string()),
                quoted(&self.dialect.encoding().name().to_lowercase()),
            );
        }
        draft += &format!(
            "\n[[table]]\nname    = \"documents\"\nfile    = {}\ncolumns = [{}]\npatient = {patient}\n",
            quoted(file),
            columns.join(", "),
        );
        draft += &format!(
            "\n[[map]]\nfrom     = \"documents\"\nto       = \"Patient\"\nkey      = [{patient}]\nsame-key = \"merge\"\n\
             [map.fields]\n\"identifier[0].value\"  = {patient}\n\"identifier[0].system\" = {{ value = {} }}\n",
            quoted(&format!("{system}/patient")),
        );
        draft += &format!(
            "\n[[map]]\nfrom = \"documents\"\nto   = \"Document\"\nkey  = [{name}]\n[map.fields]\n\
             \"status\"                = {{ value = \"current\" }}\n\"content[0].attachment\" = {{ file = {name} }}\n",
        );
        if let Some(kind) = self.kind {
            draft += &format!("\"description\"           = {}\n", column(kind));
        }
        if let Some(date) = self.date {
            draft += &format!(
                "# \"context.period.start\" = {{ from = {}, via = [\"date(MM/DD/YYYY)\"] }}   # as the dates are written\n",
                column(date)
            );
        }
        Some(draft)
    }
}

/// A string of TOML.
fn quoted(text: &str) -> String {
    serde_json::to_string(text).expect("a string is JSON, which TOML reads alike")
}
