//! Calls that take one page for the whole.

use crate::read::flow::chain::{Chain, Link};
use crate::read::syntax::{Language, Node, parts};

use super::clients::Source;
use super::facts::{Service, Unpaged};
use super::requests::{Ceilings, parameters};
use super::{Found, Sort};

/// What may stand on a query of a whole table.
const WHOLE: [&str; 12] = [
    "schema",
    "from",
    "table",
    "select",
    "order",
    "returns",
    "overrideTypes",
    "throwOnError",
    "csv",
    "execute",
    "data",
    "then",
];

/// The calls of a chain that give one page of many and of which nobody asks for the next.
pub(super) fn of_chain<'w>(
    source: &Source<'w, '_>,
    service: &'static Service,
    chain: &Chain<'w, '_>,
) -> Vec<Found> {
    let mut found = Vec::new();
    for link in chain.links.iter().filter(|link| link.arguments.is_some()) {
        let name = chain.called_name(link);
        let is_one = |unpaged: &&Unpaged| {
            unpaged.calls.iter().any(|call| call == name)
                || unpaged.prefixes.iter().any(|p| name.starts_with(p.as_str()))
        };
        let of_calls = service.unpaged.iter().filter(|unpaged| unpaged.options.is_empty());
        let unpaged = of_calls.filter(is_one).find(|u| is_unpaged(source, service, u, link));
        if unpaged.is_some()
            && !stands_in_a_loop(source, chain.node)
            && !are_followed(source, service, chain.node)
            && !hands_on(source, chain)
        {
            found.push(Found {
                service,
                sort: Sort::Unpaged { call: name.to_owned() },
                range: link.node.byte_range(),
                shown: String::new(),
            });
        }
    }
    found
}

/// The records of options of a Go package with which the same function asks for one page of many.
pub(super) fn of_options(source: &Source<'_, '_>, services: &[&'static Service]) -> Vec<Found> {
    let mut found = Vec::new();
    if source.written.language() != Language::Go {
        return found;
    }
    for node in source.written.tree().nodes().filter(|node| node.kind() == "composite_literal") {
        let Some(written) = node.child_by_field_name("type") else { continue };
        let Some((package, record)) = source.written.text(written).split_once('.') else { continue };
        let is_one = |unpaged: &&Unpaged| unpaged.options.iter().any(|option| option == record);
        let spoken_of = services.iter().find_map(|service| {
            let unpaged = service.unpaged.iter().filter(is_one);
            let is_its =
                source.names.import(package).is_some_and(|import| service.has_module(&import.module));
            is_its.then(|| (*service, unpaged.collect::<Vec<_>>()))
        });
        let Some((service, unpaged)) = spoken_of else { continue };
        let functions = source.written.around(node).filter(|n| source.written.is_function(*n));
        let Some(function) = functions.last().map(|n| source.written.text(n)) else { continue };
        let given: Vec<&str> = node.child_by_field_name("body").map_or_else(Vec::new, |body| {
            let keys = parts(body).filter(|n| n.kind() == "keyed_element");
            keys.filter_map(|n| parts(n).next()).map(|key| source.written.text(key)).collect()
        });
        let is_taken_whole = |unpaged: &&Unpaged| {
            // What is set further down counts as much as what stands in the record.
            let limited = unpaged.unless.iter().any(|word| holds_word(function, word));
            let filtered =
                unpaged.if_any.is_empty() || unpaged.if_any.iter().any(|w| given.contains(&w.as_str()));
            !limited && filtered
        };
        let call = unpaged
            .into_iter()
            .filter(is_taken_whole)
            .find_map(|unpaged| unpaged.calls.iter().find(|call| holds_call(function, call)).cloned());
        if let Some(call) = call
            && !stands_in_a_loop(source, node)
            && !are_followed(source, service, node)
        {
            let (sort, range) = (Sort::Unpaged { call }, node.byte_range());
            found.push(Found { service, sort, range, shown: String::new() });
        }
    }
    found
}

fn is_unpaged(source: &Source<'_, '_>, service: &Service, unpaged: &Unpaged, link: &Link<'_, '_>) -> bool {
    let Some(arguments) = &link.arguments else { return false };
    let unreadable = arguments.iter().any(|argument| {
        argument.name.is_none()
            && (source.written.record(&source.names, argument.value).is_none()
                || source
                    .written
                    .record(&source.names, argument.value)
                    .is_some_and(|fields| fields.iter().any(|field| field.name.is_none())))
            && source.written.string(&source.names, argument.value).is_none()
    });
    // Arguments that come out of a variable may hold anything.
    let unpacked = arguments.iter().any(|a| matches!(source.written.text(a.value).as_bytes(), [b'*', ..]))
        || arguments
            .iter()
            .any(|a| a.value.parent().is_some_and(|p| matches!(p.kind(), "dictionary_splat" | "list_splat")));
    let given = parameters(source, arguments);
    // A parameter that is written out says enough, whatever stands beside it.
    let written = unpaged.at_ceiling.as_ref().is_some_and(|p| given.iter().any(|(name, _)| name == p));
    if (unreadable || unpacked) && !written {
        return false;
    }
    let has = |wanted: &String| match wanted.split_once('=') {
        Some((name, value)) => given
            .iter()
            .any(|(n, node)| n == name && source.written.plain(*node).is_some_and(|text| text == value)),
        None => given.iter().any(|(n, _)| n == wanted),
    };
    let reaches = unpaged.at_ceiling.as_ref().is_none_or(|parameter| {
        let node = given.iter().find(|(n, _)| n == parameter).map(|(_, node)| *node);
        let asked = node.and_then(|node| source.written.number(&source.names, node));
        // More than the ceiling is told as such.
        asked.is_some() && asked == service.ceiling(parameter)
    });
    reaches
        && !unpaged.unless.iter().any(has)
        && (unpaged.if_any.is_empty() || unpaged.if_any.iter().any(has))
}

/// Whether the call only builds what another call pages through: `octokit.paginate(octokit.rest.…, …)`.
fn hands_on(source: &Source<'_, '_>, chain: &Chain<'_, '_>) -> bool {
    let around = source.written.around(chain.node).take_while(|n| !source.written.is_function(*n));
    around.filter(|n| matches!(n.kind(), "call_expression" | "call")).any(|n| {
        let outer = source.written.chain(n);
        let last = outer.last_call();
        last.is_some_and(|link| link.name.to_lowercase().contains("paginat"))
    })
}

/// Whether a node stands in a loop of its function.
pub(super) fn stands_in_a_loop(source: &Source<'_, '_>, node: Node<'_>) -> bool {
    let own = source.written.around(node).take_while(|n| !source.written.is_function(*n));
    own.into_iter().any(|n| {
        matches!(
            n.kind(),
            "for_statement"
                | "for_in_statement"
                | "while_statement"
                | "do_statement"
                | "while"
                | "until"
                | "for"
                | "loop_expression"
                | "while_expression"
                | "for_expression"
        )
    })
}

/// Whether the outermost function around a node (the file, where there is none) speaks of further pages, or calls
/// itself.
pub(super) fn are_followed(source: &Source<'_, '_>, service: &Service, node: Node<'_>) -> bool {
    let functions = source.written.around(node).filter(|n| source.written.is_function(*n));
    let outermost = functions.last();
    let scope = outermost.unwrap_or_else(|| source.written.tree().root());
    let text = source.written.text(scope);
    if service.paging.iter().any(|word| holds_word(text, word)) {
        return true;
    }
    let name = outermost.and_then(|n| n.child_by_field_name("name")).map(|n| source.written.text(n));
    let body = outermost.and_then(|n| n.child_by_field_name("body")).map(|n| source.written.text(n));
    match (name, body) {
        (Some(name), Some(body)) => holds_call(body, name),
        _ => false,
    }
}

/// Whether a word stands in a text by itself.
pub(super) fn holds_word(text: &str, word: &str) -> bool {
    let edge = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric() && c != '_');
    text.match_indices(word)
        .any(|(at, _)| edge(text[..at].chars().next_back()) && edge(text[at + word.len()..].chars().next()))
}

