//! The sample practice, rehearsed twice and signed: what a production run is asked with.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use chrono::{Days, NaiveDate, Utc};
use serde_json::{Value, json};

use crate::program::run;

/// The document, in the folder of the practice.
pub(super) const MAP: &str = "map/harbor-street.toml";
/// Arguments of a program that reads the sample practice with its document.
pub(super) const SOURCE: [&str; 4] = ["--source", "sample", "--map", MAP];
/// A day that counts as today for the charts. The gates must not listen to it.
pub(super) const AS_OF: [&str; 2] = ["--as-of", "2021-04-01"];
/// A small practice has no charts to spare for known faults.
pub(super) const SAMPLE: [&str; 4] = ["--seed", "7", "--faults", "0"];

/// A folder with the sample practice, two rounds and all that was signed.
pub(super) struct Practice {
    pub(super) folder: PathBuf,
}

/// What a production run is asked with; a test changes what it likes.
#[derive(Clone)]
pub(super) struct Request {
    pub(super) map: String,
    pub(super) party: String,
    pub(super) stores: String,
    pub(super) export: String,
    pub(super) register: String,
    pub(super) register_evidence: String,
    pub(super) sign_offs: String,
    pub(super) rounds: String,
    pub(super) evidence: String,
}

impl Practice {
    /// Rehearsed once for all tests of a run.
    pub(super) fn rehearsed() -> &'static Self {
        static PRACTICE: OnceLock<Practice> = OnceLock::new();
        PRACTICE.get_or_init(Self::rehearse)
    }

    fn rehearse() -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("production");
        let _ = fs::remove_dir_all(&folder);
        let practice = Self { folder };
        let package = Path::new(env!("CARGO_MANIFEST_DIR"));
        copy(&package.join("sample"), &practice.path("sample"));
        copy(&package.join("readiness/evidence"), &practice.path("papers"));
        fs::create_dir_all(practice.path("map")).unwrap();
        for file in ["harbor-street.toml", "map-allergens.csv", "map-diagnoses.csv", "map-lab-tests.csv"] {
            fs::rename(practice.path("sample").join(file), practice.path("map").join(file)).unwrap();
        }
        practice.round(1, None);
        practice.attach(1, &[]);
        practice.round(2, Some(1));
        practice.review();
        practice.attach(2, &["--samples", "samples.json"]);
        practice.sign();
        practice.write("register.json", &register(|_| {}));
        practice
    }

    /// A rehearsal, and the comparison of what it wrote.
    fn round(&self, number: u32, after: Option<u32>) {
        let (out, bare) = (format!("r{number}"), format!("bare-{number}.json"));
        let mut arguments = [&SOURCE[..], &AS_OF, &["--out", &out, "--round", &bare]].concat();
        let before = after.map(|after| format!("round-{after}.json"));
        if let Some(before) = &before {
            arguments.extend(["--key", "r1.key", "--after", before]);
        }
        self.done("migrate", &arguments);
        let target = format!("{out}/fhir");
        let compare = ["--source", "sample", "--source-map", MAP, "--target", &target, "--json"];
        let compared = self.done("compare", &compare);
        fs::write(self.path(&format!("compare-{number}.json")), compared.stdout).unwrap();
    }

    fn attach(&self, number: u32, more: &[&str]) {
        let (bare, out) = (format!("bare-{number}.json"), format!("round-{number}.json"));
        let compared = format!("compare-{number}.json");
        let attach = ["--key", "r1.key", "attach", &bare, "--out", &out, "--compare", &compared];
        self.done("rounds", &[&attach, more].concat());
    }

    /// Clinicians accept every field of the sample.
    fn review(&self) {
        let review = [&SOURCE[..], &["--target", "r2/fhir"], &SAMPLE, &AS_OF].concat();
        let draw = [&review[..], &["draw", "--out", "packet", "--phi", "--json"]].concat();
        let drawn = json(&self.done("review", &draw));
        self.answer("packet", "answers", drawn["packet"].as_str().unwrap(), |_| "accept");
        let plan = drawn["plan"].as_str().unwrap();
        let read = ["read", "--answers", "answers", "--registered", plan, "--json"];
        let results = self.done("review", &[&review[..], &read].concat());
        fs::write(self.path("samples.json"), results.stdout).unwrap();
    }

    /// What a reviewer saves of every page, deciding each row by its HTML.
    pub(super) fn answer(&self, packet: &str, answers: &str, digest: &str, decide: fn(&str) -> &'static str) {
        fs::create_dir(self.path(answers)).unwrap();
        for file in fs::read_dir(self.path(packet)).unwrap() {
            let path = file.unwrap().path();
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            let Some(item) = name.strip_prefix("item-") else { continue };
            let page = fs::read_to_string(&path).unwrap();
            let mut decisions = serde_json::Map::new();
            for row in page.split("<tr").skip(1) {
                let Some((_, field)) = row.split_once("<input type=\"radio\" name=\"") else { continue };
                let field = field.split('"').next().unwrap();
                decisions.insert(field.to_owned(), decide(row).into());
            }
            assert!(!decisions.is_empty(), "{name} asks for nothing");
            let answer = json!({
                "schema": "ehr-review-answer/1", "packet": digest, "item": item.parse::<u32>().unwrap(),
                "reviewer": "Invented Reviewer", "role": "physician", "signed": "2031-05-02",
                "decisions": decisions, "notes": {},
            });
            let file = self.path(answers).join(format!("{name}.json"));
            fs::write(file, answer.to_string()).unwrap();
        }
    }

    fn sign(&self) {
        let mut reviewers = Vec::new();
        for (name, person, role) in [
            ("ada", "Ada Clinician", "clinician"),
            ("ben", "Ben Lead", "migration-lead"),
        ] {
            let key = self.key("sign-off", name);
            reviewers.push(json!({ "name": person, "key": key, "roles": [role] }));
            self.sign_off(name, person, role, &format!("{name}.txt"), &[]);
        }
        // somebody with a key of their own, whom nobody trusts
        self.key("sign-off", "eve");
        self.sign_off("eve", "Ada Clinician", "clinician", "eve.txt", &[]);
        self.sign_off("ada", "Ada Clinician", "clinician", "rejected.txt", &["--reject"]);
        let file = json!({ "format": "ehr-reviewers/1", "reviewers": reviewers });
        self.write("reviewers.json", &file);
        let key = self.key("evidence", "privacy-officer");
        fs::write(self.path("signer.pub"), key).unwrap();
    }

    fn key(&self, program: &str, name: &str) -> String {
        let file = format!("{name}.key");
        let made = self.done(program, &["key", "--key", &file, "--name", name]);
        String::from_utf8(made.stdout).unwrap().trim().to_owned()
    }

    fn sign_off(&self, key: &str, person: &str, role: &str, out: &str, more: &[&str]) {
        let (file, today) = (format!("{key}.key"), today().to_string());
        let sign = ["sign", "--map", MAP, "--key", &file, "--name", key, "--reviewer", person];
        let rest = ["--role", role, "--date", &today, "--out", out];
        self.done("sign-off", &[&sign[..], &rest, more].concat());
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    pub(super) fn write(&self, name: &str, content: &Value) {
        fs::write(self.path(name), content.to_string()).unwrap();
    }

    /// Runs a program in the folder.
    pub(super) fn run(&self, program: &str, arguments: &[&str]) -> Output {
        run(program, arguments, &self.folder)
    }

    /// Runs a program that must end with 0.
    #[track_caller]
    pub(super) fn done(&self, program: &str, arguments: &[&str]) -> Output {
        let output = self.run(program, arguments);
        assert_eq!(output.status.code(), Some(0), "{program} {arguments:?}: {output:?}");
        output
    }

    /// A production run that all gates would let through.
    pub(super) fn request(&self) -> Request {
        Request {
            map: MAP.to_owned(),
            party: "Lighthouse Conversions LLC".to_owned(),
            stores: "'migration-host'".to_owned(),
            export: "same".to_owned(),
            register: "register.json".to_owned(),
            register_evidence: "papers".to_owned(),
            sign_offs: "'ada.txt', 'ben.txt'".to_owned(),
            rounds: "'round-1.json', 'round-2.json'".to_owned(),
            evidence: String::new(),
        }
    }

    /// Asks for a production run of an export, under a name of its own.
    pub(super) fn produce(&self, request: &Request, source: &str, more: &[&str]) -> (String, Output) {
        static NUMBER: AtomicU32 = AtomicU32::new(1);
        let name = format!("p{}", NUMBER.fetch_add(1, Ordering::Relaxed));
        let file = format!("{name}.toml");
        fs::write(self.path(&file), request.text()).unwrap();
        let round = format!("{name}.round.json");
        let always = ["--source", source, "--map", &request.map, "--key", "r1.key", "--out", &name];
        let run = ["--round", &round, "--production", &file];
        let output = self.run("migrate", &[&always[..], &AS_OF, &run, more].concat());
        (name, output)
    }
}

