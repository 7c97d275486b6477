//! As needed, and what for. The words of a reason are a closed list, so that a misspelt frequency is
//! never taken for a complaint.

use super::cursor::Cursor;
use super::number::range;

const PRN: &str = "prn|as needed|if needed|when needed|as necessary|if necessary|when necessary|as required|if required|only as needed|only if needed|only when needed|as needed only|as needed basis|on an as needed basis|as needed (prn)|prn only|only prn|as needed / prn|when required|as needed prn|prn as needed|p r n";

/// Words that reasons are made of.
const REASON: &str = include_str!("reasons.txt");

/// `prn`, `as needed for pain or fever`, `if needed`.
pub(super) fn as_needed(cursor: &mut Cursor<'_>) -> bool {
    if !cursor.one_of(PRN) {
        return false;
    }
    cursor.read(|c| {
        c.one_of("(prn)|(as needed)");
        c.one_of(",|:|(");
        c.one_of("for|if|when|with|to|due to|to treat|to relieve|to help with|during|if has|for any|if having|reason :|in case of|for severe|to prevent|for relief of");
        reason(c).then_some(())
    });
    true
}

/// `for pain`, `for high blood pressure`, `to prevent nausea`: why, without "as needed".
pub(super) fn purpose(cursor: &mut Cursor<'_>) -> bool {
    let found = cursor.read(|c| {
        c.one_of("for|indication :|indications :|to treat|to prevent|to help with|to control|to control your|to lower|to lower your|to reduce|to help|to relieve|for the treatment of|for treatment of|for prevention of|for the prevention of|to protect|dx :|diagnosis :|for your|for the|for relief of|for management of|for control of|due to")
            .then_some(())?;
        reason(c).then_some(())
    });
    found.is_some()
}

/// Words of the list, parted by commas, slashes, "and", "or". At most a dozen.
fn reason(c: &mut Cursor<'_>) -> bool {
    let mut words = 0;
    while words < 12 {
        let found = c.read(|c| {
            if words > 0 {
                let comma = c.eat(",") | c.eat("/") | c.eat("-");
                let _ = c.one_of("and / or|and|or") | comma;
            }
            reason_word(c).then_some(())
        });
        if found.is_none() {
            break;
        }
        words += 1;
    }
    if words > 0 {
        scale(c);
    }
    words > 0
}

fn reason_word(c: &mut Cursor<'_>) -> bool {
    if c.one_of("n / v|mild to moderate|moderate to severe|shortness of breath|mild - moderate|moderate - severe|loss of|in the|a day of") {
        return true;
    }
    let word = c.read(|c| {
        let token = c.next()?;
        (token.text.len() > 1 && REASON.split_whitespace().any(|known| known == token.text))
            .then_some(())
    });
    word.is_some()
}

/// `pain (4-6)`, `pain scale 7 to 10`: how bad, no amount of the drug.
fn scale(cursor: &mut Cursor<'_>) {
    cursor.read(|c| {
        let bracket = c.eat("(");
        let named = c.one_of(
            "pain scale|pain score|pain level|scale|score|level|scale of|score of|rated|rating",
        );
        (bracket || named).then_some(())?;
        range(c)?;
        c.one_of("/ 10|out of 10|on scale of 10");
        (!bracket || c.eat(")")).then_some(())
    });
}
