//! Where a secret must not arrive.

use crate::read::flow::{Argument, Arrival, Kind, Trace, Value};
use crate::read::syntax::Language;

use super::names::words;
use super::vocabulary::{Sink, Target, vocabulary};

/// Stands in a command's output for a value that the run then masks.
const MASKING: &str = "::add-mask::";

/// A place where values are seen by others.
#[derive(Debug)]
pub(super) struct Exposure<'a> {
    pub(super) target: Target,
    /// Whether the place is beyond doubt what it looks like.
    pub(super) certain: bool,
    /// A person who runs the program sees it: the standard output.
    pub(super) stdout: bool,
    pub(super) console: bool,
    /// The place in a few words, such as `console.log`.
    pub(super) name: String,
    pub(super) traces: Vec<&'a Trace>,
}

/// The exposure that an arrival is, if it is one.
pub(super) fn exposure<'a>(arrival: &'a Arrival, language: Language, source: &str) -> Option<Exposure<'a>> {
    match arrival.kind {
        Kind::Call | Kind::Construct => call(arrival, language, source),
        Kind::Record => message(arrival),
        Kind::Text => query(arrival),
        Kind::Read => None,
    }
}

fn call<'a>(arrival: &'a Arrival, language: Language, source: &str) -> Option<Exposure<'a>> {
    let (method, receivers) = arrival.path.split_last()?;
    let receiver = receivers.last().map_or("", String::as_str);
    let known = vocabulary().sinks.iter().find(|sink| {
        fits(sink, language)
            && is_method(&sink.methods, method)
            && sink.receivers.iter().any(|r| is_receiver(r, receivers))
    });
    let name = short(&arrival.path);
    let Some(sink) = known else {
        let raised = matches!(language, Language::Python | Language::Ruby) || arrival.kind == Kind::Construct;
        if raised && is_exception(method) && !is_exception(receiver) {
            let traces = arrival.arguments.iter().flat_map(|a| a.value.all()).collect();
            return some(Exposure {
                target: Target::Exception,
                certain: true,
                stdout: false,
                console: false,
                name,
                traces,
            });
        }
        return request(arrival, method, receivers);
    };
    if let Some(elsewhere) = &sink.unless
        && let Some(other) = arrival.arguments.iter().find(|a| a.name.as_ref() == Some(elsewhere))
    {
        let to = source.get(other.range.clone()).unwrap_or_default();
        if !to.contains("stderr") && !to.contains("stdout") {
            return None;
        }
    }
    let masks = |a: &Argument| a.value.text.as_deref().is_some_and(|text| text.contains(MASKING));
    if arrival.arguments.iter().any(masks) {
        return None;
    }
    let traces = taken(sink, &arrival.arguments);
    let Sink { kind, certain, stdout, console, .. } = sink;
    some(Exposure { target: *kind, certain: *certain, stdout: *stdout, console: *console, name, traces })
}

fn some(exposure: Exposure<'_>) -> Option<Exposure<'_>> {
    (!exposure.traces.is_empty()).then_some(exposure)
}

fn fits(sink: &Sink, language: Language) -> bool {
    sink.languages.is_empty() || sink.languages.iter().any(|name| name == language.name())
}

fn is_method(methods: &[String], method: &str) -> bool {
    methods.iter().any(|known| known == method || known.eq_ignore_ascii_case(method))
}

/// Whether a call's receivers are the known one: by their last names, or by the last word of the last name.
fn is_receiver(known: &str, receivers: &[String]) -> bool {
    let plain = |name: &String| name.trim_end_matches("()").to_lowercase();
    let Some(last) = receivers.last() else { return known.is_empty() };
    if known.contains('.') {
        let count = known.split('.').count();
        let from = receivers.len().saturating_sub(count);
        return receivers[from..].iter().map(plain).collect::<Vec<_>>().join(".") == known;
    }
    let last = last.trim_end_matches("()");
    !known.is_empty()
        && (last.eq_ignore_ascii_case(known) || words(last).last().is_some_and(|word| word == known))
}

fn is_exception(name: &str) -> bool {
    let plain = name.trim_end_matches("()");
    plain.starts_with(|c: char| c.is_uppercase())
        && (plain.ends_with("Error") || plain.ends_with("Exception"))
}

fn short(path: &[String]) -> String {
    let from = path.len().saturating_sub(2);
    path[from..].join(".").replace("()", "")
}

fn taken<'a>(sink: &Sink, arguments: &'a [Argument]) -> Vec<&'a Trace> {
    if sink.takes.is_empty() {
        return arguments.iter().flat_map(|a| a.value.all()).collect();
    }
    let mut found = Vec::new();
    let mut place = 0;
    for argument in arguments {
        match &argument.name {
            Some(name) if sink.takes.contains(name) => found.extend(argument.value.all()),
            Some(_) => {}
            None => {
                found.extend(inside(&argument.value, &sink.takes, sink.places.contains(&place)));
                place += 1;
            }
        }
    }
    found
}

