//! Whether a unit is UCUM, so that no other unit is ever labelled so.
//!
//! UCUM is case-sensitive: `mg` is, `mcg` is not. A unit that is not stays what it is, a text; so does
//! one that UCUM reads as what no chart means, such as `MG`, a megagauss.

use std::collections::HashMap;
use std::sync::LazyLock;

use foldhash::fast::RandomState;

/// Atoms that take a prefix.
const METRIC: &str = "A B B[10.nV] B[SPL] B[V] B[W] B[kW] B[mV] B[uV] Bd Bi Bq By C Cel Ci F G Gal Gb Gy H Hz \
J K Ky L Lmb Mx N Np Oe Ohm P Pa R RAD REM S St Sv T U V W Wb [G] [IU] [c] [e] [eps_0] [g] [h] [iU] [k] [ly] \
[m_e] [m_p] [mu_0] ar bar bit cal cal_IT cal_[15] cal_[20] cal_m cal_th cd dyn eV eq erg g g% gf kat l lm lx m \
m[H2O] m[Hg] mho mol osm pc ph rad s sb sr st t tex u";

/// Atoms that take none.
const PLAIN: &str = "% %[slope] ' '' 10* 10^ AU Ao Torr [APL'U] [AU] [Amb'a'1'U] [BAU] [Btu] [Btu_39] [Btu_59] \
[Btu_60] [Btu_IT] [Btu_m] [Btu_th] [CCID_50] [CFU] [Cal] [Ch] [D'ag'U] [EID_50] [ELU] [EU] [FEU] [FFU] [GPL'U] \
[HPF] [HP] [IR] [LPF] [Lf] [MET] [MPL'U] [PFU] [PNU] [PRU] [S] [TCID_50] [USP'U] [acr_br] [acr_us] [anti'Xa'U] \
[arb'U] [bbl_us] [bdsk'U] [beth'U] [bf_i] [bu_br] [bu_us] [car_Au] [car_m] [cft_i] [ch_br] [ch_us] [cicero] \
[cin_i] [cml_i] [cr_i] [crd_us] [cup_m] [cup_us] [cyd_i] [degF] [degR] [degRe] [den] [didot] [diop] [dpt_us] \
[dqt_us] [dr_ap] [dr_av] [drp] [dye'U] [fdr_br] [fdr_us] [foz_br] [foz_m] [foz_us] [ft_br] [ft_i] [ft_us] \
[fth_br] [fth_i] [fth_us] [fur_us] [gal_br] [gal_us] [gal_wi] [gil_br] [gil_us] [gr] [hd_i] [hnsf'U] [hp'_C] \
[hp'_M] [hp'_Q] [hp'_X] [hp_C] [hp_M] [hp_Q] [hp_X] [in_br] [in_i'H2O] [in_i'Hg] [in_i] [in_us] [ka'U] [kn_br] \
[kn_i] [knk'U] [kp_C] [kp_M] [kp_Q] [kp_X] [lb_ap] [lb_av] [lb_tr] [lbf_av] [lcwt_av] [ligne] [lk_br] [lk_us] \
[lne] [lton_av] [m/s2/Hz^(1/2)] [mclg'U] [mesh_i] [mi_br] [mi_i] [mi_us] [mil_i] [mil_us] [min_br] [min_us] \
[nmi_br] [nmi_i] [oz_ap] [oz_av] [oz_m] [oz_tr] [p'diop] [pH] [pc_br] [pca] [pca_pr] [pi] [pied] [pk_br] [pk_us] \
[pnt] [pnt_pr] [pouce] [ppb] [ppm] [ppth] [pptr] [psi] [pt_br] [pt_us] [pwt_tr] [qt_br] [qt_us] [rch_us] [rd_br] \
[rd_us] [rlk_us] [sc_ap] [sct] [scwt_av] [sft_i] [sin_i] [smgy'U] [smi_us] [smoot] [srd_us] [ston_av] [stone_av] \
[syd_i] [tb'U] [tbs_m] [tbs_us] [todd'U] [tsp_m] [tsp_us] [twp] [wood'U] [yd_br] [yd_i] [yd_us] a a_g a_j a_t atm \
att b bit_s circ d deg gon h min mo mo_g mo_j mo_s sph wk";

const PREFIXES: [&str; 24] = [
    "da", "Ki", "Mi", "Gi", "Ti", "Y", "Z", "E", "P", "T", "G", "M", "k", "h", "d", "c", "m", "u",
    "n", "p", "f", "a", "z", "y",
];

/// What reads as UCUM and means something else in charts: `G` is a gauss, `K` a kelvin, `C` a coulomb,
/// `ft` a femtotonne, `pH` a picohenry, `u` an atomic mass unit.
const MISREAD: &str = "A B C F G H K N P R S T b t u ar pc ph st sb";
/// Prefixes that make `MG` a megagauss, `ML` a megalitre and `Gm` a gigametre.
const LARGE: [&str; 11] = ["Y", "Z", "E", "P", "T", "G", "M", "Ki", "Mi", "Gi", "Ti"];
/// Atoms that no chart has with one of these prefixes, or, of the second list, with any.
const SMALL: &str = "g l L m s";
const UNPREFIXED: &str = "G H K C F t u b";

/// Deeper parentheses than any unit has.
const MAX_DEPTH: usize = 8;

