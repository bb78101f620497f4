//! Whether one figure is another one rounded, and how figures are written.

use super::super::super::Percent;

/// Whether rounding to the claim's own decimals, down or to the nearest, makes the claim of the figure.
pub(super) fn explains(claimed: Percent, actual: f64) -> bool {
    let scale = scale(claimed);
    let same = |rounded: f64| (rounded / scale - claimed.value).abs() < 1e-9;
    same((actual * scale).round())
        || same((actual * scale + 1e-7).floor())
        || (actual - claimed.value).abs() < 1e-9
}

/// Whether the claim is more than the figure in any way of rounding, up too.
pub(super) fn exceeds(claimed: Percent, actual: f64) -> bool {
    let scale = scale(claimed);
    claimed.value > (actual * scale - 1e-7).ceil() / scale + 1e-9 && !explains(claimed, actual)
}

fn scale(claimed: Percent) -> f64 {
    10_f64.powi(i32::from(claimed.decimals.min(6)))
}

/// A figure with one decimal, or with as many more as tell it from the claim and from 100.
pub(super) fn shown(actual: f64, claimed: Percent) -> String {
    let differs = |text: &str| {
        text.parse::<f64>().is_ok_and(|rounded| {
            ((rounded - claimed.value).abs() > 1e-9 || (actual - claimed.value).abs() < 1e-9)
                && (rounded < 100.0 || actual > 100.0 - 1e-9)
        })
    };
    let texts = (1..=4).map(|decimals| format!("{actual:.decimals$}"));
    let mut texts = texts.skip_while(|text| !differs(text));
    texts.next().unwrap_or_else(|| format!("{actual:.4}"))
}

/// A claimed figure as it was written.
pub(in crate::claims) fn written(percent: Percent) -> String {
    let decimals = usize::from(percent.decimals.min(6));
    format!("{:.decimals$}", percent.value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn percent(value: f64, decimals: u8) -> Percent {
        Percent { value, decimals }
    }

    #[test]
    fn a_figure_is_explained_by_rounding_to_its_own_decimals_and_by_nothing_else() {
        let two_thirds = 200.0 / 3.0;
        for (value, decimals, fits, over) in [
            (67.0, 0, true, false),
            (66.0, 0, true, false),
            (66.7, 1, true, false),
            (66.6, 1, true, false),
            (66.66, 2, true, false),
            (66.8, 1, false, true),
            (68.0, 0, false, true),
            (67.0, 1, false, true),
            (60.0, 0, false, false),
        ] {
            let claimed = percent(value, decimals);
            assert_eq!(
                (explains(claimed, two_thirds), exceeds(claimed, two_thirds)),
                (fits, over),
                "{value}"
            );
        }
    }

    #[test]
    fn rounding_up_neither_supports_nor_refutes() {
        let full = percent(100.0, 0);
        assert_eq!((explains(full, 99.2), exceeds(full, 99.2)), (false, false));
        assert!(explains(full, 99.6) && exceeds(full, 98.9));
        assert!(exceeds(percent(100.0, 1), 99.6));
    }

    #[test]
    fn a_figure_is_shown_so_that_it_differs_from_the_claim() {
        assert_eq!(shown(80.0, percent(95.0, 1)), "80.0");
        assert_eq!(shown(99.97, percent(100.0, 2)), "99.97");
        assert_eq!(shown(100.0, percent(100.0, 0)), "100.0");
        assert_eq!(written(percent(87.5, 2)), "87.50");
    }
}
