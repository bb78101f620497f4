//! JSON, TOML, XML and YAML: one strict parser each, so that a new file can be judged too.

use super::{Answer, Break, Suspect, spared};
use crate::ids::RepoPath;
use crate::read::{xml, yaml};
use crate::span::{floor_char, line_of, line_start};
use crate::undecided::Undecided;

/// Configuration files whose readers accept comments and trailing commas.
const LENIENT_NAMES: [&str; 34] = [
    ".babelrc.json",
    ".eslintrc.json",
    ".hintrc.json",
    ".jshintrc.json",
    ".markdownlint.json",
    ".oxlintrc.json",
    ".swcrc.json",
    "angular.json",
    "api-extractor.json",
    "appsettings.json",
    "babel.config.json",
    "biome.json",
    "cspell.json",
    "deno.json",
    "devcontainer.json",
    "global.json",
    "jsconfig.json",
    "keybindings.json",
    "language-configuration.json",
    "launch.json",
    "launchSettings.json",
    "nx.json",
    "pyrightconfig.json",
    "renovate.json",
    "rush.json",
    "settings.json",
    "swcrc.json",
    "tasks.json",
    "tsconfig.json",
    "tslint.json",
    "turbo.json",
    "typedoc.json",
    "wrangler.json",
    "oxlint.json",
];
const LENIENT_FOLDERS: [&str; 5] = [".vscode", ".devcontainer", ".zed", ".config", "rush"];
/// Complaints that all readers of YAML share; about indentation inside brackets and tabs they differ.
const EVERY_YAML_READER: [&str; 8] = [
    "mapping values are not allowed",
    "did not find expected",
    "simple key expect",
    "block sequence entries",
    "unexpected end of stream",
    "unknown escape character",
    "misplaced bracket",
    "invalid trailing content",
];

/// Files that XML parsers read: projects, resources, interfaces, drawings, schemas.
const XML: [&str; 18] = [
    "axaml",
    "csproj",
    "fsproj",
    "nuspec",
    "plist",
    "props",
    "resx",
    "storyboard",
    "svg",
    "targets",
    "vbproj",
    "vcxproj",
    "wsdl",
    "xaml",
    "xib",
    "xml",
    "xsd",
    "xsl",
];

/// The files that [`reads`] knows, as a glob over whole paths.
pub(super) const FILES: &str = "**/*.{axaml,csproj,fsproj,json,jsonc,nuspec,plist,props,resx,storyboard,svg,targets,toml,vbproj,vcxproj,wsdl,xaml,xib,xml,xsd,xsl,yaml,yml}";

/// Whether the file is of one of the four formats.
pub(super) fn reads(path: &RepoPath) -> bool {
    matches!(path.extension(), "json" | "jsonc" | "toml" | "yaml" | "yml") || XML.contains(&path.extension())
}

/// What stands in the way of parsing.
struct Fault {
    at: usize,
    said: String,
    /// Other readers may accept it.
    is_matter_of_taste: bool,
}

impl Fault {
    fn new(at: usize, said: impl Into<String>) -> Self {
        Self { at, said: said.into(), is_matter_of_taste: false }
    }
}

type Parsed = Result<Option<Fault>, Undecided>;

pub(super) fn judge(suspect: &Suspect<'_>) -> Result<Answer, Undecided> {
    match suspect.path.extension() {
        "toml" => by(suspect, "TOML", toml_fault),
        "yaml" | "yml" => by(suspect, "YAML", yaml_fault),
        extension if XML.contains(&extension) => by(suspect, "XML", xml_fault),
        _ if is_lenient(suspect.path) => by(suspect, "JSON with comments", loose_fault),
        _ => json(suspect),
    }
}

fn by(suspect: &Suspect<'_>, format: &'static str, parse: fn(&str) -> Parsed) -> Result<Answer, Undecided> {
    let Some(fault) = parse(suspect.head)? else { return Ok(Answer::Sound) };
    if suspect.base.is_some_and(|base| matches!(parse(base), Ok(Some(_)))) {
        return Ok(Answer::Sound);
    }
    proved(suspect, fault, format)
}

