//! Facts about the two dialects.

#![allow(clippy::unwrap_used)]

use proptest::prelude::*;

use super::matching::Positions;
use super::{Dialect, Glob, keeps, matching};

fn pico(pattern: &str, path: &str) -> bool {
    Glob::new(pattern, Dialect::Picomatch).unwrap().is_match(path)
}

fn mini(pattern: &str, path: &str) -> bool {
    Glob::new(pattern, Dialect::Minimatch).unwrap().is_match(path)
}

#[test]
fn a_star_stops_at_a_slash_and_two_stars_do_not() {
    for matches in [pico, mini] {
        assert!(matches("src/*.js", "src/a.js") && !matches("src/*.js", "src/x/a.js"));
        assert!(matches("src/**/*.js", "src/a.js") && matches("src/**/*.js", "src/x/y/a.js"));
        assert!(matches("**/*.js", "a.js") && matches("**/*.js", "x/.y/a.js") && !matches("**/*.js", "a.ts"));
        assert!(matches("src/**", "src/x/y") && !matches("src/**", "srcs/x"));
        assert!(matches("**", "a/b/c") && matches("**/a/**/c.js", "a/b/c.js"));
    }
}

#[test]
fn braces_classes_and_groups_are_read() {
    for matches in [pico, mini] {
        assert!(matches("{src,lib}/*.{js,ts}", "lib/a.ts") && !matches("{src,lib}/*.{js,ts}", "bin/a.ts"));
        assert!(matches("src/[[]id[]]/**", "src/[id]/page.js"));
        assert!(matches("**/*.?(c|m)[jt]s?(x)", "x/a.mts") && matches("**/*.?(c|m)[jt]s?(x)", "a.jsx"));
        assert!(!matches("**/*.?(c|m)[jt]s?(x)", "a.json"));
        assert!(matches("v{1..3}/*", "v2/a") && !matches("v{1..3}/*", "v4/a"));
        assert!(matches("+(a|b)/x", "abba/x") && !matches("+(a|b)/x", "/x"));
        assert!(matches("src/!(legacy|old)/*.js", "src/api/a.js"));
        assert!(!matches("src/!(legacy|old)/*.js", "src/old/a.js"));
        assert!(matches("x/!(*.d).ts", "x/a.ts") && !matches("x/!(*.d).ts", "x/a.d.ts"));
    }
}

#[test]
fn the_two_dialects_differ_where_the_libraries_do() {
    assert!(pico("src/[id]/a.js", "src/[id]/a.js") && !mini("src/[id]/a.js", "src/[id]/a.js"));
    assert!(pico("src/a.js/**", "src/a.js") && !mini("src/a.js/**", "src/a.js"));
    assert!(!pico("!(old)/a.js", "old/a.js") && mini("!(old)/a.js", "old/a.js"));
    assert!(!pico("src/!(old)/a.js", "src/older/a.js") && mini("src/!(old)/a.js", "src/older/a.js"));
    assert!(pico("./src/a.js", "src/a.js") && !mini("./src/a.js", "src/a.js"));
}

#[test]
fn with_contains_any_part_of_the_path_may_match() {
    let contains = |p: &str, path: &str| Glob::new(p, Dialect::PicomatchContains).unwrap().is_match(path);
    assert!(contains("src/a", "/x/src/ab.js") && contains("b.js", "/x/ab.js"));
    assert!(!contains("**/b.js", "/x/ab.js") && contains("**/b.js", "/x/b.js"));
}

#[test]
fn later_patterns_of_a_list_win_and_exclamations_only_take_away() {
    let list = |patterns: &[&str], path: &str| {
        let globs: Vec<Glob> = patterns.iter().map(|p| Glob::new(p, Dialect::Picomatch).unwrap()).collect();
        keeps(&globs, path)
    };
    assert!(
        list(&["src/**", "!src/old/**"], "src/a.js") && !list(&["src/**", "!src/old/**"], "src/old/a.js")
    );
    assert!(list(&["!src/old/**", "src/**"], "src/old/a.js"));
    assert!(list(&["!old/**"], "src/a.js") && !list(&[], "src/a.js"));
}

/// Each of them doubled the work once: more than a test would see the end of.
#[test]
fn braces_that_nothing_closes_stand_for_themselves_however_many() {
    let open = "{".repeat(30);
    assert!(pico(&format!("{open}a"), &format!("{open}a")) && !pico(&format!("{open}a"), "a"));
    assert!(!pico(&format!("{open}{{a,b}}"), &format!("{open}b")));
    assert!(!pico("!{a,b", "c") && mini("{a,b", "{a,b"));
}

