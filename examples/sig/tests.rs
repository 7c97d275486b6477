//! The objects that come out, letter by letter: others read them.

use super::*;

fn lines(input: &[u8]) -> Vec<String> {
    let mut output = Vec::new();
    run(input, &mut output).unwrap();
    let text = String::from_utf8(output).unwrap();
    text.lines().map(str::to_owned).collect()
}

#[test]
fn the_object_of_a_sig() {
    assert_eq!(
        lines(b"take 1-2 tabs po q4-6h prn"),
        [concat!(
            r#"{"parsed":true,"steps":[{"dose_low":1,"dose_high":2,"unit":"tablet","#,
            r#""times_per_day_low":4,"times_per_day_high":6,"route":"oral","prn":true}],"#,
            r#""daily_low":4,"daily_high":12,"unparsed":null}"#
        )]
    );
}

#[test]
fn every_line_gives_an_object() {
    let found = lines(b"70 mg weekly\r\n\n  \ntake \xff \"1\" tab\nuse as directed\n");
    assert_eq!(found.len(), 5);
    for line in &found {
        assert!(
            serde_json::from_str::<serde_json::Value>(line).is_ok(),
            "{line}"
        );
    }
    assert!(found[0].contains(r#""times_per_day_low":0.142857142857142857,"#));
    assert!(found[0].contains(r#""daily_low":10,"daily_high":10,"#));
    let refused = |text: &str| {
        format!(
            r#"{{"parsed":false,"steps":[],"daily_low":null,"daily_high":null,"unparsed":"{text}"}}"#
        )
    };
    assert_eq!(found[1], refused(""));
    assert_eq!(found[2], refused(""));
    assert_eq!(found[3], refused("\u{fffd} \\\"1\\\" tab"));
    assert_eq!(found[4], refused("as directed"));
}

#[test]
fn no_number_of_what_is_not_certain() {
    let found = lines(b"take 1,5 mg daily\ntake 5/325 mg bid\n1 tab bid, 1 in am and 1 in pm\n");
    for line in found {
        assert!(
            line.starts_with(r#"{"parsed":false,"steps":[],"daily_low":null,"daily_high":null,"#)
        );
    }
}
