//! Facts about credentials of no vendor's form.

use proptest::prelude::*;

use super::super::template::make;
use super::super::{Grade, Setting, scan_in};

fn found(path: &str, text: &str) -> Vec<(&'static str, Grade)> {
    let found = scan_in(&Setting::new(path), text.as_bytes());
    found.into_iter().map(|secret| (secret.rule.id.as_str(), secret.level)).collect()
}

#[test]
fn a_drawn_value_blocks_in_sources_and_is_a_note_among_tests() {
    let text = make("client_secret = \"{an:32}\"", "a");
    assert_eq!(found("src/app.py", &text), [("generic-key", Grade::Block)]);
    assert_eq!(found("tests/app.py", &text), [("generic-key", Grade::Note)]);
    assert!(found("yarn.lock", &text).is_empty() && found("dist/app.min.js", &text).is_empty());
    assert!(found("src/locales/en.json", &text).is_empty());
}

#[test]
fn what_every_page_shows_is_silent_and_what_explains_itself_with_examples_is_a_note() {
    assert!(found("src/stats.py", &make("mixpanel_project_token = \"{hex:32}\"", "a")).is_empty());
    assert!(found("src/stats.ts", &make("const RECAPTCHA_KEY = \"{an:40}\";", "a")).is_empty());
    let secret = make("RECAPTCHA_SECRET_KEY = \"{an:40}\"", "a");
    assert_eq!(found("src/stats.py", &secret), [("generic-key", Grade::Block)]);
    let told = make("curl -d '{\"host\":\"a.example.com\"}' x\n{\"apikey\": \"{an:32}\"}\n", "a");
    assert_eq!(found("src/provider.toml", &told), [("generic-key", Grade::Note)]);
    let far = make("host = \"a.acme.io\"\napikey = \"{an:32}\"\n", "a");
    assert_eq!(found("src/provider.toml", &far), [("generic-key", Grade::Block)]);
}

#[test]
fn a_bare_word_is_a_variable_in_code_and_a_value_in_configuration() {
    let text = make("password = {an:20}\n", "a");
    assert!(found("src/app.py", &text).is_empty());
    for path in [".env", "app.ini", "application.properties"] {
        assert_eq!(found(path, &text), [("generic-password", Grade::Block)], "{path}");
    }
}

#[test]
fn a_netrc_file_says_its_password_in_words() {
    let text = make("machine git.acme.io login app password {an:24}\n", "a");
    assert_eq!(found(".netrc", &text), [("generic-password", Grade::Block)]);
    assert!(found("notes.txt", &text).is_empty());
    assert!(found(".netrc", "machine git.acme.io login app password <token>\n").is_empty());
}

#[test]
fn keys_of_frameworks_are_found_where_they_are_kept() {
    for (path, template, level) in [
        (".env", "APP_KEY=base64:{b64:43}=", Grade::Block),
        ("settings.py", "SECRET_KEY = 'django-insecure-{an:50}'", Grade::Note),
        ("settings.py", "SECRET_KEY = '{an:20}#$({an:20}'", Grade::Block),
        ("wp-config.php", "define( 'DB_PASSWORD', '{an:18}' );", Grade::Block),
        ("config/secrets.yml", "  secret_key_base: {hex:128}\n", Grade::Block),
        ("terraform.tfstate", "\"client_secret\": \"{an:34}\",", Grade::Block),
        ("prod.tfvars", "db_password = \"{an:24}\"", Grade::Block),
        ("application_default_credentials.json", "\"refresh_token\": \"1//{b64u:90}\"", Grade::Block),
        ("azure.json", "\"clientSecret\": \"{an:34}\"", Grade::Block),
        (".npmrc", "//registry.acme.io/:_authToken={an:36}", Grade::Block),
        (".pypirc", "password = {an:30}", Grade::Block),
        ("my.cnf", "[client]\npassword={an:20}", Grade::Block),
        ("kubeconfig.yaml", "    token: {an:64}\n", Grade::Block),
        ("Jenkinsfile", "# API_TOKEN = '{an:32}'", Grade::Note),
    ] {
        let levels: Vec<_> = found(path, &make(template, "a")).into_iter().map(|(_, level)| level).collect();
        assert_eq!(levels, [level], "{path}: {template}");
    }
    for (path, text) in [
        ("group_vars/all.yml", "db_password: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  6162636465\n"),
        (
            "application.yml",
            "password: '{cipher}682bc583f4641835fa2db009355293665d2647dade3375c0ee201de2a49f7bda'",
        ),
        ("secrets.enc.yaml", "password: ENC[AES256_GCM,data:zzzz,iv:aaaa]"),
    ] {
        assert!(found(path, text).is_empty(), "{path}: {text}");
    }
}

