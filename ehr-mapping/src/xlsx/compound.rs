//! Whether an XLS file can be read without harm.
//!
//! The library that reads it follows chains of sectors until they end, and holds every place
//! between the first and the last cell of a sheet. One wrong number makes a chain a circle or puts
//! a cell at the end of the world, and memory runs out. So chains and cells are gone through here
//! before.

/// How many places the sheets of a workbook may span together: 32 million, some two gigabytes.
const MAX_PLACES: u64 = 32 << 20;

/// More sheets than any workbook has.
const MAX_SHEETS: usize = 1024;

/// Sectors from here on are marks, such as the end of a chain.
const FIRST_MARK: u32 = 0xFFFF_FFFA;

/// Streams shorter than this lie in the small sectors of the root.
const SMALL: usize = 4096;

/// How long a sector of those is.
const SMALL_SECTOR: usize = 64;

/// Whether all chains end, and the sheets span no more than memory should hold.
pub(super) fn is_safe(bytes: &[u8]) -> bool {
    let Some(stream) = workbook(bytes) else {
        return false;
    };
    places(&stream).is_some_and(|places| places <= MAX_PLACES)
}

/// The stream of the workbook, if all chains of the file end.
fn workbook(bytes: &[u8]) -> Option<Vec<u8>> {
    let size = 1usize << u16_at(bytes, 30).filter(|shift| [9, 12].contains(shift))?;
    let sector = |id: u32| {
        let start = (id as usize).checked_add(1)?.checked_mul(size)?;
        bytes
            .get(start..bytes.len().min(start + size))
            .filter(|sector| !sector.is_empty())
    };
    let most = bytes.len() / size + 1;
    // where the allocation table lies: in the header, and in a chain of its own
    let mut tables: Vec<u32> = (0..109)
        .filter_map(|place| u32_at(bytes, 76 + 4 * place))
        .collect();
    let mut next = u32_at(bytes, 68)?;
    let mut steps = 0;
    while next < FIRST_MARK {
        steps += 1;
        if steps > most {
            return None;
        }
        let mut more = numbers(sector(next)?);
        next = more.pop()?;
        tables.extend(more);
    }
    let mut table = Vec::new();
    for id in tables.into_iter().filter(|id| *id < FIRST_MARK) {
        table.extend(numbers(sector(id)?));
    }
    let read = |start: u32| -> Option<Vec<u8>> {
        let mut content = Vec::new();
        for id in chain(start, &table)? {
            content.extend_from_slice(sector(id)?);
        }
        Some(content)
    };
    let directory = read(u32_at(bytes, 48)?)?;
    let entries: Vec<_> = directory.chunks_exact(128).collect();
    let start = |entry: &[u8]| u32_at(entry, 116);
    let small = read(start(entries.first()?)?)?;
    let small_table = numbers(&read(u32_at(bytes, 60)?)?);
    let (mut newer, mut older) = (None, None);
    for (place, entry) in entries.iter().enumerate() {
        let length = u32_at(entry, 120)? as usize;
        let name: Vec<u16> = entry[..64]
            .chunks_exact(2)
            .map(|pair| u16::from_le_bytes([pair[0], pair[1]]))
            .take_while(|unit| *unit != 0)
            .collect();
        let name = String::from_utf16_lossy(&name);
        let is_newer = name.eq_ignore_ascii_case("Workbook");
        let is_older = name.eq_ignore_ascii_case("Book");
        // the library takes an entry by its name, stream or not, and the first of several
        if place == 0 && (is_newer || is_older) {
            return None;
        }
        let is_stream = entry[66] == 2 || is_newer || is_older;
        // what is no stream has no chain
        if place == 0 || !is_stream || length == 0 {
            continue;
        }
        if length > bytes.len() {
            return None;
        }
        let mut content = Vec::new();
        if length < SMALL {
            for id in chain(start(entry)?, &small_table)? {
                let begin = id as usize * SMALL_SECTOR;
                let end = small.len().min(begin + SMALL_SECTOR);
                content.extend_from_slice(small.get(begin..end)?);
            }
        } else {
            content = read(start(entry)?)?;
        }
        content.truncate(length);
        if is_newer {
            newer.get_or_insert(content);
        } else if is_older {
            older.get_or_insert(content);
        }
    }
    // the newer format's stream wins, as in the library
    newer.or(older)
}

