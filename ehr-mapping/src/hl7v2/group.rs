//! Which segment stands beneath which: the segment groups of the standard, as one table.
//!
//! A segment looks for the innermost open segment that takes it, and closes what is open inside
//! of that one. A second of the same kind stands beside the first. Whom nobody takes stands at
//! the top. So the groups need not be complete or in the order of any one version.

use super::segment::SegmentId;

/// The name of the one group that has a node of its own: no segment of it always comes first.
pub(super) const PRIOR_RESULT: &str = "PRIOR_RESULT";

/// What stands in for the segment that opens [`PRIOR_RESULT`].
const PRIOR: &[u8; 3] = b"\0\0\0";

/// What the header says of the structure of a message.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct MessageKind {
    /// MSH-9.1, such as `ORU`.
    code: [u8; 3],
    /// MSH-9.2, such as `R01`.
    event: [u8; 3],
    /// In a DFT message, whether diagnoses stand between charges, so that each has its own.
    pub(super) diagnoses_of_charges: bool,
}

impl MessageKind {
    pub(super) fn new(code: &[u8], event: &[u8]) -> Self {
        let three = |text: &[u8]| text.try_into().unwrap_or_default();
        Self {
            code: three(code),
            event: three(event),
            diagnoses_of_charges: false,
        }
    }

    /// Whether orders may carry results of earlier orders, beneath a patient segment of their own.
    pub(super) fn has_prior_results(self) -> bool {
        matches!(&self.code, b"OML" | b"OMG" | b"OMQ" | b"OPL")
    }

    /// Whether the resources of an appointment follow its patients and belong to all of them.
    pub(super) fn has_shared_resources(self) -> bool {
        matches!(&self.code, b"SIU" | b"SRM" | b"SRR" | b"SQM" | b"SQR")
    }

    /// Whether the message says something of two patients together: swap, link, unlink.
    pub(super) fn joins_patients(self) -> bool {
        &self.code == b"ADT" && matches!(&self.event, b"A17" | b"A24" | b"A37")
    }

    pub(super) fn is_charge(self) -> bool {
        &self.code == b"DFT"
    }

    fn has_documents_of_orders(self) -> bool {
        matches!(&self.code, b"ORU" | b"OUL")
    }
}

/// Where a segment goes: how many open segments stay open, and whether a group opens first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Seat {
    pub(super) depth: usize,
    pub(super) opens_prior_result: bool,
}

/// The segments that are open, outermost first.
#[derive(Debug, Default)]
pub(super) struct Groups {
    pub(super) kind: MessageKind,
    open: Vec<[u8; 3]>,
    /// Whether the last OBR has results.
    has_results: bool,
}

impl Groups {
    pub(super) fn new(kind: MessageKind) -> Self {
        Self {
            kind,
            open: Vec::with_capacity(16),
            has_results: false,
        }
    }

    /// How many are open.
    pub(super) fn depth(&self) -> usize {
        self.open.len()
    }

    /// Where the next segment goes. `after_local` is the id of the next one that is neither local
    /// nor a remark: it tells inside of what a local segment stands.
    pub(super) fn seat(&self, id: SegmentId, after_local: Option<SegmentId>) -> Seat {
        let at = |depth| Seat {
            depth,
            opens_prior_result: false,
        };
        if id.is_local() {
            let order = self.innermost(is_order_detail).unwrap_or(0);
            let around = after_local.map_or(0, |next| self.seat(next, None).depth);
            return at(order.max(around));
        }
        let prior = self.innermost(|open| open == PRIOR);
        if self.kind.has_prior_results() && matches!(&id.0, b"PID" | b"PV1" | b"AL1") {
            let order = self.innermost(|open| matches!(open, b"ORC" | b"OBR"));
            return match (prior, order) {
                (Some(prior), order) if order.is_none_or(|order| order < prior) => at(prior),
                (_, Some(_)) => Seat {
                    depth: self.order().unwrap_or(0),
                    opens_prior_result: true,
                },
                _ => at(0),
            };
        }
        // whichever of these comes first leads, and is not found inside of what it leads
        if is_goal(&id.0)
            && let Some(index) = self.open.iter().position(|open| *open == id.0)
        {
            return at(index);
        }
        // what follows the results of earlier orders belongs to the order that they are shown with
        let open = match prior {
            Some(prior) if matches!(&id.0, b"FT1" | b"CTI" | b"BLG") => &self.open[..prior - 1],
            _ => &self.open,
        };
        for (index, parent) in open.iter().enumerate().rev() {
            if *parent == id.0 {
                return at(index);
            }
            if self.takes(index, parent, &id.0) {
                return at(index + 1);
            }
        }
        at(0)
    }

