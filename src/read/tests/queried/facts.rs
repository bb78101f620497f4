//! Facts about which tests are found by queries, what becomes of them and what they assert.

use super::*;
use crate::read::tests::read;

fn of(path: &str, source: &str) -> Vec<Test> {
    read(&path.parse().unwrap(), source).unwrap()
}

fn states(path: &str, source: &str) -> Vec<(String, State)> {
    of(path, source).iter().map(|test| (test.title(), test.state)).collect()
}

fn is(path: &str, source: &str, expected: &[(&str, State)]) {
    let expected: Vec<_> = expected.iter().map(|(name, state)| ((*name).to_owned(), *state)).collect();
    assert_eq!(states(path, source), expected);
}

fn strengths(path: &str, source: &str) -> Vec<(Strength, String)> {
    let tests = of(path, source);
    tests.iter().flat_map(|test| &test.assertions).map(|a| (a.strength, a.subject.clone())).collect()
}

#[test]
fn every_query_is_one_of_its_language() {
    for language in [Grammar::Java, Grammar::Kotlin, Grammar::CSharp, Grammar::Php, Grammar::Ruby] {
        query(language);
    }
}

#[test]
fn java_tests_nest_in_classes_and_their_marks_are_their_own() {
    let source = "class CartTest {\n  @Nested class Inner {\n    @Test void adds() { assertEquals(3, f(1)); }\n  }\n  \
        @Disabled(\"x\") @Test void off() { f(); }\n  @Test(enabled = false) void ng() { f(); }\n  \
        @Test @DisabledOnOs(OS.MAC) void os() { f(); }\n  @Test void assumes() { assumeTrue(ci()); f(); }\n  \
        @Disabled void helper() { }\n  @ParameterizedTest @ValueSource(ints = {1}) void many(int n) { f(); }\n  void no() { }\n}\n\
        @Disabled class Off { @Test void a() { } }\n\
        class Old extends TestCase { public void testOld() { } private void testNot() { } }\n";
    is(
        "src/test/java/CartTest.java",
        source,
        &[
            ("CartTest > Inner > adds", State::Runs),
            ("CartTest > off", State::Skipped),
            ("CartTest > ng", State::Skipped),
            ("CartTest > os", State::Conditional),
            ("CartTest > assumes", State::Conditional),
            ("CartTest > many", State::Runs),
            ("Off > a", State::Skipped),
            ("Old > testOld", State::Runs),
        ],
    );
    assert_eq!(of("A.java", source)[5].cases, Cases::Computed);
}

#[test]
fn java_assertions_say_what_they_demand() {
    use Strength::*;
    let source = "class A { @Test void a() { assertEquals(3, f(1)); assertEquals(1.5, g(), 0.01); assertTrue(x); \
        assertThat(y).isEqualTo(2); assertThat(y).contains(2); assertThrows(Odd.class, () -> f()); \
        assertThrows(Exception.class, () -> f()); verify(mock).go(1); assertNotNull(z); assertTrue(true); \
        assertValid(order); try { assertEquals(1, q()); } catch (Throwable t) { } } }";
    let expected = [
        (Exact, "f(1)"),
        (Close, "g()"),
        (Truthy, "x"),
        (Exact, "y"),
        (Relational, "y"),
        (ThrowsExactly, ""),
        (Throws, ""),
        (MockExactly, "mock"),
        (Truthy, "z"),
        (Tautology, "true"),
        (Delegated, "order"),
        (Exact, "q()"),
    ];
    assert_eq!(strengths("A.java", source), expected.map(|(s, t)| (s, t.to_owned())));
    let tests = of("A.java", source);
    assert_eq!(tests[0].assertions[1].tolerance, Some(0.01));
    assert_eq!(tests[0].assertions.iter().filter(|a| a.swallowed).count(), 1);
}

#[test]
fn kotlin_tests_are_methods_and_specs() {
    let source = "class A {\n  @Test fun `adds two`() { assertEquals(1, f(2)) }\n  @Ignore @Test fun off() { f(enabled = false) }\n  \
        @Test fun on() { f(enabled = false) }\n}\n\
        class B : FunSpec({\n  test(\"x\") { f() shouldBe 2 }\n  xtest(\"y\") { }\n  context(\"q\") { test(\"z\") { } }\n})\n\
        class C : StringSpec({ \"adds\" { f() shouldBe 2 } })\n";
    is(
        "A.kt",
        source,
        &[
            ("A > adds two", State::Runs),
            ("A > off", State::Skipped),
            ("A > on", State::Runs),
            ("B > x", State::Runs),
            ("B > y", State::Skipped),
            ("B > q > z", State::Runs),
            ("C > adds", State::Runs),
        ],
    );
    assert_eq!(
        of("A.kt", source).iter().map(|t| t.assertions.len()).collect::<Vec<_>>(),
        [1, 0, 0, 1, 0, 0, 1]
    );
}

