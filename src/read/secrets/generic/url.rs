//! Passwords in addresses: `scheme://user:password@host`.

use std::ops::Range;

use percent_encoding::percent_decode;

use super::super::Grade;
use super::form;
use super::value::{self, Look};

const MAX_SCHEME: usize = 24;
const MAX_USERINFO: usize = 200;
const MAX_HOST: usize = 120;

/// The parts of an address that hold a password.
struct Address<'t> {
    scheme: &'t [u8],
    user: &'t [u8],
    password: Range<usize>,
    host: &'t [u8],
}

/// The password of the address around `://`, with its weight.
pub(super) fn password(bytes: &[u8], sign: &Range<usize>) -> Option<(Range<usize>, Grade)> {
    let address = read(bytes, sign)?;
    let password = &bytes[address.password.clone()];
    let same = password.eq_ignore_ascii_case(address.user);
    if same || form::is_reference(password) {
        return None;
    }
    let host = std::str::from_utf8(address.host).ok()?.to_ascii_lowercase();
    let reach = reach(&host);
    let plain: Vec<u8> = percent_decode(password).collect();
    let token = is_token_user(address.user) || address.scheme.starts_with(b"http");
    let look = if form::is_other(&plain) { None } else { value::look(&plain) }?;
    let grade = match (look, reach) {
        (_, Reach::Nobody) => return None,
        (Look::Odd, Reach::Managed) => Grade::Block,
        (Look::Odd, _) => Grade::Note,
        (Look::Strong, Reach::Local) | (Look::Drawn, Reach::Local) => Grade::Note,
        (Look::Strong, Reach::Remote) if token => Grade::Note,
        _ => Grade::Block,
    };
    Some((address.password, grade))
}

fn read<'t>(bytes: &'t [u8], sign: &Range<usize>) -> Option<Address<'t>> {
    let rest = &bytes[sign.end..bytes.len().min(sign.end + MAX_USERINFO)];
    // Most addresses have neither; the first sign that ends a host tells.
    let colon = rest.iter().position(|b| {
        matches!(
            b,
            b':' | b'/'
                | b'@'
                | b'?'
                | b'#'
                | b'"'
                | b'\''
                | b'`'
                | b'<'
                | b'>'
                | b')'
                | b' '
                | b'\n'
                | b'\r'
                | b'\\'
                | b'\t'
        )
    })?;
    if rest[colon] != b':' {
        return None;
    }
    let stops =
        |b: &u8| b.is_ascii_whitespace() || matches!(b, b'"' | b'\'' | b'`' | b'<' | b'>' | b'\\' | b'|');
    let end = colon + 1 + rest[colon + 1..].iter().position(stops).unwrap_or(rest.len() - colon - 1);
    let info = &rest[colon + 1..end];
    // A slash before the sign is part of the path, unless a password holds it unescaped: then no one can tell.
    let at = info.iter().position(|b| matches!(b, b'@' | b'/'))?;
    if info[at] != b'@' || at == 0 {
        return None;
    }
    let start = sign.end + colon + 1;
    let behind = &bytes[start + at + 1..bytes.len().min(start + at + 1 + MAX_HOST)];
    let host_end = |b: &u8| stops(b) || matches!(b, b'/' | b'?' | b'#' | b',' | b';' | b')' | b']' | b'}');
    let host = &behind[..behind.iter().position(host_end).unwrap_or(behind.len())];
    let scheme = bytes[sign.start.saturating_sub(MAX_SCHEME)..sign.start]
        .rsplit(|b| !(b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.')))
        .next()?;
    if scheme.is_empty() || host.is_empty() {
        return None;
    }
    Some(Address { scheme, user: &rest[..colon], password: start..start + at, host })
}

/// The password in `user:password` behind the option of a command, with its weight.
pub(super) fn login(bytes: &[u8], option: &Range<usize>) -> Option<(Range<usize>, Grade)> {
    let rest = &bytes[option.end..bytes.len().min(option.end + MAX_USERINFO)];
    let quoted = usize::from(rest.first().is_some_and(|b| matches!(b, b'"' | b'\'')));
    let ends =
        |b: &u8| b.is_ascii_whitespace() || matches!(b, b'"' | b'\'' | b'`' | b'\\' | b')' | b'<' | b'>');
    let word = &rest[quoted..quoted + rest[quoted..].iter().position(ends)?];
    let colon = word.iter().position(|b| *b == b':')?;
    let (user, password) = (&word[..colon], &word[colon + 1..]);
    // `-u` is an option of many commands, of which others give numbers of users and names of services.
    let before = &bytes[option.start.saturating_sub(MAX_USERINFO)..option.start];
    let line = memchr::memrchr(b'\n', before).map_or(before, |newline| &before[newline..]);
    memchr::memmem::find(line, b"curl")?;
    let grade = value::of_login(user, password)?;
    let start = option.end + quoted + colon + 1;
    Some((start..start + password.len(), grade))
}

/// Who can go where the address leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    /// A vendor's servers, which stand open to the network.
    Managed,
    Remote,
    /// This machine, or a name within a private network.
    Local,
    /// A host that exists for examples.
    Nobody,
}