#[test]
fn a_pattern_of_picomatch_matches_its_own_text() {
    assert!(
        pico("src/(group)/[id].js", "src/(group)/[id].js") && !pico("src/(group)/*.js", "src/(group)/a.js")
    );
}

#[test]
fn a_class_that_starts_with_an_exclamation_is_negated_where_the_library_says_so() {
    let tiny = |pattern: &str, path: &str| Glob::new(pattern, Dialect::Tinyglobby).unwrap().is_match(path);
    assert!(pico("[!a].js", "a.js") && !pico("[!a].js", "b.js"));
    assert!(!tiny("[!a].js", "a.js") && tiny("[!a].js", "b.js"));
    assert!(!mini("[!a].js", "a.js") && mini("[!a].js", "b.js"));
}

#[test]
fn minimatch_joins_slashes_and_goes_up() {
    assert!(mini("src//a.js", "src/a.js") && mini("src/../lib/*.js", "lib/a.js"));
    assert!(mini("{a..c..2}.js", "c.js") && !mini("{a..c..2}.js", "b.js") && mini("{08..11}", "09"));
}

#[test]
fn what_is_ignored_on_the_way_is_also_looked_at_as_a_folder() {
    let ignores = |pattern: &str, path: &str| Glob::new(pattern, Dialect::GlobIgnore).unwrap().is_match(path);
    assert!(ignores("src/*/**", "src/a.js") && !mini("src/*/**", "src/a.js"));
    assert!(ignores("./src/*.js", "src/a.js") && !mini("./src/*.js", "src/a.js"));
    assert!(!ignores("src/*/**", "a.js") && ignores("#a", "#a"));
}

proptest! {
    #[test]
    fn no_pattern_makes_a_reader_panic(pattern in "[a-c/*?!@+(){}\\[\\]|,.^:\\\\\"-]{0,24}", path in "[a-c/.]{0,12}") {
        use Dialect::{GlobIgnore, Minimatch, Picomatch, PicomatchContains, Tinyglobby};
        for dialect in [Picomatch, PicomatchContains, Tinyglobby, Minimatch, GlobIgnore] {
            if let Ok(glob) = Glob::new(&pattern, dialect) {
                let _ = glob.is_match(&path);
            }
        }
    }

    #[test]
    fn what_a_match_needs_turns_no_match_away(
        pattern in "[ab/*?!@+(){}\\[\\]|,.]{0,24}",
        path in "[ab/.]{0,12}",
    ) {
        use Dialect::{GlobIgnore, Minimatch, Picomatch, PicomatchContains, Tinyglobby};
        for dialect in [Picomatch, PicomatchContains, Tinyglobby, Minimatch, GlobIgnore] {
            let Ok(glob) = Glob::new(&pattern, dialect) else { continue };
            let chars: Vec<char> = path.chars().collect();
            for one in &glob.alternatives {
                let starts = if glob.contains { Positions::all(&chars) } else { Positions::start(&chars) };
                let ends = matching::ends(&one.seq, &chars, starts);
                let found = if glob.contains { !ends.is_empty() } else { ends.contains(chars.len()) };
                prop_assert!(!found || one.needed.is_in(&path, glob.contains), "{:?} {:?}", pattern, path);
            }
        }
    }

    #[test]
    fn text_without_special_characters_matches_itself(path in "[a-z]{1,5}(/[a-z]{1,5}){0,3}") {
        prop_assert!(pico(&path, &path) && mini(&path, &path));
        prop_assert!(pico("**", &path) && mini("**/*", &path));
    }
}

#[test]
fn node_has_its_own_minimatch() {
    let node =
        |pattern: &str, path: &str, dot| Glob::new(pattern, Dialect::Node { dot }).unwrap().is_match(path);
    // As Node.js 26 answered for each of these.
    for (pattern, path, plain, dot) in [
        ("src/**", "src/.h.js", false, true),
        ("**/*.js", ".dot/a.js", false, true),
        ("**", "/x/a/.b/c.js", false, true),
        ("/**", "/x/src/a.js", true, true),
        ("src/.*", "src/.h.js", true, true),
        ("!src/**", "a.js", false, false),
        ("#x", "#x", true, true),
        ("./src/**", "src/a.js", false, false),
        ("src//*.js", "src/a.js", true, true),
        ("src/../b/*", "b/a", true, true),
        ("src/**/", "src/a.js", false, false),
        ("src\\*.js", "src/a.js", true, true),
        ("!(a)/b", "a/b", false, false),
    ] {
        assert_eq!((node(pattern, path, false), node(pattern, path, true)), (plain, dot), "{pattern} {path}");
    }
}
