//! What starts where.

use super::*;

fn found(files: &[(&str, &str)], tool: &str) -> Vec<String> {
    let tree = Tree::of_files(files.iter().map(|(path, text)| (*path, text.as_bytes())));
    let manifest = |(path, text): &(&str, &str)| {
        let value = crate::read::json::parse(text).ok().filter(|_| path.ends_with("package.json"))?;
        let crate::read::json::Value::Object(scripts) = value.get("scripts")? else { return None };
        let script =
            |name: &&str| ((*name).to_owned(), scripts.get(name).unwrap().as_text().unwrap().to_owned());
        let at: RepoPath = path.parse().unwrap();
        Some(Scripts { dir: at.dir().to_owned(), at, by_name: scripts.keys().iter().map(script).collect() })
    };
    let scripts: Vec<Scripts> = files.iter().filter_map(manifest).collect();
    let told = |command: Command| {
        let line = command.line.map(|line| format!(":{line}")).unwrap_or_default();
        let words = command.start(tool)?.join(" ");
        Some(format!("{}{line} in {:?}: {words}", command.at, command.dir))
    };
    commands(&tree, &scripts).into_iter().filter_map(told).collect()
}

#[test]
fn a_tool_is_found_where_it_is_started_and_not_where_it_is_named() {
    let scripts = r#"{"scripts": {
        "test": "tsc && cross-env A=b node_modules/.bin/jest 'a b' \"c\"",
        "ci": "npm run test -- --coverage",
        "say": "echo jest", "get": "npm i jest-cli"}}"#;
    assert_eq!(
        found(&[("web/package.json", scripts)], "jest"),
        ["web/package.json in \"web\": a b c --coverage", "web/package.json in \"web\": a b c"]
    );
}

#[test]
fn workflows_run_in_their_folders_and_hand_words_on_to_scripts() {
    let workflow = "on: push\njobs:\n  a:\n    defaults:\n      run:\n        working-directory: web\n    steps:\n      \
                    - run: |\n          npm ci\n          npm test -- --ci\n      - run: cd ../py && uv run pytest --cov\n        \
                    working-directory: web\n";
    let files = [
        (".github/workflows/ci.yml", workflow),
        ("web/package.json", r#"{"scripts": {"test": "jest --coverage"}}"#),
    ];
    assert_eq!(
        found(&files, "jest"),
        [
            "web/package.json in \"web\": --coverage",
            ".github/workflows/ci.yml:10 in \"web\": --coverage --ci"
        ]
    );
    assert_eq!(found(&files, "pytest"), [".github/workflows/ci.yml:11 in \"py\": --cov"]);
}

#[test]
fn makefiles_put_in_their_own_variables() {
    let make = "PKG ?= app\nARGS := --cov=$(PKG) \\\n\nFLAGS = -q --cov=$(PKG)\ntest:\n\t@pytest $(FLAGS) \\\n\t  tests\n\tcd sub && pytest $$HOME $(OTHER)\n";
    assert_eq!(
        found(&[("Makefile", make)], "pytest"),
        ["Makefile:6 in \"\": -q --cov=app tests", "Makefile:8 in \"sub\": $HOME $(OTHER)"]
    );
}

#[test]
fn python_projects_start_tools_from_tox_nox_and_their_manifest() {
    let nox = "@nox.session\ndef tests(session):\n    session.run(\"pytest\", \"--cov=a\", *session.posargs)\n    session.run('coverage', f'--x={y}')\n";
    let tox = "[testenv]\ncommands =\n    py311: pytest \\\n      --cov=b {posargs}\n";
    let manifest = "[tool.hatch.envs.default.scripts]\ncov = [\"pytest --cov=c\"]\n[tool.poe.tasks]\nt = { cmd = \"pytest --cov=d\" }\n";
    let files = [("noxfile.py", nox), ("tox.ini", tox), ("pyproject.toml", manifest)];
    assert_eq!(
        found(&files, "pytest"),
        [
            "noxfile.py:3 in \"\": --cov=a ${*session.posargs}",
            "pyproject.toml in \"\": --cov=c",
            "pyproject.toml in \"\": --cov=d",
            "tox.ini in \"\": --cov=b",
        ]
    );
    assert_eq!(found(&files, "coverage"), ["noxfile.py:4 in \"\": ${f'--x={y}'}"]);
}

#[test]
fn other_services_and_shell_scripts_start_tools_too() {
    let files = [
        (".gitlab-ci.yml", "test:\n  script:\n    - cd api\n    - go test ./...\n  name: go test\n"),
        ("scripts/test.sh", "#!/bin/sh\nset -e\ngo test -cover ./...\n"),
        ("docs/x.sh", "go test no\n"),
        ("Taskfile.yml", "tasks:\n  t:\n    cmds:\n      - cmd: go test b\n"),
    ];
    assert_eq!(
        found(&files, "go"),
        [
            ".gitlab-ci.yml:4 in \"api\": test ./...",
            "Taskfile.yml:4 in \"\": test b",
            "scripts/test.sh:3 in \"\": test -cover ./..."
        ]
    );
}

#[test]
fn scripts_that_call_each_other_end() {
    let scripts = r#"{"scripts": {"a": "npm run b x; npm run b y", "b": "npm run a x; npm run a y; jest"}}"#;
    assert!(!found(&[("package.json", scripts)], "jest").is_empty());
}

#[test]
fn a_recipe_makes_another_with_its_own_variables_and_or_takes_what_is_set() {
    let make = "test: venv\n\tpytest -q $(or $(ARGS), tests/)\nit:\n\t$(MAKE) test ARGS=$(or $(ARGS),it/)\n";
    assert_eq!(
        found(&[("Makefile", make)], "pytest"),
        ["Makefile:2 in \"\": -q tests/", "Makefile:4 in \"\": -q it/"]
    );
}
