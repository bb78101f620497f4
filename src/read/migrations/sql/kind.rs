//! The type of a column, as far as its width and its zone go.

use sqlparser::ast::{CharacterLength, DataType, ExactNumberInfo, TimezoneInfo};

/// A type as it is written, and what it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kind {
    /// In SQL, in upper case.
    pub shown: String,
    /// What it holds.
    pub holds: Holds,
}

/// What a type holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holds {
    /// Whole numbers of so many bits.
    Integer {
        /// With the sign.
        bits: u32,
        /// Whether it has none.
        unsigned: bool,
    },
    /// Text of so many characters; any number where there is `None`.
    Text(Option<u64>),
    /// Decimal numbers of so many digits before and after the point.
    Decimal {
        /// Before the point.
        whole: u64,
        /// After the point.
        fraction: u64,
    },
    /// A date with a time of day.
    Timestamp(Zone),
    /// Anything else.
    Other,
}

/// Whether a timestamp has a time zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Zone {
    /// It has.
    With,
    /// Nothing is said, which means none.
    Unsaid,
    /// It is written out that it has none.
    Without,
}

impl Kind {
    pub(super) fn of(written: &DataType) -> Self {
        Self { shown: written.to_string().to_uppercase(), holds: holds(written) }
    }

    /// Whether some values of the type before no longer fit; false where that is not known.
    pub fn is_narrower_than(&self, before: &Self) -> bool {
        match (self.holds, before.holds) {
            (
                Holds::Integer { bits, unsigned },
                Holds::Integer { bits: bits_before, unsigned: unsigned_before },
            ) => bits < bits_before && unsigned == unsigned_before,
            (Holds::Text(Some(length)), Holds::Text(before)) => before.is_none_or(|before| length < before),
            (
                Holds::Decimal { whole, fraction },
                Holds::Decimal { whole: whole_before, fraction: fraction_before },
            ) => whole < whole_before || fraction < fraction_before,
            _ => false,
        }
    }
}

fn holds(written: &DataType) -> Holds {
    let integer = |bits: u32| Holds::Integer { bits, unsigned: false };
    let unsigned = |bits: u32| Holds::Integer { bits, unsigned: true };
    match written {
        DataType::TinyInt(_) => integer(8),
        DataType::SmallInt(_) | DataType::Int2(_) => integer(16),
        DataType::MediumInt(_) => integer(24),
        DataType::Int(_) | DataType::Int4(_) | DataType::Integer(_) => integer(32),
        DataType::BigInt(_) | DataType::Int8(_) => integer(64),
        DataType::TinyIntUnsigned(_) => unsigned(8),
        DataType::SmallIntUnsigned(_) | DataType::Int2Unsigned(_) => unsigned(16),
        DataType::MediumIntUnsigned(_) => unsigned(24),
        DataType::IntUnsigned(_) | DataType::Int4Unsigned(_) | DataType::IntegerUnsigned(_) => unsigned(32),
        DataType::BigIntUnsigned(_) | DataType::Int8Unsigned(_) => unsigned(64),
        DataType::Text => Holds::Text(None),
        DataType::CharacterVarying(length)
        | DataType::CharVarying(length)
        | DataType::Varchar(length)
        | DataType::Nvarchar(length) => Holds::Text(match length {
            Some(CharacterLength::IntegerLength { length, .. }) => Some(*length),
            Some(CharacterLength::Max) | None => None,
        }),
        DataType::Numeric(info) | DataType::Decimal(info) | DataType::Dec(info) => decimal(info),
        DataType::Timestamp(_, zone) => Holds::Timestamp(match zone {
            TimezoneInfo::None => Zone::Unsaid,
            TimezoneInfo::WithoutTimeZone => Zone::Without,
            TimezoneInfo::WithTimeZone | TimezoneInfo::Tz => Zone::With,
        }),
        _ => Holds::Other,
    }
}

fn decimal(info: &ExactNumberInfo) -> Holds {
    match info {
        ExactNumberInfo::None => Holds::Other,
        ExactNumberInfo::Precision(digits) => Holds::Decimal { whole: *digits, fraction: 0 },
        ExactNumberInfo::PrecisionAndScale(digits, scale) => match u64::try_from(*scale) {
            Ok(fraction) => Holds::Decimal { whole: digits.saturating_sub(fraction), fraction },
            Err(_) => Holds::Other,
        },
    }
}
