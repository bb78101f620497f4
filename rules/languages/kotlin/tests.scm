; Tests of JUnit, kotlin.test and Kotest, with their assertions and those of MockK.
; Captures are explained in src/read/tests/queried.rs.

(class_declaration name: (identifier) @suite.name) @suite

(function_declaration
  (modifiers (annotation [(user_type (identifier) @_mark) (constructor_invocation (user_type (identifier) @_mark))]))
  name: (identifier) @test.name
  (function_body)? @test.body
  (#any-of? @_mark "Test" "ParameterizedTest" "RepeatedTest" "TestFactory" "TestTemplate")) @test

; Kotest: `test("adds") { … }`, `"adds" { … }` of a StringSpec, `describe("cart") { … }`.
((call_expression
   (call_expression (identifier) @_word (value_arguments . (value_argument (string_literal) @test.name)))
   (annotated_lambda (lambda_literal) @test.body)) @test
  (#any-of? @_word "test" "it" "should" "then" "Then" "scenario" "expect" "xtest" "xit" "xshould" "xscenario" "xexpect" "ftest" "fit"))
((call_expression
   (call_expression
     (navigation_expression (call_expression (identifier) @_word (value_arguments . (value_argument (string_literal) @test.name))))
     (value_arguments))
   (annotated_lambda (lambda_literal) @test.body)) @test
  (#any-of? @_word "test" "it" "should" "then" "scenario" "expect" "xtest" "xit"))
((delegation_specifiers (delegation_specifier (constructor_invocation
   (user_type (identifier) @_spec)
   (value_arguments (value_argument (lambda_literal
     (call_expression (string_literal) @test.name (annotated_lambda (lambda_literal) @test.body)) @test))))))
  (#eq? @_spec "StringSpec"))
((call_expression
   (call_expression (identifier) @_word (value_arguments . (value_argument (string_literal) @suite.name)))
   (annotated_lambda) @suite.body) @suite
  (#any-of? @_word "describe" "context" "given" "Given" "`when`" "When" "feature" "xdescribe" "xcontext" "xgiven" "xfeature"))

((annotation [(user_type (identifier) @_mark) (constructor_invocation (user_type (identifier) @_mark))]) @skipped
  (#any-of? @_mark "Disabled" "Ignore" "Ignored"))
((annotation [(user_type (identifier) @_mark) (constructor_invocation (user_type (identifier) @_mark))]) @conditional
  (#match? @_mark "^(Enabled|Disabled)(On|If|For|In)"))
((annotation [(user_type (identifier) @_mark) (constructor_invocation (user_type (identifier) @_mark))]) @table
  (#any-of? @_mark "ParameterizedTest" "RepeatedTest" "TestFactory"))
((annotation (constructor_invocation (user_type (identifier) @_mark) (value_arguments (value_argument (string_literal (string_content) @tag)))))
  (#eq? @_mark "Tag"))
((call_expression (identifier) @_word (value_arguments . (value_argument (string_literal)))) @skipped
  (#any-of? @_word "xtest" "xit" "xshould" "xscenario" "xexpect" "xdescribe" "xcontext" "xgiven" "xfeature"))
((value_argument (identifier) @_key (identifier) @_value) @skipped (#eq? @_key "enabled") (#eq? @_value "false"))
((value_argument (string_literal (string_content) @_name)) @skipped (#match? @_name "^!"))
((value_argument (string_literal (string_content) @_name)) @focused (#match? @_name "^f:"))
((call_expression (identifier) @_name) @skips.conditional (#any-of? @_name "assumeTrue" "assumeFalse" "assumeThat"))

(if_expression) @branch
(when_expression) @branch
(for_statement) @loop
(try_expression (block) @try (catch_block (block) @handler))
(throw_expression) @implicit
((call_expression (identifier) @_name) @implicit (#any-of? @_name "fail" "error"))
(call_expression . (identifier) @call)
(call_expression . (navigation_expression (identifier) @call .))

(property_declaration (variable_declaration (identifier) @mock) (call_expression (identifier) @_maker)
  (#any-of? @_maker "mockk" "spyk" "mock" "spy"))
((call_expression (identifier) @_name (annotated_lambda)) @mock_exactly (#any-of? @_name "verify" "coVerify" "verifyOrder" "verifySequence"))
((call_expression (navigation_expression (call_expression (identifier) @_name (value_arguments (value_argument (_) @subject))))) @mock_exactly
  (#eq? @_name "verify"))

((infix_expression . (_) @subject . (identifier) @_name . (_) @expected .) @exact
  (#any-of? @_name "shouldBe" "shouldBeEqual" "shouldHaveSize" "shouldContainExactly" "shouldBeExactly"))
((infix_expression . (_) @subject . (identifier) @_name . (_) @expected .) @relational (#match? @_name "^should"))
((call_expression (navigation_expression . (_) @subject (identifier) @_name .)) @truthy
  (#any-of? @_name "shouldNotBeNull" "shouldBeTrue" "shouldNotBeEmpty" "shouldBeInstanceOf"))
((call_expression (navigation_expression . (_) @subject (identifier) @_name .)) @relational (#match? @_name "^should[A-Z]"))
((call_expression (identifier) @_name (annotated_lambda)) @throws
  (#any-of? @_name "shouldThrowAny" "assertFails"))
((call_expression (identifier) @_name) @throws_exactly
  (#any-of? @_name "shouldThrow" "shouldThrowExactly" "assertFailsWith" "assertThrows"))
((call_expression (identifier) @_name (value_arguments . (value_argument (_) @expected) . (value_argument (_) @subject))) @exact
  (#any-of? @_name "assertEquals" "assertSame" "assertContentEquals" "assertArrayEquals"))
((call_expression (identifier) @_name (value_arguments . (value_argument (_) @subject) .)) @exact (#eq? @_name "assertNull"))
((call_expression (identifier) @_name (value_arguments . (value_argument (_) @subject))) @truthy
  (#any-of? @_name "assertTrue" "assertFalse" "assertNotNull"))
((call_expression (identifier) @_name (annotated_lambda)) @truthy (#any-of? @_name "assertTrue" "assertDoesNotThrow" "shouldNotThrowAny"))
((call_expression
   (navigation_expression (call_expression (identifier) @_that (value_arguments . (value_argument (_) @subject))) (identifier) @_name .)
   (value_arguments . (value_argument (_) @expected)?)) @exact
  (#eq? @_that "assertThat") (#any-of? @_name "isEqualTo" "isTrue" "isFalse" "isNull" "hasSize" "containsExactly" "isEmpty"))
((call_expression (navigation_expression (call_expression (identifier) @_that (value_arguments . (value_argument (_) @subject))))) @relational
  (#eq? @_that "assertThat"))
((call_expression (identifier) @_name (value_arguments . (value_argument (_) @subject))) @relational
  (#any-of? @_name "assertNotEquals" "assertContains" "assertIs" "assertThat"))
((call_expression (identifier) @_name) @delegated (#match? @_name "^(assert|verify|expect|check|should)[A-Z]"))