/// Whether a text is a UCUM unit in its case-sensitive form.
pub(crate) fn is_ucum(unit: &str) -> bool {
    !unit.is_empty() && unit.is_ascii() && is_term(unit, 0)
}

/// `term ::= "/" component | component (("." | "/") component)*`
fn is_term(text: &str, depth: usize) -> bool {
    let text = text.strip_prefix('/').unwrap_or(text);
    if depth > MAX_DEPTH {
        return false;
    }
    let (mut square, mut curly, mut round) = (0usize, false, 0usize);
    let mut start = 0;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'{' if !curly && square == 0 => curly = true,
            b'}' if curly => curly = false,
            _ if curly => {}
            b'[' => square += 1,
            b']' if square > 0 => square -= 1,
            _ if square > 0 => {}
            b'(' => round += 1,
            b')' if round > 0 => round -= 1,
            b')' => return false,
            b'.' | b'/' if round == 0 => {
                if !is_component(&text[start..at], depth) {
                    return false;
                }
                start = at + 1;
            }
            _ => {}
        }
    }
    square == 0 && !curly && round == 0 && is_component(&text[start..], depth)
}

/// `component ::= simple-unit exponent? annotation? | annotation | factor annotation? | "(" term ")"`
fn is_component(text: &str, depth: usize) -> bool {
    let text = match text.find('{') {
        Some(0) => return text.ends_with('}'),
        Some(at) if text.ends_with('}') => &text[..at],
        _ => text,
    };
    if text.is_empty() {
        return false;
    }
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        return true;
    }
    if let Some(inner) = text.strip_prefix('(') {
        return inner
            .strip_suffix(')')
            .is_some_and(|inner| is_term(inner, depth + 1));
    }
    let unit = text.trim_end_matches(|c: char| c.is_ascii_digit());
    let signed = unit.strip_suffix(['+', '-']).unwrap_or(unit);
    is_simple(text) || (unit.len() < text.len() && (is_simple(unit) || is_simple(signed)))
}

fn is_simple(text: &str) -> bool {
    let lists = lists_of(text);
    if lists & List::MISREAD != 0 {
        return false;
    }
    lists & (List::PLAIN | List::METRIC) != 0
        || PREFIXES.iter().any(|prefix| {
            text.strip_prefix(prefix).is_some_and(|atom| {
                let lists = lists_of(atom);
                lists & List::METRIC != 0
                    && lists & List::UNPREFIXED == 0
                    && !(LARGE.contains(prefix) && lists & List::SMALL != 0)
            })
        })
}

/// The lists in which an atom stands, a bit each.
struct List;

impl List {
    const PLAIN: u8 = 1;
    const METRIC: u8 = 2;
    const MISREAD: u8 = 4;
    const SMALL: u8 = 8;
    const UNPREFIXED: u8 = 16;
}

fn lists_of(atom: &str) -> u8 {
    static LISTS: LazyLock<HashMap<&str, u8, RandomState>> = LazyLock::new(|| {
        let mut lists = HashMap::default();
        for (atoms, list) in [
            (PLAIN, List::PLAIN),
            (METRIC, List::METRIC),
            (MISREAD, List::MISREAD),
            (SMALL, List::SMALL),
            (UNPREFIXED, List::UNPREFIXED),
        ] {
            for atom in atoms.split(' ') {
                *lists.entry(atom).or_default() |= list;
            }
        }
        lists
    });
    LISTS.get(atom).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_of_charts_are() {
        for unit in [
            "mg",
            "ug",
            "mm[Hg]",
            "kg/m2",
            "10*3/uL",
            "10*-3",
            "10^9/L",
            "%",
            "[degF]",
            "[IU]",
            "[IU]/L",
            "mg/kg/d",
            "{tablet}",
            "/min",
            "mL/min/{1.73_m2}",
            "meq/L",
            "a",
            "wk",
            "1",
            "[pH]",
            "Cel",
            "mg/(24.h)",
            "kcal/(kg.24.h)",
            "[lb_av]",
            "m[IU]/mL",
            "k[IU]",
            "cm",
            "mg{total}",
            "kPa",
            "mV",
            "mA",
            "Gy",
            "kU/L",
            "pg",
            "fL",
            "MHz",
            "kat/L",
            "MBq",
            "J",
            "/[HPF]",
            "m2",
            "s-1",
            "umol/L",
            "10*12/L",
            "[in_i]",
        ] {
            assert!(is_ucum(unit), "{unit}");
        }
    }

    #[test]
    fn others_are_not() {
        for unit in [
            "",
            "mcg",
            "lbs",
            "in",
            "MG",
            "10+3/ul",
            "tablet",
            "CM",
            "cel",
            "BID",
            "PRN",
            "Q8H",
            "UCUM_UNIT",
            "md/dL",
            "mg/",
            "mg//L",
            "mg dL",
            "(mg",
            "mg)",
            "{tablet",
            "µg",
            "°F",
            "mmHg",
            "IU",
            "[iu",
            "mg/actuat",
            "bpm",
            "kmin",
            "mg..L",
            "tabs",
            "years",
        ] {
            assert!(!is_ucum(unit), "{unit}");
        }
    }

    #[test]
    fn nesting_ends() {
        let deep = format!("{}g{}", "(".repeat(100_000), ")".repeat(100_000));
        assert!(!is_ucum(&deep));
    }
}