    /// Closes what the segment does not stand in, and opens it.
    pub(super) fn open(&mut self, id: SegmentId, seat: Seat) {
        self.open.truncate(seat.depth);
        match &id.0 {
            b"OBR" => self.has_results = false,
            b"OBX" if self.open.last() == Some(b"OBR") => self.has_results = true,
            _ => {}
        }
        if seat.opens_prior_result {
            self.open.push(*PRIOR);
        }
        self.open.push(id.0);
    }

    /// The depth inside of the innermost open segment of a sort.
    fn innermost(&self, sort: impl Fn(&[u8; 3]) -> bool) -> Option<usize> {
        self.open.iter().rposition(sort).map(|index| index + 1)
    }

    /// The depth inside of the outermost order.
    fn order(&self) -> Option<usize> {
        let order = |open: &[u8; 3]| matches!(open, b"ORC" | b"OBR");
        self.open.iter().position(order).map(|index| index + 1)
    }

    /// Whether the segment that is open at a depth takes another beneath it.
    fn takes(&self, index: usize, parent: &[u8; 3], child: &[u8; 3]) -> bool {
        let outermost = index == 0;
        let kind = self.kind;
        match child {
            b"NTE" => {
                takes_remarks(parent) && !(parent == b"TXA" && kind.has_documents_of_orders())
            }
            b"PRT" | b"ROL" | b"ARV" => takes_remarks(parent),
            // continues whatever comes before it
            b"ADD" => true,
            _ if parent == b"MFE" => !matches!(child, b"MFI" | b"MSH"),
            _ if parent == PRIOR => matches!(child, b"PD1" | b"PV2" | b"ORC" | b"OBR"),
            b"ORC" => match parent {
                b"FT1" => kind.is_charge(),
                b"OBR" => &kind.code == b"OUL" && outermost_but(&self.open[..index], b"SPM"),
                _ => is_goal(parent),
            },
            b"OBR" => match parent {
                b"ORC" => !(&kind.code == b"OUL" && self.open[..index].contains(b"OBR")),
                b"FT1" => kind.is_charge(),
                b"SPM" => &kind.code == b"OUL" && outermost,
                _ => is_goal(parent),
            },
            b"RXO" | b"RXE" | b"RXD" | b"RXA" | b"RXG" | b"RXV" | b"RQD" | b"ODS" | b"ODT"
            | b"BPO" | b"BPX" | b"BTX" => parent == b"ORC",
            b"RQ1" => matches!(parent, b"RQD" | b"ORC"),
            b"IPC" => matches!(parent, b"OBR" | b"ORC"),
            b"OBX" => match parent {
                b"ORC" => !self.open[..index].contains(b"OBR"),
                b"TXA" => outermost,
                // in OUL messages, what follows the containers are results of the order
                b"SPM" | b"SAC" if &kind.code == b"OUL" => !self.open.contains(b"SAC"),
                // some laboratories send the specimen before the results, not behind them
                b"SPM" if &kind.code == b"ORU" => self.has_results || !self.open.contains(b"OBR"),
                b"SAC" | b"PRB" | b"GOL" => true,
                _ => is_order_detail(parent),
            },
            b"TXA" => {
                parent == b"ORC" && kind.has_documents_of_orders() || {
                    parent == b"OBR" && &kind.code == b"OUL"
                }
            }
            b"CON" => parent == b"TXA",
            b"SPM" => match parent {
                b"ORC" => !self.open[..index].contains(b"OBR"),
                _ => parent == b"OBR",
            },
            b"SAC" => matches!(parent, b"SPM" | b"OBR"),
            b"INV" => matches!(parent, b"SAC" | b"SPM"),
            b"TQ1" => match parent {
                b"ORC" => !self.open[..index].contains(b"OBR"),
                _ => matches!(parent, b"OBR" | b"RXO" | b"RXE" | b"RXG" | b"SCH"),
            },
            b"TQ2" => parent == b"TQ1",
            b"RXR" | b"RXC" | b"CDO" => {
                matches!(parent, b"RXO" | b"RXE" | b"RXD" | b"RXA" | b"RXG" | b"RXV")
            }
            b"CTI" | b"BLG" => matches!(parent, b"OBR" | b"ORC"),
            b"FT1" => matches!(parent, b"OBR" | b"ORC") && !kind.is_charge(),
            b"CTD" => matches!(parent, b"OBR" | b"ORC" | b"AUT" | b"PRD" | b"RF1"),
            b"DG1" => match parent {
                b"FT1" => kind.is_charge() && self.charges_have_groups(),
                _ => matches!(parent, b"OBR" | b"ORC") && !kind.is_charge(),
            },
            b"PR1" | b"DRG" => parent == b"FT1" && (child == b"PR1" || self.charges_have_groups()),
            b"GT1" | b"IN1" => parent == b"FT1" && &kind.event == b"P11",
            b"IN2" | b"IN3" | b"RF1" => parent == b"IN1",
            b"AUT" => matches!(parent, b"PR1" | b"IN1"),
            b"GP2" => parent == b"PR1",
            b"AIS" | b"AIG" | b"AIL" | b"AIP" => parent == b"RGS",
            b"PRB" | b"GOL" | b"PTH" => is_goal(parent),
            b"VAR" => is_goal(parent) || parent == b"ROL",
            b"IAR" => parent == b"IAM",
            b"PV1" => parent == b"MRG" && &kind.event == b"A45",
            _ => false,
        }
    }