impl Request {
    fn text(&self) -> String {
        let Self { party, stores, export, register, register_evidence, sign_offs, rounds, evidence, .. } = self;
        format!(
            "party = '{party}'\nstores = [{stores}]\nendpoints = ['target.example:443']\nexport = '{export}'\n\
             parties = ['Harbor Street Family Practice', 'Lighthouse Conversions LLC', 'Northstar Hosting Inc']\n\
             last-day = '{}'\nregister = '{register}'\nregister-evidence = '{register_evidence}'\n\
             reviewers = 'reviewers.json'\nsign-offs = [{sign_offs}]\nrounds = [{rounds}]\n\n[evidence]\n\
             title = 'harbor street'\nsigner = 'privacy-officer.key'\nsigner-name = 'privacy-officer'\n{evidence}",
            today(),
        )
    }
}

/// The register of the sample practice, made as if yesterday, and changed as a test likes.
pub(super) fn register(change: impl FnOnce(&mut Value)) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("readiness/harbor-street.json");
    let mut register: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    date(&mut register);
    change(&mut register);
    register
}

/// A day before today.
pub(super) fn yesterday() -> String {
    (today() - Days::new(1)).to_string()
}

fn date(value: &mut Value) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                *value = match name.as_str() {
                    "valid_to" => (today() + Days::new(4000)).to_string().into(),
                    "certificate_valid_to" => (today() + Days::new(300)).to_string().into(),
                    "dated" | "signed_on" | "measured_on" | "restored_on" => yesterday().into(),
                    _ => {
                        date(value);
                        continue;
                    }
                };
            }
        }
        Value::Array(values) => values.iter_mut().for_each(date),
        _ => {}
    }
}

/// The day by the clock, as the gates see it.
fn today() -> NaiveDate {
    Utc::now().date_naive()
}

pub(super) fn json(output: &Output) -> Value {
    let error = String::from_utf8_lossy(&output.stderr);
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("no JSON: {error}"))
}

/// Copies a folder with all below it.
pub(super) fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        match entry.file_type().unwrap().is_dir() {
            true => copy(&entry.path(), &to),
            false => drop(fs::copy(entry.path(), to).unwrap()),
        }
    }
}
