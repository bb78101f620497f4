//! Declarations, form by form.

use proptest::prelude::*;

use super::*;

fn declared(path: &str, text: &str) -> Vec<String> {
    names(&path.parse().unwrap(), text).into_iter().collect()
}

#[test]
fn each_form_of_declaration_gives_its_names() {
    assert_eq!(
        declared(".env.example", "AAA=1\n# BBB=\nexport CCC = x\n# a note: no\n"),
        ["AAA", "BBB", "CCC"]
    );
    assert_eq!(
        declared("Dockerfile", "ARG AAA\nENV BBB=1 \\\n  CCC=2\nRUN x DDD=1\n"),
        ["AAA", "BBB", "CCC"]
    );
    let compose = "services:\n  web:\n    environment:\n      - AAA=1\n      - BBB\n    image: x:${CCC:-1}\n  db:\n    environment:\n      DDD: 1\n";
    assert_eq!(declared("docker-compose.yml", compose), ["AAA", "BBB", "CCC", "DDD"]);
    let workflow = "jobs:\n  a:\n    env:\n      AAA: ${{ secrets.BBB }}\n    steps:\n      - run: x\n        env: { CCC: '${{ vars.DDD }}' }\n";
    assert_eq!(declared(".github/workflows/a.yml", workflow), ["AAA", "BBB", "CCC", "DDD"]);
    assert_eq!(
        declared(
            "k8s/app.yaml",
            "spec:\n  containers:\n    - env:\n        - name: AAA\n          value: x\n"
        ),
        ["AAA"]
    );
    assert_eq!(
        declared("chart/templates/a.yaml", "env:\n  {{- range . }}\n  - name: AAA\n  {{- end }}\n"),
        ["AAA"]
    );
    assert_eq!(
        declared("turbo.json", r#"{"globalEnv":["AAA","!BBB"],"tasks":{"build":{"env":["CCC"]}}}"#),
        ["AAA", "BBB", "CCC"]
    );
    assert_eq!(declared("fly.toml", "[env]\nAAA = \"1\"\n"), ["AAA"]);
    assert_eq!(
        declared("main.tf", "variable \"aaa_key\" {}\nenvironment {\n  variables = {\n    BBB = 1\n  }\n}\n"),
        ["AAA_KEY", "BBB"]
    );
    assert_eq!(
        declared("env.d.ts", "interface ProcessEnv {\n  AAA: string;\n  readonly BBB?: string;\n}\n"),
        ["AAA", "BBB"]
    );
    assert_eq!(
        declared(
            "src/env.ts",
            "export const env = createEnv({\n  server: {\n    AAA: z.string(),\n  },\n});\n"
        ),
        ["AAA"]
    );
    let pydantic =
        "class S(BaseSettings):\n    model_config = SettingsConfigDict(env_prefix='APP_')\n    db_url: str\n";
    assert!(declared("settings.py", pydantic).contains(&"APP_DB_URL".to_owned()));
    assert_eq!(declared("package.json", r#"{"scripts":{"a":"cross-env AAA=1 x"}}"#), ["AAA"]);
}

#[test]
fn samples_are_told_from_other_files() {
    let sample = |path: &str| is_sample(&path.parse().unwrap());
    assert!(
        sample(".env.example")
            && sample("apps/web/.env.local.sample")
            && sample("example.env")
            && sample("env.template")
    );
    assert!(
        !sample(".env") && !sample("examples.json") && !sample("src/env.ts") && !sample(".env.production")
    );
}

proptest! {
    #[test]
    fn no_text_makes_the_reader_panic(text in "([A-C_=:{}\\[\\]\"$ \n#-]|env|ENV|name){0,60}") {
        for path in [".env", "Dockerfile", "a.yml", "a.json", "a.toml", "a.tf", "a.d.ts", "a.ts", "a.py"] {
            names(&path.parse().unwrap(), &text);
        }
    }
}
