//! Requests for more than a service gives: in the arguments of calls, in addresses, in records of options.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::read::flow::chain::{Argument, Chain, Link};
use crate::read::syntax::{Language, Node, children, parts};

use super::clients::Source;
use super::facts::{Beyond, Limit, Service};
use super::graphql;
use super::pages;
use super::{Found, Sort};

/// The names of records whose fields are parameters too.
const NESTED: [&str; 9] =
    ["params", "query", "body", "variables", "qs", "searchParams", "data", "ListOptions", "requestBody"];

/// The ceilings that the repository sets itself, by the service's name.
pub(super) type Ceilings = BTreeMap<&'static str, u64>;

/// The requests of a chain to a service that it speaks to.
pub(super) fn of_chain<'w>(
    source: &Source<'w, '_>,
    service: &'static Service,
    ceilings: &Ceilings,
    chain: &Chain<'w, '_>,
) -> Vec<Found> {
    let mut found = Vec::new();
    for limit in &service.limits {
        let max = ceilings.get(service.name.as_str()).copied().unwrap_or(limit.max);
        for (n, link) in chain.links.iter().enumerate() {
            let Some(arguments) = &link.arguments else { continue };
            let stands = limit.after.is_empty()
                || chain.links[..n].iter().any(|before| limit.after.iter().any(|a| a == before.name));
            let name = chain.called_name(link);
            let called = limit.calls.is_empty() || limit.calls.iter().any(|call| call == name);
            if stands && called {
                let asked = asked(source, limit, name, arguments);
                found.extend(asked.filter(|asked| asked.count > max).map(|asked| Found {
                    service,
                    sort: Sort::Beyond { parameter: asked.parameter, count: asked.count, max },
                    range: asked.range,
                    shown: String::new(),
                }));
            }
        }
    }
    found.retain(|f| !is_followed(source, service, chain.node, f));
    found
}

/// Whether the pages that follow make up for what was cut.
fn is_followed(source: &Source<'_, '_>, service: &Service, node: Node<'_>, found: &Found) -> bool {
    let settled = service.settled_by.as_ref();
    let settled =
        settled.is_some_and(|word| source.written.text(source.written.tree().root()).contains(word.as_str()));
    let loops = matches!(found.sort, Sort::Beyond { .. })
        && service.beyond == Beyond::Cut
        && (pages::stands_in_a_loop(source, node) || pages::are_followed(source, service, node));
    settled || loops
}

struct Asked {
    parameter: String,
    count: u64,
    range: Range<usize>,
}

fn asked(
    source: &Source<'_, '_>,
    limit: &Limit,
    name: &str,
    arguments: &[Argument<'_, '_>],
) -> Option<Asked> {
    let number = |argument: &Argument<'_, '_>| source.written.number(&source.names, argument.value);
    let asked = |count: u64, node: Node<'_>| {
        Some(Asked { parameter: name.to_owned(), count, range: node.byte_range() })
    };
    if limit.method.as_deref() == Some(name) {
        // With options the limit is that of an embedded table.
        let [one] = arguments else { return None };
        return number(one).and_then(|count| asked(count, one.value));
    }
    if limit.range.as_deref() == Some(name) {
        let [from, to] = arguments else { return None };
        let count = (number(to)? + 1).checked_sub(number(from)?)?;
        return asked(count, to.value);
    }
    if limit.values.as_deref() == Some(name) {
        let [.., operator, values] = arguments else { return None };
        let operator = source.written.plain(operator.value)?;
        let count = source.written.items(&source.names, values.value)?;
        return limit.operators.contains(&operator).then(|| asked(count as u64, values.value)).flatten();
    }
    let wanted = limit.parameter.as_deref()?;
    let given = parameters(source, arguments);
    let one = |name: &str| given.iter().find(|(n, _)| n == name).map(|(_, node)| *node);
    let node = one(wanted)?;
    let mut count = source.written.number(&source.names, node)?;
    if limit.needs.as_deref().is_some_and(|needed| one(needed).is_none()) {
        return None;
    }
    if let Some(plus) = limit.plus.as_deref().and_then(one) {
        count = count.saturating_add(source.written.number(&source.names, plus).unwrap_or(0));
    }
    Some(Asked { parameter: wanted.to_owned(), count, range: node.byte_range() })
}

