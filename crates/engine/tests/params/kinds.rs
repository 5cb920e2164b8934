//! Decimals, choices, several kinds.

use super::*;

#[test]
fn reads_decimals_as_they_were_written() {
    for given in [
        "1.50",
        "-0.00",
        "12",
        ".5",
        "5.",
        "1e3",
        "1E-7",
        "007",
        "-.5e10",
        "0.1000000000000000055511151231257827",
    ] {
        let read = value(ParamKind::Decimal, given);
        assert_eq!(read, Some(Scalar::Decimal(given.into())), "{given}");
    }
    assert_eq!(
        value(ParamKind::Decimal, "%2B1.5e%2B2"),
        Some(Scalar::Decimal("+1.5e+2".into()))
    );
    for given in [
        "",
        ".",
        "-",
        "e5",
        "1e",
        "1e+",
        "nan",
        "inf",
        "-Infinity",
        "sNaN",
        "1_0",
        "1,5",
        "0x1",
        "1.2.3",
        "1e1.5",
        "%D9%A1",
        "+1",
    ] {
        assert_eq!(
            code(&query(ParamKind::Decimal), given),
            "decimal_expected",
            "{given}"
        );
    }
}

#[test]
fn decimals_can_be_written_out() {
    let most = format!("{}.{}", "9".repeat(4000), "9".repeat(300));
    assert!(value(ParamKind::Decimal, &most).is_some());
    assert!(value(ParamKind::Decimal, "1e4299").is_some());
    for given in [
        format!("{most}9"),
        "1e4300".into(),
        "1e-4300".into(),
        "1e99999999999999999999".into(),
        "0e999999999".into(),
    ] {
        assert_eq!(code(&query(ParamKind::Decimal), &given), "decimal_too_long");
    }
    assert_eq!(
        read(&[query(ParamKind::Decimal)], "x=1e999999999").unwrap_err(),
        [
            "query.x decimal_too_long Expected a decimal number of at most 4,300 digits, given more than a million."
        ]
    );
}

#[test]
fn bounds_of_decimals_are_exact() {
    let between = ParamPlan {
        ge: Some(Bound::Int(-1)),
        lt: Some(Bound::Int(2)),
        ..query(ParamKind::Decimal)
    };
    for (given, expected) in [
        ("-1", "ok"),
        ("-1.0", "ok"),
        ("-1.0000000000000000000000000001", "greater_than_equal"),
        ("-10e-1", "ok"),
        ("-0.1e1", "ok"),
        ("1.9999999999999999999999999999", "ok"),
        ("2", "less_than"),
        ("2.00", "less_than"),
        ("0.2e1", "less_than"),
        ("1e30", "less_than"),
        ("-1e30", "greater_than_equal"),
        ("0", "ok"),
        ("-0", "ok"),
        ("1e-400", "ok"),
        ("-1e-4000", "ok"),
        ("99999999999999999999", "less_than"),
    ] {
        assert_eq!(code(&between, given), expected, "{given}");
    }
    let above = ParamPlan {
        gt: Some(Bound::Int(0)),
        ..query(ParamKind::Decimal)
    };
    assert_eq!(code(&above, "1e-4000"), "ok");
    assert_eq!(code(&above, "0e-4000"), "greater_than");
    assert_eq!(code(&above, "-1e-4000"), "greater_than");
    let most = ParamPlan {
        le: Some(Bound::Int(i64::MAX)),
        ..query(ParamKind::Decimal)
    };
    assert_eq!(code(&most, "9223372036854775807"), "ok");
    assert_eq!(code(&most, "9223372036854775807.1"), "less_than_equal");
    let float = ParamPlan {
        lt: Some(Bound::Float(1.5)),
        ..query(ParamKind::Decimal)
    };
    assert_eq!(
        (code(&float, "1.49").as_str(), code(&float, "1.5").as_str()),
        ("ok", "less_than")
    );
}

