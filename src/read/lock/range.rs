//! Whether a range of versions admits a version. `semver` and `pep440_rs` are used here only.

use std::str::FromStr;

/// Whether a range of npm admits a version; `None` where either is no plain range or version.
pub(super) fn npm(range: &str, version: &str) -> Option<bool> {
    let version = semver::Version::parse(version).ok()?;
    let range = range.trim();
    if range.is_empty() || range == "*" || range == "x" {
        return Some(true);
    }
    if range.len() > 200 || !range.starts_with(|c: char| c.is_ascii_digit() || "^~<>=vxX*".contains(c)) {
        return None;
    }
    let mut admitted = false;
    for one in range.split("||") {
        admitted |= comparators(one)?.matches(&version);
    }
    Some(admitted)
}

/// One alternative: comparators apart by blanks, or two versions apart by ` - `.
fn comparators(written: &str) -> Option<semver::VersionReq> {
    let written = written.trim();
    if written.is_empty() || matches!(written, "*" | "x" | "X") {
        return Some(semver::VersionReq::STAR);
    }
    if let Some((from, to)) = written.split_once(" - ") {
        return semver::VersionReq::parse(&format!(">={}, <={}", bare(from), bare(to))).ok();
    }
    let mut parts: Vec<String> = Vec::new();
    let mut operator = String::new();
    for word in written.split_whitespace() {
        let at = word.find(|c: char| !"<>=^~".contains(c)).unwrap_or(word.len());
        operator.push_str(&word[..at]);
        if at == word.len() {
            continue;
        }
        let version = bare(&word[at..]).replace(['x', 'X'], "*");
        // A lone version is that very one for npm; a part of one is a family.
        let sign = match operator.as_str() {
            "" | "=" if version.contains('*') || version.matches('.').count() < 2 => "",
            "" => "=",
            "~>" => "~",
            sign => sign,
        };
        let star = if sign.is_empty() && !version.contains('*') { ".*" } else { "" };
        parts.push(format!("{sign}{version}{star}"));
        operator.clear();
    }
    semver::VersionReq::parse(&parts.join(", ")).ok()
}

fn bare(version: &str) -> &str {
    version.trim().trim_start_matches(['v', '='])
}

/// Whether a requirement of Cargo admits a version.
pub(super) fn cargo(requirement: &str, version: &str) -> Option<bool> {
    let version = semver::Version::parse(version).ok()?;
    Some(semver::VersionReq::parse(requirement).ok()?.matches(&version))
}

/// Whether specifiers of PEP 440, or a caret or tilde of Poetry, admit a version.
pub(super) fn python(specifiers: &str, version: &str) -> Option<bool> {
    let version = pep440_rs::Version::from_str(version).ok()?;
    let mut parts = Vec::new();
    for part in specifiers.trim().trim_matches(['(', ')']).split(',') {
        let part = part.trim();
        match part.chars().next()? {
            '*' => {}
            '^' => parts.push(above(&part[1..], false)?),
            '~' if !part.starts_with("~=") => parts.push(above(&part[1..], true)?),
            c if c.is_ascii_digit() => parts.push(format!("=={part}")),
            '=' | '<' | '>' | '!' | '~' => parts.push(part.to_owned()),
            _ => return None,
        }
    }
    let specifiers = pep440_rs::VersionSpecifiers::from_str(&parts.join(",")).ok()?;
    // A locked version before its release was asked for in some way that the specifiers alone don't tell.
    Some(version.any_prerelease() || specifiers.contains(&version))
}

/// The range of a caret, or of a tilde where `minor` is meant.
fn above(version: &str, tilde: bool) -> Option<String> {
    let numbers: Vec<u64> = version.trim().split('.').map(|n| n.parse().ok()).collect::<Option<_>>()?;
    let at = if tilde {
        usize::from(numbers.len() > 1)
    } else {
        numbers.iter().position(|n| *n > 0).unwrap_or(numbers.len() - 1)
    };
    let upper: Vec<String> = numbers[..=at]
        .iter()
        .enumerate()
        .map(|(i, n)| if i == at { n.saturating_add(1) } else { *n }.to_string())
        .collect();
    Some(format!(">={},<{}", version.trim(), upper.join(".")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_of_npm_admit_what_npm_admits() {
        for (range, version) in [
            ("^1.2.3", "1.9.0"),
            ("~1.2.3", "1.2.9"),
            ("1.x", "1.5.0"),
            ("1", "1.5.0"),
            ("1.2", "1.2.7"),
            (">=1 <3", "2.0.0"),
            ("^1.0.0 || ^2.0.0", "2.1.0"),
            ("1.2.3 - 2.0.0", "1.5.0"),
            ("", "1.0.0"),
            ("*", "9.0.0"),
            ("v1.0.0", "1.0.0"),
            (">= 1.2.0", "1.3.0"),
            ("^0.2.3", "0.2.9"),
            ("=1.0.0", "1.0.0"),
            ("^1.0.0-beta.1", "1.0.0-beta.2"),
        ] {
            assert_eq!(npm(range, version), Some(true), "{range} {version}");
        }
        for (range, version) in [
            ("^1.2.3", "2.0.0"),
            ("1.2.3", "1.2.4"),
            ("~1.2.3", "1.3.0"),
            ("^0.2.3", "0.3.0"),
            ("1.x || 3.x", "2.0.0"),
            ("<2", "2.0.0"),
        ] {
            assert_eq!(npm(range, version), Some(false), "{range} {version}");
        }
        for range in
            ["latest", "workspace:*", "npm:other@1", "github:a/b", "catalog:", "https://x/y.tgz", "next"]
        {
            assert_eq!(npm(range, "1.0.0"), None, "{range}");
        }
    }

    #[test]
    fn specifiers_of_python_admit_what_they_say() {
        for (specifiers, version) in [
            (">=1.0,<2", "1.5"),
            ("~=1.4", "1.9"),
            ("==1.*", "1.7.2"),
            ("^1.2", "1.9"),
            ("~1.2", "1.2.9"),
            ("^0.3", "0.3.9"),
            ("*", "3"),
            ("1.0", "1.0.0"),
        ] {
            assert_eq!(python(specifiers, version), Some(true), "{specifiers} {version}");
        }
        for (specifiers, version) in
            [(">=2", "1.5"), ("^1.2", "2.0"), ("~1.2", "1.3"), ("==1.0.1", "1.0.2"), ("^0.3", "0.4.0")]
        {
            assert_eq!(python(specifiers, version), Some(false), "{specifiers} {version}");
        }
        assert_eq!(python("@ git+https://x", "1"), None);
        assert_eq!(cargo("1.2", "1.9.0"), Some(true));
        assert_eq!(cargo("1.2", "2.0.0"), Some(false));
    }
}