/// The sectors of a chain, if it ends.
fn chain(start: u32, table: &[u32]) -> Option<Vec<u32>> {
    let mut sectors = Vec::new();
    let mut next = start;
    while next < FIRST_MARK {
        if sectors.len() > table.len() {
            return None;
        }
        sectors.push(next);
        next = *table.get(next as usize)?;
    }
    Some(sectors)
}

/// How many places the sheets span, from the first row and column with a cell to the last.
fn places(stream: &[u8]) -> Option<u64> {
    const SHEET: u16 = 0x0085;
    let mut starts = Vec::new();
    for (kind, data) in Records(stream) {
        match kind {
            END => break,
            SHEET => starts.push(u32_at(data, 0)? as usize),
            _ => {}
        }
    }
    if starts.len() > MAX_SHEETS {
        return None;
    }
    let mut places = 0u64;
    for start in starts {
        places += span(stream.get(start..)?)?;
    }
    Some(places)
}

const BEGIN: u16 = 0x0809;
const END: u16 = 0x000A;

/// The places that the sheet spans that begins here; `None` if it says that they are far more,
/// because the library makes room for as many.
fn span(stream: &[u8]) -> Option<u64> {
    const DIMENSIONS: u16 = 0x0200;
    const SEVERAL: u16 = 0x00BD;
    const CELLS: [u16; 8] = [
        0x0203, 0x0204, 0x00D6, 0x0205, 0x027E, 0x00FD, SEVERAL, 0x0006,
    ];
    let (mut rows, mut columns) = ((u16::MAX, 0), (u16::MAX, 0));
    let mut depth = 0;
    for (kind, data) in Records(stream) {
        match kind {
            BEGIN => depth += 1,
            // a chart inside of a sheet has an end of its own
            END if depth > 1 => depth -= 1,
            END => break,
            DIMENSIONS => {
                let (first, rows, columns) = match data.len() {
                    10 => (
                        u16_at(data, 0).map(u32::from),
                        u16_at(data, 2).map(u32::from),
                        u16_at(data, 6),
                    ),
                    _ => (u32_at(data, 0), u32_at(data, 4), u16_at(data, 10)),
                };
                let (rows, columns) = (rows.unwrap_or(0), columns.unwrap_or(0));
                // the library takes rows that end before they begin for nearly all there can be
                let backwards = rows > 0 && columns > 0 && first.unwrap_or(0) > rows;
                if backwards || u64::from(rows) * u64::from(columns) > MAX_PLACES {
                    return None;
                }
            }
            _ if CELLS.contains(&kind) => {
                let (Some(row), Some(column)) = (u16_at(data, 0), u16_at(data, 2)) else {
                    continue;
                };
                let last = match kind {
                    SEVERAL => data.len().checked_sub(2).and_then(|at| u16_at(data, at)),
                    _ => None,
                };
                let last = last.unwrap_or(column).max(column);
                rows = (rows.0.min(row), rows.1.max(row));
                columns = (columns.0.min(column), columns.1.max(last));
            }
            _ => {}
        }
    }
    let length = |(first, last): (u16, u16)| u64::from(last.saturating_sub(first)) + 1;
    Some(length(rows) * length(columns))
}

/// Records of a workbook: kind, length, data.
struct Records<'b>(&'b [u8]);

impl<'b> Iterator for Records<'b> {
    type Item = (u16, &'b [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let (kind, length) = (u16_at(self.0, 0)?, u16_at(self.0, 2)?);
        let data = self.0.get(4..4 + usize::from(length))?;
        self.0 = &self.0[4 + data.len()..];
        Some((kind, data))
    }
}

fn numbers(bytes: &[u8]) -> Vec<u32> {
    (0..bytes.len() / 4)
        .filter_map(|place| u32_at(bytes, 4 * place))
        .collect()
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    let bytes = bytes.get(at..at + 2)?;
    Some(u16::from_le_bytes([bytes[0], bytes[1]]))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    let bytes = bytes.get(at..at + 4)?;
    Some(u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]))
}
