//! Which service a chain of calls speaks to: by what its client is imported from, is named or was made by.

use std::cell::RefCell;
use std::collections::HashMap;

use crate::read::flow::chain::{Chain, Names, Written};

use super::facts::Service;

/// Variables are followed over so many others.
const MAX_HOPS: usize = 4;
/// A name that is bound more often stands for nothing.
const MAX_VALUES: usize = 16;

/// A parsed file with its names.
pub(super) struct Source<'w, 's> {
    pub(super) written: &'w Written<'s>,
    pub(super) names: Names<'w, 's>,
    /// Which names hold which service's client, as far as they were followed.
    held: RefCell<HashMap<(&'static str, &'s str), bool>>,
    /// Which names speak of which service.
    named: RefCell<HashMap<(&'static str, &'s str), bool>>,
}

impl<'w, 's> Source<'w, 's> {
    pub(super) fn of(written: &'w Written<'s>) -> Self {
        Self { written, names: written.names(), held: RefCell::default(), named: RefCell::default() }
    }

    /// Whether a chain begins with a client of that service.
    pub(super) fn speaks_to(&self, service: &'static Service, chain: &Chain<'w, 's>) -> bool {
        self.speaks(service, chain, MAX_HOPS)
    }

    fn is_named(&self, service: &'static Service, name: &'s str) -> bool {
        *self.named.borrow_mut().entry((&service.name, name)).or_insert_with(|| service.has_name(name))
    }

    fn speaks(&self, service: &'static Service, chain: &Chain<'w, 's>, hops: usize) -> bool {
        let mut members = chain.links.iter().take_while(|l| l.arguments.is_none() || l.name.is_empty());
        if self.is_named(service, chain.root) || members.any(|link| self.is_named(service, link.name)) {
            return true;
        }
        if self.is_imported(service, chain) {
            return true;
        }
        let typed = self.names.written_type(chain.root);
        if typed.is_some_and(|t| {
            let plain = t.split(['<', '[', '.', '|', ' ', '*']).find(|part| !part.is_empty());
            plain.is_some_and(|p| service.has_name(p) || self.is_module(service, p))
        }) {
            return true;
        }
        if hops == 0 {
            return false;
        }
        // `this.client` was set somewhere in the file.
        let own = matches!(chain.root, "this" | "self");
        let held = chain.links.first().filter(|_| own).map_or(chain.root, |link| link.name);
        let called = !own && chain.links.first().is_some_and(|link| link.name.is_empty());
        if held.is_empty() || called {
            return false;
        }
        if let Some(known) = self.held.borrow().get(&(service.name.as_str(), held)) {
            return *known;
        }
        // A name that is made of itself speaks of nothing that way.
        self.held.borrow_mut().insert((&service.name, held), false);
        let speaks = self.names.all(held).count() <= MAX_VALUES
            && self.names.all(held).any(|value| {
                let maker = self.written.chain(value);
                maker.node.id() != chain.node.id() && self.speaks(service, &maker, hops - 1)
            });
        self.held.borrow_mut().insert((&service.name, held), speaks);
        speaks
    }

    fn is_imported(&self, service: &Service, chain: &Chain<'w, 's>) -> bool {
        if self.is_module(service, chain.root) {
            return true;
        }
        // `boto3.client("s3")`: the module makes clients of many services.
        let Some(import) = self.names.import(chain.root) else { return false };
        chain.links.iter().any(|link| {
            let first = link.arguments.as_ref().and_then(|arguments| arguments.first());
            let made = first.and_then(|argument| self.written.plain(argument.value));
            made.is_some_and(|made| service.modules.contains(&format!("{}:{made}", import.module)))
        })
    }

    fn is_module(&self, service: &Service, name: &str) -> bool {
        self.names.import(name).is_some_and(|import| {
            let item = import.item.as_deref().unwrap_or_default();
            service.has_module(&import.module) || service.has_module(&format!("{}.{item}", import.module))
        })
    }
}
