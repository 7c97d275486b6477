//! Pages of a PDF: what its page tree holds, found by way of its cross-reference table.
//!
//! Nothing is repaired: a table that does not lead to the pages makes their number unknown.

mod document;
mod filter;
mod object;

use document::Document;
use object::Object;

use super::pages::PagesUnknown;

/// Deeper than any page tree is; a tree of this depth is a circle.
const MAX_DEPTH: usize = 64;

/// More nodes than the tree of any document has.
const MAX_NODES: u32 = 1 << 20;

pub(super) fn pages(bytes: &[u8]) -> Result<u32, PagesUnknown> {
    let document = Document::open(bytes)?;
    let catalog = document.resolve(document.trailer().get("Root"))?;
    let root = document.resolve(catalog.get("Pages"))?;
    let said = document
        .resolve(root.get("Count"))?
        .number()
        .ok_or(PagesUnknown::Damaged)?;
    let mut budget = MAX_NODES;
    let counted = leaves(&document, &root, 0, &mut budget)?;
    // no document has no page
    match counted {
        0 => Err(PagesUnknown::Damaged),
        _ if i64::from(counted) == said => Ok(counted),
        _ => Err(PagesUnknown::Contradiction),
    }
}

/// The pages below a node of the tree.
fn leaves(
    document: &Document<'_>,
    node: &Object,
    depth: usize,
    budget: &mut u32,
) -> Result<u32, PagesUnknown> {
    if depth > MAX_DEPTH {
        return Err(PagesUnknown::Damaged);
    }
    let Object::Array(kids) = document.resolve(node.get("Kids"))? else {
        return Err(PagesUnknown::Damaged);
    };
    let mut pages = 0u32;
    for kid in &kids {
        *budget = budget.checked_sub(1).ok_or(PagesUnknown::Damaged)?;
        let kid = document.resolve(Some(kid))?;
        pages += match document
            .resolve(kid.get("Type"))
            .ok()
            .as_ref()
            .and_then(Object::name)
        {
            Some("Pages") => leaves(document, &kid, depth + 1, budget)?,
            Some("Page") => 1,
            // some writers leave the type out
            _ if kid.get("Kids").is_some() => leaves(document, &kid, depth + 1, budget)?,
            _ if kid.get("MediaBox").is_some() || kid.get("Contents").is_some() => 1,
            _ => return Err(PagesUnknown::Damaged),
        };
    }
    Ok(pages)
}
