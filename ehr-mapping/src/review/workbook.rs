//! The sheet as a workbook, and what its cells are.

use rust_xlsxwriter::{
    Color, DataValidation, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder,
    ProtectionOptions, Workbook, Worksheet, XlsxError,
};

use super::{CodeRow, LineKind, ReviewError, ReviewSheet, SheetLine};

/// The sheet that says of which document the workbook is.
pub(super) const ABOUT: &str = "About";
/// The sheet of lines.
pub(super) const LINES: &str = "Lines";
/// The sheet of code maps.
pub(super) const CODES: &str = "Code maps";
/// Where the digest stands in [`ABOUT`]: row and column from 0.
pub(super) const DIGEST_AT: (u32, u32) = (3, 1);
/// Where the reviewer signs with a name.
pub(super) const REVIEWER_AT: (u32, u32) = (4, 1);

/// What a reviewer may say of a line.
pub(super) const JUDGEMENTS: [&str; 3] = ["accept", "change", "reject"];

/// What a column is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// By which the row is found again.
    Id,
    /// Says what the document says.
    Fixed,
    /// Says what a run said; not looked at when the workbook comes back.
    Shown,
    /// For the judgement of the reviewer.
    Judgement,
    /// For a comment.
    Comment,
    /// The target of a code, which may be edited.
    Target,
    /// What the target means, which may be edited.
    Display,
}

