//! What payers and clearinghouses answered, from the records of a [`Reader`](super::Reader).

use std::io::Read;
use std::sync::Arc;

use chrono::NaiveDate;
use ehr_model::claim_answer::{AnswerOutcome, AnswerSource, ClaimAnswer, ReasonList};
use ehr_model::source::{Arena, Names, NodeId, SourceRecord};

use super::{Error, Reader, detect, parse};
use crate::raw::RawRecord;
use crate::source::SourceFolder;

/// Reasons, group, amount and units in a CAS: six triplets behind the group.
const CAS_REASONS: [usize; 6] = [2, 5, 8, 11, 14, 17];
/// Remark codes of a MOA and of a MIA.
const MOA_REMARKS: [usize; 5] = [3, 4, 5, 6, 7];
const MIA_REMARKS: [usize; 5] = [5, 20, 21, 22, 23];

/// The answers that a record gives: one for each claim payment of an 835, one for each claim of a
/// 277CA (its last state), one for each transaction set that a 999 or 997 names. Any other record
/// gives none.
pub fn answers(record: &SourceRecord<'_>) -> Vec<ClaimAnswer> {
    let tree = Tree { record };
    match tree.text(NodeId::ROOT, &["ST", "ST01"]) {
        Some("835") => tree.remittance(),
        Some("277") => tree.claim_state(),
        Some("999") => tree.file("2000", "IK5", "IK3", "IK4"),
        Some("997") => tree.file("AK2", "AK5", "AK3", "AK4"),
        _ => Vec::new(),
    }
}

/// All answers in the interchanges of a folder.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct FolderAnswers {
    /// The answers, file by file.
    pub answers: Vec<ClaimAnswer>,
    /// Files that are X12.
    pub files: u64,
    /// Files that are not, which were left out.
    pub other_files: u64,
    /// Pieces that cannot be read; what they answered is not known.
    pub unreadable: u64,
}

/// Reads the answers of all interchanges in a folder. Files of other formats are counted.
///
/// # Errors
///
/// If a file cannot be read.
pub fn read_answers(folder: &dyn SourceFolder) -> Result<FolderAnswers, crate::Error> {
    let mut found = FolderAnswers::default();
    let names = Arc::new(Names::default());
    let failed = |name: &str| crate::Error::io(name.to_owned(), "reading");
    for file in folder.list().map_err(failed("the folder"))? {
        let mut start = Vec::new();
        let opened = folder.open(&file.name).map_err(failed(&file.name))?;
        let mut opened = opened.take(START);
        opened.read_to_end(&mut start).map_err(failed(&file.name))?;
        if !detect(&start) {
            found.other_files += 1;
            continue;
        }
        found.files += 1;
        let opened = folder.open(&file.name).map_err(failed(&file.name))?;
        read_file(opened, &file.name, &names, &mut found)?;
    }
    Ok(found)
}

/// So many bytes tell the format of a file.
const START: u64 = 4_096;

fn read_file(
    file: impl Read,
    name: &str,
    names: &Arc<Names>,
    found: &mut FolderAnswers,
) -> Result<(), Error> {
    let mut reader = Reader::new(file, name)?;
    let source = reader.source().clone();
    while let Some(raw) = reader.next_raw()? {
        let record = match &raw {
            RawRecord::Text(raw) => parse(
                raw.expose_text(),
                &source,
                raw.position(),
                names,
                Arena::default(),
            )
            .ok(),
            RawRecord::Bad(_) => None,
        };
        match record {
            Some(record) => found.answers.extend(answers(&record)),
            None => found.unreadable += 1,
        }
    }
    Ok(())
}

struct Tree<'r, 't> {
    record: &'r SourceRecord<'t>,
}

