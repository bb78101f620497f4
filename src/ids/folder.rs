//! Folders of a tree as text: the empty text is the root, any other is `/`-separated and has no `/` at its ends.

/// `relative` seen from the folder `dir`, with empty, `.` and `..` parts resolved: the empty text for the root, `None`
/// where it leads out of the tree. A `/` at the start says nothing here, and a `\` is part of a name: what either means
/// is the caller's to know.
pub fn resolved(dir: &str, relative: &str) -> Option<String> {
    let mut parts: Vec<&str> = dir.split('/').filter(|part| !part.is_empty()).collect();
    for part in relative.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// A path as it is seen from a folder that it lies in, at whatever depth; `None` for one outside and for the folder
/// itself.
pub fn below<'p>(dir: &str, path: &'p str) -> Option<&'p str> {
    if dir.is_empty() { Some(path) } else { path.strip_prefix(dir)?.strip_prefix('/') }
}

/// A folder and those above it, the nearest first, the root last.
pub fn ancestors(dir: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(dir), |dir| {
        (!dir.is_empty()).then(|| dir.rsplit_once('/').map_or("", |(above, _)| above))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_below_a_folder_is_told_by_whole_names() {
        assert_eq!(below("a/b", "a/b/c/d.rs"), Some("c/d.rs"));
        assert_eq!(below("", "a.rs"), Some("a.rs"));
        for (dir, path) in [("a", "ab/c"), ("a/b", "a/b"), ("b", "a/b/c"), ("a/b", "a")] {
            assert_eq!(below(dir, path), None, "{path} below {dir}");
        }
    }

    #[test]
    fn ancestors_are_told_from_the_folder_itself_up_to_the_root() {
        assert_eq!(ancestors("a/b/c").collect::<Vec<_>>(), ["a/b/c", "a/b", "a", ""]);
        assert_eq!(ancestors("").collect::<Vec<_>>(), [""]);
    }

    #[test]
    fn dots_are_resolved_from_the_folder() {
        let seen = |dir, relative| resolved(dir, relative).unwrap();
        assert_eq!(seen("packages/ui", "../core/./src//x.js"), "packages/core/src/x.js");
        assert_eq!(seen("", "./src/"), "src");
        assert_eq!(seen("a/b", ".."), "a");
        assert_eq!(seen("a", "...//..b"), "a/.../..b");
    }

    #[test]
    fn the_root_is_the_empty_text() {
        for (dir, relative) in [("", ""), ("", "."), ("a", ".."), ("a/b", "../../"), ("a", "../b/..")] {
            assert_eq!(resolved(dir, relative).as_deref(), Some(""), "{relative:?} from {dir:?}");
        }
        assert_eq!(resolved("a/b", "").as_deref(), Some("a/b"));
    }

    #[test]
    fn what_leads_out_of_the_tree_is_nowhere_even_where_it_comes_back() {
        for (dir, relative) in [("", ".."), ("a", "../.."), ("a", "../../a/b"), ("", "x/../../x")] {
            assert_eq!(resolved(dir, relative), None, "{relative:?} from {dir:?}");
        }
    }

    #[test]
    fn a_slash_at_the_start_says_nothing_and_a_backslash_is_part_of_a_name() {
        assert_eq!(resolved("a", "/b").as_deref(), Some("a/b"));
        assert_eq!(resolved("a", r"..\b").as_deref(), Some(r"a/..\b"));
    }
}
