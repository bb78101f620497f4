; Tests of PHPUnit and Pest, with their assertions.
; Captures are explained in src/read/tests/queried.rs.

(class_declaration name: (name) @suite.name) @suite

(method_declaration name: (name) @test.name body: (compound_statement) @test.body (#match? @test.name "^test")) @test
(method_declaration
  attributes: (attribute_list (attribute_group (attribute (_) @_mark)))
  name: (name) @test.name body: (compound_statement) @test.body
  (#any-of? @_mark "Test" "\\PHPUnit\\Framework\\Attributes\\Test")) @test
((comment) @_doc . (method_declaration name: (name) @test.name body: (compound_statement) @test.body) @test
  (#match? @_doc "@test\\b"))

((function_call_expression
   function: (name) @_word
   arguments: (arguments . (argument [(string) (encapsed_string)] @test.name) . (argument [(anonymous_function body: (_) @test.body) (arrow_function body: (_) @test.body)]))) @test
  (#any-of? @_word "it" "test"))
((function_call_expression function: (name) @_word
   arguments: (arguments . (argument [(string) (encapsed_string)] @test.name) .)) @test @todo
  (#any-of? @_word "it" "test" "todo"))
((function_call_expression function: (name) @_word arguments: (arguments . (argument (_) @suite.name))) @suite
  (#eq? @_word "describe"))

; `it(…)->skip()` stands around the test.
((member_call_expression name: (name) @_word arguments: (arguments) @_none) @around.skipped (#eq? @_word "skip") (#eq? @_none "()"))
((member_call_expression name: (name) @_word arguments: (arguments . (argument [(string) (encapsed_string)]) .)) @around.skipped (#eq? @_word "skip"))
((member_call_expression name: (name) @_word) @around.conditional
  (#any-of? @_word "skip" "skipOnWindows" "skipOnMac" "skipOnLinux" "skipOnPhp" "skipOnCi"))
((member_call_expression name: (name) @_word) @around.todo (#eq? @_word "todo"))
((member_call_expression name: (name) @_word) @around.focused (#eq? @_word "only"))
((member_call_expression name: (name) @_word) @around.table (#eq? @_word "with"))

((attribute (_) @_mark) @conditional (#match? @_mark "^Requires"))
((attribute (_) @_mark) @table (#any-of? @_mark "DataProvider" "DataProviderExternal"))
((attribute (_) @_mark) @row (#any-of? @_mark "TestWith" "TestWithJson"))
((attribute (_) @_mark parameters: (arguments (argument (string (string_content) @tag)))) (#eq? @_mark "Group"))

((member_call_expression object: (variable_name) @_this name: (name) @_name) @skips
  (#eq? @_this "$this") (#any-of? @_name "markTestSkipped" "markTestIncomplete"))
((scoped_call_expression name: (name) @_name) @skips (#any-of? @_name "markTestSkipped" "markTestIncomplete"))

(if_statement) @branch
(switch_statement) @branch
(for_statement) @loop
(foreach_statement) @loop
(try_statement body: (compound_statement) @try (catch_clause body: (compound_statement) @handler))
(throw_expression) @implicit
(function_call_expression function: (_) @call)
(member_call_expression name: (name) @call)
(scoped_call_expression name: (name) @call)
(object_creation_expression [(name) (qualified_name)] @call)

(assignment_expression left: (variable_name) @mock right: (member_call_expression name: (name) @_maker)
  (#any-of? @_maker "createMock" "createStub" "getMockBuilder" "prophesize" "getMock" "createPartialMock"))
(assignment_expression left: (variable_name) @mock right: (scoped_call_expression scope: (name) @_class) (#eq? @_class "Mockery"))
((member_call_expression name: (name) @_name) @mock_exactly (#any-of? @_name "shouldHaveReceived" "shouldBeCalled" "shouldReceive"))
((member_call_expression object: (_) @subject name: (name) @_name) @mock_exactly (#eq? @_name "expects"))

((member_call_expression object: (variable_name) @_this name: (name) @_name arguments: (arguments . (argument (_) @expected))) @throws_exactly
  (#eq? @_this "$this") (#match? @_name "^expectException"))

([(member_call_expression name: (name) @_name arguments: (arguments . (argument (_) @expected) . (argument (_) @subject) . (argument (_) @tolerance)))
  (scoped_call_expression name: (name) @_name arguments: (arguments . (argument (_) @expected) . (argument (_) @subject) . (argument (_) @tolerance)))] @close
  (#eq? @_name "assertEqualsWithDelta"))
([(member_call_expression name: (name) @_name arguments: (arguments . (argument (_) @expected) . (argument (_) @subject)))
  (scoped_call_expression name: (name) @_name arguments: (arguments . (argument (_) @expected) . (argument (_) @subject)))] @exact
  (#any-of? @_name "assertSame" "assertEquals" "assertCount" "assertJsonStringEqualsJsonString" "assertEqualsCanonicalizing" "assertStringEqualsFile"))
([(member_call_expression name: (name) @_name arguments: (arguments . (argument (_) @subject)))
  (scoped_call_expression name: (name) @_name arguments: (arguments . (argument (_) @subject)))] @exact
  (#any-of? @_name "assertNull" "assertEmpty"))
([(member_call_expression name: (name) @_name arguments: (arguments . (argument (_) @subject)))
  (scoped_call_expression name: (name) @_name arguments: (arguments . (argument (_) @subject)))] @truthy
  (#any-of? @_name "assertTrue" "assertFalse" "assertNotNull" "assertNotEmpty" "assertNotFalse" "assertIsArray" "assertIsString"))
([(member_call_expression name: (name) @_name arguments: (arguments . (argument (_) @expected) . (argument (_) @subject)?))
  (scoped_call_expression name: (name) @_name arguments: (arguments . (argument (_) @expected) . (argument (_) @subject)?))] @relational
  (#match? @_name "^assert[A-Z]"))

((member_call_expression object: (function_call_expression function: (name) @_expect arguments: (arguments . (argument (_) @subject)))
   name: (name) @_name arguments: (arguments . (argument (_) @expected)?)) @exact
  (#eq? @_expect "expect") (#any-of? @_name "toBe" "toEqual" "toBeTrue" "toBeFalse" "toBeNull" "toHaveCount" "toEqualCanonicalizing"))
((member_call_expression object: (function_call_expression function: (name) @_expect arguments: (arguments . (argument (_) @subject)))
   name: (name) @_name) @throws_exactly
  (#eq? @_expect "expect") (#eq? @_name "toThrow"))
((member_call_expression object: (function_call_expression function: (name) @_expect arguments: (arguments . (argument (_) @subject)))
   name: (name) @_name) @truthy
  (#eq? @_expect "expect") (#any-of? @_name "toBeTruthy" "toBeFalsy"))
((member_call_expression object: (function_call_expression function: (name) @_expect arguments: (arguments . (argument (_) @subject)))) @relational
  (#eq? @_expect "expect"))
((member_call_expression object: (member_access_expression object: (function_call_expression function: (name) @_expect arguments: (arguments . (argument (_) @subject))))) @relational
  (#eq? @_expect "expect"))
([(function_call_expression function: (name) @_name) (member_call_expression name: (name) @_name)] @delegated
  (#match? @_name "^(assert|verify|expect|see|dontSee)[A-Z]"))
