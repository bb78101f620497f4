//! What a value is instead of a credential: a reference, a placeholder, a path, an address, a hash, a version.

use std::net::IpAddr;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::vocabularies::SECRETS;

/// Whether the form of the value tells that it is no credential.
pub(super) fn is_other(value: &[u8]) -> bool {
    is_reference(value) || is_placeholder(value) || is_address(value) || is_hash(value) || is_plain(value)
}

/// Something that stands for a value elsewhere: a variable, a template's hole, a call.
pub(super) fn is_reference(value: &[u8]) -> bool {
    let has = |part: &[u8]| memchr::memmem::find(value, part).is_some();
    let (Some(first), Some(last)) = (value.first(), value.last()) else { return true };
    // `$1$…` and the like are hashes, which others tell.
    let variable = *first == b'$'
        && value.get(1).is_none_or(|b| b.is_ascii_alphabetic() || matches!(b, b'_' | b'{' | b'('));
    let around = matches!(
        (first, last),
        (b'<', b'>') | (b'{', b'}') | (b'[', b']') | (b'%', b'%') | (b'(', b')') | (b'@', b'@')
    );
    // A bare word that something cuts short.
    let cut = matches!(last, b'[' | b'(' | b'{' | b'<');
    variable
        || cut
        || around
        || (*first == b'&' && value.len() > 1)
        || has_hole(value)
        // Signs of code and formats; among many signs that are drawn they stand by chance.
        || (value.len() <= 40
            && ["<%", "%s", "%d", "%v", "<<", ">>", "\\(", "()", "](", "=>", "->", "::"]
                .iter()
                .any(|sign| has(sign.as_bytes())))
        || is_hole(value)
        || has(b"process.env")
        || has(b"os.environ")
        || value.starts_with(b"secrets.")
        || value.starts_with(b"env.")
        || value.starts_with(b"ENC[")
        || value.starts_with(b"ENC(")
        || value.starts_with(b"!")
}

/// A hole that a template fills, open and closed.
fn has_hole(value: &[u8]) -> bool {
    [("${", "}"), ("{{", "}}"), ("#{", "}"), ("$(", ")"), ("%{", "}"), ("@{", "}"), ("%(", ")")].iter().any(
        |(open, close)| {
            let start = memchr::memmem::find(value, open.as_bytes());
            start.is_some_and(|at| memchr::memmem::find(&value[at + 2..], close.as_bytes()).is_some())
        },
    )
}

/// A name in braces or angle brackets within: `key-{id}`, `<token>x`.
fn is_hole(value: &[u8]) -> bool {
    let open = value.iter().position(|b| matches!(b, b'{' | b'<'));
    let Some(open) = open else { return false };
    let close = if value[open] == b'{' { b'}' } else { b'>' };
    let inner = &value[open + 1..];
    inner.iter().position(|b| *b == close).is_some_and(|end| {
        end > 0
            && inner[..end]
                .iter()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b' '))
    })
}

/// What stands in values instead of credentials, as `rules/secrets/generic.toml` lists it.
#[derive(Deserialize)]
struct Values {
    placeholders: Vec<String>,
    extensions: Vec<String>,
}

static VALUES: LazyLock<Values> = LazyLock::new(|| {
    #[derive(Deserialize)]
    struct Page {
        values: Values,
    }
    let (_, text) = SECRETS.iter().find(|(name, _)| *name == "generic").expect("the file is listed");
    let page: Page = toml::from_str(text).unwrap_or_else(|e| panic!("rules/secrets/generic.toml: {e}"));
    page.values
});

fn is_placeholder(value: &[u8]) -> bool {
    let lower = value.to_ascii_lowercase();
    let plain: Vec<u8> = lower.iter().map(|b| unleet(*b)).collect();
    let (short, long) = (value.len() <= 24, value.len() > 40);
    let stands = |text: &[u8], word: &str| memchr::memmem::find(text, word.as_bytes()).is_some();
    let has = |word: &str| stands(&lower, word) || (short && stands(&plain, word));
    // In a long random text a short word stands by chance.
    VALUES.placeholders.iter().filter(|word| !long || word.len() > 5).any(|word| has(word))
        || ["***", "...", "\u{2026}", "____"].iter().any(|gap| has(gap))
        || ["none", "null", "nil", "true", "false"].iter().any(|word| lower == word.as_bytes())
}

/// The letter for which a digit or sign stands in `p4$$w0rd`.
pub(super) fn unleet(byte: u8) -> u8 {
    match byte {
        b'0' => b'o',
        b'1' | b'!' => b'i',
        b'3' => b'e',
        b'4' | b'@' => b'a',
        b'5' | b'$' => b's',
        b'7' => b't',
        _ => byte,
    }
}

/// A path, a URL, a host, an e-mail address, an e-mail header's value.
fn is_address(value: &[u8]) -> bool {
    let has = |part: &[u8]| memchr::memmem::find(value, part).is_some();
    let text = std::str::from_utf8(value).unwrap_or_default();
    let slashes = value.iter().filter(|b| **b == b'/').count();
    let pieces = || value.split(|b| matches!(b, b'/' | b'\\' | b'.'));
    let wordy = |piece: &[u8]| {
        piece.len() <= 3 || (piece.len() <= 40 && super::words::surprise(piece) < 3.3 * piece.len() as f32)
    };
    has(b"://")
        || is_file_name(value)
        || text.parse::<IpAddr>().is_ok()
        || ["/", "./", "../", "~/", "\\\\", "@/"]
            .iter()
            .any(|start| value.starts_with(start.as_bytes()) && slashes + 1 > 1 && pieces().all(wordy))
        || value.get(1..3) == Some(b":\\")
        || (slashes > 0 && pieces().all(wordy))
        || is_domain(value)
        || value.iter().position(|b| *b == b'@').is_some_and(|at| at > 0 && is_domain(&value[at + 1..]))
        || value.starts_with(b"data:")
}

