//! JSON Web Tokens: what their claims tell of them. The signature is not checked; whoever holds the token need not.

use serde_json::{Map, Value};

use super::decoded::object;

/// A token whose header and payload could be read.
pub(in crate::read::secrets) struct Token {
    header: Map<String, Value>,
    claims: Map<String, Value>,
}

/// Reads a token in compact form.
pub(in crate::read::secrets) fn read(token: &[u8]) -> Option<Token> {
    let mut parts = token.split(|b| *b == b'.');
    let header = parts.next().and_then(object)?;
    let claims = parts.next().and_then(object)?;
    header.contains_key("alg").then_some(Token { header, claims })
}

impl Token {
    fn claim(&self, name: &str) -> &str {
        self.claims.get(name).and_then(Value::as_str).unwrap_or_default()
    }

    /// Whether it opens nothing by its own words: unsigned, jwt.io's sample or one made after it, a demonstration's.
    pub(super) fn is_sample(&self) -> bool {
        let unsigned =
            self.header.get("alg").and_then(Value::as_str).is_none_or(|a| a.eq_ignore_ascii_case("none"));
        let sample = self.claim("sub") == "1234567890"
            || ["John Doe", "Jane Doe", "Joe Coder"].contains(&self.claim("name"))
            || self.claim("iss") == "supabase-demo";
        unsigned || sample
    }

    /// Whether Supabase made it to be shipped to browsers.
    pub(super) fn is_supabase_anon(&self) -> bool {
        self.claim("role") == "anon" && !self.is_sample()
    }

    /// Whether Supabase made it for the role that reads and writes every row; not that of its demonstration.
    pub(super) fn is_supabase_service_role(&self) -> bool {
        self.claim("role") == "service_role" && !self.is_sample()
    }

    /// Whether it is a service account's that never ends.
    pub(super) fn is_endless_kubernetes_account(&self) -> bool {
        self.claim("iss") == "kubernetes/serviceaccount" && !self.claims.contains_key("exp")
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    use super::super::{Proof, Validator};
    use super::*;

    fn token(header: &str, claims: &str) -> String {
        format!("{}.{}.c2lnbmF0dXJl", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims))
    }

    #[test]
    fn a_service_role_is_told_from_the_public_role_and_from_the_demonstration() {
        let judge = |validator: Validator, claims: &str| {
            let token = token(r#"{"alg":"HS256"}"#, claims);
            validator.judge(token.as_bytes(), token.as_bytes())
        };
        let (service, any) = (Validator::SupabaseServiceRole, Validator::Jwt);
        let role = |role: &str, iss: &str| format!(r#"{{"iss":"{iss}","ref":"abc","role":"{role}"}}"#);
        assert_eq!(judge(service, &role("service_role", "supabase")), Some(Proof::DECODED));
        for (role, iss) in
            [("anon", "supabase"), ("service_role", "supabase-demo"), ("authenticated", "supabase")]
        {
            assert_eq!(
                judge(service, &format!(r#"{{"iss":"{iss}","role":"{role}"}}"#)),
                None,
                "{role} {iss}"
            );
        }
        assert_eq!(judge(any, &role("anon", "supabase")), None, "it has a rule of its own");
        assert_eq!(judge(Validator::SupabaseAnon, &role("anon", "supabase")), Some(Proof::DECODED));
        assert_eq!(judge(Validator::SupabaseAnon, &role("anon", "supabase-demo")), None);
        assert_eq!(judge(any, r#"{"sub":"1234567890","name":"John Doe","iat":1516239022}"#), None);
        assert_eq!(judge(any, r#"{"sub":"84213"}"#), Some(Proof::DECODED));
    }

    #[test]
    fn what_is_unsigned_or_no_object_is_nothing() {
        let none = token(r#"{"alg":"none"}"#, r#"{"sub":"a"}"#);
        assert_eq!(Validator::Jwt.judge(none.as_bytes(), none.as_bytes()), None);
        for no in [token(r#"{"typ":"JWT"}"#, "{}"), token(r#"["alg"]"#, "{}"), "eyJ.eyJ.x".to_owned()] {
            assert!(read(no.as_bytes()).is_none(), "{no}");
        }
    }

    #[test]
    fn an_account_of_kubernetes_is_endless_without_an_end() {
        let of = |claims: &str| read(token(r#"{"alg":"RS256"}"#, claims).as_bytes()).unwrap();
        assert!(of(r#"{"iss":"kubernetes/serviceaccount","sub":"a"}"#).is_endless_kubernetes_account());
        assert!(!of(r#"{"iss":"kubernetes/serviceaccount","exp":1}"#).is_endless_kubernetes_account());
        assert!(!of(r#"{"iss":"else"}"#).is_endless_kubernetes_account());
    }
}