/// The origins under the named fields; of a value that has no fields all, where `itself` is taken too.
fn inside<'a>(value: &'a Value, takes: &[String], itself: bool) -> Vec<&'a Trace> {
    let mut found: Vec<&Trace> = Vec::new();
    let is_list = value.fields.iter().all(|(name, _)| name.bytes().all(|b| b.is_ascii_digit()));
    for (name, field) in &value.fields {
        if takes.contains(name) || is_list && itself {
            found.extend(field.all());
        }
    }
    if value.fields.is_empty() && itself {
        found.extend(&value.traces);
    }
    found
}

/// A request to a model's host.
fn request<'a>(arrival: &'a Arrival, method: &str, receivers: &[String]) -> Option<Exposure<'a>> {
    let http = &vocabulary().http;
    if !is_method(&http.methods, method) || !http.receivers.iter().any(|r| is_receiver(r, receivers)) {
        return None;
    }
    let url = arrival.arguments.first()?.value.text.as_deref()?;
    let host = http.models.iter().find(|host| url.contains(host.as_str()))?;
    let mut traces = Vec::new();
    // A text that was put together: nothing tells its parts apart.
    let body = |value: &'a Value| inside(value, &http.content, value.fields.is_empty());
    for (n, argument) in arrival.arguments.iter().enumerate().skip(1) {
        match &argument.name {
            Some(name) if http.bodies.contains(name) => traces.extend(body(&argument.value)),
            Some(_) => {}
            None => {
                let options = argument.value.fields.iter().filter(|(name, _)| http.bodies.contains(name));
                let mut options = options.peekable();
                if options.peek().is_some() {
                    options.for_each(|(_, value)| traces.extend(body(value)));
                } else if n == 1 && method != "fetch" {
                    traces.extend(inside(&argument.value, &http.content, false));
                }
            }
        }
    }
    some(Exposure {
        target: Target::Model,
        certain: true,
        stdout: false,
        console: false,
        name: format!("a request to {host}"),
        traces,
    })
}

/// A message of a conversation with a model: who speaks and what is said.
fn message(arrival: &Arrival) -> Option<Exposure<'_>> {
    let field = |name: &str| arrival.arguments.iter().find(|a| a.name.as_deref() == Some(name));
    let role = field("role")?.value.text.as_deref()?;
    if !matches!(role, "user" | "system" | "assistant" | "developer" | "tool") {
        return None;
    }
    let said = field("content").or_else(|| field("parts"))?;
    let traces = said.value.all();
    some(Exposure {
        target: Target::Model,
        certain: true,
        stdout: false,
        console: false,
        name: format!("a {role} message"),
        traces,
    })
}

/// A value behind `?name=` or `&name=` of an address.
fn query(arrival: &Arrival) -> Option<Exposure<'_>> {
    let mut before = String::new();
    let mut traces = Vec::new();
    for argument in &arrival.arguments {
        if argument.value.is_traced() && names_parameter(&before) {
            traces.extend(argument.value.all());
        }
        match argument.value.text.as_deref().filter(|text| text.len() < 1024) {
            Some(text) => before += text,
            None => before.push('\u{0}'),
        }
    }
    let host = host(&before);
    let sent = before.starts_with("http://") || before.starts_with("https://") || before.starts_with('\u{0}');
    if !sent {
        return None;
    }
    let http = &vocabulary().http;
    let asked = host.is_none_or(|host| {
        http.by_query.iter().any(|known| {
            host.trim_end_matches(|c: char| c == ':' || c.is_ascii_digit()).ends_with(known.as_str())
        })
    });
    let name = host.map_or_else(|| "a URL".to_owned(), |host| format!("a URL of {host}"));
    some(Exposure { target: Target::Query, certain: !asked, stdout: false, console: false, name, traces })
}

/// Whether a text ends in `?name=` or `&name=`.
fn names_parameter(text: &str) -> bool {
    let Some(before) = text.strip_suffix('=') else { return false };
    let name = before.trim_end_matches(|c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
    name.len() < before.len() && name.ends_with(['?', '&'])
}

fn host(text: &str) -> Option<&str> {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"))?;
    let host = rest.split(['/', '?', '#']).next()?;
    let known = !host.is_empty() && !host.contains(['\u{0}', '{', '%', '$']);
    known.then(|| host.rsplit('@').next().unwrap_or(host))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_of_an_address_is_told_from_other_text() {
        assert!(names_parameter("https://a.example/v1?api_key=") && names_parameter("/x?a=1&token="));
        assert!(
            !names_parameter("apiKey=")
                && !names_parameter("is it? yes=")
                && !names_parameter("https://a.example/")
        );
    }

    #[test]
    fn a_receiver_is_known_by_its_last_word_or_names() {
        let path = |names: &[&str]| names.iter().map(|n| (*n).to_owned()).collect::<Vec<_>>();
        assert!(is_receiver("logger", &path(&["self", "requestLogger"])));
        assert!(is_receiver("logger", &path(&["logging", "getLogger()"])));
        assert!(is_receiver("chat.completions", &path(&["client", "chat", "completions"])));
        assert!(!is_receiver("log", &path(&["dialog"])) && !is_receiver("", &path(&["dialog"])));
    }
}
