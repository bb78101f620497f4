//! The folder that a coverage tool runs in, as a scope names it: `.` stands for the root.

/// The folder as a path; empty for the root.
pub(super) fn dir(package: &str) -> &str {
    if package == "." { "" } else { package }
}

/// Where the tool runs, to be said behind its name: ` in packages/ui`, and nothing of the root.
pub(super) fn said(package: &str) -> String {
    match dir(package) {
        "" => String::new(),
        dir => format!(" in {dir}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_root_is_an_empty_path_and_goes_unsaid() {
        assert_eq!((dir("."), said(".")), ("", String::new()));
        assert_eq!((dir("packages/ui"), said("packages/ui").as_str()), ("packages/ui", " in packages/ui"));
    }
}
