//! Which waiver answers a fingerprint, and whether it holds today.

use jiff::civil::Date;

use crate::change::Waiver;
use crate::ids::Fingerprint;

/// A waiver beside the matter that it speaks of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waived {
    /// The waiver.
    pub waiver: Waiver,
    /// Whether it counts.
    pub hold: Hold,
}

/// Whether a waiver counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hold {
    /// It does: the matter blocks nothing.
    Holds,
    /// Its last day has passed.
    Lapsed,
    /// It has a last day, and which day it is was not said. It does not count.
    DayUnknown,
}

impl Waived {
    /// Whether the matter blocks nothing.
    pub fn holds(&self) -> bool {
        self.hold == Hold::Holds
    }
}

/// The waiver of a fingerprint, where there is one: of several the first that holds, or else the first. Time is an
/// argument; a waiver with a last day counts only where `today` (UTC) is known.
pub fn of<'w>(
    waivers: impl IntoIterator<Item = &'w Waiver>,
    fingerprint: &Fingerprint,
    today: Option<Date>,
) -> Option<Waived> {
    let mut first: Option<Waived> = None;
    for waiver in waivers.into_iter().filter(|waiver| waiver.fingerprint == *fingerprint) {
        let waived = Waived { waiver: waiver.clone(), hold: hold(waiver, today) };
        if waived.holds() {
            return Some(waived);
        }
        first.get_or_insert(waived);
    }
    first
}

fn hold(waiver: &Waiver, today: Option<Date>) -> Hold {
    match (waiver.until, today) {
        (None, _) => Hold::Holds,
        (Some(until), Some(today)) if today <= until => Hold::Holds,
        (Some(_), Some(_)) => Hold::Lapsed,
        (Some(_), None) => Hold::DayUnknown,
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::change::WaiverSource;

    fn waiver(fingerprint: &str, until: Option<Date>) -> Waiver {
        Waiver {
            fingerprint: fingerprint.parse().unwrap(),
            reason: format!("until {until:?}"),
            by: Some("robin".into()),
            source: WaiverSource::Comment,
            at: None,
            until,
        }
    }

    const ONE: &str = "14b695a33f348377";

    fn asked(waivers: &[Waiver], today: Option<Date>) -> Option<Hold> {
        of(waivers, &ONE.parse().unwrap(), today).map(|waived| waived.hold)
    }

    #[test]
    fn a_waiver_holds_through_its_last_day() {
        let until = [waiver(ONE, Some(date(2026, 11, 21)))];
        assert_eq!(asked(&until, Some(date(2026, 11, 20))), Some(Hold::Holds));
        assert_eq!(asked(&until, Some(date(2026, 11, 21))), Some(Hold::Holds));
        assert_eq!(asked(&until, Some(date(2026, 11, 22))), Some(Hold::Lapsed));
        assert_eq!(asked(&until, None), Some(Hold::DayUnknown));
        assert_eq!(asked(&[waiver(ONE, None)], None), Some(Hold::Holds));
    }

    #[test]
    fn another_fingerprints_waiver_is_none_and_one_of_several_of_the_same_is_none_of_the_rest() {
        for other in ["24b695a33f348377", "14b695a33f348377-2"] {
            assert_eq!(asked(&[waiver(other, None)], None), None, "{other}");
        }
    }

    #[test]
    fn of_several_the_one_that_holds_counts() {
        let today = Some(date(2026, 11, 21));
        let lapsed = waiver(ONE, Some(date(2026, 1, 1)));
        let both = [lapsed.clone(), waiver(ONE, None)];
        assert_eq!(asked(&both, today), Some(Hold::Holds));
        let found = of([&lapsed, &waiver(ONE, Some(date(2026, 2, 2)))], &ONE.parse().unwrap(), today);
        assert_eq!(found.unwrap().waiver, lapsed);
    }
}