#[test]
fn csharp_tests_of_three_frameworks_are_read() {
    let source = "public class CartTests {\n  [Fact(Skip = \"later\")] public void Off() { Assert.Equal(1, F(2)); }\n  \
        [Theory, InlineData(1), InlineData(2)] public void P(int n) { Assert.True(n > 1); x.Should().Be(3); }\n  \
        [Test, Ignore(\"x\")] public void T() { }\n  [TestMethod] public void M() => Assert.AreEqual(1, F(1));\n  \
        [Test] public void I() { Assert.Ignore(\"x\"); F(1); }\n  [ConditionalFact] public void C() { }\n  public void No() { }\n}\n";
    is(
        "CartTests.cs",
        source,
        &[
            ("CartTests > Off", State::Skipped),
            ("CartTests > P", State::Runs),
            ("CartTests > T", State::Skipped),
            ("CartTests > M", State::Runs),
            ("CartTests > I", State::Skipped),
            ("CartTests > C", State::Conditional),
        ],
    );
    let tests = of("CartTests.cs", source);
    assert_eq!(
        (tests[1].cases, tests[1].assertions.len(), tests[3].assertions.len()),
        (Cases::Table(2), 2, 1)
    );
    assert_eq!(tests[1].assertions[1].strength, Strength::Exact);
}

#[test]
fn php_tests_are_methods_marked_or_named_and_pest_functions() {
    let source = "<?php\nclass CartTest extends TestCase {\n  public function testAdds(): void { $this->assertSame(3, f(1)); }\n  \
        #[Test] public function adds(): void { self::assertTrue($x); }\n  /** @test */\n  public function old() { }\n  \
        public function testOff(): void { $this->markTestSkipped('x'); }\n  \
        public function testIf(): void { if ($a) { $this->markTestSkipped('x'); } f(); }\n  public function helper() { }\n}\n\
        it('a', function () { expect(f(1))->toBe(3); })->skip();\ntest('b', fn () => expect(1)->toBeTrue())->skipOnWindows();\n\
        describe('g', function () { it('c', function () { f(); }); });\n";
    is(
        "tests/CartTest.php",
        source,
        &[
            ("CartTest > testAdds", State::Runs),
            ("CartTest > adds", State::Runs),
            ("CartTest > old", State::Runs),
            ("CartTest > testOff", State::Skipped),
            ("CartTest > testIf", State::Conditional),
            ("a", State::Skipped),
            ("b", State::Conditional),
            ("g > c", State::Runs),
        ],
    );
}

#[test]
fn ruby_tests_of_rspec_and_minitest_are_read() {
    let source = "RSpec.describe Cart, :slow do\n  context 'full' do\n    it 'adds' do\n      expect(f(1)).to eq(3)\n    end\n    \
        xit 'off' do\n      f\n    end\n    it 'opt', skip: true do\n      f\n    end\n    it 'if', skip: ci? do\n      f\n    end\n    \
        it 'first' do\n      skip 'x'\n      f\n    end\n    it 'later' do\n      skip 'x' if ci?\n      f\n    end\n    it 'none'\n  end\nend\n\
        class CartTest < Minitest::Test\n  def test_adds\n    assert_equal 3, f(1)\n  end\n  def test_off\n    skip\n  end\n  def helper; end\nend\n";
    is(
        "spec/cart_spec.rb",
        source,
        &[
            ("Cart > full > adds", State::Runs),
            ("Cart > full > off", State::Skipped),
            ("Cart > full > opt", State::Skipped),
            ("Cart > full > if", State::Conditional),
            ("Cart > full > first", State::Skipped),
            ("Cart > full > later", State::Conditional),
            ("Cart > full > none", State::Todo),
            ("CartTest > test_adds", State::Runs),
            ("CartTest > test_off", State::Skipped),
        ],
    );
    assert!(of("spec/cart_spec.rb", source)[0].tags.contains("slow"));
    assert_eq!(strengths("a_spec.rb", source)[0], (Strength::Exact, "f(1)".to_owned()));
}

#[test]
fn files_are_known_by_the_conventions_of_their_language() {
    for path in [
        "src/test/java/A.java",
        "CartTest.java",
        "a/CartTests.cs",
        "A.Tests/X.cs",
        "spec/a_spec.rb",
        "test/test_a.rb",
        "tests/CartTest.php",
    ] {
        assert!(is_test_file(&path.parse().unwrap()), "{path}");
    }
    for path in ["src/main/java/Cart.java", "Latest.java", "Cart.cs", "lib/contest.rb", "src/Cart.php"] {
        assert!(!is_test_file(&path.parse().unwrap()), "{path}");
    }
}
