//! Made-up tokens that hold something readable, as their vendors write them.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};

use super::{ALNUM, DIGITS, HEX, LOWER, Stream, URL_SAFE};

/// A signed token of nobody's.
pub(super) fn jwt(stream: &mut Stream, signature: usize) -> String {
    let id = stream.text(DIGITS, 8);
    signed(stream, "RS256", &format!(r#"{{"iss":"made-up","sub":"{id}"}}"#), signature)
}

/// One of Supabase for a role.
pub(super) fn supabase(stream: &mut Stream, role: &str) -> String {
    let project = stream.text(LOWER, 20);
    let claims = format!(
        r#"{{"iss":"supabase","ref":"{project}","role":"{role}","iat":1730000000,"exp":2045360000}}"#
    );
    signed(stream, "HS256", &claims, 43)
}

/// One of Kubernetes for a service account.
pub(super) fn kubernetes(stream: &mut Stream, account: &str) -> String {
    let claims =
        format!(r#"{{"iss":"kubernetes/serviceaccount","sub":"system:serviceaccount:default:{account}"}}"#);
    signed(stream, "RS256", &claims, 342)
}

fn signed(stream: &mut Stream, algorithm: &str, claims: &str, signature: usize) -> String {
    let header = URL_SAFE_NO_PAD.encode(format!(r#"{{"alg":"{algorithm}","typ":"JWT"}}"#));
    let payload = URL_SAFE_NO_PAD.encode(claims);
    format!("{header}.{payload}.{}", stream.text(URL_SAFE, signature))
}

/// A macaroon of the Python Package Index without its first five characters, `pypi-`.
pub(super) fn pypi(stream: &mut Stream) -> String {
    let id = uuid(stream);
    let caveat = br#"{"version": 1, "permissions": "user"}"#;
    let mut bytes = b"\x02\x01\x08pypi.org\x02".to_vec();
    bytes.push(id.len() as u8);
    bytes.extend(id.bytes());
    bytes.extend([0, 2, caveat.len() as u8]);
    bytes.extend(caveat);
    bytes.extend([0, 0, 6, 32]);
    bytes.extend(stream.bytes(32));
    URL_SAFE_NO_PAD.encode(bytes)
}

/// What stands between `sntrys_` and the secret: the organisation and its region.
pub(super) fn sentry(stream: &mut Stream) -> String {
    let organisation = stream.text(LOWER, 9);
    STANDARD.encode(format!(
        r#"{{"iat":1730000000.5,"url":"https://sentry.io","region_url":"https://us.sentry.io","org":"{organisation}"}}"#
    ))
}

/// What stands behind `glc_`.
pub(super) fn grafana(stream: &mut Stream) -> String {
    let (organisation, key) = (stream.text(DIGITS, 6), stream.text(ALNUM, 24));
    STANDARD.encode(format!(
        r#"{{"o":"{organisation}","n":"stack-write","k":"{key}","m":{{"r":"prod-us-east-0"}}}}"#
    ))
}

/// What stands behind `ops_`.
pub(super) fn one_password(stream: &mut Stream) -> String {
    let (email, key) = (stream.text(LOWER, 13), stream.text(URL_SAFE, 43));
    STANDARD_NO_PAD.encode(format!(
        r#"{{"email":"{email}@1passwordserviceaccounts.com","muk":{{"alg":"A256GCM","k":"{key}","kty":"oct"}},"secretKey":"{}","throttleSecret":{{"seed":"{}"}}}}"#,
        stream.text(ALNUM, 34),
        stream.text(HEX, 64)
    ))
}

/// A bot's token: its number, the time and a sum over both.
pub(super) fn discord(stream: &mut Stream) -> String {
    let id = format!("1{}", stream.text(DIGITS, 17));
    let (time, sum) = (stream.text(URL_SAFE, 5), stream.text(URL_SAFE, 38));
    format!("{}.G{time}.{sum}", URL_SAFE_NO_PAD.encode(id))
}

/// A random number in the form of RFC 9562.
pub(super) fn uuid(stream: &mut Stream) -> String {
    let parts = [8, 4, 3, 3, 12].map(|length| stream.text(HEX, length));
    format!("{}-{}-4{}-a{}-{}", parts[0], parts[1], parts[2], parts[3], parts[4])
}
