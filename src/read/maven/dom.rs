//! The elements of a plugin's configuration, merged as Maven merges them.

use std::collections::BTreeMap;

use roxmltree::Node;

/// An element: its text or its children.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Dom {
    /// Its name.
    pub name: String,
    /// Its text, trimmed.
    pub value: String,
    /// Its children in order.
    pub children: Vec<Dom>,
    appends: bool,
    overrides: bool,
    removed: bool,
}

impl Dom {
    pub(super) fn of(node: Node<'_, '_>) -> Self {
        let attribute = |name: &str| node.attribute(name).unwrap_or_default();
        Self {
            name: node.tag_name().name().to_owned(),
            value: node
                .children()
                .filter_map(|c| c.is_text().then(|| c.text()).flatten())
                .collect::<String>()
                .trim()
                .to_owned(),
            children: node.children().filter(Node::is_element).map(Self::of).collect(),
            appends: attribute("combine.children") == "append",
            overrides: attribute("combine.self") == "override",
            removed: attribute("combine.self") == "remove",
        }
    }

    /// The element with a child put in the place of those of its name.
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.children.retain(|child| child.name != name);
        self.children.push(Self { name: name.to_owned(), value: value.to_owned(), ..Self::default() });
        self
    }

    /// The first child of that name.
    pub fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    /// The text of a child, where it has one.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.child(name).map(|child| child.value.as_str()).filter(|text| !text.is_empty())
    }

    /// The texts of the children of a child: `<excludes><exclude>a</exclude></excludes>`. A child with a text of its own
    /// is a list written with commas.
    pub fn list(&self, name: &str) -> Vec<String> {
        let Some(child) = self.child(name) else { return Vec::new() };
        if child.children.is_empty() {
            return child
                .value
                .split(',')
                .map(str::trim)
                .filter(|t| !t.is_empty())
                .map(str::to_owned)
                .collect();
        }
        child.children.iter().map(|item| item.value.clone()).filter(|text| !text.is_empty()).collect()
    }

    /// Every text in it, its own first.
    pub fn texts(&self) -> Vec<&str> {
        let mut found = vec![self.value.as_str()];
        found.extend(self.children.iter().flat_map(Self::texts));
        found
    }

    pub(super) fn map(&mut self, of: &impl Fn(&str) -> String) {
        self.value = of(&self.value);
        self.children.iter_mut().for_each(|child| child.map(of));
    }

    /// This element with what another, weaker one adds.
    pub(super) fn over(mut self, weaker: &Self) -> Self {
        if self.overrides {
            return self;
        }
        if self.value.is_empty() && self.children.is_empty() {
            self.value.clone_from(&weaker.value);
        }
        if self.appends {
            let own = std::mem::take(&mut self.children);
            self.children = weaker.children.clone();
            self.children.extend(own);
            return self;
        }
        // The first of a name meets the first of that name, and so on; what is left over of the weaker is dropped where
        // the stronger has any of that name.
        let mut places: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (at, child) in self.children.iter().enumerate() {
            places.entry(child.name.clone()).or_default().push(at);
        }
        let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
        let mut removed = Vec::new();
        for child in &weaker.children {
            let Some(own) = places.get(&child.name) else {
                self.children.push(child.clone());
                continue;
            };
            let nth = seen.entry(&child.name).or_default();
            if let Some(&at) = own.get(*nth) {
                let stronger = std::mem::take(&mut self.children[at]);
                if stronger.removed {
                    removed.push(at);
                }
                self.children[at] = stronger.over(child);
            }
            *nth += 1;
        }
        let mut at = 0;
        self.children.retain(|_| {
            at += 1;
            !removed.contains(&(at - 1))
        });
        self
    }
}

/// The stronger of two with what the weaker adds.
pub(super) fn merged(stronger: Option<Dom>, weaker: Option<&Dom>) -> Option<Dom> {
    match (stronger, weaker) {
        (Some(stronger), Some(weaker)) => Some(stronger.over(weaker)),
        (stronger, weaker) => stronger.or_else(|| weaker.cloned()),
    }
}