    fn charges_have_groups(&self) -> bool {
        self.kind.diagnoses_of_charges || &self.kind.event == b"P11"
    }
}

/// Whether nothing but one segment of this kind is open.
fn outermost_but(open: &[[u8; 3]], allowed: &[u8; 3]) -> bool {
    open.iter().all(|open| open == allowed)
}

fn is_goal(id: &[u8; 3]) -> bool {
    matches!(id, b"PRB" | b"GOL" | b"PTH")
}

fn is_order_detail(id: &[u8; 3]) -> bool {
    matches!(
        id,
        b"ORC" | b"OBR" | b"RXO" | b"RXE" | b"RXD" | b"RXA" | b"RXG" | b"RXV" | b"SPM" | b"MFE"
    ) || id == PRIOR
}

/// Whether notes, participants and access restrictions stand beneath the segment. Those of a
/// header belong to the message; those after a segment that only adds to another belong to that.
fn takes_remarks(id: &[u8; 3]) -> bool {
    !matches!(
        id,
        b"MSH"
            | b"FHS"
            | b"BHS"
            | b"SFT"
            | b"SGH"
            | b"SGT"
            | b"UAC"
            | b"EVN"
            | b"MSA"
            | b"ERR"
            | b"QAK"
            | b"QPD"
            | b"QRD"
            | b"QRF"
            | b"RCP"
            | b"DSC"
            | b"NTE"
            | b"PRT"
            | b"ROL"
            | b"ARV"
            | b"ADD"
            | b"TQ1"
            | b"TQ2"
            | b"RXR"
            | b"CDO"
            | b"CTI"
            | b"BLG"
            | b"CON"
            | b"CTD"
            | b"VAR"
            | b"IN2"
            | b"IN3"
    ) && id != PRIOR
}
