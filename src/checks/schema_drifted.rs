//! Code and migrations disagree, or a migration does what nobody said.

mod destructive;
mod edited;
mod models;
mod prisma;
mod queries;
mod rails;
mod strings;
mod tables;

use crate::change::{Change, Status};
use crate::checks::{Check, Examination, Needs, Rule, Wanted};
use crate::claims::Claims;
use crate::read::migrations::{self, Form, trees};
use crate::span::Side;

static RULE: Rule = Rule::new("schema-drifted", include_str!("../../rules/schema-drifted.md"));

/// `schema-drifted`; its page tells the rest.
pub(super) struct SchemaDrifted;

impl Check for SchemaDrifted {
    fn rule(&self) -> &'static Rule {
        &RULE
    }

    fn needs(&self, needs: &mut Needs) {
        needs.changed("**/*.{cjs,go,js,jsx,mjs,prisma,py,rb,rs,sql,ts,tsx}");
        needs.later(migrations_wanted);
    }

    fn run(&self, change: &Change, claims: &Claims) -> Examination {
        let mut examination = Examination::default();
        edited::find(change, claims, &mut examination);
        destructive::find(change, claims, &mut examination);
        models::find(change, &mut examination);
        rails::find(change, &mut examination);
        let mut supabase = None;
        let mut sql = None;
        for file in &change.files {
            let found = [
                prisma::find(change, file),
                queries::find(change, file, &mut supabase),
                strings::find(change, file, &mut sql),
            ];
            for one in found {
                examination.absorb(one.map_err(|undecided| undecided.at(file.path())));
            }
        }
        examination
    }
}

/// The migrations that the changed files are to be set against.
fn migrations_wanted(change: &Change) -> Wanted {
    let mut wanted = Wanted::default();
    for file in &change.files {
        let path = file.path();
        if file.status == Status::Added && migrations::form(path) == Some(Form::Sql) {
            let root = migrations::root(path);
            wanted.base.extend(trees::of_root(&change.base, root).into_iter().cloned());
        }
        let Some(head) = file.head.as_ref() else { continue };
        let text = change.text(Side::Head, head).ok().flatten().unwrap_or_default();
        match head.extension() {
            "py" if text.contains("__tablename__") => {
                wanted.head.extend(models::of_alembic(&change.head).cloned());
            }
            "py" if models::is_django(head) => {
                wanted.head.extend(models::of_app(&change.head, head).cloned())
            }
            "prisma" => {
                if let Some(root) = prisma::root(&change.head, head) {
                    wanted.head.extend(trees::of_root(&change.head, &root).into_iter().cloned());
                }
            }
            _ => {}
        }
        if strings::may_hold(head, text)
            && let Some(root) = strings::root(&change.head)
        {
            wanted.head.extend(trees::of_root(&change.head, &root).into_iter().cloned());
        }
        if queries::may_hold(text)
            && let Some(root) = queries::root(&change.head)
        {
            wanted.head.extend(trees::of_root(&change.head, root).into_iter().cloned());
        }
    }
    wanted.head.extend(rails::schemas_wanted(change));
    wanted
}