/// A broken file, unless a template explains it.
fn proved(suspect: &Suspect<'_>, fault: Fault, format: &'static str) -> Result<Answer, Undecided> {
    let marks_came = match suspect.base {
        Some(base) => spared::has_template_marks(suspect.head) && !spared::has_template_marks(base),
        None => spared::has_template_marks(suspect.head),
    };
    if marks_came || spared::has_template_marks(line_at(suspect.head, fault.at)) {
        return Err(Undecided::new(format!("looks like a template, so it is not judged as {format}")));
    }

    if fault.is_matter_of_taste {
        let why =
            format!("a strict {format} parser rejects it ({}), which lenient readers may accept", fault.said);
        return Err(Undecided::new(why));
    }
    Ok(Answer::Broken(fault.into_break(suspect.head, format)))
}

fn line_at(text: &str, at: usize) -> &str {
    let line = line_of(text, at);
    &text[line_start(text, line)..line_start(text, line + 1)]
}

impl Fault {
    fn into_break(self, text: &str, format: &'static str) -> Break {
        let at = floor_char(text, self.at);
        let end = at + line_rest(text, at).trim_end().len();
        Break { range: at..end, said: self.said, format }
    }
}

fn line_rest(text: &str, at: usize) -> &str {
    let rest = &text[at..];
    rest.split('\n').next().unwrap_or(rest)
}

fn is_lenient(path: &RepoPath) -> bool {
    let name = path.name();
    path.extension() == "jsonc"
        || LENIENT_NAMES.contains(&name)
        || ["tsconfig.", "jsconfig.", "tsconfig-", "appsettings.", ".eslintrc."]
            .iter()
            .any(|p| name.starts_with(p))
        || name.ends_with(".tsconfig.json")
        || path.dir().split('/').any(|folder| LENIENT_FOLDERS.contains(&folder))
}

fn json(suspect: &Suspect<'_>) -> Result<Answer, Undecided> {
    let Some(fault) = strict_fault(suspect.head)? else { return Ok(Answer::Sound) };
    let is_blank = suspect.head.trim_start_matches('\u{feff}').trim().is_empty();
    let loose = loose_fault(suspect.head)?;
    match suspect.base {
        // What never was strict JSON has a lenient reader.
        Some(base) if !matches!(strict_fault(base), Ok(None)) => {
            let was_loose = matches!(loose_fault(base), Ok(None));
            match loose.filter(|_| was_loose) {
                Some(fault) => proved(suspect, fault, "JSON"),
                None => Ok(Answer::Sound),
            }
        }
        Some(_) if is_blank || only_comments(suspect.head)? => {
            Ok(Answer::Noted(fault.into_break(suspect.head, "JSON")))
        }
        Some(_) => proved(suspect, fault, "JSON"),
        None if is_blank || loose.is_none() || is_json_lines(suspect.head) => Ok(Answer::Sound),
        None => proved(suspect, fault, "JSON"),
    }
}

fn strict_fault(text: &str) -> Parsed {
    let text_only = text.strip_prefix('\u{feff}').unwrap_or(text);
    let error = match serde_json::from_str::<serde::de::IgnoredAny>(text_only) {
        Ok(_) => return Ok(None),
        Err(error) => error,
    };
    let said = error.to_string();
    if said.starts_with("recursion limit") {
        return Err(Undecided::new("nests too deep to be parsed as JSON"));
    }
    // The other parser names the comma itself where one too many stands before a bracket.
    if let Some(fault) = jsonc(text, &plain(false))? {
        return Ok(Some(fault));
    }
    let start = line_start(text, error.line());
    let said = said.split(" at line ").next().unwrap_or(&said).to_owned();
    Ok(Some(Fault::new((start + error.column().saturating_sub(1)).min(text.len()), said)))
}

/// With every extension that a lenient reader may know.
fn loose_fault(text: &str) -> Parsed {
    jsonc(text, &jsonc_parser::ParseOptions::default())
}

