//! Streams that hold objects or cross-references: Flate, with or without a predictor.

use std::io::Read;

use flate2::read::ZlibDecoder;

use super::document::Document;
use super::object::Object;
use crate::documents::pages::PagesUnknown;

/// The largest stream of objects when it is unpacked: 64 MiB. More is an attack.
const MAX_STREAM: u64 = 64 << 20;

/// The content of a stream.
pub(super) fn decode(
    document: Option<&Document<'_>>,
    dictionary: &Object,
    bytes: &[u8],
) -> Result<Vec<u8>, PagesUnknown> {
    let resolve = |key| match (dictionary.get(key), document) {
        (Some(Object::Reference(_)), Some(document)) => document.resolve(dictionary.get(key)),
        (found, _) => Ok(found.cloned().unwrap_or(Object::Null)),
    };
    let one = |object| match object {
        Object::Array(mut items) if items.len() < 2 => items.pop().ok_or(()).or(Ok(Object::Null)),
        Object::Array(_) => Err(PagesUnknown::Filter),
        other => Ok(other),
    };
    let unpacked = match one(resolve("Filter")?)? {
        Object::Null => return Ok(bytes.to_vec()),
        Object::Name(name) if name == "FlateDecode" || name == "Fl" => {
            let mut unpacked = Vec::new();
            let mut decoder = ZlibDecoder::new(bytes).take(MAX_STREAM + 1);
            // a wrong checksum at its end does not matter where everything was read
            if decoder.read_to_end(&mut unpacked).is_err() && unpacked.is_empty() {
                return Err(PagesUnknown::Damaged);
            }
            if unpacked.len() as u64 > MAX_STREAM {
                return Err(PagesUnknown::Damaged);
            }
            unpacked
        }
        _ => return Err(PagesUnknown::Filter),
    };
    let parameters = one(resolve("DecodeParms")?)?;
    let number = |key, default| {
        parameters
            .get(key)
            .and_then(Object::number)
            .unwrap_or(default)
    };
    match number("Predictor", 1) {
        1 => Ok(unpacked),
        10..=15 => {
            let bits = number("Colors", 1).saturating_mul(number("BitsPerComponent", 8));
            let row = bits.saturating_mul(number("Columns", 1)).saturating_add(7) / 8;
            let (row, pixel) = (usize::try_from(row), usize::try_from((bits + 7) / 8));
            match (row, pixel) {
                (Ok(row @ 1..=65_536), Ok(pixel @ 1..=64)) => undo_predictor(&unpacked, row, pixel),
                _ => Err(PagesUnknown::Damaged),
            }
        }
        _ => Err(PagesUnknown::Filter),
    }
}

/// Undoes the predictors of PNG, of which each row names its own.
fn undo_predictor(bytes: &[u8], row: usize, pixel: usize) -> Result<Vec<u8>, PagesUnknown> {
    let mut out: Vec<u8> = Vec::with_capacity(bytes.len());
    for line in bytes.chunks_exact(row + 1) {
        let (kind, line) = (line[0], &line[1..]);
        let begin = out.len();
        for (place, byte) in line.iter().enumerate() {
            let left = if place < pixel {
                0
            } else {
                out[begin + place - pixel]
            };
            let (up, corner) = match begin.checked_sub(row) {
                Some(above) => {
                    let corner = if place < pixel {
                        0
                    } else {
                        out[above + place - pixel]
                    };
                    (out[above + place], corner)
                }
                None => (0, 0),
            };
            let guess = match kind {
                0 => 0,
                1 => left,
                2 => up,
                3 => ((u16::from(left) + u16::from(up)) / 2) as u8,
                4 => paeth(left, up, corner),
                _ => return Err(PagesUnknown::Damaged),
            };
            out.push(byte.wrapping_add(guess));
        }
    }
    Ok(out)
}

fn paeth(left: u8, up: u8, corner: u8) -> u8 {
    let estimate = i16::from(left) + i16::from(up) - i16::from(corner);
    let distance = |byte: u8| (estimate - i16::from(byte)).abs();
    let (a, b, c) = (distance(left), distance(up), distance(corner));
    if a <= b && a <= c {
        left
    } else if b <= c {
        up
    } else {
        corner
    }
}
