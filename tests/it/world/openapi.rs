//! GitHub's own description of its API as a judge of our requests. `tests/tools/trim-openapi.mjs` cuts it to size.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
struct Description {
    of: String,
    /// `METHOD PATH` of the operations that this server does not have.
    lacking: Vec<String>,
    operations: Vec<Operation>,
}

#[derive(Deserialize)]
struct Operation {
    method: String,
    path: String,
    parameters: Vec<Parameter>,
    body: Option<Value>,
}

#[derive(Deserialize)]
struct Parameter {
    name: String,
    #[serde(rename = "in")]
    place: String,
    required: bool,
    schema: Value,
}

/// That of github.com, and that of the newest GitHub Enterprise Server.
static DESCRIPTIONS: LazyLock<[Description; 2]> = LazyLock::new(|| {
    [include_str!("../../data/github-openapi.json"), include_str!("../../data/ghes-openapi.json")]
        .map(|text| serde_json::from_str(text).expect("the trimmed description is sound"))
});

/// What is wrong with a request; empty where it is as GitHub describes it, on both of its servers.
pub(super) fn violations(method: &str, path: &str, query: &[(String, String)], body: &[u8]) -> Vec<String> {
    let wrong = DESCRIPTIONS.iter().flat_map(|description| {
        description.wrong(method, path, query, body).into_iter().map(|w| format!("{}: {w}", description.of))
    });
    wrong.collect()
}

impl Description {
    fn wrong(&self, method: &str, path: &str, query: &[(String, String)], body: &[u8]) -> Vec<String> {
        let operations = self.operations.iter().filter(|o| o.method.eq_ignore_ascii_case(method));
        let matched = operations.filter_map(|o| Some((o, path_values(&o.path, path)?)));
        // Path parameters may hold slashes: of several that fit, the one with the most literal parts is meant.
        let Some((operation, values)) =
            matched.min_by_key(|(_, values)| values.iter().map(|v| v.1.len()).sum::<usize>())
        else {
            return vec![format!("{method} {path} is no operation of GitHub's that is known to be used")];
        };
        let mut wrong = Vec::new();
        for (name, value) in &values {
            wrong.extend(operation.check_parameter("path", name, value));
        }
        for (name, value) in query {
            wrong.extend(operation.check_parameter("query", name, value));
        }
        let given = |name: &str| query.iter().any(|(n, _)| n == name);
        let missing =
            operation.parameters.iter().filter(|p| p.place == "query" && p.required && !given(&p.name));
        wrong.extend(missing.map(|p| format!("the query parameter {} is missing", p.name)));
        wrong.extend(operation.check_body(body));
        wrong.into_iter().map(|w| format!("{method} {path}: {w}")).collect()
    }
}

#[test]
fn what_enterprise_servers_lack_is_known() {
    let [github, server] = &*DESCRIPTIONS;
    assert!(github.lacking.is_empty(), "{:?}", github.lacking);
    assert!(server.of.contains("ghes-"), "{}", server.of);
    assert!(server.lacking.is_empty(), "{:?}", server.lacking);
}

impl Operation {
    fn check_parameter(&self, place: &str, name: &str, value: &str) -> Option<String> {
        let Some(parameter) = self.parameters.iter().find(|p| p.place == place && p.name == name) else {
            return Some(format!("there is no {place} parameter {name}"));
        };
        let text = Value::from(value);
        let number = value.parse::<i64>().map(Value::from).unwrap_or(Value::Null);
        let fits = [text, number].iter().any(|value| jsonschema::is_valid(&parameter.schema, value));
        (!fits).then(|| format!("{name}={value} does not fit its schema"))
    }

    fn check_body(&self, body: &[u8]) -> Vec<String> {
        let Some(schema) = &self.body else {
            return if body.is_empty() {
                vec![]
            } else {
                vec!["a body is sent where none is described".into()]
            };
        };
        let body: Value = match serde_json::from_slice(body) {
            Ok(body) => body,
            Err(e) => return vec![format!("the body is no JSON: {e}")],
        };
        let validator = jsonschema::validator_for(schema).expect("the schema is sound");
        let mut wrong: Vec<String> =
            validator.iter_errors(&body).map(|e| format!("{}: {e}", e.instance_path())).collect();
        let known = properties(schema);
        let sent = body.as_object().into_iter().flatten().map(|(key, _)| key);
        wrong.extend(sent.filter(|key| !known.contains(*key)).map(|key| format!("there is no field {key}")));
        wrong
    }
}

/// Every property that a schema names at its top, whichever branch.
fn properties(schema: &Value) -> BTreeSet<String> {
    let own = schema["properties"].as_object().into_iter().flatten().map(|(key, _)| key.clone());
    let mut all: BTreeSet<String> = own.collect();
    for branch in ["oneOf", "anyOf", "allOf"] {
        all.extend(schema[branch].as_array().into_iter().flatten().flat_map(properties));
    }
    all
}

fn path_values(template: &str, path: &str) -> Option<Vec<(String, String)>> {
    let mut pattern = String::from("^");
    let mut names = Vec::new();
    for part in template.split('/').skip(1) {
        pattern.push('/');
        match part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
            Some(name) => {
                names.push(name.to_owned());
                let slashes = matches!(name, "path" | "basehead" | "ref");
                pattern.push_str(if slashes { "(.+)" } else { "([^/]+)" });
            }
            None => pattern.push_str(&regex::escape(part)),
        }
    }
    let captures = regex::Regex::new(&(pattern + "$")).unwrap().captures(path)?;
    Some(
        names
            .into_iter()
            .zip(captures.iter().skip(1))
            .map(|(n, v)| (n, v.unwrap().as_str().to_owned()))
            .collect(),
    )
}

#[test]
fn the_description_refuses_what_github_refuses() {
    let runs = "/repos/o/r/check-runs";
    let sha = "a".repeat(40);
    let sound = serde_json::json!({"name": "gainsay", "head_sha": sha, "status": "queued"});
    assert!(violations("POST", runs, &[], sound.to_string().as_bytes()).is_empty());
    let annotation = serde_json::json!(
        {"path": "a", "start_line": 1, "end_line": 1, "annotation_level": "failure", "message": "m"});
    let output = |count: usize| serde_json::json!({"title": "t", "summary": "s", "annotations": vec![&annotation; count]});
    let with =
        |output: serde_json::Value| serde_json::json!({"name": "gainsay", "head_sha": sha, "output": output});
    assert!(violations("POST", runs, &[], with(output(50)).to_string().as_bytes()).is_empty());
    assert!(!violations("POST", runs, &[], with(output(51)).to_string().as_bytes()).is_empty());
    let unknown = serde_json::json!({"name": "gainsay", "head_sha": sha, "colour": "red"});
    assert!(!violations("POST", runs, &[], unknown.to_string().as_bytes()).is_empty());
    assert!(!violations("DELETE", runs, &[], b"").is_empty());
    assert!(!violations("GET", "/repos/o/r/pulls/1", &[("page".into(), "1".into())], b"").is_empty());
}
