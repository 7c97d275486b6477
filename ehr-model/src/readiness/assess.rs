//! Holds a register against a request.

use chrono::{Days, NaiveDate};

use super::gap::{Problem, Safeguard};
use super::{
    Attestation, BusinessAssociateAgreement, ExtractionRequest, Gap, MIN_KEY_BITS,
    PROBE_VALID_DAYS, RETENTION_YEARS, RegisterContent, Transfer,
};

/// Protocols that an endpoint may accept.
const TLS_PROTOCOLS: [&str; 2] = ["TLSv1.2", "TLSv1.3"];

/// Everything that stands in the way; empty for a complete register.
pub(super) fn assess(register: &RegisterContent, request: &ExtractionRequest) -> Vec<Gap> {
    let mut gaps = Vec::new();
    let asked = Asked { register, request };
    asked.request(&mut gaps);
    for party in &request.parties {
        asked.party(party, &mut gaps);
    }
    asked.risk_assessment(&mut gaps);
    for store in &request.stores {
        asked.store(store, &mut gaps);
    }
    if let Some(Transfer::Endpoints(endpoints)) = &request.transfer {
        for endpoint in endpoints {
            asked.endpoint(endpoint, &mut gaps);
        }
    }
    asked.controls(&mut gaps);
    asked.backup(&mut gaps);
    asked.retention(&mut gaps);
    gaps
}

struct Asked<'a> {
    register: &'a RegisterContent,
    request: &'a ExtractionRequest,
}