/// Named arguments, the fields of records among the arguments, and those of the records of parameters within.
pub(super) fn parameters<'w>(
    source: &Source<'w, '_>,
    arguments: &[Argument<'w, '_>],
) -> Vec<(String, Node<'w>)> {
    let mut found = Vec::new();
    let mut open: Vec<(Option<String>, Node<'w>, usize)> = arguments
        .iter()
        .map(|argument| (argument.name.as_ref().map(|n| n.clone().into_owned()), argument.value, 0))
        .collect();
    while let Some((name, node, depth)) = open.pop() {
        let is_record = name.as_deref().is_none_or(|name| NESTED.contains(&name));
        if let Some(name) = name {
            found.push((name, node));
        }
        if is_record && depth < 3 {
            let fields = made_params(source, node).or_else(|| source.written.record(&source.names, node));
            for field in fields.unwrap_or_default() {
                if let Some(name) = field.name {
                    open.push((Some(name.into_owned()), field.value, depth + 1));
                } else {
                    open.push((None, field.value, depth + 1));
                }
            }
        }
    }
    found
}

/// The record of `new URLSearchParams({ … })`.
fn made_params<'w, 's>(source: &Source<'w, 's>, node: Node<'w>) -> Option<Vec<Argument<'w, 's>>> {
    let chain = source.written.chain(node);
    let link = chain.links.first().filter(|_| chain.root == "URLSearchParams")?;
    source.written.record(&source.names, link.arguments.as_ref()?.first()?.value)
}

/// The requests of a call that is given an address of the service.
pub(super) fn of_address<'w>(
    source: &Source<'w, '_>,
    service: &'static Service,
    link: &Link<'w, '_>,
    chain: &Chain<'w, '_>,
) -> Vec<Found> {
    let Some(arguments) = &link.arguments else { return Vec::new() };
    let addressed = arguments.iter().take(2).any(|argument| {
        let text = source.written.string(&source.names, argument.value);
        text.is_some_and(|text| service.hosts.iter().any(|host| text.contains(host.as_str())))
    });
    if !addressed {
        return Vec::new();
    }
    let limits = service.limits.iter().filter(|limit| limit.parameter.is_some() && limit.calls.is_empty());
    let asked =
        limits.filter_map(|limit| asked(source, limit, "", arguments).map(|asked| (asked, limit.max)));
    let mut found: Vec<Found> = asked
        .filter(|(asked, max)| asked.count > *max)
        .map(|(asked, max)| Found {
            service,
            sort: Sort::Beyond { parameter: asked.parameter, count: asked.count, max },
            range: asked.range,
            shown: String::new(),
        })
        .collect();
    found.retain(|f| !is_followed(source, service, chain.node, f));
    found
}

/// The addresses written in the file that ask for more.
pub(super) fn of_strings(source: &Source<'_, '_>, services: &[&'static Service]) -> Vec<Found> {
    let mut found = Vec::new();
    for (range, text) in source.written.strings(&source.names) {
        for service in services {
            let asked = in_address(service, &text).or_else(|| graphql::beyond(service, &text));
            let Some((parameter, count, max)) = asked else { continue };
            let whole = source.written.text(source.written.tree().root());
            let written = whole.get(range.clone()).unwrap_or_default();
            let range = match graphql::place(written, &parameter, count) {
                Some(within) => range.start + within.start..range.start + within.end,
                None => range,
            };
            let root = source.written.tree().root();
            let node = root.descendant_for_byte_range(range.start, range.end).unwrap_or(root);
            let one =
                Found { service, sort: Sort::Beyond { parameter, count, max }, range, shown: String::new() };
            if !is_followed(source, service, node, &one) {
                found.push(one);
            }
            break;
        }
    }
    found
}

/// The parameter of an address of the service that asks for more than its ceiling.
pub(super) fn in_address(service: &Service, text: &str) -> Option<(String, u64, u64)> {
    if !service.hosts.iter().any(|host| text.contains(host.as_str())) {
        return None;
    }
    beyond(service, text)
}

/// The parameter in the query of an address that asks for more than the service's ceiling.
pub(super) fn beyond(service: &Service, text: &str) -> Option<(String, u64, u64)> {
    let (_, query) = text.split_once('?')?;
    let query = query.split(['#', ' ', '\'', '"']).next().unwrap_or_default();
    query.split('&').find_map(|pair| {
        let (name, value) = pair.split_once('=')?;
        let limit = service.limits.iter().find(|limit| limit.parameter.as_deref() == Some(name))?;
        let count: u64 = value.parse().ok()?;
        (count > limit.max).then(|| (name.to_owned(), count, limit.max))
    })
}

/// The records of a Go package's option types that ask for more.
pub(super) fn of_options(source: &Source<'_, '_>, services: &[&'static Service]) -> Vec<Found> {
    let mut found = Vec::new();
    if source.written.language() != Language::Go {
        return found;
    }
    for node in source.written.tree().nodes().filter(|node| node.kind() == "composite_literal") {
        let Some(written) = node.child_by_field_name("type") else { continue };
        let package = source.written.text(written).split('.').next().unwrap_or_default();
        let Some(import) = source.names.import(package) else { continue };
        let Some(service) = services.iter().find(|service| service.has_module(&import.module)) else {
            continue;
        };
        let Some(body) = node.child_by_field_name("body") else { continue };
        for element in parts(body).filter(|n| n.kind() == "keyed_element") {
            let mut both = children(element).filter(Node::is_named);
            let (Some(key), Some(value)) = (both.next(), both.next()) else { continue };
            let Some(max) = service.ceiling(source.written.text(key)) else { continue };
            let Some(count) = source.written.number(&source.names, value).filter(|count| *count > max) else {
                continue;
            };
            let parameter = source.written.text(key).to_owned();
            let sort = Sort::Beyond { parameter, count, max };
            let one = Found { service, sort, range: value.byte_range(), shown: String::new() };
            if !is_followed(source, service, node, &one) {
                found.push(one);
            }
        }
    }
    found
}
