//! Facts about finding credentials.

use proptest::prelude::*;

use super::template::make;
use super::*;

fn ids(text: &str) -> Vec<&'static str> {
    scan(text.as_bytes()).into_iter().map(|s| s.rule.id.as_str()).collect()
}

#[test]
fn a_github_token_is_found_by_its_checksum_and_silent_without() {
    let found = scan(make("x ghp_{an:30}{crc} y", "1").as_bytes());
    assert_eq!((found.len(), found[0].verified, found[0].range.clone()), (1, Verified::Checksum, 2..42));
    assert!(ids(&make("ghp_{an:30}{badcrc}", "1")).is_empty());
}

#[test]
fn a_token_is_found_between_bytes_that_are_no_text() {
    let mut bytes = vec![0xff, 0xfe, 0x00];
    bytes.extend(make("ghp_{an:30}{crc}", "1").bytes());
    bytes.extend([0xff, 0x80]);
    assert_eq!(scan(&bytes).len(), 1);
}

#[test]
fn an_aws_key_id_alone_is_a_note_and_with_its_secret_a_block() {
    let alone = scan(make("id = AKIA{b32:16}", "1").as_bytes());
    assert_eq!(alone.iter().map(|s| s.level).collect::<Vec<_>>(), [Grade::Note]);
    let pair = scan(make("id = AKIA{b32:16}\nregion = eu\nsecret = {b64:40}", "1").as_bytes());
    assert_eq!(pair.iter().map(|s| s.level).collect::<Vec<_>>(), [Grade::Note, Grade::Block]);
    assert_eq!(pair[1].rule.half(), Some(pair[0].rule.id.as_str()));
}

#[test]
fn a_private_key_is_one_key_however_it_is_wrapped() {
    let key = make("{pem:RSA PRIVATE KEY:1190}", "1");
    let identity = scan(key.as_bytes())[0].identity;
    let lines = || key.lines();
    let indented: String = lines().map(|l| format!("    {l}\n")).collect();
    let joined: String = lines().map(|l| format!("  \"{l}\\n\" +\n")).collect();
    let commented: String = lines().map(|l| format!("# {l}\n")).collect();
    let escaped = key.replace('\n', "\\n");
    let twice = key.replace('\n', "\\\\n");
    let slashed = escaped.replace('/', "\\/");
    let dos = key.replace('\n', "\r\n");
    let spaced = key.replace('\n', " ");
    for shape in [indented, joined, commented, escaped, twice, slashed, dos, spaced] {
        let found = scan(shape.as_bytes());
        assert_eq!(found.len(), 1, "{shape}");
        assert_eq!((found[0].identity, found[0].verified), (identity, Verified::Structure));
        assert_eq!(found[0].level, Grade::Block);
    }
}

#[test]
fn an_encrypted_key_is_a_note() {
    let old = make("{pem:RSA PRIVATE KEY:1190}", "1")
        .replace("KEY-----\nMII", "KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\nMII");
    for key in [old, make("{pem:ENCRYPTED PRIVATE KEY:1190}", "1"), make("{openssh:aes256-ctr}", "1")] {
        let found = scan(key.as_bytes());
        assert_eq!(found.iter().map(|s| s.level).collect::<Vec<_>>(), [Grade::Note], "{key}");
    }
}

#[test]
fn a_key_of_which_most_is_missing_is_a_note_and_a_few_lines_of_one_are_nothing() {
    let key = make("{pem:RSA PRIVATE KEY:1190}", "1");
    let lines: Vec<&str> = key.lines().collect();
    let cut = |body: &[&str]| [&lines[..1], body, &lines[lines.len() - 1..]].concat().join("\n");
    let levels = |text: String| scan(text.as_bytes()).iter().map(|s| s.level).collect::<Vec<_>>();
    assert_eq!(levels(cut(&lines[1..4])), [Grade::Note]);
    assert_eq!(levels(cut(&lines[1..24])), [Grade::Block]);
    assert!(levels(cut(&lines[1..2])).is_empty() && levels(cut(&lines[5..9])).is_empty());
    assert!(levels(cut(&[lines[1], lines[2], "..."])).is_empty());
}

#[test]
fn what_is_public_or_published_or_a_hash_is_silent() {
    let aws = concat!("AKIA", "IOSFODNN7", "EXAMPLE\nwJalrXUtnFEMI/K7MDENG/bPxRfiCY", "EXAMPLEKEY");
    for text in [
        aws,
        &make("pk_live_{an:24} pk_test_{an:24}", "1"),
        &make("\"integrity\": \"sha512-{b64:86}==\"\n\"resolved\": \"{hex:40}\"", "1"),
        &make("{hex:8}-{hex:4}-{hex:4}-{hex:4}-{hex:12}", "1"),
        concat!("sk_test_", "4eC39HqLyjWDarjtT1zdp7dc"),
        "sk-ant-api03-<your key> ${GITHUB_TOKEN} {{ secrets.AWS_SECRET_ACCESS_KEY }}",
    ] {
        assert!(ids(text).is_empty(), "{text}: {:?}", ids(text));
    }
}

#[test]
fn a_token_directly_behind_an_escape_is_found_and_inside_a_word_is_not() {
    assert_eq!(ids(&make("\\nsk_live_{an:24}\\n", "1")), ["stripe-live-secret-key"]);
    assert_eq!(ids(&make("token%3Dsk_live_{an:24}", "1")), ["stripe-live-secret-key"]);
    assert!(ids(&make("risk_live_{an:24}", "1")).is_empty());
}

#[test]
fn the_same_template_and_seed_give_the_same_text() {
    assert_eq!(make("a{an:9}{crc}", "x"), make("a{an:9}{crc}", "x"));
    assert_ne!(make("a{an:9}", "x"), make("a{an:9}", "y"));
    assert_eq!(make("${A} {b:c} {", "x"), "${A} {b:c} {");
}

#[test]
fn repeated_keywords_come_to_an_end_and_are_no_credentials() {
    let hostile = [
        "AKIA",
        "T3BlbkFJ",
        "sk-T3BlbkFJ",
        "ghp_",
        "-----BEGIN PRIVATE KEY-----",
        "-----BEGIN PRIVATE KEY-----A",
    ];
    for unit in hostile {
        let text = unit.repeat(200_000 / unit.len());
        assert_eq!(scan(text.as_bytes()).len(), 0, "{unit}");
    }
}

proptest! {
    #[test]
    fn any_bytes_are_scanned(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        scan(&bytes);
    }

    #[test]
    fn fragments_of_credentials_are_scanned(
        parts in proptest::collection::vec(
            prop_oneof![
                Just("-----BEGIN "), Just("PRIVATE KEY-----"), Just("-----END "), Just("\\n"), Just("\\"),
                Just("T3BlbkFJ"), Just("sk-"), Just("AKIA"), Just("ghp_"), Just("MIIEpAIBAAKCAQEA"), Just("\n"),
                Just("\""), Just(":"), Just("é"),
            ],
            0..40,
        )
    ) {
        let text = parts.concat();
        for secret in scan(text.as_bytes()) {
            prop_assert!(text.get(secret.range).is_some());
        }
        redact(&text);
    }

    #[test]
    fn a_token_is_found_anywhere(before in "[ -~]{0,30}[ \"'=:]", after in "[ \"'\n][ -~]{0,30}", seed in "[a-z]{8}") {
        let token = make("ghp_{an:30}{crc}", &seed);
        let text = format!("{before}{token}{after}");
        prop_assert!(scan(text.as_bytes()).iter().any(|s| text[s.range.clone()] == token));
    }
}
