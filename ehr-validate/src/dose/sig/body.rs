//! Routes and sites: by which way, on which side, on which part of the body.

use super::cursor::Cursor;
use crate::dose::{Route, Side};

/// What a clause says about the place.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) route: Option<Route>,
    pub(super) side: Option<Side>,
    /// Whether it is a part of the skin: the form decides between topical and transdermal.
    pub(super) skin: bool,
}

const EYE: &str = "eye|eyes|conjunctival sac|eyelid|eyelids|conjunctiva";
const EAR: &str = "ear|ears|ear canal|ear canals";
const NOSE: &str = "nostril|nostrils|nare|nares|naris|side of nose|sides of nose|nasal passage";
const LATIN_SIDES: &[(&str, Route, Side)] = &[
    ("ou|o u", Route::Ophthalmic, Side::Both),
    ("os|o s", Route::Ophthalmic, Side::Left),
    ("od|o d", Route::Ophthalmic, Side::Right),
    ("au|a u", Route::Otic, Side::Both),
    ("as|a s", Route::Otic, Side::Left),
    ("ad|a d", Route::Otic, Side::Right),
];
const SKIN: &str = "skin|area|areas|site|sites|face|scalp|hair|forehead|cheek|cheeks|chin|neck|chest|back|abdomen|stomach|belly|arm|arms|elbow|elbows|forearm|forearms|wrist|wrists|hand|hands|finger|fingers|fingernail|fingernails|leg|legs|thigh|thighs|knee|knees|calf|calves|shin|shins|ankle|ankles|foot|feet|toe|toes|toenail|toenails|nail|nails|groin|buttock|buttocks|hip|hips|shoulder|shoulders|trunk|torso|body|lip|lips|rash|rashes|lesion|lesions|wound|wounds|acne|spots|folds|skin folds|diaper area|spine|lower back|upper back|axilla|axillae|underarms|underarm|joint|joints|extremities|extremity|upper arm|upper arms|upper chest|plaques|patches of skin|itchy areas|affected skin|incision|burn|wart|warts|perianal area|rectal area|genital area|anal area|upper outer arm|outer arm|upper torso|cold sore|sore";
const ADJECTIVES: &str = "affected|clean|dry|clean dry|clean , dry|entire|whole|involved|infected|itchy|painful|sore|hairless|lower|upper|intact|anterior|posterior|inner|outer|treated|same|different|small|large|irritated|non hairy|inflamed|injured";

/// `po`, `by mouth`, `OU`, `in both eyes`, `each nostril`, `to affected area`, `under the skin`.
pub(super) fn place(cursor: &mut Cursor<'_>, of_drops: bool) -> Option<Place> {
    let mut best: Option<(Place, Cursor<'_>)> = None;
    let readings = [routes, organ, skin];
    for reading in readings {
        let mut ahead = *cursor;
        if let Some(found) = reading(&mut ahead)
            && best.is_none_or(|(_, end)| ahead.at() > end.at())
        {
            best = Some((found, ahead));
        }
    }
    if best.is_none() && of_drops {
        let mut ahead = *cursor;
        if let Some(found) = latin_side(&mut ahead) {
            best = Some((found, ahead));
        }
    }
    let (found, end) = best?;
    *cursor = end;
    Some(found)
}

fn routes(cursor: &mut Cursor<'_>) -> Option<Place> {
    let mut best: Option<(Route, Cursor<'_>)> = None;
    for route in Route::ALL {
        let mut ahead = *cursor;
        ahead.one_of("by the|by|via the|via|per|given");
        for mut start in [*cursor, ahead] {
            if start.one_of(route.phrases()) {
                start.one_of("route|use|use only|injection|administration|route only|via injection|inhalation");
                if best.is_none_or(|(_, end)| start.at() > end.at()) {
                    best = Some((*route, start));
                }
            }
        }
    }
    let (route, end) = best?;
    *cursor = end;
    Some(Place {
        route: Some(route),
        side: None,
        skin: false,
    })
}

/// Latin sides mean eyes and ears beside drops only: `OD` is also once daily to some, `AS` a word.
fn latin_side(cursor: &mut Cursor<'_>) -> Option<Place> {
    cursor.read(|c| {
        c.one_of("in|to|into|in the");
        let mut sides = LATIN_SIDES.iter();
        let (_, route, side) = sides.find(|(words, _, _)| c.one_of(words))?;
        // "as needed", "as directed"
        if c.peek().is_some_and(|token| {
            ["needed", "directed", "necessary", "required"].contains(&token.text.as_str())
        }) {
            return None;
        }
        Some(Place {
            route: Some(*route),
            side: Some(*side),
            skin: false,
        })
    })
}

/// `in both eyes`, `to the left ear`, `each nostril`, `into affected eye(s)`, `right eye`.
fn organ(cursor: &mut Cursor<'_>) -> Option<Place> {
    cursor.read(|c| {
        c.one_of("in|into|to|on|onto|per|inside|inside the|by|in the|into the|to the|inside of|up|for|in lower lid of|to the inside of the");
        c.one_of("the|your|of the");
        let side = c.any(["left", "right", "both", "each", "bilateral", "one", "affected", "the affected", "operative", "surgical", "either", "right and left", "left and right", "every", "alternating", "alternate", "affected right", "affected left", "right affected", "left affected", "both affected", "l", "r"]);
        let route = [(EYE, Route::Ophthalmic), (EAR, Route::Otic), (NOSE, Route::Nasal)]
            .into_iter()
            .find(|(words, _)| c.one_of(words))
            .map(|(_, route)| route)?;
        c.one_of("bilaterally|nasally|route|daily route");
        let side = match side {
            Some("left" | "affected left" | "left affected" | "l") => Some(Side::Left),
            Some("right" | "affected right" | "right affected" | "r") => Some(Side::Right),
            Some("both" | "each" | "bilateral" | "right and left" | "left and right" | "every" | "both affected") => Some(Side::Both),
            Some(_) => Some(Side::One),
            None => None,
        };
        Some(Place {
            route: Some(route),
            side,
            skin: false,
        })
    })
}

/// `to affected area(s)`, `on the scalp`, `to both knees and elbows`.
fn skin(cursor: &mut Cursor<'_>) -> Option<Place> {
    cursor.read(|c| {
        if c.one_of("behind the ear|behind ear|behind one ear|behind alternate ear") {
            return Some(Place {
                route: None,
                side: None,
                skin: true,
            });
        }
        c.one_of("to|on|onto|over|around|to the surface of|on to|into|in|all over|over top of|applied to").then_some(())?;
        let part = |c: &mut Cursor<'_>| {
            c.one_of("the|your|a|an|his|her|any|all");
            c.one_of("left|right|both|each|bilateral|one");
            while c.one_of(ADJECTIVES) {}
            c.one_of("area of|areas of|area of the|areas of the|area on|areas on|area on the");
            c.one_of("left|right|both|each");
            c.one_of(SKIN)
        };
        part(c).then_some(())?;
        while c
            .read(|c| {
                let comma = c.eat(",");
                let and = c.one_of("and|or");
                (comma || and).then_some(())?;
                part(c).then_some(())
            })
            .is_some()
        {}
        c.one_of("of body|of the body|of skin|of the skin|of face|area|areas|bilaterally|on the skin|of the face|of legs|of both legs|of arms|of feet|of hands|of neck|of the back|of trunk");
        Some(Place {
            route: None,
            side: None,
            skin: true,
        })
    })
}
