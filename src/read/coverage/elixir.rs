//! Elixir: Mix's own coverage by `mix.exs`, and ExCoveralls by `coveralls.json`.
//!
//! A file stands for the module that its path spells, in the way of the language's own generators.

mod mix;

use std::collections::{BTreeMap, BTreeSet};

use regex::Regex;

use super::expression;
use super::settings::{texts, untold};
use super::survey::{self, Survey, below, place};
use super::{Gate, Mode, Scope};
use crate::ids::RepoPath;
use crate::read::json::{CONDITION, Value};
use crate::undecided::Undecided;

pub(super) const NEEDS: &[&str] = &["**/mix.exs", "**/coveralls.json"];

/// What Mix asks for where nothing is said.
const DEFAULT: f64 = 90.0;

pub(super) fn scopes(survey: &Survey<'_>) -> Vec<Scope> {
    let projects = survey.files.iter().copied().filter(|path| path.name() == "mix.exs");
    projects
        .filter(|path| !path.dir().split('/').any(|part| part == "deps"))
        .flat_map(|path| of(survey, path))
        .collect()
}

fn of(survey: &Survey<'_>, path: &RepoPath) -> Option<Scope> {
    let dir = path.dir();
    let text = survey.tree.text(path).map(Option::unwrap_or_default);
    let said = match text {
        Ok(text) => mix::coverage(text),
        Err(undecided) => {
            return Some(Scope::new("mix test", dir, vec![path.clone()]).measured(Err(undecided)));
        }
    };
    let settings = said.clone().unwrap_or(Value::Null);
    let tool = settings.get("tool").and_then(|tool| tool.as_text().map(str::to_owned));
    if tool.as_deref() == Some("ExCoveralls") {
        return Some(by_excoveralls(survey, path));
    }
    let runs = survey.commands.iter().filter(|command| {
        let words = command.start("mix").unwrap_or_default();
        command.dir == dir
            && words.first().is_some_and(|word| word == "test")
            && words.iter().any(|w| w == "--cover")
    });
    let at: Option<RepoPath> = runs.map(|command| command.at.clone()).next();
    if tool.is_some() || (said.is_none() && at.is_none()) {
        return None;
    }
    let config = std::iter::once(path.clone()).chain(at).collect();
    let files =
        ignored(&settings).map(|ignored| (Mode::Matching, kept(survey, dir, |path| ignored.holds(path))));
    let scope = Scope::new("mix test", dir, config).configured(said.is_some());
    Some(scope.measured(files).gated(threshold(&settings)))
}

/// The modules of the project that a rule does not take out.
fn kept(survey: &Survey<'_>, dir: &str, out: impl Fn(&str) -> bool) -> BTreeSet<RepoPath> {
    let lib = place(dir, "lib").unwrap_or_default();
    let stays = |path: &&RepoPath| {
        path.extension() == "ex" && below(dir, path.as_str()).is_some_and(|seen| !out(seen))
    };
    survey.under(&lib).filter(stays).cloned().collect()
}

/// The figure of the summary, which fails the run unless the summary is off.
fn threshold(settings: &Value) -> Result<BTreeMap<String, Gate>, Undecided> {
    let figure = match settings.get("summary") {
        Some(Value::Bool(false)) => return Ok(BTreeMap::new()),
        Some(Value::Unknown(expression)) => return Err(untold("summary", &expression)),
        Some(summary) => match summary.get("threshold") {
            Some(Value::Number(figure)) => figure,
            Some(Value::Bool(false)) => return Ok(BTreeMap::new()),
            Some(Value::Unknown(expression)) => return Err(untold("threshold", &expression)),
            Some(Value::Either(_)) => return Err(untold("threshold", CONDITION)),
            _ => DEFAULT,
        },
        None => DEFAULT,
    };
    Ok(BTreeMap::from([("summary.threshold".to_owned(), Gate::AtLeast(figure))]))
}

/// The modules that are left out, by their names and by expressions over their names.
struct Ignored {
    names: Vec<Vec<String>>,
    expressions: Vec<Regex>,
}

fn ignored(settings: &Value) -> Result<Ignored, Undecided> {
    let items = match settings.get("ignore_modules") {
        Some(Value::List(items)) => items,
        Some(Value::Unknown(expression)) => return Err(untold("ignore_modules", &expression)),
        _ => Vec::new(),
    };
    let mut found = Ignored { names: Vec::new(), expressions: Vec::new() };
    for item in &items {
        match (item, item.get(mix::EXPRESSION)) {
            (Value::Unknown(expression), _) => return Err(untold("ignore_modules", expression)),
            (_, Some(Value::Text(text))) => found.expressions.push(expression::compile(&text)?),
            (Value::Text(name), _) => {
                found.names.push(name.split('.').map(str::to_lowercase).collect());
            }
            _ => {}
        }
    }
    Ok(found)
}

