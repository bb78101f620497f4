//! The setup's pages. Everything that is not written here is escaped.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use sha2::{Digest, Sha256};

use crate::server::needed::{EVENTS, PERMISSIONS};

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;max-width:46rem;margin:3rem auto;padding:0 1rem;\
    color:#1c1e21;background:#fff}h1{font-size:1.5rem}table{border-collapse:collapse;width:100%}\
    td,th{text-align:left;vertical-align:top;padding:.3rem .8rem .3rem 0;border-bottom:1px solid #ddd}\
    label{display:block;margin:1rem 0 .2rem;font-weight:600}input[type=text],input[type=url]{width:100%;\
    max-width:30rem;font:inherit;padding:.4rem;border:1px solid #888;border-radius:4px}small{color:#555}\
    button{font:inherit;margin-top:1.2rem;padding:.5rem 1rem;border:1px solid #1c1e21;border-radius:4px;\
    background:#1c1e21;color:#fff}code{background:#f3f3f3;padding:0 .2rem}.wrong{color:#a40000;font-weight:600}\
    li{margin:.4rem 0}";

/// What the content security policy names the style by.
pub(super) fn style_hash() -> String {
    format!("sha256-{}", BASE64_STANDARD.encode(Sha256::digest(STYLE)))
}

/// Text as it may stand in HTML, between tags and in quoted attributes.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

fn page(title: &str, body: &str) -> String {
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title}</title>\
         <meta name=\"viewport\" content=\"width=device-width\"><style>{STYLE}</style></head>\
         <body><h1>{title}</h1>{body}</body></html>\n"
    )
}

/// What was typed into the form, to be shown again.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Typed<'a> {
    pub(super) public_url: &'a str,
    pub(super) owner: &'a str,
}

/// The form, with what was wrong about the last try.
pub(super) fn form(typed: Typed<'_>, wrong: Option<&str>) -> String {
    let wrong = wrong.map(|text| format!("<p class=\"wrong\">{}</p>", escaped(text))).unwrap_or_default();
    let row = |p: &crate::server::needed::Permission| {
        let name = p.name.replace('_', " ");
        format!("<tr><td>{name}</td><td>{}</td><td>{}</td></tr>", p.level, code(p.why))
    };
    let permissions: String = PERMISSIONS.iter().map(row).collect();
    let events: Vec<String> = EVENTS.iter().map(|event| event.name.replace('_', " ")).collect();
    page(
        "Make the GitHub App",
        &format!(
            "{wrong}<form method=\"post\" action=\"/setup\">\
             <label for=\"code\">One-time code</label>\
             <input id=\"code\" name=\"code\" type=\"text\" autocomplete=\"off\" required>\
             <br><small>It stands on the terminal where <code>gainsay serve</code> runs.</small>\
             <label for=\"url\">Public address of this server</label>\
             <input id=\"url\" name=\"public_url\" type=\"url\" value=\"{}\" placeholder=\"https://gainsay.example.com\" required>\
             <br><small>GitHub sends its events to <code>/webhook</code> below it. A reverse proxy with TLS stands there.</small>\
             <label for=\"owner\">Organisation</label>\
             <input id=\"owner\" name=\"owner\" type=\"text\" value=\"{}\" autocomplete=\"off\">\
             <br><small>Empty: the App belongs to your own account.</small>\
             <br><button>Go on</button></form>\
             <h2>What the App will ask for</h2>\
             <table><tr><th>Permission</th><th>Level</th><th>What for</th></tr>{permissions}</table>\
             <p>It is told of these events: {}. GitHub makes its private key and the webhook's secret, and hands them to \
             this process only.</p>",
            escaped(typed.public_url),
            escaped(typed.owner),
            events.join(", "),
        ),
    )
}

/// Marks what stands between backticks.
fn code(text: &str) -> String {
    let part = |(n, part): (usize, &str)| match n % 2 {
        0 => escaped(part),
        _ => format!("<code>{}</code>", escaped(part)),
    };
    text.split('`').enumerate().map(part).collect()
}

/// The form that takes the manifest to GitHub.
pub(super) fn handover(target: &str, manifest: &str) -> String {
    page(
        "Make it on GitHub",
        &format!(
            "<p>GitHub shows the App's name, which you may change, and asks you to make it. Then it brings you back \
             here.</p><form method=\"post\" action=\"{}\"><input type=\"hidden\" name=\"manifest\" value=\"{}\">\
             <button>Make the App on GitHub</button></form>",
            escaped(target),
            escaped(manifest),
        ),
    )
}

/// What comes after the App is made.
pub(super) struct Made<'a> {
    pub(super) app_id: u64,
    pub(super) slug: &'a str,
    /// Where it can be installed.
    pub(super) install: &'a str,
    /// Where the credentials are kept.
    pub(super) kept: &'a str,
}

/// What comes next.
pub(super) fn made(made: &Made<'_>) -> String {
    page(
        "The App is made",
        &format!(
            "<p>It is <code>{slug}</code>, number {id}. Its credentials are kept {kept}. This process now serves it.</p>\
             <ol><li><a href=\"{install}\" rel=\"noreferrer\">Install the App</a> on the repositories that it is to \
             check.</li>\
             <li>Open or update a pull request there: the check run <code>gainsay</code> appears on it.</li>\
             <li>Require the check. On GitHub: the repository's <em>Settings</em>, <em>Rules</em>, <em>Rulesets</em>, \
             <em>New branch ruleset</em>; target the default branch; tick <em>Require status checks to pass</em>; \
             <em>Add checks</em>, type <code>gainsay</code> and choose the entry whose source is \
             <code>{slug}</code>, not <em>any source</em>: only then can nobody else write a check of that name.</li>\
             <li>Run <code>gainsay doctor</code>. It looks at the settings, the clock, the App's permissions and \
             whether GitHub's deliveries arrive.</li></ol>",
            slug = escaped(made.slug),
            id = made.app_id,
            kept = escaped(made.kept),
            install = escaped(made.install),
        ),
    )
}

/// A step that failed.
pub(super) fn failed(text: &str) -> String {
    page(
        "This did not work",
        &format!("<p class=\"wrong\">{}</p><p><a href=\"/setup\">Start again</a></p>", escaped(text)),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_is_shown_as_text() {
        let evil = "\"><script>alert('x')</script>";
        let pages = [
            form(Typed { public_url: evil, owner: evil }, Some(evil)),
            handover(evil, evil),
            made(&Made { app_id: 1, slug: evil, install: evil, kept: evil }),
            failed(evil),
        ];
        for page in pages {
            assert!(
                !page.contains("<script") && page.contains("&quot;&gt;&lt;script&gt;alert(&#39;x&#39;)"),
                "{page}"
            );
        }
    }

    #[test]
    fn every_permission_is_explained_on_the_page() {
        let page = form(Typed::default(), None);
        for permission in PERMISSIONS {
            assert!(
                page.contains(&permission.name.replace('_', " ")) && page.contains(&code(permission.why))
            );
        }
        assert!(!page.contains("http://") && !page.contains("src="), "it loads nothing");
    }
}
