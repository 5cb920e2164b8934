//! The typed value of a parameter.

/// The value of a parameter. Texts of dates, times and decimals are in the one form that Python's `fromisoformat` and `Decimal` read.
#[derive(Clone, Debug, PartialEq)]
pub enum Scalar {
    /// Not given, and not required.
    Absent,
    /// A whole number.
    Int(i64),
    /// A whole number beyond 64 bits: its digits, without leading zeros, after a `-` where it is negative.
    BigInt(Box<str>),
    /// A finite number.
    Float(f64),
    /// True or false.
    Bool(bool),
    /// Text.
    Text(Box<str>),
    /// A UUID.
    Uuid([u8; 16]),
    /// `2026-11-21`.
    Date(Box<str>),
    /// `2026-11-21T12:30:00`, then `.` and six digits where there is a fraction, then `+01:00` where there is an offset.
    Datetime(Box<str>),
    /// As the second half of a datetime.
    Time(Box<str>),
    /// A span of time.
    Duration {
        /// All of it.
        microseconds: i64,
    },
    /// A finite decimal number, with the digits that were sent.
    Decimal(Box<str>),
    /// The place among the parameter's choices.
    Choice(u32),
    /// The place among the files of the exchange's form.
    File(u32),
    /// The values of a parameter that may be given several times, in order.
    List(Vec<Scalar>),
}