impl Asked<'_> {
    fn request(&self, gaps: &mut Vec<Gap>) {
        let request = self.request;
        let blank = |names: &std::collections::BTreeSet<String>| {
            names.is_empty() || names.iter().any(|name| name.trim().is_empty())
        };
        let endpoints = match &request.transfer {
            None => true,
            Some(Transfer::Offline) => false,
            Some(Transfer::Endpoints(endpoints)) => blank(endpoints),
        };
        for (unnamed, subject) in [
            (request.system.trim().is_empty(), "system"),
            (blank(&request.parties), "party"),
            (blank(&request.stores), "store"),
            (endpoints, "transfer"),
        ] {
            if unnamed {
                gaps.push(Gap::new(Safeguard::Request, Problem::NotNamed, subject));
            }
        }
        if request.last_day < request.today {
            let problem = Problem::DatesReversed;
            gaps.push(Gap::new(Safeguard::Request, problem, "last day"));
        }
    }

    /// The practice itself needs no agreement; everyone else has one, whose chain leads to the practice.
    fn party(&self, party: &str, gaps: &mut Vec<Gap>) {
        if party == self.register.organization {
            return;
        }
        gaps.extend(self.agreement(party, &mut Vec::new()));
    }

    /// The gaps of the best agreement of a party.
    fn agreement(&self, party: &str, asked: &mut Vec<String>) -> Vec<Gap> {
        asked.push(party.to_owned());
        let own = self.register.agreements.iter();
        let found = best(own.filter(|one| one.party == party).map(|one| {
            let mut gaps = self.one_agreement(one);
            let leads_home = one.with == self.register.organization
                || (!asked.contains(&one.with) && self.agreement(&one.with, asked).is_empty());
            if !leads_home {
                gaps.push(Gap::new(Safeguard::Agreement, Problem::ChainBroken, party));
            }
            gaps
        }));
        asked.pop();
        found.unwrap_or_else(|| vec![Gap::new(Safeguard::Agreement, Problem::Missing, party)])
    }

    fn one_agreement(&self, one: &BusinessAssociateAgreement) -> Vec<Gap> {
        let mut gaps = self.held(Safeguard::Agreement, &one.party, &one.attestation);
        let mut add = |problem| gaps.push(Gap::new(Safeguard::Agreement, problem, &one.party));
        if !one.systems.contains(&self.request.system) {
            add(Problem::OutOfScope);
        }
        match one.signed_on {
            None => add(Problem::Unsigned),
            Some(day) if day > self.request.today => add(Problem::InFuture),
            Some(_) => {}
        }
        gaps
    }

    fn risk_assessment(&self, gaps: &mut Vec<Gap>) {
        let safeguard = Safeguard::RiskAssessment;
        let all = self.register.risk_assessments.iter().map(|one| {
            let mut gaps = self.held_for(safeguard, &one.systems, &one.attestation);
            if one.open_high_risks > 0 {
                let problem = Problem::OpenHighRisks;
                gaps.push(Gap::new(safeguard, problem, &self.request.system));
            }
            gaps
        });
        gaps.extend(best(all).unwrap_or_else(|| self.missing(safeguard)));
    }

    fn store(&self, store: &str, gaps: &mut Vec<Gap>) {
        let safeguard = Safeguard::Encryption;
        let of = self.register.encrypted_stores.iter();
        let all = of.filter(|one| one.store == store).map(|one| {
            let mut gaps = self.held(safeguard, store, &one.attestation);
            match &one.probe {
                None => gaps.push(Gap::new(safeguard, Problem::NotMeasured, store)),
                Some(probe) => {
                    gaps.extend(self.measured(safeguard, store, &probe.tool, probe.measured_on));
                    let aes = probe.cipher.to_ascii_lowercase().starts_with("aes");
                    if !probe.encrypted || !aes || probe.key_bits < MIN_KEY_BITS {
                        gaps.push(Gap::new(safeguard, Problem::TooWeak, store));
                    }
                }
            }
            gaps
        });
        let missing = || vec![Gap::new(safeguard, Problem::Missing, store)];
        gaps.extend(best(all).unwrap_or_else(missing));
    }

    fn endpoint(&self, endpoint: &str, gaps: &mut Vec<Gap>) {
        let safeguard = Safeguard::Tls;
        let of = self.register.tls_endpoints.iter();
        let all = of.filter(|one| one.endpoint == endpoint).map(|one| {
            let mut gaps = self.held(safeguard, endpoint, &one.attestation);
            match &one.probe {
                None => gaps.push(Gap::new(safeguard, Problem::NotMeasured, endpoint)),
                Some(probe) => {
                    gaps.extend(self.measured(safeguard, endpoint, &probe.tool, probe.measured_on));
                    gaps.extend(self.lasts(safeguard, endpoint, probe.certificate_valid_to));
                    let protocol = TLS_PROTOCOLS.contains(&probe.lowest_protocol.as_str());
                    if !protocol || !probe.certificate_verified {
                        gaps.push(Gap::new(safeguard, Problem::TooWeak, endpoint));
                    }
                }
            }
            gaps
        });
        let missing = || vec![Gap::new(safeguard, Problem::Missing, endpoint)];
        gaps.extend(best(all).unwrap_or_else(missing));
    }

    fn controls(&self, gaps: &mut Vec<Gap>) {
        let register = self.register;
        for (safeguard, controls) in [
            (
                Safeguard::MultiFactorAuthentication,
                &register.multi_factor_authentication,
            ),
            (Safeguard::AccessLog, &register.access_logs),
        ] {
            let all = controls
                .iter()
                .map(|one| self.held_for(safeguard, &one.systems, &one.attestation));
            gaps.extend(best(all).unwrap_or_else(|| self.missing(safeguard)));
        }
    }

    fn backup(&self, gaps: &mut Vec<Gap>) {
        let (safeguard, system) = (Safeguard::Backup, &self.request.system);
        let own = self.register.backups.iter();
        let all = own.filter(|one| one.system == *system).map(|one| {
            let mut gaps = self.held(safeguard, system, &one.attestation);
            match one.restored_on {
                None => gaps.push(Gap::new(safeguard, Problem::NotRestored, system)),
                Some(day) if day > self.request.today => {
                    gaps.push(Gap::new(safeguard, Problem::InFuture, system));
                }
                Some(day) if day < one.attestation.dated => {
                    gaps.push(Gap::new(safeguard, Problem::DatesReversed, system));
                }
                Some(_) => {}
            }
            gaps
        });
        gaps.extend(best(all).unwrap_or_else(|| self.missing(safeguard)));
    }

    fn retention(&self, gaps: &mut Vec<Gap>) {
        let safeguard = Safeguard::Retention;
        let organization = &self.register.organization;
        let all = self.register.retention.iter().map(|one| {
            let mut gaps = self.held(safeguard, organization, &one.attestation);
            if one.years < RETENTION_YEARS {
                gaps.push(Gap::new(safeguard, Problem::TooWeak, organization));
            }
            gaps
        });
        gaps.extend(best(all).unwrap_or_else(|| self.missing(safeguard)));
    }

    fn missing(&self, safeguard: Safeguard) -> Vec<Gap> {
        let subject = match safeguard {
            Safeguard::Retention => &self.register.organization,
            _ => &self.request.system,
        };
        vec![Gap::new(safeguard, Problem::Missing, subject)]
    }

    /// What every item must have, and that it covers the system.
    fn held_for(&self, safeguard: Safeguard, systems: &[String], item: &Attestation) -> Vec<Gap> {
        let system = &self.request.system;
        let mut gaps = self.held(safeguard, system, item);
        if !systems.contains(system) {
            gaps.push(Gap::new(safeguard, Problem::OutOfScope, system));
        }
        gaps
    }

    /// What every item must have: an owner, a day that has come, validity, and evidence that was shown.
    fn held(&self, safeguard: Safeguard, subject: &str, item: &Attestation) -> Vec<Gap> {
        let mut gaps: Vec<Gap> = self
            .lasts(safeguard, subject, item.valid_to)
            .into_iter()
            .collect();
        let mut add = |problem| gaps.push(Gap::new(safeguard, problem, subject));
        if item.owner.trim().is_empty() {
            add(Problem::WithoutOwner);
        }
        if item.dated > self.request.today {
            add(Problem::InFuture);
        }
        if item.valid_to < item.dated {
            add(Problem::DatesReversed);
        }
        if !self.request.evidence.contains(&item.evidence.sha256) {
            add(Problem::EvidenceNotShown);
        }
        gaps
    }

    /// Whether a last day is behind that of the extraction.
    fn lasts(&self, safeguard: Safeguard, subject: &str, valid_to: NaiveDate) -> Option<Gap> {
        let problem = if valid_to < self.request.today {
            Problem::Expired(valid_to)
        } else if valid_to < self.request.last_day {
            Problem::EndsTooEarly(valid_to)
        } else {
            return None;
        };
        Some(Gap::new(safeguard, problem, subject))
    }

    /// Whether a probe names itself, ran, and ran not too long ago.
    fn measured(
        &self,
        safeguard: Safeguard,
        subject: &str,
        tool: &str,
        day: NaiveDate,
    ) -> Vec<Gap> {
        let mut gaps = Vec::new();
        if tool.trim().is_empty() {
            gaps.push(Gap::new(safeguard, Problem::NotMeasured, subject));
        }
        if day > self.request.today {
            gaps.push(Gap::new(safeguard, Problem::InFuture, subject));
        }
        let valid_to = day.checked_add_days(Days::new(PROBE_VALID_DAYS));
        gaps.extend(self.lasts(safeguard, subject, valid_to.unwrap_or(day)));
        gaps
    }
}

/// Of several items for one purpose, the gaps of the one that has fewest.
fn best(all: impl Iterator<Item = Vec<Gap>>) -> Option<Vec<Gap>> {
    all.min_by_key(Vec::len)
}
