//! What resources are called, by themselves and by others.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::Value;

use super::label;
use crate::chart_page::ChartError;

/// Fields that say what a resource is about, the first that is there.
const TITLES: [&str; 17] = [
    "code",
    "vaccineCode",
    "medicationCodeableConcept",
    "medicationReference",
    "type",
    "serviceType",
    "appointmentType",
    "relationship",
    "description",
    "title",
    "name",
    "identifier",
    "category",
    "payor",
    "subscriberId",
    "class",
    "specialty",
];

/// Names of resources, by every way in which another may refer to them.
#[derive(Clone, Default)]
pub struct Names {
    of_chart: HashMap<String, String>,
    /// Of what all patients share.
    shared: Arc<HashMap<String, String>>,
}

impl Names {
    /// Adds the resources of a bundle to what all patients share.
    ///
    /// # Errors
    ///
    /// If the bytes are no bundle.
    pub fn add_bundle(&mut self, bytes: &[u8]) -> Result<(), ChartError> {
        let bundle = crate::chart_page::parse(bytes)?;
        let mut names = Names::default();
        for entry in bundle["entry"].as_array().into_iter().flatten() {
            names.add(entry["fullUrl"].as_str(), &entry["resource"]);
        }
        Arc::make_mut(&mut self.shared).extend(names.of_chart);
        Ok(())
    }

    pub(in crate::chart_page) fn add(&mut self, full_url: Option<&str>, resource: &Value) {
        let name = title(resource, &Names::default());
        let id = resource["id"].as_str().unwrap_or_default();
        let kind = crate::chart_page::kind(resource);
        for key in [
            full_url.unwrap_or_default().to_owned(),
            format!("urn:uuid:{id}"),
            format!("{kind}/{id}"),
        ] {
            self.of_chart.entry(key).or_insert_with(|| name.clone());
        }
    }

    pub(super) fn of(&self, reference: &str) -> Option<&str> {
        self.of_chart
            .get(reference)
            .or_else(|| self.shared.get(reference))
            .map(String::as_str)
    }
}

/// What a resource is of.
pub(in crate::chart_page) fn title(resource: &Value, names: &Names) -> String {
    // Insurance is known by who pays; people by the first of their names.
    let payer = ["payor"]
        .iter()
        .filter(|_| resource["resourceType"] == "Coverage");
    let said = payer.chain(&TITLES).map(|field| match &resource[*field] {
        Value::Array(list) if *field == "name" => {
            label(list.first().unwrap_or(&Value::Null), names)
        }
        value => label(value, names),
    });
    said.into_iter()
        .find(|said| !said.is_empty())
        .unwrap_or_default()
}