#[test]
fn checks_multiples() {
    let of = |kind, bound| ParamPlan {
        multiple_of: Some(bound),
        ..query(kind)
    };
    let int = of(ParamKind::Int, Bound::Int(5));
    for (given, expected) in [
        ("10", "ok"),
        ("-10", "ok"),
        ("0", "ok"),
        ("7", "multiple_of"),
        ("99999999999999999999", "multiple_of"),
        ("99999999999999999995", "ok"),
    ] {
        assert_eq!(code(&int, given), expected, "{given}");
    }
    let tenth = of(ParamKind::Float, Bound::Float(0.1));
    for (given, expected) in [
        ("0.3", "ok"),
        ("1.1", "ok"),
        ("-0.7", "ok"),
        ("0.35", "multiple_of"),
        ("1e6", "ok"),
        ("0.30001", "multiple_of"),
    ] {
        assert_eq!(code(&tenth, given), expected, "{given}");
    }
    let two = of(ParamKind::Decimal, Bound::Int(2));
    for (given, expected) in [
        ("4.00", "ok"),
        ("4.01", "multiple_of"),
        ("1e1", "ok"),
        ("100000000000000000000000003", "multiple_of"),
    ] {
        assert_eq!(code(&two, given), expected, "{given}");
    }
    let cent = of(ParamKind::Decimal, Bound::Float(0.01));
    assert_eq!(
        (
            code(&cent, "19.99").as_str(),
            code(&cent, "19.995").as_str()
        ),
        ("ok", "multiple_of")
    );
    assert_eq!(
        read(&[of(ParamKind::Int, Bound::Float(2.5))], "x=4").unwrap_err(),
        ["query.x multiple_of Expected a multiple of 2.5, given `4`."]
    );
}

fn choices(texts: &[&str]) -> ParamPlan {
    ParamPlan {
        choices: texts.iter().map(|text| (*text).to_owned()).collect(),
        ..query(ParamKind::Choice)
    }
}

#[test]
fn a_choice_is_its_place() {
    let colour = choices(&["red", "green", ""]);
    let place = |sent: &str| read(std::slice::from_ref(&colour), &format!("x={sent}"));
    assert_eq!(place("red").unwrap(), [Scalar::Choice(0)]);
    assert_eq!(place("green").unwrap(), [Scalar::Choice(1)]);
    assert_eq!(place("").unwrap(), [Scalar::Choice(2)]);
    assert_eq!(
        place("Red").unwrap_err(),
        ["query.x choice_expected Expected one of `red`, `green`, an empty text, given `Red`."]
    );
    let digits: Vec<String> = (0..12).map(|digit| digit.to_string()).collect();
    let many = choices(&digits.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(
        read(&[many], "x=12").unwrap_err(),
        [
            "query.x choice_expected Expected one of `0`, `1`, `2`, `3`, `4`, `5`, `6`, `7`, `8`, `9` and 2 more, given `12`."
        ]
    );
    let one = choices(&["only"]);
    assert_eq!(
        read(&[one], "x=12").unwrap_err(),
        ["query.x choice_expected Expected `only`, given `12`."]
    );
}

#[test]
fn the_first_kind_that_fits_wins() {
    let kinds = |kinds: &[ParamKind]| ParamPlan {
        kinds: kinds.to_vec(),
        ..query(ParamKind::Str)
    };
    let mixed = kinds(&[ParamKind::Int, ParamKind::Date, ParamKind::Str]);
    let one = |sent: &str| read(std::slice::from_ref(&mixed), &format!("x={sent}")).unwrap();
    assert_eq!(one("7"), [Scalar::Int(7)]);
    assert_eq!(one("2026-11-21"), [Scalar::Date("2026-11-21".into())]);
    assert_eq!(one("soon"), [text("soon")]);
    assert_eq!(
        read(&[kinds(&[ParamKind::Str, ParamKind::Int])], "x=7").unwrap(),
        [text("7")]
    );
    assert_eq!(
        read(
            &[kinds(&[ParamKind::Int, ParamKind::Bool, ParamKind::Uuid])],
            "x=soon"
        )
        .unwrap_err(),
        [
            "query.x type_expected Expected an integer, true, false, 1, 0, yes, no, on or off or a UUID, given `soon`."
        ]
    );
}

#[test]
fn constraints_are_for_their_kinds() {
    let param = ParamPlan {
        kinds: vec![ParamKind::Int, ParamKind::Str],
        ge: Some(Bound::Int(10)),
        max_length: Some(3),
        ..query(ParamKind::Str)
    };
    for (sent, expected) in [
        ("10", "ok"),
        ("1000", "ok"),
        ("9", "greater_than_equal"),
        ("abc", "ok"),
        ("abcd", "too_long"),
    ] {
        assert_eq!(code(&param, sent), expected, "{sent}");
    }
}
