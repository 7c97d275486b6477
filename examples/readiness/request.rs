//! The extraction that is asked for: what the options name, else all that the register lists.

use std::collections::BTreeSet;

use ehr_model::readiness::{ExtractionRequest, RegisterContent};
use examples::export::Failure;
use examples::readiness;

use crate::Options;

/// The extraction that is asked for.
pub(crate) fn build(
    options: &Options,
    register: &RegisterContent,
) -> Result<ExtractionRequest, Failure> {
    let backups = register.backups.iter().map(|backup| &backup.system);
    let agreements = register.agreements.iter().flat_map(|one| &one.systems);
    let systems: BTreeSet<&String> = backups.chain(agreements).collect();
    let system = match (&options.system, systems.len()) {
        (Some(system), _) => system,
        (None, 1) => *systems.first().ok_or("the register names no system")?,
        (None, _) => {
            return Err("the register does not name one system: name it with --system".into());
        }
    };
    let last_day = options.last_day.unwrap_or(options.today);
    let mut request = ExtractionRequest::new(system, options.today, last_day);
    let or_all = |named: &[String], all: Vec<&String>| -> Vec<String> {
        match named.is_empty() {
            true => all.into_iter().cloned().collect(),
            false => named.to_vec(),
        }
    };
    let parties = register.agreements.iter().map(|one| &one.party);
    let parties = parties.chain([&register.organization]).collect();
    for party in or_all(&options.party, parties) {
        request = request.party(&party);
    }
    for store in or_all(
        &options.store,
        register
            .encrypted_stores
            .iter()
            .map(|one| &one.store)
            .collect(),
    ) {
        request = request.store(&store);
    }
    if options.offline {
        request = request.offline();
    } else {
        let all = register
            .tls_endpoints
            .iter()
            .map(|one| &one.endpoint)
            .collect();
        for endpoint in or_all(&options.endpoint, all) {
            request = request.endpoint(&endpoint);
        }
    }
    let beside = options.register.with_file_name("evidence");
    let folder = options.evidence.as_ref().unwrap_or(&beside);
    Ok(readiness::show(request, &readiness::evidence(folder)?))
}
