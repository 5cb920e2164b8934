//! Dates, times, durations.

use super::*;

/// Percent-encodes what a query would read otherwise.
fn sent(text: &str) -> String {
    text.replace('%', "%25")
        .replace('+', "%2B")
        .replace(' ', "%20")
}

fn read_as(kind: ParamKind, given: &str) -> Option<String> {
    match value(kind, &sent(given))? {
        Scalar::Date(text) | Scalar::Datetime(text) | Scalar::Time(text) => Some(text.into()),
        other => panic!("expected a date or time: {other:?}"),
    }
}

fn refuses(kind: ParamKind, expected: &str, texts: &[&str]) {
    for given in texts {
        assert_eq!(code(&query(kind), &sent(given)), expected, "{given}");
    }
}

#[test]
fn reads_days_of_the_calendar() {
    for day in [
        "2026-11-21",
        "0001-01-01",
        "9999-12-31",
        "2024-02-29",
        "2000-02-29",
        "2026-04-30",
    ] {
        assert_eq!(read_as(ParamKind::Date, day).as_deref(), Some(day));
    }
    let odd = [
        "",
        "2026-02-29",
        "1900-02-29",
        "2026-13-01",
        "2026-00-10",
        "2026-01-00",
        "2026-01-32",
        "2026-04-31",
        "0000-01-01",
        "10000-01-01",
        "2026-1-1",
        "20261121",
        "2026-11-21T00:00:00",
        "2026-11-21 ",
        " 2026-11-21",
        "2026/11/21",
        "1763683200",
        "+026-11-21",
        "2026-11-+1",
        "2026-W47-6",
        "2026-11-2\u{661}",
        "-001-01-01",
        "2026-11-21Z",
    ];
    refuses(ParamKind::Date, "date_expected", &odd);
    assert_eq!(
        read(&[query(ParamKind::Date)], "x=tomorrow").unwrap_err(),
        ["query.x date_expected Expected a date such as `2026-11-21`, given `tomorrow`."]
    );
}

#[test]
fn reads_datetimes_of_rfc_3339_and_their_relatives() {
    let pairs = [
        ("2026-11-21T12:30:00Z", "2026-11-21T12:30:00+00:00"),
        ("2026-11-21t12:30:00z", "2026-11-21T12:30:00+00:00"),
        ("2026-11-21 12:30:00", "2026-11-21T12:30:00"),
        ("2026-11-21T12:30", "2026-11-21T12:30:00"),
        ("2026-11-21T12:30-05:45", "2026-11-21T12:30:00-05:45"),
        (
            "2026-11-21T12:30:59.5+23:59",
            "2026-11-21T12:30:59.500000+23:59",
        ),
        (
            "2026-11-21T23:59:59.123456789-00:00",
            "2026-11-21T23:59:59.123456-00:00",
        ),
        ("2026-11-21T23:59:59.9999999", "2026-11-21T23:59:59.999999"),
        ("2026-11-21T00:00:00.0000001", "2026-11-21T00:00:00"),
        ("0001-01-01T00:00:00+23:59", "0001-01-01T00:00:00+23:59"),
    ];
    for (given, expected) in pairs {
        assert_eq!(
            read_as(ParamKind::Datetime, given).as_deref(),
            Some(expected)
        );
    }
    let odd = [
        "",
        "2026-11-21",
        "1763683200",
        "2026-11-21T",
        "2026-11-21T12",
        "2026-11-21T12:30:60Z",
        "2026-11-21T24:00:00",
        "2026-11-21T12:60",
        "2026-02-29T12:30",
        "2026-11-21T12:30:00+24:00",
        "2026-11-21T12:30:00+01:60",
        "2026-11-21T12:30:00+0100",
        "2026-11-21T12:30:00+01",
        "2026-11-21T12:30:00.",
        "2026-11-21T12:30.5",
        "2026-11-21T12:30:00 Z",
        "2026-11-21T12:30:00ZZ",
        "2026-11-21_12:30",
        "2026-11-21  12:30",
        "2026-11-21T1:30:00",
        "2026-11-21T12:30:00,5",
        "20261121T123000",
        "2026-11-21T12:30:00+",
        "2026-11-2\u{e9}T12:30",
        "2026-11-21T12:30:00\u{2212}01:00",
    ];
    refuses(ParamKind::Datetime, "datetime_expected", &odd);
    // A plus sign that was not encoded is a space.
    assert_eq!(
        code(&query(ParamKind::Datetime), "2026-11-21T12:30:00+01:00"),
        "datetime_expected"
    );
}

#[test]
fn reads_times() {
    let pairs = [
        ("12:30", "12:30:00"),
        ("00:00:00", "00:00:00"),
        ("12:30:59.25", "12:30:59.250000"),
        ("23:59:59.999999Z", "23:59:59.999999+00:00"),
        ("12:30-03:00", "12:30:00-03:00"),
    ];
    for (given, expected) in pairs {
        assert_eq!(read_as(ParamKind::Time, given).as_deref(), Some(expected));
    }
    let odd = [
        "",
        "12",
        "24:00",
        "12:60",
        "12:30:60",
        "T12:30",
        "12:30:00 ",
        "12.30",
        "1230",
        "12:30:00+1:00",
        "-1:30",
    ];
    refuses(ParamKind::Time, "time_expected", &odd);
}

#[test]
fn reads_durations() {
    const DAY: i64 = 86_400_000_000;
    let pairs = [
        ("P1D", DAY),
        ("P1W", 7 * DAY),
        (
            "P1W2DT3H4M5.6S",
            9 * DAY + 3 * 3_600_000_000 + 4 * 60_000_000 + 5_600_000,
        ),
        ("-PT0.5S", -500_000),
        ("+PT90M", 5_400_000_000),
        ("PT1,5H", 5_400_000_000),
        ("P0.5D", DAY / 2),
        ("p1dt1s", DAY + 1_000_000),
        ("PT0.0000019S", 1),
        ("-PT0.0000019S", -1),
        ("90", 90_000_000),
        ("-1.25", -1_250_000),
        ("+0", 0),
        ("0.1234567", 123_456),
        ("9223372036854.775807", i64::MAX),
        ("-9223372036854.775808", i64::MIN),
    ];
    for (given, microseconds) in pairs {
        let read = value(ParamKind::Duration, &sent(given));
        assert_eq!(read, Some(Scalar::Duration { microseconds }), "{given}");
    }
    let odd = [
        "",
        "P",
        "PT",
        "P1DT",
        "P1",
        "1D",
        "P1Y",
        "P1M",
        "P1H",
        "PT1D",
        "P1D1W",
        "PT1S1M",
        "P1D1D",
        "P1.5DT1H",
        "PT1.5H3M",
        "P-1D",
        "P+1D",
        "PT.5S",
        "PT1.S",
        "PT1.5.5S",
        "1.",
        ".5",
        "1,5",
        "1e3",
        "--1",
        "-",
        "abc",
        "P1D ",
        "PTS",
        "P1DT1H1",
        "9223372036854.775808",
        "PT99999999999999999999999S",
        "P1\u{e9}D",
        "P99999999999999999999W",
    ];
    refuses(ParamKind::Duration, "duration_expected", &odd);
}
