; Tests of JUnit 3, 4 and 5 and of TestNG, with the assertions of JUnit, TestNG, AssertJ, Hamcrest and Mockito.
; Captures are explained in src/read/tests/queried.rs.

(class_declaration name: (identifier) @suite.name) @suite

(method_declaration
  (modifiers [(marker_annotation name: (identifier) @_mark) (annotation name: (identifier) @_mark)])
  name: (identifier) @test.name
  body: (block)? @test.body
  (#any-of? @_mark "Test" "ParameterizedTest" "RepeatedTest" "TestFactory" "TestTemplate" "Property" "ArchTest")) @test

(class_declaration
  superclass: (superclass (type_identifier) @_base)
  body: (class_body
    (method_declaration
      (modifiers) @_public
      name: (identifier) @test.name
      parameters: (formal_parameters) @_parameters
      body: (block) @test.body) @test)
  (#match? @_base "TestCase$") (#match? @test.name "^test") (#match? @_public "public") (#match? @_parameters "^[(] *[)]$"))

([(marker_annotation name: (identifier) @_mark) (annotation name: (identifier) @_mark)] @skipped
  (#any-of? @_mark "Disabled" "Ignore"))
((annotation name: (identifier) @_mark arguments: (annotation_argument_list
    (element_value_pair key: (identifier) @_key value: (false)))) @skipped
  (#eq? @_mark "Test") (#eq? @_key "enabled"))
([(marker_annotation name: (identifier) @_mark) (annotation name: (identifier) @_mark)] @conditional
  (#match? @_mark "^(Enabled|Disabled)(On|If|For|In)|^(EnabledIf|DisabledIf|Requires)"))
((annotation name: (identifier) @_mark arguments: (annotation_argument_list (string_literal (string_fragment) @tag)))
  (#any-of? @_mark "Tag" "Category"))
([(marker_annotation name: (identifier) @_mark) (annotation name: (identifier) @_mark)] @table
  (#any-of? @_mark "ParameterizedTest" "RepeatedTest" "TestFactory" "Property"))
((annotation name: (identifier) @_mark arguments: (annotation_argument_list
    (element_value_pair key: (identifier) @_key value: (_) @expected))) @throws_exactly
  (#eq? @_mark "Test") (#any-of? @_key "expected" "expectedExceptions"))

((method_invocation name: (identifier) @_name) @skips.conditional
  (#any-of? @_name "assumeTrue" "assumeFalse" "assumeThat" "assumingThat" "assumeNoException"))
(throw_statement (object_creation_expression type: (type_identifier) @_type)
  (#any-of? @_type "SkipException" "TestAbortedException" "AssumptionViolatedException")) @skips

(if_statement) @branch
(switch_expression) @branch
(for_statement) @loop
(enhanced_for_statement) @loop
(try_statement body: (block) @try (catch_clause body: (block) @handler))
(throw_statement) @implicit
((method_invocation name: (identifier) @_name) @implicit (#eq? @_name "fail"))
(method_invocation name: (identifier) @call)
(object_creation_expression type: (_) @call)

(variable_declarator name: (identifier) @mock value: (method_invocation name: (identifier) @_maker)
  (#any-of? @_maker "mock" "spy" "createMock" "mockStatic"))
(field_declaration (modifiers (marker_annotation name: (identifier) @_mark)) declarator: (variable_declarator name: (identifier) @mock)
  (#any-of? @_mark "Mock" "MockBean" "MockitoBean" "Spy" "SpyBean"))

((method_invocation object: (method_invocation name: (identifier) @_verify arguments: (argument_list . (_) @subject))) @mock_exactly
  (#any-of? @_verify "verify" "then"))
((method_invocation name: (identifier) @_name) @mock_weak
  (#any-of? @_name "verifyNoInteractions" "verifyNoMoreInteractions" "verifyZeroInteractions"))

((method_invocation
   object: (method_invocation name: (identifier) @_that arguments: (argument_list . (_) @subject))
   name: (identifier) @_name
   arguments: (argument_list . (_)? @expected)) @exact
  (#any-of? @_that "assertThat" "then")
  (#any-of? @_name "isEqualTo" "isSameAs" "isTrue" "isFalse" "isNull" "containsExactly" "isEmpty" "hasSize" "hasValue"
    "isEqualByComparingTo" "containsExactlyInAnyOrder" "containsExactlyElementsOf" "isZero" "isOne" "hasToString"))
((method_invocation
   object: (method_invocation name: (identifier) @_that arguments: (argument_list . (_) @subject))
   name: (identifier) @_name) @truthy
  (#any-of? @_that "assertThat" "then")
  (#any-of? @_name "isNotNull" "isPresent" "isNotEmpty" "doesNotThrowAnyException" "exists"))
((method_invocation
   object: (method_invocation name: (identifier) @_that arguments: (argument_list . (_) @subject))
   name: (identifier) @_name
   arguments: (argument_list . (_)? @expected)) @close
  (#eq? @_that "assertThat") (#match? @_name "^isClose"))
((method_invocation
   object: (method_invocation name: (identifier) @_that arguments: (argument_list . (_)? @subject))) @relational
  (#any-of? @_that "assertThat" "assertThatThrownBy" "assertThatExceptionOfType" "assertThatCode" "expectThat"))

((method_invocation name: (identifier) @_name arguments: (argument_list . (_) @expected . (_) @subject . (_) @tolerance .)) @close
  (#eq? @_name "assertEquals") (#match? @tolerance "^[0-9.eE-]+[dDfF]?$"))
((method_invocation name: (identifier) @_name arguments: (argument_list . (_) @expected . (_) @subject)) @exact
  (#any-of? @_name "assertEquals" "assertSame" "assertArrayEquals" "assertIterableEquals" "assertLinesMatch"))
((method_invocation name: (identifier) @_name arguments: (argument_list . (_) @subject .)) @exact (#eq? @_name "assertNull"))
((method_invocation name: (identifier) @_name arguments: (argument_list . (_) @subject)) @truthy
  (#any-of? @_name "assertTrue" "assertFalse" "assertNotNull" "assertDoesNotThrow"))
((method_invocation name: (identifier) @_name arguments: (argument_list . (_) @expected)) @throws
  (#any-of? @_name "assertThrows" "assertThrowsExactly") (#any-of? @expected "Exception.class" "Throwable.class" "RuntimeException.class"))
((method_invocation name: (identifier) @_name arguments: (argument_list . (_) @expected)) @throws_exactly
  (#any-of? @_name "assertThrows" "assertThrowsExactly" "expectThrows"))
((method_invocation name: (identifier) @_name arguments: (argument_list . (_) @subject . (method_invocation name: (identifier) @_is) @expected)) @exact
  (#eq? @_name "assertThat") (#any-of? @_is "is" "equalTo"))
((method_invocation name: (identifier) @_name arguments: (argument_list . (_) @subject . (_) @expected)) @relational
  (#any-of? @_name "assertThat" "assertNotEquals" "assertNotSame" "assertInstanceOf"))
((method_invocation name: (identifier) @_name arguments: (argument_list . (_)? @subject)) @delegated
  (#match? @_name "^(assert|verify|expect|check)[A-Z]"))
(assert_statement (_) @subject) @truthy
((method_invocation name: (identifier) @_name) @delegated (#any-of? @_name "andExpect" "expectStatus" "expectBody" "assertAll" "statusCode"))