fn only_comments(text: &str) -> Result<bool, Undecided> {
    Ok(jsonc(text, &plain(true))?.is_none())
}

/// Plain JSON, with comments or without.
fn plain(allow_comments: bool) -> jsonc_parser::ParseOptions {
    jsonc_parser::ParseOptions {
        allow_comments,
        allow_loose_object_property_names: false,
        allow_trailing_commas: false,
        allow_missing_commas: false,
        allow_single_quoted_strings: false,
        allow_hexadecimal_numbers: false,
        allow_unary_plus_numbers: false,
        allow_bare_decimal_point_numbers: false,
        allow_non_finite_numbers: false,
        allow_extended_string_escapes: false,
    }
}

fn jsonc(text: &str, options: &jsonc_parser::ParseOptions) -> Parsed {
    use jsonc_parser::errors::ParseErrorKind::NestingDepthExceeded;
    match jsonc_parser::parse_to_value(text, options) {
        Ok(_) => Ok(None),
        Err(e) if matches!(e.kind(), NestingDepthExceeded) => {
            Err(Undecided::new("nests too deep to be parsed as JSON"))
        }
        Err(e) => Ok(Some(Fault::new(e.range().start, decapitalised(&e.kind().to_string())))),
    }
}

/// One value a line: a file of records that somebody named `.json`.
fn is_json_lines(text: &str) -> bool {
    let lines = || text.lines().filter(|line| !line.trim().is_empty());
    lines().count() > 1 && lines().all(|line| matches!(strict_fault(line), Ok(None)))
}

fn toml_fault(text: &str) -> Parsed {
    let text_only = text.strip_prefix('\u{feff}').unwrap_or(text);
    let skipped = text.len() - text_only.len();
    match toml::de::DeTable::parse(text_only) {
        Ok(_) => Ok(None),
        Err(e) if e.message().contains("recursion") => {
            Err(Undecided::new("nests too deep to be parsed as TOML"))
        }
        Err(e) => {
            let at = e.span().map_or(0, |span| span.start + skipped);
            Ok(Some(Fault::new(at, e.message().lines().next().unwrap_or_default())))
        }
    }
}

fn xml_fault(text: &str) -> Parsed {
    let trimmed = text.trim_start_matches('\u{feff}').trim_start();
    // Property lists have other forms too, and an empty file is no broken one.
    if !trimmed.starts_with('<') {
        return Ok(None);
    }
    // White space before the declaration is an error of its own; the rest is judged.
    let skipped = text.len() - trimmed.len();
    let Some(fault) = xml::fault(trimmed).map_err(Undecided::new)? else { return Ok(None) };
    let start = line_start(trimmed, fault.line);
    let column = trimmed[start..].char_indices().nth(fault.column.saturating_sub(1));
    let at = skipped + column.map_or(trimmed.len(), |(i, _)| start + i);
    Ok(Some(Fault { is_matter_of_taste: !fault.is_certain, ..Fault::new(at, fault.said) }))
}

fn yaml_fault(text: &str) -> Parsed {
    let error = match yaml::parse(text) {
        Ok(_) => return Ok(None),
        Err(error) => error,
    };
    let said = error.message.as_str();
    if error.cause == yaml::Cause::Limit {
        return Err(Undecided::new(format!("is not followed to its end as YAML: {said}")));
    }
    // Readers differ on a key given twice and on how far aliases may expand; neither is syntax.
    if said.contains("duplicate") || said.contains("alias") {
        return Ok(None);
    }
    let start = line_start(text, error.line);
    let at = text[start..].char_indices().nth(error.column).map_or(text.len(), |(i, _)| start + i);
    let is_matter_of_taste = !EVERY_YAML_READER.iter().any(|words| said.contains(words));
    Ok(Some(Fault { is_matter_of_taste, ..Fault::new(at, said) }))
}

fn decapitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_lowercase().chain(chars).collect()).unwrap_or_default()
}