/// Whether a text calls a function of that name.
fn holds_call(text: &str, name: &str) -> bool {
    let edge = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric() && c != '_');
    let mut places = text.match_indices(name);
    !name.is_empty()
        && places
            .any(|(at, _)| edge(text[..at].chars().next_back()) && text[at + name.len()..].starts_with('('))
}

/// A query of a whole table whose rows are summed up in the same function.
pub(super) fn of_table<'w>(
    source: &Source<'w, '_>,
    service: &'static Service,
    ceilings: &Ceilings,
    chain: &Chain<'w, '_>,
) -> Option<Found> {
    let select = chain.call("select").filter(|_| chain.call("from").is_some())?;
    let links = chain.links.iter().skip_while(|link| !matches!(link.name, "from" | "schema"));
    if !service.configured || !links.clone().all(|link| WHOLE.contains(&link.name)) {
        return None;
    }
    // Counting alone, and what the options can't be read of.
    if select.arguments.as_ref().is_some_and(|arguments| arguments.len() > 1) {
        return None;
    }
    if stands_in_a_loop(source, chain.node) || are_followed(source, service, chain.node) {
        return None;
    }
    let summed = chain.call("csv").is_some() || is_summed(source, chain.node);
    let max = ceilings.get(service.name.as_str()).copied();
    let max = max.or_else(|| service.limits.first().map(|limit| limit.max))?;
    summed.then(|| Found {
        service,
        sort: Sort::Whole { max },
        range: chain.node.byte_range(),
        shown: String::new(),
    })
}

/// Whether the `data` of the answer is added up: `data.reduce(…)`.
fn is_summed(source: &Source<'_, '_>, node: Node<'_>) -> bool {
    let own = source.written.around(node).take_while(|n| !source.written.is_function(*n));
    let Some(declared) = own.into_iter().find(|n| n.kind() == "variable_declarator") else { return false };
    let Some(target) = declared.child_by_field_name("name") else { return false };
    let written = source.written.text(target);
    // `{ data }` or `{ data: rows }`
    let name = written.trim_matches(['{', '}', ' ']).split(',').find_map(|part| {
        let part = part.trim();
        match part.split_once(':') {
            Some((key, local)) => (key.trim() == "data").then(|| local.trim()),
            None => (part == "data").then_some(part),
        }
    });
    let Some(name) = name.filter(|_| target.kind() == "object_pattern") else { return false };
    let function = source.written.around(declared).find(|n| source.written.is_function(*n));
    let scope = function.unwrap_or_else(|| source.written.tree().root());
    let within = scope.byte_range();
    source.written.chains().iter().any(|chain| {
        let at = chain.node.start_byte();
        let starts =
            chain.root == name || source.written.text(chain.start).trim_start_matches('(').starts_with(name);
        within.contains(&at) && starts && chain.call("reduce").is_some()
    })
}