impl Ignored {
    /// Whether the module of a file is left out. Folders may stand in the path that the name passes over, as Phoenix has
    /// it: `lib/shop_web/controllers/cart_controller.ex` holds `ShopWeb.CartController`.
    fn holds(&self, path: &str) -> bool {
        let inside = path.strip_prefix("lib/").unwrap_or(path).trim_end_matches(".ex");
        let parts: Vec<String> = inside.split('/').map(|part| part.replace('_', "")).collect();
        let named = |name: &Vec<String>| {
            let mut rest = parts.iter();
            let ordered = name.iter().all(|part| rest.any(|folder| folder == part));
            ordered && name.first() == parts.first() && name.last() == parts.last()
        };
        let camel = |part: &str| -> String {
            let words = part.split('_').map(|word| {
                let mut chars = word.chars();
                chars.next().map(|first| first.to_uppercase().chain(chars).collect::<String>())
            });
            words.flatten().collect()
        };
        let spelled: Vec<String> = inside.split('/').map(camel).collect();
        let mut short = vec![spelled.first().cloned().unwrap_or_default()];
        short.extend(spelled.last().filter(|_| spelled.len() > 1).cloned());
        let candidates = [spelled.join("."), short.join(".")];
        self.names.iter().any(named)
            || self.expressions.iter().any(|regex| candidates.iter().any(|name| regex.is_match(name)))
    }
}

fn by_excoveralls(survey: &Survey<'_>, path: &RepoPath) -> Scope {
    let dir = path.dir();
    let file = survey.first(dir, &["coveralls.json"]);
    let config = file.iter().chain([path]).cloned().collect();
    let scope = Scope::new("excoveralls", dir, config);
    let settings = file.map_or(Ok(None), |file| survey::read(survey.tree, &file));
    let told = settings.and_then(|settings| {
        let settings = settings.unwrap_or(Value::Null);
        let skip = texts(&settings, "skip_files")?.unwrap_or_default();
        let skip = skip.iter().map(|text| expression::compile(text)).collect::<Result<Vec<_>, _>>()?;
        Ok((skip, settings))
    });
    match told {
        Ok((skip, settings)) => {
            let out = |seen: &str| skip.iter().any(|regex| regex.is_match(seen));
            let minimum = settings.at(&["coverage_options", "minimum_coverage"]).and_then(|m| m.as_number());
            let minimum = minimum.filter(|figure| *figure > 0.0);
            let gates = minimum.map(|figure| ("minimum_coverage".to_owned(), Gate::AtLeast(figure)));
            scope
                .measured(Ok((Mode::Matching, kept(survey, dir, out))))
                .gated(Ok(gates.into_iter().collect()))
        }
        Err(undecided) => scope.measured(Err(undecided.clone())).gated(Err(undecided)),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::change::Tree;
    use crate::read::coverage::scopes;

    const SOURCES: [(&str, &str); 5] = [
        ("lib/shop.ex", ""),
        ("lib/shop/http_client.ex", ""),
        ("lib/shop_web/controllers/cart_controller.ex", ""),
        ("test/shop_test.exs", ""),
        ("deps/jason/mix.exs", "[test_coverage: [summary: false]]"),
    ];

    fn told(files: &[(&str, &str)]) -> Vec<String> {
        let files = files.iter().copied().chain(SOURCES);
        let found = scopes(&Tree::of_files(files.map(|(path, text)| (path, text.as_bytes()))));
        let told = |scope: &Scope| {
            let names: Vec<&str> = scope.files.iter().map(|path| path.name()).collect();
            let names = scope.undecided.as_ref().map_or_else(|| names.join(" "), |u| u.why.clone());
            let gates: Vec<String> = scope.thresholds.values().map(ToString::to_string).collect();
            format!("{}: {names}; {}", scope.tool, gates.join(", "))
        };
        found.iter().map(told).collect()
    }

    fn mix(coverage: &str) -> Vec<String> {
        told(&[("mix.exs", &format!("def project do\n  [app: :shop, test_coverage: {coverage}]\nend"))])
    }

    #[test]
    fn modules_are_left_out_by_name_or_expression() {
        let all = "shop.ex http_client.ex cart_controller.ex";
        assert_eq!(mix("[ignore_modules: [Shop.Other, HTTPClient]]"), [format!("mix test: {all}; 90")]);
        assert_eq!(
            mix("[ignore_modules: [Shop.HTTPClient, ShopWeb.CartController]]"),
            ["mix test: shop.ex; 90"]
        );
        assert_eq!(mix("[ignore_modules: [~r/^ShopWeb\\./]]"), ["mix test: shop.ex http_client.ex; 90"]);
        assert!(mix("[ignore_modules: modules()]")[0].contains("`modules`"));
    }

    #[test]
    fn mix_fails_below_its_figure_unless_the_summary_is_off() {
        let all = "mix test: shop.ex http_client.ex cart_controller.ex";
        assert_eq!(mix("[summary: [threshold: 70]]"), [format!("{all}; 70")]);
        assert_eq!(mix("[summary: true]"), [format!("{all}; 90")]);
        assert_eq!(mix("[summary: false]"), [format!("{all}; ")]);
        let plain = ("mix.exs", "def project, do: [app: :shop]");
        assert_eq!(told(&[plain, ("ci.sh", "mix test --cover")]), [format!("{all}; 90")]);
        assert!(told(&[plain, ("ci.sh", "mix test")]).is_empty());
    }

    #[test]
    fn excoveralls_skips_files_by_expressions_anywhere_in_the_path() {
        let project = ("mix.exs", "[test_coverage: [tool: ExCoveralls]]");
        assert_eq!(told(&[project]), ["excoveralls: shop.ex http_client.ex cart_controller.ex; "]);
        let json = r#"{"skip_files": ["^lib/shop_web", "client.ex$", "^shop"], "coverage_options": {"minimum_coverage": 80}}"#;
        assert_eq!(told(&[project, ("coveralls.json", json)]), ["excoveralls: shop.ex; 80"]);
        assert!(told(&[project, ("coveralls.json", r#"{"skip_files": ["(?!x)"]}"#)])[0].contains("(?!x)"));
    }
}