/// A column: what it is for, its title and its width.
pub(super) type Column = (Role, &'static str, f64);

pub(super) const LINE_COLUMNS: [Column; 13] = [
    (Role::Id, "Line", 8.0),
    (Role::Fixed, "Record", 24.0),
    (Role::Fixed, "Field", 34.0),
    (Role::Fixed, "FHIR path", 28.0),
    (Role::Fixed, "Source", 26.0),
    (Role::Fixed, "How it is filled", 48.0),
    (Role::Fixed, "Code map", 16.0),
    (Role::Fixed, "Safety", 15.0),
    (Role::Fixed, "Draft", 20.0),
    (Role::Shown, "Sample values (PHI)", 26.0),
    (Role::Judgement, "Decision", 10.0),
    (Role::Comment, "Comment", 40.0),
    (Role::Fixed, "Kind", 8.0),
];

pub(super) const CODE_COLUMNS: [Column; 11] = [
    (Role::Id, "Row", 24.0),
    (Role::Fixed, "Code map", 18.0),
    (Role::Fixed, "Source code", 16.0),
    (Role::Target, "Target code", 18.0),
    (Role::Display, "Meaning of the target", 42.0),
    (Role::Fixed, "Relationship", 16.0),
    (Role::Fixed, "System of the target", 34.0),
    (Role::Shown, "Times used", 11.0),
    (Role::Judgement, "Decision", 10.0),
    (Role::Comment, "Comment", 40.0),
    (Role::Fixed, "Stands in", 24.0),
];

/// The cells of a line, in the order of [`LINE_COLUMNS`].
pub(super) fn line_cells(line: &SheetLine) -> [String; 13] {
    let samples: Vec<&str> = line.samples.iter().map(|sample| sample.expose()).collect();
    [
        line.id.clone(),
        line.group.clone(),
        line.target.clone(),
        line.path.clone(),
        line.source.clone(),
        line.transform.clone(),
        line.code_map.clone().unwrap_or_default(),
        line.safety_words().to_owned(),
        line.draft_words(),
        samples.join(" | "),
        String::new(),
        String::new(),
        match line.kind {
            LineKind::Field => "field",
            LineKind::Rule => "rule",
        }
        .to_owned(),
    ]
}

/// The cells of a row of a code map, in the order of [`CODE_COLUMNS`].
pub(super) fn code_cells(row: &CodeRow) -> [String; 11] {
    [
        row.id.clone(),
        row.map.clone(),
        row.code.clone(),
        row.target.clone(),
        row.display.clone(),
        row.relationship.clone(),
        row.system.clone(),
        row.uses.map(|uses| uses.to_string()).unwrap_or_default(),
        String::new(),
        String::new(),
        row.place_words(),
    ]
}

impl ReviewSheet {
    /// The sheet as a workbook. Only the cells for reviewers are open for edits; the same sheet gives the same bytes.
    pub fn to_xlsx(&self) -> Result<Vec<u8>, ReviewError> {
        let mut workbook = Workbook::new();
        // the day of writing is no part of what is reviewed
        let written = ExcelDateTime::from_ymd(2000, 1, 1)?;
        let properties = DocProperties::new()
            .set_title(format!("Review sheet of {} {}", self.name, self.version))
            .set_creation_datetime(&written);
        workbook.set_properties(&properties);
        self.about(workbook.add_worksheet().set_name(ABOUT)?)?;
        let lines = self.lines.iter().map(|line| line_cells(line).to_vec());
        table(
            workbook.add_worksheet().set_name(LINES)?,
            &LINE_COLUMNS,
            lines,
        )?;
        let codes = self.codes.iter().map(|row| code_cells(row).to_vec());
        table(
            workbook.add_worksheet().set_name(CODES)?,
            &CODE_COLUMNS,
            codes,
        )?;
        Ok(workbook.save_to_buffer()?)
    }

    fn about(&self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
        let bold = Format::new().set_bold();
        let open = open_cell();
        let digest = self.digest.to_string();
        let phi = match self.has_samples {
            true => "This workbook holds values of patients: protected health information.",
            false => "This workbook holds no value of a patient.",
        };
        let rows = [
            ("Mapping document", self.name.as_str()),
            ("Version", self.version.as_str()),
            ("Title", self.title.as_str()),
            ("SHA-256 of the document and its code maps", digest.as_str()),
            ("Reviewer", ""),
            ("Patient data", phi),
            (
                "How to review",
                "Write accept, change or reject into the column Decision, and what should be otherwise into Comment. \
                 In the sheet Code maps, the target code and its meaning may be corrected. Nothing else may be changed.",
            ),
        ];
        for (row, (name, value)) in (0..).zip(rows) {
            sheet.write_string_with_format(row, 0, name, &bold)?;
            let format = if row == REVIEWER_AT.0 {
                &open
            } else {
                &wrapped()
            };
            sheet.write_string_with_format(row, 1, value, format)?;
        }
        sheet.set_column_width(0, 44)?.set_column_width(1, 90)?;
        sheet.protect();
        Ok(())
    }
}

fn table(
    sheet: &mut Worksheet,
    columns: &[Column],
    rows: impl ExactSizeIterator<Item = Vec<String>>,
) -> Result<(), XlsxError> {
    let head = Format::new()
        .set_bold()
        .set_background_color(Color::RGB(0x1F_3A_5F))
        .set_font_color(Color::White)
        .set_border(FormatBorder::Thin);
    let (fixed, open) = (wrapped().set_border(FormatBorder::Thin), open_cell());
    for (number, (_, title, width)) in (0..).zip(columns) {
        sheet.write_string_with_format(0, number, *title, &head)?;
        sheet.set_column_width(number, *width)?;
    }
    let last = u32::try_from(rows.len()).unwrap_or(u32::MAX).max(1);
    for (row, cells) in (1..).zip(rows) {
        for ((number, (role, ..)), cell) in (0..).zip(columns).zip(cells) {
            let format = match role {
                Role::Id | Role::Fixed | Role::Shown => &fixed,
                _ => &open,
            };
            sheet.write_string_with_format(row, number, cell, format)?;
        }
    }
    for (number, (role, ..)) in (0..).zip(columns) {
        if *role == Role::Judgement {
            let choice = DataValidation::new().allow_list_strings(&JUDGEMENTS)?;
            sheet.add_data_validation(1, number, last, number, &choice)?;
        }
    }
    let columns = u16::try_from(columns.len()).unwrap_or(u16::MAX);
    sheet.autofilter(0, 0, last, columns - 1)?;
    sheet.set_freeze_panes(1, 1)?;
    sheet.set_landscape().set_repeat_rows(0, 0)?;
    sheet.set_print_fit_to_pages(1, 0);
    sheet.protect_with_options(&ProtectionOptions {
        use_autofilter: true,
        format_columns: true,
        format_rows: true,
        ..ProtectionOptions::new()
    });
    Ok(())
}

fn wrapped() -> Format {
    Format::new().set_text_wrap().set_align(FormatAlign::Top)
}

/// A cell for reviewers: text, so that a code such as `0123` keeps its zero.
fn open_cell() -> Format {
    wrapped()
        .set_unlocked()
        .set_num_format("@")
        .set_background_color(Color::RGB(0xFF_F8_DC))
        .set_border(FormatBorder::Thin)
}
