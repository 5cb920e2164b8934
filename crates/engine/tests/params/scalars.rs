//! Text to typed value.

use super::*;

#[test]
fn what_is_not_required_may_be_absent() {
    let absent = ParamPlan {
        required: false,
        ..query(ParamKind::Int)
    };
    assert_eq!(
        read(std::slice::from_ref(&absent), "y=1").unwrap(),
        [Scalar::Absent]
    );
    assert_eq!(code(&absent, "abc"), "int_expected");
    assert_eq!(code(&absent, ""), "int_expected");
}

#[test]
fn reads_integers_of_any_size_up_to_4300_digits() {
    let int = |sent| value(ParamKind::Int, sent);
    assert_eq!(int("0"), Some(Scalar::Int(0)));
    assert_eq!(int("-0"), Some(Scalar::Int(0)));
    assert_eq!(int("%2B5"), Some(Scalar::Int(5)));
    assert_eq!(int("007"), Some(Scalar::Int(7)));
    assert_eq!(int("9223372036854775807"), Some(Scalar::Int(i64::MAX)));
    assert_eq!(int("-9223372036854775808"), Some(Scalar::Int(i64::MIN)));
    assert_eq!(
        int("%2B09223372036854775808"),
        Some(Scalar::BigInt("9223372036854775808".into()))
    );
    assert_eq!(
        int("-9223372036854775809"),
        Some(Scalar::BigInt("-9223372036854775809".into()))
    );
    let most = "9".repeat(4300);
    assert_eq!(int(&most), Some(Scalar::BigInt(most.as_str().into())));
    assert_eq!(
        code(&query(ParamKind::Int), &"9".repeat(4301)),
        "int_too_long"
    );
}

#[test]
fn refuses_what_is_no_integer() {
    for sent in [
        "",
        "-",
        "%2B",
        "1_000",
        "+1",
        "1+",
        "1.0",
        "1e3",
        "0x1",
        "%D9%A1%D9%A2",
        "--1",
        "1%00",
        "%C2%B2",
    ] {
        assert_eq!(code(&query(ParamKind::Int), sent), "int_expected", "{sent}");
    }
}

#[test]
fn reads_finite_numbers_only() {
    let float = |sent| value(ParamKind::Float, sent);
    assert_eq!(float("1.5"), Some(Scalar::Float(1.5)));
    assert_eq!(float("-1e-3"), Some(Scalar::Float(-0.001)));
    assert_eq!(float("7"), Some(Scalar::Float(7.0)));
    for sent in [
        "nan",
        "inf",
        "-Infinity",
        "1e999",
        "-1e999",
        "",
        ".",
        "e5",
        "1_0",
        "1,5",
        "+1",
        "0x1p3",
    ] {
        assert_eq!(
            code(&query(ParamKind::Float), sent),
            "float_expected",
            "{sent}"
        );
    }
}

#[test]
fn reads_booleans_in_any_case() {
    for sent in ["true", "1", "yes", "on", "TRUE", "Yes"] {
        assert_eq!(
            value(ParamKind::Bool, sent),
            Some(Scalar::Bool(true)),
            "{sent}"
        );
    }
    for sent in ["false", "0", "no", "off", "FALSE", "oFF"] {
        assert_eq!(
            value(ParamKind::Bool, sent),
            Some(Scalar::Bool(false)),
            "{sent}"
        );
    }
    for sent in ["", "2", "t", "y", "truee", "+true"] {
        assert_eq!(
            code(&query(ParamKind::Bool), sent),
            "bool_expected",
            "{sent}"
        );
    }
}

#[test]
fn reads_uuids_with_or_without_hyphens() {
    let expected = Some(Scalar::Uuid(
        *b"\x01\x23\x45\x67\x89\xab\xcd\xef\x01\x23\x45\x67\x89\xab\xcd\xef",
    ));
    for sent in [
        "01234567-89ab-cdef-0123-456789abcdef",
        "0123456789ABCDEF0123456789abcdef",
    ] {
        assert_eq!(value(ParamKind::Uuid, sent), expected, "{sent}");
    }
    let odd = [
        "",
        "%7B01234567-89ab-cdef-0123-456789abcdef%7D",
        "urn:uuid:01234567-89ab-cdef-0123-456789abcdef",
        "01234567-89ab-cdef-0123-456789abcdeg",
        "0123456-789ab-cdef-0123-456789abcdef0",
    ];
    for sent in odd {
        assert_eq!(
            code(&query(ParamKind::Uuid), sent),
            "uuid_expected",
            "{sent}"
        );
    }
}

#[test]
fn cuts_long_values_in_messages() {
    let faults = read(
        &[query(ParamKind::Int)],
        &format!("x={}", "%C3%A9".repeat(500)),
    )
    .unwrap_err();
    assert_eq!(
        faults[0],
        format!(
            "query.x int_expected Expected an integer, given `{}…`.",
            "é".repeat(60)
        )
    );
}
