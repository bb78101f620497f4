//! Facts about what single commands select, runner by runner.

use super::*;

/// What the runs of a tree take, as `path: test`, each once.
fn taken(files: &[(&str, &str)]) -> Vec<String> {
    let tree = Tree::of_files(files.iter().map(|(path, text)| (*path, text.as_bytes())));
    let runs = commanded(&tree);
    let mut lister = Lister::of(&tree);
    let mut found = Vec::new();
    for (path, text) in files {
        let path: RepoPath = path.parse().unwrap();
        for test in lister.list(&path, text).unwrap() {
            let takes = |run: &Selected| run.files.contains(&path) && run.filter.takes(&test);
            if runs.iter().any(takes) {
                found.push(format!("{path}: {}", test.title()));
            }
        }
    }
    found
}

/// The same for files with a Makefile that runs one command.
fn by(command: &str, files: &[(&str, &str)]) -> Vec<String> {
    let make = format!("test:\n\t{command}\n");
    taken(&[files, &[("Makefile", make.as_str())]].concat())
}

#[test]
fn go_takes_packages_names_and_the_short_mode() {
    let test = "package a\n\nimport \"testing\"\n\nfunc TestFast(t *testing.T) {}\n\nfunc TestSlow(t *testing.T) {\n\tif testing.Short() {\n\t\tt.Skip()\n\t}\n}\n";
    let files = [
        ("go.mod", "module x.org/m\n"),
        ("a/a_test.go", test),
        ("mocks/m_test.go", "package m\n\nfunc TestMock(t *testing.T) {}\n"),
        ("sub/go.mod", "module x.org/sub\n"),
        ("sub/s_test.go", "package s\n\nfunc TestSub(t *testing.T) {}\n"),
    ];
    let all = ["a/a_test.go: TestFast", "a/a_test.go: TestSlow", "mocks/m_test.go: TestMock"];
    assert_eq!(by("go test ./...", &files), all);
    assert_eq!(by("go test x.org/m/...", &files), all);
    assert_eq!(by("go test -short ./a", &files), all[..1]);
    assert_eq!(by("go test -run '^TestSlow$' ./...", &files), all[1..2]);
    assert_eq!(by("go test -skip=Slow ./...", &files), [all[0], all[2]]);
    assert_eq!(by("go test $$(go list ./... | grep -v /mocks)", &files), all[..2]);
    assert_eq!(by("gotestsum --format dots -- -race ./a/...", &files), all[..2]);
    assert_eq!(by("cd sub && go test ./...", &files), ["sub/s_test.go: TestSub"]);
}

#[test]
fn pytest_takes_its_settings_with_the_words_of_the_command() {
    let files = [
        ("pytest.ini", "[pytest]\ntestpaths = tests\naddopts = -m 'not manual'\n"),
        (
            "tests/test_a.py",
            "import pytest\n\ndef test_one(): pass\n\n@pytest.mark.slow\ndef test_two(): pass\n\n@pytest.mark.manual\ndef test_three(): pass\n",
        ),
        ("it/test_b.py", "def test_four(): pass\n"),
    ];
    let [one, two] = ["tests/test_a.py: test_one", "tests/test_a.py: test_two"];
    assert_eq!(by("pytest", &files), [one, two]);
    assert_eq!(by("python -m pytest -k 'not two'", &files), [one]);
    assert_eq!(
        by("pytest -m 'not slow' it tests", &files),
        [one, "tests/test_a.py: test_three", "it/test_b.py: test_four"]
    );
    assert_eq!(by("pytest --deselect tests/test_a.py::test_two", &files), [one]);
    assert_eq!(by("pytest --ignore=tests/test_a.py", &files), [""; 0]);
    assert_eq!(by("pytest tests/test_a.py::test_two", &files), [two]);
}

#[test]
fn cargo_and_nextest_take_packages_targets_and_names() {
    let test = |name: &str| format!("#[test]\nfn {name}() {{}}\n");
    let (unit, it, other) = (test("unit"), test("whole"), test("other"));
    let files = [
        ("Cargo.toml", "[workspace]\nmembers = [\"a\", \"b\"]\n"),
        ("a/Cargo.toml", "[package]\nname = \"a\"\nversion = \"0.1.0\"\n"),
        ("a/src/lib.rs", unit.as_str()),
        ("a/tests/it.rs", it.as_str()),
        ("b/Cargo.toml", "[package]\nname = \"b\"\nversion = \"0.1.0\"\n"),
        ("b/src/lib.rs", other.as_str()),
    ];
    let all = ["a/src/lib.rs: unit", "a/tests/it.rs: whole", "b/src/lib.rs: other"];
    assert_eq!(by("cargo test --workspace", &files), all);
    assert_eq!(by("cargo test -p a", &files), all[..2]);
    assert_eq!(by("cargo test --workspace --exclude a", &files), all[2..]);
    assert_eq!(by("cargo test -p a --lib", &files), all[..1]);
    assert_eq!(by("cargo +nightly test -p a --test it", &files), all[1..2]);
    assert_eq!(by("cargo test -- --skip whole", &files), [all[0], all[2]]);
    assert_eq!(by("cargo nextest run -E 'not (test(unit) | package(b))'", &files), all[1..2]);
    let filtered =
        [&files[..], &[(".config/nextest.toml", "[profile.default]\ndefault-filter = 'not test(=other)'\n")]];
    assert_eq!(by("cargo nextest run", &filtered.concat()), all[..2]);
    assert_eq!(by("cargo test --no-run", &files), all);
}

const JUNIT: &str = "class A {\n    @Test\n    void works() {}\n}\n";

