//! Streets in the short forms of the US Postal Service (Publication 28), the dwelling apart.

/// A street line for comparison.
#[derive(Default, PartialEq, Eq)]
pub(crate) struct Street {
    /// Number and street, in short forms.
    pub(crate) line: String,
    /// The dwelling in the house, such as `3b`; empty where none is named.
    pub(crate) unit: String,
}

/// Reads a folded street line.
pub(crate) fn street(folded: &str) -> Street {
    let mut street = Street::default();
    let mut words = folded.split(' ').filter(|word| !word.is_empty()).peekable();
    while let Some(word) = words.next() {
        let dwelling = matches!(
            word,
            "apt"
                | "apartment"
                | "unit"
                | "ste"
                | "suite"
                | "no"
                | "rm"
                | "room"
                | "lot"
                | "trlr"
                | "fl"
                | "floor"
        );
        if dwelling && !street.line.is_empty() && words.peek().is_some() {
            street.unit = words.by_ref().collect();
            break;
        }
        if !street.line.is_empty() {
            street.line.push(' ');
        }
        street.line.push_str(short(word));
    }
    if super::is_placeholder_word(&street.line)
        || matches!(street.line.as_str(), "homeless" | "general delivery")
    {
        return Street::default();
    }
    // "#12": the sign is gone after folding, the number stands behind the kind of the street
    if street.unit.is_empty()
        && let Some((line, last)) = street.line.rsplit_once(' ')
        && last.bytes().all(|b| b.is_ascii_digit())
        && line.rsplit(' ').next().is_some_and(is_kind)
    {
        street.unit = last.to_owned();
        street.line.truncate(line.len());
    }
    street
}

fn is_kind(word: &str) -> bool {
    matches!(
        word,
        "st" | "ave"
            | "rd"
            | "dr"
            | "ln"
            | "ct"
            | "blvd"
            | "pl"
            | "cir"
            | "ter"
            | "pkwy"
            | "sq"
            | "trl"
            | "way"
            | "cres"
    )
}

fn short(word: &str) -> &str {
    match word {
        "street" | "str" => "st",
        "avenue" | "av" => "ave",
        "road" => "rd",
        "drive" | "drv" => "dr",
        "lane" => "ln",
        "court" | "crt" => "ct",
        "boulevard" | "boul" => "blvd",
        "place" => "pl",
        "circle" | "circ" => "cir",
        "terrace" | "terr" => "ter",
        "parkway" | "pky" => "pkwy",
        "square" => "sq",
        "trail" => "trl",
        "crescent" => "cres",
        "highway" => "hwy",
        "mount" => "mt",
        "saint" => "st",
        "north" => "n",
        "south" => "s",
        "east" => "e",
        "west" => "w",
        "northeast" => "ne",
        "northwest" => "nw",
        "southeast" => "se",
        "southwest" => "sw",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::street;

    #[test]
    fn one_house_is_one_line() {
        for (folded, line, unit) in [
            ("12 north oak street apt 3b", "12 n oak st", "3b"),
            ("12 n oak st", "12 n oak st", ""),
            ("12 n oak st 7", "12 n oak st", "7"),
            ("12 oak avenue unit 4", "12 oak ave", "4"),
            ("po box 12", "po box 12", ""),
            ("unknown", "", ""),
            ("unit 4", "unit 4", ""),
        ] {
            let found = street(folded);
            assert_eq!(
                (found.line.as_str(), found.unit.as_str()),
                (line, unit),
                "{folded}"
            );
        }
    }
}