fn reach(host: &str) -> Reach {
    const MANAGED: [&str; 22] = [
        ".neon.tech",
        ".supabase.co",
        ".supabase.com",
        ".mongodb.net",
        ".upstash.io",
        ".rds.amazonaws.com",
        ".redislabs.com",
        ".redis-cloud.com",
        ".psdb.cloud",
        ".aivencloud.com",
        ".cloudamqp.com",
        ".elephantsql.com",
        ".render.com",
        ".railway.app",
        ".rlwy.net",
        ".db.ondigitalocean.com",
        ".database.azure.com",
        ".cockroachlabs.cloud",
        ".compute.amazonaws.com",
        ".cache.amazonaws.com",
        ".elastic-cloud.com",
        ".mlab.com",
    ];
    let bare = host.split(':').next().unwrap_or(host);
    // What stands elsewhere may be anything; that its password stands here is telling enough.
    let open = form::is_reference(host.as_bytes());
    let ends = |ends: &[&str]| ends.iter().any(|end| bare.ends_with(end));
    let private = ["127.", "10.", "192.168.", "172.1", "172.2", "172.3", "0.0.0.0", "169.254."];
    if bare.contains("example")
        || ends(&[".test", ".invalid"])
        || matches!(bare, "host" | "hostname" | "server" | "myhost")
    {
        Reach::Nobody
    } else if ends(&MANAGED) {
        Reach::Managed
    } else if open
        || !bare.contains('.')
        || ends(&[".local", ".localhost", ".internal", ".localdomain", ".svc", ".lan"])
        || private.iter().any(|start| bare.starts_with(start))
    {
        Reach::Local
    } else {
        Reach::Remote
    }
}

/// Users that git's hosts give to tokens.
fn is_token_user(user: &[u8]) -> bool {
    matches!(user, b"oauth2" | b"x-access-token" | b"x-token-auth" | b"gitlab-ci-token" | b"token")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grade(text: &str) -> Option<Grade> {
        let at = text.find("://").unwrap();
        password(text.as_bytes(), &(at..at + 3)).map(|(_, grade)| grade)
    }

    #[test]
    fn a_drawn_password_of_a_server_blocks_and_one_of_this_machine_is_a_note() {
        for (host, wanted) in [
            ("db.acme.io:5432/app", Some(Grade::Block)),
            ("ep-a.eu.neon.tech/app", Some(Grade::Block)),
            ("localhost:5432/app", Some(Grade::Note)),
            ("postgres/app", Some(Grade::Note)),
            ("db.example.com/app", None),
            ("${HOST}/app", Some(Grade::Note)),
        ] {
            assert_eq!(grade(&format!("postgres://app:q7Lw2Xk9Zp4RtB3m@{host}")), wanted, "{host}");
        }
    }

    #[test]
    fn defaults_references_and_addresses_without_a_password_are_silent() {
        for text in [
            "postgres://postgres:postgres@db.acme.io/app",
            "postgres://user:password@db.acme.io/app",
            "https://acme.io:8443/@vkddvqfe",
            "postgres://app:${PASSWORD}@db.acme.io/app",
            "mysql://app:%s@db.acme.io",
            "redis://:<password>@db.acme.io",
            "https://user@acme.io/path",
            "https://acme.io/a:b@c",
            "http://a:b@",
            "://x:q7Lw2Xk9Zp4RtB3m@acme.io",
            "ftp://me:***@acme.io",
        ] {
            assert_eq!(grade(text), None, "{text}");
        }
    }

    #[test]
    fn the_login_of_a_request_is_read_and_the_user_of_another_command_is_not() {
        let read = |text: &str| {
            let at = text.find(" -u ").unwrap();
            login(text.as_bytes(), &(at..at + 4)).map(|(range, grade)| (text[range].to_owned(), grade))
        };
        let wanted = Some(("q7Lw2Xk9Zp4RtB3m".to_owned(), Grade::Block));
        assert_eq!(read("curl -u bob:q7Lw2Xk9Zp4RtB3m https://acme.io"), wanted);
        assert_eq!(read("curl -X GET -u 'bob:q7Lw2Xk9Zp4RtB3m' https://acme.io"), wanted);
        for text in [
            "docker run -u 1000:1000 x",
            "docker run -u bob:q7Lw2Xk9Zp4RtB3m x",
            "curl -u user:password x",
            "curl -u $USER:$PASS x",
            "curl -u bob x",
            "curl -u admin:admin x",
            "curl -u bob: x",
            "curl -u ",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn the_range_is_the_password_alone() {
        let text = "redis://:vK7xq2Lw9ZpR@cache.acme.io:6379";
        let (range, _) = password(text.as_bytes(), &(5..8)).unwrap();
        assert_eq!(&text[range], "vK7xq2Lw9ZpR");
    }
}