#[test]
fn maven_takes_patterns_switches_and_modules() {
    let pom = "<project><artifactId>shop</artifactId><build><plugins><plugin><artifactId>maven-surefire-plugin</artifactId>\
               <configuration><excludes><exclude>**/old/**</exclude></excludes></configuration></plugin></plugins></build></project>";
    let files = [
        ("pom.xml", pom),
        ("src/test/java/shop/CartTest.java", JUNIT),
        ("src/test/java/shop/old/OldTest.java", JUNIT),
        ("src/test/java/shop/CartIT.java", JUNIT),
    ];
    let cart = ["src/test/java/shop/CartTest.java: A > works"];
    assert_eq!(taken(&files), cart);
    assert_eq!(by("./mvnw -B verify", &files), cart);
    assert_eq!(by("mvn package -DskipTests", &files), [""; 0]);
    assert_eq!(by("mvn test -Dtest='Old*'", &files), ["src/test/java/shop/old/OldTest.java: A > works"]);
    assert_eq!(by("mvn test -pl '!shop'", &files), [""; 0]);
}

#[test]
fn gradle_takes_tasks_without_those_left_out_and_the_filters_of_scripts() {
    let build = "plugins { id 'java' }\ntest {\n  useJUnitPlatform { excludeTags 'slow' }\n  filter { excludeTestsMatching '*OldTest' }\n  exclude '**/it/**'\n}\n";
    let slow =
        "class A {\n    @Test\n    void works() {}\n    @Test\n    @Tag(\"slow\")\n    void crawls() {}\n}\n";
    let files = [
        ("settings.gradle", ""),
        ("build.gradle", build),
        ("src/test/java/shop/CartTest.java", slow),
        ("src/test/java/shop/OldTest.java", JUNIT),
        ("src/test/java/shop/it/BuyTest.java", JUNIT),
    ];
    let cart = ["src/test/java/shop/CartTest.java: A > works"];
    assert_eq!(taken(&files), cart);
    assert_eq!(by("./gradlew --no-daemon check", &files), cart);
    assert_eq!(by("./gradlew build -x test", &files), [""; 0]);
    assert_eq!(by("gradle test --tests OtherTest", &files), [""; 0]);
    let off = [("build.gradle", "plugins { id 'java' }\ntest { enabled = false }\n"), files[0], files[2]];
    assert_eq!(by("gradle test", &off), [""; 0]);
}

#[test]
fn dotnet_phpunit_and_rspec_take_what_they_are_asked() {
    let cs = "[Fact]\npublic void A() {}\n\n[Fact]\n[Trait(\"Category\", \"Slow\")]\npublic void B() {}\n";
    let cs = format!("public class CartTests\n{{\n{cs}}}\n");
    let net = [("T/CartTests.cs", cs.as_str()), ("T/T.csproj", "<Project/>")];
    assert_eq!(
        by("dotnet test T/T.csproj", &net),
        ["T/CartTests.cs: CartTests > A", "T/CartTests.cs: CartTests > B"]
    );
    assert_eq!(by("dotnet test --filter 'Category!=Slow'", &net), ["T/CartTests.cs: CartTests > A"]);
    assert_eq!(
        by("dotnet test --filter FullyQualifiedName~CartTests.B", &net),
        ["T/CartTests.cs: CartTests > B"]
    );
    let out =
        [net[0], ("T/T.csproj", "<Project><ItemGroup><Compile Remove=\"Cart*.cs\" /></ItemGroup></Project>")];
    assert_eq!(by("dotnet test", &out), [""; 0]);
    let php =
        "<?php\nfinal class ATest extends TestCase\n{\n    public function testA(): void\n    {\n    }\n}\n";
    let xml = "<phpunit><testsuites><testsuite name=\"u\"><directory>tests/u</directory></testsuite><testsuite name=\"f\"><directory>tests/f</directory><exclude>tests/f/old</exclude></testsuite></testsuites></phpunit>";
    let unit = [
        ("phpunit.xml", xml),
        ("tests/u/ATest.php", php),
        ("tests/f/ATest.php", php),
        ("tests/f/old/ATest.php", php),
    ];
    assert_eq!(
        by("vendor/bin/phpunit", &unit),
        ["tests/u/ATest.php: ATest > testA", "tests/f/ATest.php: ATest > testA"]
    );
    assert_eq!(by("vendor/bin/phpunit --testsuite u", &unit), ["tests/u/ATest.php: ATest > testA"]);
    assert_eq!(by("php artisan test --filter testB", &unit), [""; 0]);
    let rb = "describe 'cart' do\n  it 'adds' do\n  end\n\n  it 'crawls', :slow do\n  end\nend\n";
    let specs = [("spec/a_spec.rb", rb), ("spec/b/b_spec.rb", rb)];
    assert_eq!(by("bundle exec rspec", &specs).len(), 4);
    assert_eq!(by("bundle exec rspec spec/b --tag ~slow", &specs), ["spec/b/b_spec.rb: cart > adds"]);
    assert_eq!(
        by("rspec --exclude-pattern 'spec/b/**/*_spec.rb' -e adds", &specs),
        ["spec/a_spec.rb: cart > adds"]
    );
}

#[test]
fn what_only_a_run_can_tell_is_open() {
    let open = |command: &str| {
        let make = format!("test:\n\t{command}\n");
        let tree =
            Tree::of_files([("Makefile", make.as_bytes()), ("tests/test_a.py", b"def test_a(): pass\n")]);
        commanded(&tree).iter().any(|run| run.open)
    };
    for command in ["pytest $$FILES", "pytest \"$$@\"", "pytest -k \"$$WHAT\"", "pytest --unknown value"] {
        assert!(open(command), "{command}");
    }
    for command in ["pytest", "pytest tests --junitxml=$$OUT", "pytest -n $$CORES tests"] {
        assert!(!open(command), "{command}");
    }
}
