//! Draws and results, for people and for programs: ids, paths and counts, no value.

use ehr_validate::review::{Answers, ReviewPacket};
use ehr_validate::sampling::{Draw, SampleResults, Stratum};
use examples::export::Failure;
use serde_json::json;

pub(crate) fn draw(draw: &Draw, packet: &ReviewPacket, json: bool) -> Result<(), Failure> {
    let samples = draw.samples.iter().map(|(stratum, sample)| {
        json!({ "stratum": stratum.to_string(), "population": sample.population,
                "drawn": sample.units.len(), "provable": sample.provable })
    });
    if json {
        let document = json!({
            "format": "ehr-draw/1", "plan": draw.digest, "packet": packet.digest(),
            "items": packet.items().len(), "known_faults": packet.seeded_faults(),
            "rows": draw.rows.len(), "rows_unseen": draw.rows_unseen().count(),
            "chosen_for_rows": draw.coverage.len(), "samples": samples.collect::<Vec<_>>(),
        });
        println!("{}", serde_json::to_string_pretty(&document)?);
        return Ok(());
    }
    println!("plan    {}\npacket  {}", draw.digest, packet.digest());
    println!(
        "{} items, {} known faults",
        packet.items().len(),
        packet.seeded_faults()
    );
    println!(
        "{} rows of the mapping document in use, {} in no item",
        draw.rows.len(),
        draw.rows_unseen().count()
    );
    for (stratum, sample) in &draw.samples {
        let proves = if sample.provable {
            ""
        } else {
            ", too few to prove the tolerance"
        };
        println!(
            "{:>6} of {:>6}  {stratum}{proves}",
            sample.units.len(),
            sample.population
        );
    }
    let charts = draw.sample(Stratum::Charts);
    if packet.seeded_faults() > 0 && charts.is_some_and(|charts| !charts.provable) {
        println!("with so few charts none can be spared for known faults: try --faults 0");
    }
    Ok(())
}

pub(crate) fn results(
    answers: &Answers<'_>,
    results: &SampleResults,
    json: bool,
) -> Result<(), Failure> {
    if json {
        println!("{}", serde_json::to_string_pretty(&results)?);
    } else {
        println!(
            "{} answers, {} items open",
            answers.len(),
            answers.open().count()
        );
        for finding in answers
            .findings()
            .iter()
            .filter(|finding| !finding.known_fault)
        {
            println!(
                "flagged: item {}, {} {}",
                finding.item,
                finding.kind.name(),
                finding.field
            );
        }
        results.claims.iter().for_each(|claim| println!("{claim}"));
        if let Some(rate) = results.catch_rate {
            println!(
                "known faults: {} of {} caught, at least {} of what is wrong",
                rate.caught, rate.seeded, rate.at_least
            );
        }
    }
    Ok(())
}