#[test]
fn entropy_alone_finds_nothing() {
    for template in [
        "x = \"{an:40}\"",
        "commit {hex:40}",
        "id: \"{hex:32}\"",
        "{b64:200}",
        "sha512-{b64:86}==",
        "key: {an:32}",
    ] {
        assert!(found("src/app.js", &make(template, "a")).is_empty(), "{template}");
    }
}

#[test]
fn what_only_looks_like_an_assignment_is_silent() {
    for text in [
        "token: 'csrfmiddlewaretoken'",
        "secret: process.env.SECRET,",
        "const tokenType = 'Bearer'",
        "password: z.string().min(8)",
        "\"password\": \"Das Passwort ist falsch\"",
        "apiKey: 'YOUR-API-KEY'",
        "api_key='<your api key>'",
        "secret: 'keyboard cat'",
        "secretName: my-app-tls",
        "authToken: ${{ secrets.NPM_TOKEN }}",
        "password: { label: 'Password', type: 'password' }",
        "\"client_secret\": \"client-secret-goes-here\"",
        "password = 'correct-horse-battery-staple'",
        "password: '/run/secrets/db_password'",
        "access_token_url = 'https://acme.io/oauth/access_token'",
        "token = '0x52908400098527886E0F7030069857D2E4169EE7'",
        "password: $2y$10$abcdefghijklmnopqrstuv",
    ] {
        for path in ["src/a.ts", "config/a.yaml", "a.properties", "README.md", ""] {
            assert!(found(path, text).is_empty(), "{path}: {text}: {:?}", found(path, text));
        }
    }
}

#[test]
fn a_vendors_token_under_a_name_is_the_vendors() {
    let text = make("github_token = \"ghp_{an:30}{crc}\"", "a");
    assert_eq!(found("src/a.py", &text), [("github-personal-token", Grade::Block)]);
    assert!(found("src/a.py", &make("github_token = \"pk_live_{an:24}\"", "a")).len() <= 1);
}

#[test]
fn a_value_is_told_once_however_many_words_its_name_has() {
    let text = make("SECRET_ACCESS_TOKEN_PASSWORD=\"{an:24}\"", "a");
    assert_eq!(found(".env", &text), [("generic-password", Grade::Block)]);
}

#[test]
fn a_keystore_is_a_note_and_a_key_file_a_block_by_their_paths() {
    let key = make("{hex:32}\n", "a");
    assert_eq!(found("config/master.key", &key), [("key-file", Grade::Block)]);
    assert!(found("config/other.txt", &key).is_empty());
    let store = [&[0xfe, 0xed, 0xfe, 0xed][..], &[7; 100]].concat();
    let ids =
        |path: &str| scan_in(&Setting::new(path), &store).into_iter().map(|s| s.level).collect::<Vec<_>>();
    assert_eq!(ids("app/release.jks"), [Grade::Note]);
    for path in ["app/image.png", "src/test/resources/a.jks", "app/truststore.jks", "app/test.p12"] {
        assert!(ids(path).is_empty(), "{path}");
    }
}

#[test]
fn many_names_without_values_cost_no_more_than_other_bytes() {
    // Quadratic behaviour would take minutes here.
    for unit in [
        "password",
        "password=",
        "password: ",
        "\"password\"",
        "secret\\\\\\\"",
        "a://b:c",
        "token(",
        "Bearer a",
        "kind: Secret\n",
    ] {
        let text = unit.repeat(200_000 / unit.len());
        scan_in(&Setting::default(), text.as_bytes());
        scan_in(&Setting::new("a.yaml"), text.as_bytes());
    }
}

proptest! {
    #[test]
    fn any_bytes_are_searched(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        scan_in(&Setting::new("a.yaml"), &bytes);
    }

    #[test]
    fn any_arrangement_of_the_signs_of_assignments_is_searched(
        parts in proptest::collection::vec(prop_oneof![
            Just("password"), Just("api_key"), Just("\""), Just("'"), Just("\\"), Just(" "), Just("="), Just(":"), Just("\n"),
            Just("://"), Just("@"), Just("a1B2c3D4e5F6"), Just("<"), Just(">"), Just("("), Just(","), Just("value"), Just("Bearer "),
            Just("kind: Secret"), Just("data:"), Just("|"), Just("\u{e9}"), Just("||"), Just("LS0tLS1CRUdJTi"), Just("0"),
        ], 0..40),
        path in prop_oneof![Just("a.yaml"), Just("a.py"), Just(".env"), Just("a.json"), Just(".netrc"), Just("")],
    ) {
        let text = parts.concat();
        for secret in scan_in(&Setting::new(path), text.as_bytes()) {
            prop_assert!(secret.range.start < secret.range.end && secret.range.end <= text.len());
        }
    }
}