impl<'r> Tree<'r, '_> {
    fn children(&self, node: NodeId, name: &str) -> Vec<NodeId> {
        let is_it = |child: &NodeId| &**self.record.names().name(self.record.name(*child)) == name;
        self.record.children(node).filter(is_it).collect()
    }

    /// The value at the end of a way of names; of several, the first.
    fn text(&self, node: NodeId, way: &[&str]) -> Option<&'r str> {
        let Some((name, rest)) = way.split_first() else {
            // the first component of an element that has several
            let own = self.record.expose(node);
            let own = own.or_else(|| {
                let first = self.children(node, "1");
                first.first().and_then(|first| self.record.expose(*first))
            });
            return own.map(str::trim).filter(|text| !text.is_empty());
        };
        let mut found = self.children(node, name).into_iter();
        found.find_map(|child| self.text(child, rest))
    }

    /// All nodes of a name below a node.
    fn below(&self, node: NodeId, name: &str, found: &mut Vec<NodeId>) {
        for child in self.record.children(node) {
            if &**self.record.names().name(self.record.name(child)) == name {
                found.push(child);
            }
            self.below(child, name, found);
        }
    }

    fn day(&self, node: NodeId, way: &[&str]) -> Option<NaiveDate> {
        let text = self.text(node, way)?;
        NaiveDate::parse_from_str(text.get(..8)?, "%Y%m%d").ok()
    }

    fn answer(&self, source: AnswerSource, outcome: AnswerOutcome) -> ClaimAnswer {
        ClaimAnswer::new(source, outcome, self.record.address())
    }

    /// Number or name of the first party of a loop.
    fn party(&self, loops: &[&str], segment: &str, number: &str, name: &str) -> Option<String> {
        let mut at = vec![NodeId::ROOT];
        for one in loops {
            at = at
                .iter()
                .flat_map(|node| self.children(*node, one))
                .collect();
        }
        let at = at.first()?;
        let found = self.text(*at, &[segment, number]);
        found
            .or(self.text(*at, &[segment, name]))
            .map(str::to_owned)
    }

    fn remittance(&self) -> Vec<ClaimAnswer> {
        let mut list = Vec::new();
        for claim in self.children(NodeId::ROOT, "2100") {
            let outcome = match self.text(claim, &["CLP", "CLP02"]) {
                Some("1" | "2" | "3") => AnswerOutcome::Paid,
                Some("4") => AnswerOutcome::Denied,
                Some("19" | "20" | "21" | "23") => AnswerOutcome::Forwarded,
                Some("22") => AnswerOutcome::Reversed,
                _ => AnswerOutcome::Undecided,
            };
            let mut answer = self.answer(AnswerSource::Remittance, outcome);
            answer.claim = self.text(claim, &["CLP", "CLP01"]).map(Into::into);
            answer.day = self.day(NodeId::ROOT, &["BPR", "BPR16"]);
            answer.payer = self.payer();
            self.adjustments(claim, &mut answer);
            list.push(answer);
        }
        list
    }

    /// The payer of an 835: N104, else an additional number, else the name.
    fn payer(&self) -> Option<String> {
        let number = self.text(NodeId::ROOT, &["1000A", "N1", "N104"]);
        let number = number.or(self.text(NodeId::ROOT, &["1000A", "REF", "REF02"]));
        let name = || self.text(NodeId::ROOT, &["1000A", "N1", "N102"]);
        number.or_else(name).map(str::to_owned)
    }

    fn adjustments(&self, claim: NodeId, answer: &mut ClaimAnswer) {
        let mut found = Vec::new();
        self.below(claim, "CAS", &mut found);
        for cas in found {
            let group = self.text(cas, &["CAS01"]);
            for number in CAS_REASONS {
                if let Some(code) = self.text(cas, &[&format!("CAS{number:02}")]) {
                    answer.push_reason(ReasonList::Carc, code, group);
                }
            }
        }
        for (segment, numbers) in [("MOA", MOA_REMARKS), ("MIA", MIA_REMARKS)] {
            let mut found = Vec::new();
            self.below(claim, segment, &mut found);
            for (node, number) in found
                .iter()
                .flat_map(|node| numbers.map(|one| (*node, one)))
            {
                if let Some(code) = self.text(node, &[&format!("{segment}{number:02}")]) {
                    answer.push_reason(ReasonList::Rarc, code, None);
                }
            }
        }
        let mut found = Vec::new();
        self.below(claim, "LQ", &mut found);
        for remark in found {
            if self.text(remark, &["LQ01"]) == Some("HE")
                && let Some(code) = self.text(remark, &["LQ02"])
            {
                answer.push_reason(ReasonList::Rarc, code, None);
            }
        }
    }

    fn claim_state(&self) -> Vec<ClaimAnswer> {
        let mut list = Vec::new();
        for patient in self.children(NodeId::ROOT, "2000D") {
            for claim in self.children(patient, "2200D") {
                let states = self.children(claim, "STC");
                let of = |state: &NodeId| {
                    self.text(*state, &["STC01", "1"])
                        .or(self.text(*state, &["STC01"]))
                };
                // one rejected state rejects the claim, whatever else is said
                let outcomes = states.iter().map(|state| match of(state) {
                    Some("A1" | "A2" | "A5") => AnswerOutcome::Accepted,
                    Some("A3" | "A4" | "A6" | "A7" | "A8") => AnswerOutcome::Rejected,
                    _ => AnswerOutcome::Undecided,
                });
                let rank = |outcome: &AnswerOutcome| match outcome {
                    AnswerOutcome::Rejected => 2,
                    AnswerOutcome::Accepted => 1,
                    _ => 0,
                };
                let Some(outcome) = outcomes.max_by_key(rank) else {
                    continue;
                };
                let mut answer = self.answer(AnswerSource::Claim, outcome);
                answer.claim = self.text(claim, &["TRN", "TRN02"]).map(Into::into);
                answer.payer = self.party(&["2000A", "2100A"], "NM1", "NM109", "NM103");
                answer.day = states.iter().find_map(|state| self.day(*state, &["STC02"]));
                for state in states {
                    for composite in ["STC01", "STC10", "STC11"] {
                        if let Some(code) = self.text(state, &[composite, "1"]) {
                            answer.push_reason(ReasonList::StatusCategory, code, None);
                        }
                        if let Some(code) = self.text(state, &[composite, "2"]) {
                            answer.push_reason(ReasonList::Status, code, None);
                        }
                    }
                }
                list.push(answer);
            }
        }
        list
    }

    fn file(&self, set: &str, state: &str, segment: &str, element: &str) -> Vec<ClaimAnswer> {
        let mut list = Vec::new();
        for one in self.children(NodeId::ROOT, set) {
            let outcome = match self.text(one, &[state, &format!("{state}01")]) {
                Some("A" | "E") => AnswerOutcome::Accepted,
                Some("R" | "M" | "W" | "X") => AnswerOutcome::Rejected,
                _ => AnswerOutcome::Undecided,
            };
            let mut answer = self.answer(AnswerSource::File, outcome);
            answer.payer = self.text(NodeId::ROOT, &["GS", "GS02"]).map(str::to_owned);
            answer.day = self.day(NodeId::ROOT, &["GS", "GS04"]);
            let mut found = Vec::new();
            self.below(one, segment, &mut found);
            for node in found {
                let id = self
                    .text(node, &[&format!("{segment}01")])
                    .unwrap_or_default();
                if let Some(code) = self.text(node, &[&format!("{segment}04")]) {
                    answer.push_reason(ReasonList::Syntax, &format!("{id} {segment}-{code}"), None);
                }
                // the loop of a 999 holds the segment and what is wrong in it side by side
                let mut elements = Vec::new();
                let around = self.record.parent(node);
                self.below(around, element, &mut elements);
                for wrong in elements {
                    if let Some(code) = self.text(wrong, &[&format!("{element}03")]) {
                        let code = format!("{id} {element}-{code}");
                        answer.push_reason(ReasonList::Syntax, &code, None);
                    }
                }
            }
            list.push(answer);
        }
        list
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use ehr_model::source::{Arena, Names};

    use super::*;
    use crate::raw::RawRecord;
    use crate::x12::{Reader, parse};

    fn read(body: &str) -> Vec<ClaimAnswer> {
        let file = format!(
            "ISA*00*          *00*          *ZZ*PAYER          *ZZ*CLINIC         *310501*1200*^*00501*000000001*0*T*:~{body}~IEA*1*000000001~"
        );
        let names = Arc::new(Names::default());
        let mut reader = Reader::new(file.as_bytes(), "answers.x12").unwrap();
        let source = reader.source().clone();
        let mut list = Vec::new();
        while let Some(RawRecord::Text(raw)) = reader.next_raw().unwrap() {
            let record = parse(
                raw.expose_text(),
                &source,
                raw.position(),
                &names,
                Arena::default(),
            );
            list.extend(answers(&record.unwrap()));
        }
        list
    }

    fn reasons(answer: &ClaimAnswer) -> String {
        let reasons: Vec<String> = answer.reasons.iter().map(ToString::to_string).collect();
        reasons.join(", ")
    }

    #[test]
    fn a_remittance() {
        let list = read(
            "GS*HP*PAYER*CLINIC*20310501*1200*1*X*005010X221A1~ST*835*0001~BPR*I*34*C*CHK************20310430~\
             TRN*1*77*1999999999~N1*PR*INVENTED PAYER*XV*77001~N1*PE*CLINIC*XX*1234567893~LX*1~\
             CLP*A-17*4*120*0**12*9~CAS*CO*16*100**252*20~MOA***N290*MA130~\
             SVC*HC:99213*120*0~CAS*CO*16*100~CAS*PR*1*20~LQ*HE*M76~\
             CLP*A-18*19*50*30**12*10~CLP*A-19*22*-50*-30**12*11~CLP*A-20*25*1*0**12*12~SE*17*0001~GE*1*1",
        );
        assert_eq!(list.len(), 4);
        let first = &list[0];
        assert_eq!(
            (first.source, first.outcome),
            (AnswerSource::Remittance, AnswerOutcome::Denied)
        );
        assert_eq!(first.payer.as_deref(), Some("77001"));
        assert_eq!(first.day, NaiveDate::from_ymd_opt(2031, 4, 30));
        assert_eq!(first.claim.as_ref().unwrap().expose(), "A-17");
        assert_eq!(
            reasons(first),
            "CARC CO-16, CARC CO-252, CARC PR-1, RARC N290, RARC MA130, RARC M76"
        );
        let outcomes: Vec<_> = list[1..].iter().map(|one| one.outcome).collect();
        assert_eq!(
            outcomes,
            [
                AnswerOutcome::Forwarded,
                AnswerOutcome::Reversed,
                AnswerOutcome::Undecided
            ]
        );
        assert!(
            !format!("{list:?}").contains("A-17"),
            "the number of a claim hides itself"
        );
    }

    #[test]
    fn a_claim_acknowledgement() {
        let list = read(
            "GS*HN*PAYER*CLINIC*20310501*1200*1*X*005010X214~ST*277*0001*005010X214~BHT*0085*08*1*20310501*1200*TH~\
             HL*1**20*1~NM1*PR*2*INVENTED PAYER*****PI*77001~TRN*1*1~DTP*050*D8*20310501~DTP*009*D8*20310501~\
             HL*2*1*21*1~NM1*41*2*CLINIC*****46*S1~TRN*2*B1~STC*A1:19:PR*20310501*WQ*120~\
             HL*3*2*19*1~NM1*85*2*CLINIC*****XX*1234567893~\
             HL*4*3*PT~NM1*QC*1*DOE*JANE****MI*M1~TRN*2*A-17~STC*A7:562:85*20310502*U*120~STC*A3:21*20310502*U*120~\
             HL*5*3*PT~NM1*QC*1*ROE*RICHARD****MI*M2~TRN*2*A-18~STC*A2:20*20310503*WQ*90~SE*22*0001~GE*1*1",
        );
        assert_eq!(list.len(), 2);
        assert_eq!(
            (list[0].outcome, list[1].outcome),
            (AnswerOutcome::Rejected, AnswerOutcome::Accepted)
        );
        assert_eq!(
            reasons(&list[0]),
            "STC category A7, STC status 562, STC category A3, STC status 21"
        );
        assert_eq!(list[0].payer.as_deref(), Some("77001"));
        assert_eq!(list[1].day, NaiveDate::from_ymd_opt(2031, 5, 3));
    }

    #[test]
    fn acknowledgements_of_files() {
        let list = read(
            "GS*FA*PAYER*CLINIC*20310501*1200*1*X*005010X231A1~ST*999*0001*005010X231A1~AK1*HC*1*005010X222A1~\
             AK2*837*0001*005010X222A1~IK3*NM1*8**8~CTX*CLM01:A-17~IK4*9*67*7*X~IK5*R*5~\
             AK2*837*0002*005010X222A1~IK5*A~AK9*P*2*2*1~SE*9*0001~GE*1*1",
        );
        let outcomes: Vec<_> = list.iter().map(|one| one.outcome).collect();
        assert_eq!(outcomes, [AnswerOutcome::Rejected, AnswerOutcome::Accepted]);
        assert_eq!(reasons(&list[0]), "syntax NM1 IK3-8, syntax NM1 IK4-7");
        assert_eq!(list[0].payer.as_deref(), Some("PAYER"));
    }
}
