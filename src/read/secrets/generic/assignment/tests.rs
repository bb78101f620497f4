//! Facts about where values stand.

use super::*;

/// The value given to the first `password` of a text.
fn value(text: &str, syntax: Syntax) -> Option<(&str, Form)> {
    let start = text.find("password")?;
    let given = given(text.as_bytes(), &(start..start + 8), syntax)?;
    Some((&text[given.range], given.form))
}

#[test]
fn a_string_is_given_in_every_notation_of_code() {
    for text in [
        r#"password = "V""#,
        r#"password="V","#,
        r#"password: 'V'"#,
        r#""password": "V","#,
        r#"'password' => 'V',"#,
        r#":password => "V""#,
        r#"let password: &str = "V";"#,
        r#"password: string = 'V'"#,
        r#"val password: String = "V""#,
        r#"password := "V""#,
        r#"password == "V""#,
        r#"config["password"] = "V""#,
        r#"put("password", "V")"#,
        r#"getenv("password", "V")"#,
        r#"process.env.password || 'V'"#,
        r#"ENV["password"] || "V""#,
        r#"os.getenv("password") or "V""#,
        r#"password = process.env.P || 'V'"#,
        r#"x.password("V")"#,
        r#"password = new String("V")"#,
        r#"password: String("V"),"#,
        r#"password := []byte("V")"#,
        r#"password = b"V""#,
        r#"password = SecretStr("V")"#,
        r#"password = """V""""#,
        r#"{\"password\": \"V\"}"#,
        r#"{\\\"password\\\": \\\"V\\\"}"#,
        "password =\n    'V'",
        r#"char[] password = "V".toCharArray();"#,
    ] {
        assert_eq!(value(text, Syntax::Code), Some(("V", Form::Literal)), "{text}");
    }
}

#[test]
fn what_is_no_whole_string_is_not_given_in_code() {
    for text in [
        "password = user.password",
        "password = os.environ['X']",
        "password = V",
        "password: String,",
        r#"password = f"x{y}""#,
        r#"password = "V" + salt"#,
        r#"password = "V" % name"#,
        r#"password = "V".format(x)"#,
        r#"password = hash("V")"#,
        r#"password = "V\n""#,
        r#"password = """#,
        "password = \"V",
        "password::V",
        r#"password =~ "V""#,
        r#"t.password.label = "V""#,
        r#"["user", "password", "V"]"#,
        "if password { 'V' }",
        "password",
        "password=",
        "password != nil && x",
        r#"password = cond ? "V" : x"#,
        "a=server;password=V;",
        r#"checkPassword("password", "V")"#,
        "\"Server=a\";password=V;",
    ] {
        assert_eq!(value(text, Syntax::Code), None, "{text}");
    }
}

#[test]
fn a_bare_word_is_given_where_the_notation_has_those() {
    for (text, syntax) in [
        ("password=V", Syntax::Config),
        ("password = V\n", Syntax::Config),
        ("spring.datasource.password: V\n", Syntax::Config),
        ("  password: V # ours\n", Syntax::Yaml),
        ("password: !!str V\n", Syntax::Yaml),
        ("{user: x, password: V}", Syntax::Yaml),
        ("- name: password\n  value: V\n", Syntax::Yaml),
        ("export password=V\n", Syntax::Shell),
        ("mysql --password=V -u x", Syntax::Shell),
        ("mysql --password V -u x", Syntax::Shell),
        ("Server=a;password=V;Database=b", Syntax::Text),
        ("connect(\"Server=a;User Id=b;password=V;\")", Syntax::Code),
        ("\"Default\": \"Server=a;User Id=b;password=V\"", Syntax::Json),
        ("machine a login b password V", Syntax::Netrc),
    ] {
        assert_eq!(value(text, syntax), Some(("V", Form::Bare)), "{text}");
    }
    assert_eq!(value("password: |\n    V\n", Syntax::Yaml), Some(("V", Form::Bare)));
    assert_eq!(value("https://a/?password=V&b", Syntax::Code), Some(("V", Form::Query)));
}

#[test]
fn sentences_and_nested_mappings_are_no_values() {
    for (text, syntax) in [
        ("password: the one that you chose\n", Syntax::Yaml),
        ("password:\n  min: 3\n", Syntax::Yaml),
        ("password = one two\n", Syntax::Config),
        ("the password is V", Syntax::Text),
        ("--password, -p", Syntax::Text),
        ("your password (V)", Syntax::Text),
        ("\"password\"", Syntax::Json),
        ("\"password\": null", Syntax::Json),
        ("\"password\": {", Syntax::Json),
    ] {
        assert_eq!(value(text, syntax), None, "{text}");
    }
}

#[test]
fn elements_and_attributes_are_read() {
    for text in [
        "<password>V</password>",
        "<db:password>V</db:password>",
        "<param name=\"password\">V</param>",
        "<add key=\"password\" value=\"V\" />",
        "<user name=\"x\" password=\"V\"/>",
        "{\"key\": \"password\", \"value\": \"V\"}",
        "{\"key\": \"password\",\n  \"value\": \"V\"}",
    ] {
        assert_eq!(value(text, Syntax::Text), Some(("V", Form::Literal)), "{text}");
    }
    for text in ["<password/>", "<password></password>", "a > password > b", "<password>{{ x }}</password>"] {
        assert_eq!(value(text, Syntax::Text), None, "{text}");
    }
}