fn is_file_name(value: &[u8]) -> bool {
    let Some(dot) = value.iter().rposition(|b| *b == b'.') else { return false };
    let end = value[dot + 1..].to_ascii_lowercase();
    dot > 0 && VALUES.extensions.iter().any(|known| known.as_bytes() == end)
}

/// Two or more names joined by dots, of which the last is short letters: `example.com`, `user.name`, `config.yml`.
fn is_domain(value: &[u8]) -> bool {
    let mut labels = value.split(|b| *b == b'.');
    let joined = value.contains(&b'.');
    let label =
        |l: &[u8]| !l.is_empty() && l.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
    let word = |l: &[u8]| super::words::surprise(l) < 3.4 * l.len() as f32;
    joined
        && labels.all(label)
        && value
            .rsplit(|b| *b == b'.')
            .next()
            .is_some_and(|l| l.len() <= 6 && l.iter().all(u8::is_ascii_alphabetic))
        && value.split(|b| *b == b'.').filter(|l| l.len() > 3).all(word)
}

/// Digests of passwords and of files, in the forms that say so themselves.
fn is_hash(value: &[u8]) -> bool {
    let starts = |forms: &[&str]| forms.iter().any(|form| value.starts_with(form.as_bytes()));
    let crypt = value.first() == Some(&b'$') && value.iter().filter(|b| **b == b'$').count() >= 3;
    let lower = value.iter().take(12).map(u8::to_ascii_lowercase).collect::<Vec<_>>();
    crypt
        || starts(&["sha1-", "sha256-", "sha384-", "sha512-", "sha256:", "sha512:", "sha1:", "md5:", "pbkdf2", "scrypt:"])
        || starts(&["bcrypt", "argon2", "h1:", "SCRAM-", "0x"])
        || lower.starts_with(b"{cipher}")
        || lower.starts_with(b"{sha") || lower.starts_with(b"{ssha") || lower.starts_with(b"{bcrypt") || lower.starts_with(b"{pbkdf2") || lower.starts_with(b"{crypt")
        || starts(&["-----BEGIN", "ssh-rsa", "ssh-ed25519", "ecdsa-sha2"])
        // The public half of a key pair in DER, and certificates.
        || starts(&["MIIBIjAN", "MIGfMA0G", "MFkwEwYH", "MIICIjAN", "MCowBQYD", "LS0tLS1CRUdJTiBDRVJ", "LS0tLS1CRUdJTiBQVUJ"])
}

/// Colours, versions, dates, and signs without letters.
fn is_plain(value: &[u8]) -> bool {
    let letters = value.iter().filter(|b| b.is_ascii_alphabetic()).count();
    let digits = value.iter().filter(|b| b.is_ascii_digit()).count();
    let version = value
        .iter()
        .all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-' | b':' | b'/' | b'+' | b'v' | b'T' | b'Z'))
        && value.iter().any(|b| matches!(b, b'.' | b'-' | b':' | b'/'));
    let pattern = [&b"(?"[..], b"[a-z", b"[A-Z", b"[0-9", b"\\d", b"\\w", b".*", b"[^", b"]+", b"{8,"];
    letters + digits < 4
        || version
        || (letters + digits) * 2 < value.len()
        || value.iter().any(|b| matches!(b, b'\'' | b'"' | b'`' | b','))
        || pattern.iter().any(|part| memchr::memmem::find(value, part).is_some())
}

/// A UUID: an identifier far oftener than a key.
pub(super) fn is_uuid(value: &[u8]) -> bool {
    value.len() == 36
        && value.iter().enumerate().all(|(at, b)| match at {
            8 | 13 | 18 | 23 => *b == b'-',
            _ => b.is_ascii_hexdigit(),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_placeholders_addresses_and_hashes_are_no_credentials() {
        for value in [
            "${DB_PASSWORD}",
            "{{ secret }}",
            "<your-key>",
            "$PASSWORD",
            "%(token)s",
            "process.env.KEY",
            "#{key}",
            "***",
            "changeme",
            "xxxxxxxx",
            "example-key",
            "/run/secrets/db",
            "https://a.example/x",
            "config/prod/key.pem",
            "mail.acme.org",
            "user@acme.org",
            "$2b$10$abcdefghijklmnopqrstuv",
            "sha256-abcdef",
            "1.2.3-4",
            "2024-05-06",
            "127.0.0.1",
            "ENC[AES256,x]",
            "[a-zA-Z0-9]+",
            "!Ref Key",
            "{SSHA}zzzz",
            "../keys/server.key",
            "@Value@",
            "null",
        ] {
            assert!(is_other(value.as_bytes()), "{value}");
        }
    }

    #[test]
    fn drawn_values_are_nothing_else() {
        for value in [
            "kV7#qRw!x2Lp",
            "q7Lw2/Xk9Zp+RtB3mNw8",
            "vkddvqfe",
            "9zK.rT4_wQ8-x",
            "f3b1c09d77e24a518860bd92ce4471af",
        ] {
            assert!(!is_other(value.as_bytes()), "{value}");
        }
        assert!(is_uuid(b"16df81eb-35bf-4f7a-9ce0-721b04d72f04") && !is_uuid(b"16df81eb"));
    }
}
