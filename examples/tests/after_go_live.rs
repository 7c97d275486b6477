//! The programs `cutover`, `monitor` and `evidence`, on invented data.

use std::fs;
use std::path::Path;
use std::process::Output;

use serde_json::Value;

use crate::program::run;

fn json(output: &Output) -> Value {
    let error = String::from_utf8_lossy(&output.stderr);
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("no JSON: {error}"))
}

/// A remittance a day: claims are denied for CARC 16, and of `worse` more claims for CARC 252.
fn remittance(number: u32, day: &str, claims: u32, worse: u32) -> String {
    let mut text = format!(
        "ISA*00*          *00*          *ZZ*PAYER          *ZZ*CLINIC         *310501*1200*^*00501*{number:09}*0*T*:~\n\
         GS*HP*PAYER*CLINIC*20310501*1200*{number}*X*005010X221A1~\nST*835*0001~\nBPR*I*0*C*NON************{day}~\n\
         TRN*1*{number}*1999999999~\nN1*PR*INVENTED PAYER*XV*77001~\nN1*PE*CLINIC*XX*1234567893~\nLX*1~\n"
    );
    let mut segments = 7;
    for claim in 0..claims {
        // two to four of a usual day, never in step with the days
        let usual = claim < 2 + (number * 7 + number / 3) % 3;
        let code = match (claim >= claims - worse, usual) {
            (true, _) => Some("252"),
            (_, true) => Some("16"),
            _ => None,
        };
        text += &match code {
            Some(code) => {
                format!("CLP*C{number}-{claim}*4*100*0**12*1~\nCAS*CO*{code}*100~\n")
            }
            None => format!("CLP*C{number}-{claim}*1*100*100**12*1~\n"),
        };
        segments += 1 + u32::from(code.is_some());
    }
    text + &format!(
        "SE*{}*0001~\nGE*1*{number}~\nIEA*1*{number:09}~\n",
        segments + 1
    )
}

/// 60 days before and 15 days after the 2nd of May.
pub(crate) fn answers(folder: &Path, worse: u32) {
    fs::create_dir_all(folder).unwrap();
    for number in 0..75 {
        let (month, day) = match number {
            0..30 => (3, number + 1),
            30..60 => (4, number - 29),
            _ => (5, number - 58),
        };
        let worse = if number >= 62 { worse } else { 0 };
        let text = remittance(number + 1, &format!("2031{month:02}{day:02}"), 40, worse);
        fs::write(folder.join(format!("{number:02}.835")), text).unwrap();
    }
}

#[test]
fn a_monitor_names_payer_day_and_code() {
    let home = tempfile::tempdir().unwrap();
    let monitor = |name: &str, more: &[&str]| {
        let arguments = ["--answers", name, "--go-live", "2031-05-02"];
        run("monitor", &[&arguments, more].concat(), home.path())
    };
    answers(&home.path().join("quiet"), 0);
    let quiet = monitor("quiet", &["--json"]);
    assert_eq!(quiet.status.code(), Some(0), "{:?}", json(&quiet));
    assert_eq!(json(&quiet)["unreadable"], 0);

    answers(&home.path().join("worse"), 10);
    let worse = monitor("worse", &["--json", "--out", "out"]);
    assert_eq!(worse.status.code(), Some(1));
    let report = json(&worse);
    let alarm = &report["monitoring"]["streams"][0]["watched"]["chart"]["alarm"];
    assert_eq!(alarm["codes"][0]["code"], "CARC CO-252", "{report:#}");
    assert_eq!(alarm["codes"][0]["new"], true);
    let day = alarm["day"].as_str().unwrap();
    assert!(("2031-05-04"..="2031-05-08").contains(&day), "{day}");
    let page = fs::read_to_string(home.path().join("out/index.html")).unwrap();
    assert!(page.contains("ALARM") && page.contains("CARC CO-252"));
    // without a baseline nothing is known, which is not quiet
    let arguments = ["--answers", "quiet", "--go-live", "2031-01-01"];
    let unknown = run("monitor", &arguments, home.path());
    assert_eq!(unknown.status.code(), Some(1));
    let gone = ["--answers", "nothing-here", "--go-live", "2031-01-01"];
    assert_eq!(run("monitor", &gone, home.path()).status.code(), Some(2));
}

#[test]
fn what_is_not_known_is_no_go() {
    let home = tempfile::tempdir().unwrap();
    let at = "2031-05-05T06:00:00-05:00";
    let output = run("cutover", &["--at", at, "--json"], home.path());
    assert_eq!(output.status.code(), Some(1));
    let report = json(&output);
    assert_eq!(report["status"]["go"], false);
    assert!(!report["status"]["reasons"].as_array().unwrap().is_empty());
    assert_eq!(report["claims_in_flight"], Value::Null);
    let output = run("cutover", &["--write-plan", "plan.toml"], home.path());
    assert_eq!(output.status.code(), Some(0));
    let arguments = ["--plan", "plan.toml", "--at", at, "--out", "out"];
    assert_eq!(
        run("cutover", &arguments, home.path()).status.code(),
        Some(1)
    );
    assert!(home.path().join("out/index.html").is_file());
}

#[test]
fn evidence_is_made_and_every_change_to_it_named() {
    let home = tempfile::tempdir().unwrap();
    let evidence = |arguments: &[&str]| run("evidence", arguments, home.path());
    let signer = ["--key", "signer.key", "--name", "privacy-officer"];
    let key = evidence(&[&["key"], &signer[..]].concat());
    assert_eq!(key.status.code(), Some(0), "{key:?}");
    let key = String::from_utf8(key.stdout).unwrap();
    fs::write(home.path().join("audit.json"), "{}").unwrap();
    let mut make = vec!["make", "--title", "invented", "--made", "2031-07-05"];
    make.extend(["--out", "bundle", "--json", "--part", "audit=audit.json"]);
    make.extend(signer);
    // nothing says why the other parts are not there
    assert_eq!(evidence(&make).status.code(), Some(2));
    for part in [
        "mapping-document=none",
        "sign-off=none",
        "round=none",
        "sample=none",
        "register=none",
        "log-checkpoint=none",
        "reconciliation=none",
        "cutover=none",
        "monitoring=none",
    ] {
        make.extend(["--absent", part]);
    }
    let made = evidence(&make);
    assert_eq!(made.status.code(), Some(0), "{made:?}");
    assert_eq!(json(&made)["retain_until"], "2037-07-05");
    fs::write(home.path().join("bundle/audit/audit.json"), "[]").unwrap();
    fs::write(home.path().join("bundle/more.txt"), "").unwrap();
    let verified = evidence(&["verify", "bundle", "--signer", key.trim(), "--json"]);
    assert_eq!(verified.status.code(), Some(1));
    let findings = serde_json::json!([
        "audit/audit.json: changed since it was signed",
        "more.txt: was not signed"
    ]);
    assert_eq!(json(&verified)["findings"], findings);
}
