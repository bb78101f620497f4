//! Where a coverage tool fails.

use std::cmp::Ordering;
use std::fmt;

use serde::{Serialize, Serializer};

/// One condition under which a tool fails, or a switch that decides whether it does.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Gate {
    /// Fails below this figure, in per cent.
    AtLeast(f64),
    /// Fails with more uncovered items than this.
    Uncovered(f64),
    /// Fails where the figure falls by more than this, in percentage points.
    Drop(f64),
    /// Whether the tool's other gates count at all, or the tool fails on its own.
    On(bool),
}

impl Gate {
    /// How strict this gate is against another of its kind: `Greater` where it lets less pass. `None` where the two do
    /// not compare, as a percentage and a count do not.
    pub fn strictness(self, other: Self) -> Option<Ordering> {
        match (self, other) {
            (Self::AtLeast(a), Self::AtLeast(b)) => a.partial_cmp(&b),
            (Self::Uncovered(a), Self::Uncovered(b)) | (Self::Drop(a), Self::Drop(b)) => b.partial_cmp(&a),
            (Self::On(a), Self::On(b)) => a.partial_cmp(&b),
            _ => None,
        }
    }

    /// Whether everything passes it.
    pub fn is_open(self) -> bool {
        match self {
            Self::AtLeast(percent) => percent <= 0.0,
            Self::On(on) => !on,
            Self::Drop(points) => points >= 100.0,
            Self::Uncovered(_) => false,
        }
    }

    /// A figure as Istanbul's family writes it: below zero it counts the items that may stay uncovered.
    pub(super) fn of_istanbul(figure: f64) -> Self {
        if figure < 0.0 { Self::Uncovered(-figure) } else { Self::AtLeast(figure) }
    }
}

impl fmt::Display for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AtLeast(percent) => write!(f, "{percent}"),
            Self::Uncovered(items) => write!(f, "{items} uncovered"),
            Self::Drop(points) => write!(f, "a drop of {points}"),
            Self::On(on) => f.write_str(if *on { "on" } else { "off" }),
        }
    }
}

/// A percentage, a negative number of uncovered items, a negative drop in percentage points, or a truth value.
impl Serialize for Gate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match *self {
            Self::AtLeast(figure) => serializer.serialize_f64(figure),
            Self::Uncovered(figure) | Self::Drop(figure) => serializer.serialize_f64(-figure),
            Self::On(on) => serializer.serialize_bool(on),
        }
    }
}
