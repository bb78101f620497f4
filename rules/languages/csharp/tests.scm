; Tests of xUnit, NUnit and MSTest, with their assertions and those of FluentAssertions, Shouldly and Moq.
; Captures are explained in src/read/tests/queried.rs.

(class_declaration name: (identifier) @suite.name) @suite

(method_declaration
  (attribute_list (attribute name: (_) @_mark))
  name: (identifier) @test.name
  body: (_)? @test.body
  (#any-of? @_mark "Fact" "Theory" "Test" "TestCase" "TestCaseSource" "TestMethod" "DataTestMethod" "SkippableFact"
    "SkippableTheory" "Property" "STAFact" "WpfFact" "ConditionalFact" "ConditionalTheory" "UIFact")) @test

((attribute name: (_) @_mark (attribute_argument_list (attribute_argument name: (identifier) @_key (string_literal)))) @skipped
  (#any-of? @_key "Skip" "Ignore") (#not-match? @skipped "Skip(When|Unless) *="))
((attribute name: (_) @_mark) @skipped (#any-of? @_mark "Ignore" "Explicit"))
((attribute name: (_) @_mark) @conditional
  (#any-of? @_mark "ConditionalFact" "ConditionalTheory" "SkippableFact" "SkippableTheory" "ActiveIssue" "SkipOnPlatform"
    "PlatformSpecific" "Platform" "OSCondition" "SkipOnCI" "QuarantinedTest" "OSSkipCondition" "RunOnlyOn"))
((attribute name: (_) @_mark (attribute_argument_list (attribute_argument name: (identifier) @_key))) @conditional
  (#any-of? @_key "SkipWhen" "SkipUnless"))
((attribute name: (_) @_mark) @row (#any-of? @_mark "InlineData" "TestCase" "DataRow" "Arguments"))
((attribute name: (_) @_mark) @table (#any-of? @_mark "MemberData" "ClassData" "TestCaseSource" "DynamicData" "Values"))
((attribute name: (_) @_mark (attribute_argument_list (attribute_argument (string_literal (string_literal_content) @tag)) .))
  (#any-of? @_mark "Trait" "Category" "TestCategory"))
((attribute name: (_) @_mark) @throws_exactly (#eq? @_mark "ExpectedException"))

((invocation_expression function: (member_access_expression expression: (identifier) @_class name: (identifier) @_name)) @skips
  (#eq? @_class "Assert") (#any-of? @_name "Ignore" "Inconclusive" "Skip"))
((invocation_expression function: (member_access_expression expression: (identifier) @_class name: (identifier) @_name)) @skips.conditional
  (#any-of? @_class "Skip" "Assume" "Assert") (#any-of? @_name "If" "IfNot" "That" "SkipWhen" "SkipUnless" "When" "Unless")
  (#not-eq? @_class "Assert"))

(if_statement) @branch
(switch_statement) @branch
(for_statement) @loop
(foreach_statement) @loop
(try_statement body: (block) @try (catch_clause body: (block) @handler))
(throw_statement) @implicit
((invocation_expression function: (member_access_expression expression: (identifier) @_class name: (identifier) @_name)) @implicit
  (#eq? @_class "Assert") (#eq? @_name "Fail"))
(invocation_expression function: (identifier) @call)
(invocation_expression function: (member_access_expression name: (_) @call))
(object_creation_expression type: (_) @call)

(variable_declarator name: (identifier) @mock (object_creation_expression type: (generic_name (identifier) @_type))
  (#eq? @_type "Mock"))
(variable_declarator name: (identifier) @mock (invocation_expression function: (member_access_expression expression: (identifier) @_maker))
  (#any-of? @_maker "Substitute" "A" "Mock"))
((invocation_expression function: (member_access_expression expression: (_) @subject name: (identifier) @_name) arguments: (argument_list . (_))) @mock_exactly
  (#any-of? @_name "Verify" "VerifySet" "MustHaveHappened"))
((invocation_expression function: (member_access_expression expression: (_) @subject name: (identifier) @_name)) @mock_weak
  (#any-of? @_name "VerifyAll" "VerifyNoOtherCalls" "Received" "DidNotReceive"))

((invocation_expression
   function: (member_access_expression
     expression: (invocation_expression function: (member_access_expression expression: (_) @subject name: (identifier) @_should))
     name: (_) @_name)
   arguments: (argument_list . (argument (_) @expected)?)) @exact
  (#eq? @_should "Should")
  (#any-of? @_name "Be" "BeTrue" "BeFalse" "BeNull" "BeEquivalentTo" "Equal" "HaveCount" "BeEmpty" "BeSameAs"))
((invocation_expression
   function: (member_access_expression
     expression: (invocation_expression function: (member_access_expression expression: (_) @subject name: (identifier) @_should))
     name: (_) @_name)) @truthy
  (#eq? @_should "Should") (#any-of? @_name "NotBeNull" "NotBeEmpty" "NotThrow" "Exist" "NotThrowAsync"))
((invocation_expression
   function: (member_access_expression
     expression: (invocation_expression function: (member_access_expression expression: (_) @subject name: (identifier) @_should))
     name: (generic_name (identifier) @_name))) @throws_exactly
  (#eq? @_should "Should") (#match? @_name "^Throw"))
((invocation_expression
   function: (member_access_expression
     expression: (invocation_expression function: (member_access_expression expression: (_) @subject name: (identifier) @_should)))) @relational
  (#eq? @_should "Should"))
((invocation_expression function: (member_access_expression expression: (_) @subject name: (identifier) @_name)
   arguments: (argument_list . (argument (_) @expected)?)) @exact
  (#any-of? @_name "ShouldBe" "ShouldBeTrue" "ShouldBeFalse" "ShouldBeNull"))

((invocation_expression function: (member_access_expression expression: (identifier) @_class name: (_) @_name)
   arguments: (argument_list . (argument (_) @expected) . (argument (_) @subject) . (argument (_) @tolerance) .)) @close
  (#match? @_class "Assert$") (#any-of? @_name "Equal" "AreEqual") (#match? @tolerance "^[0-9.eE-]+[dDfFmM]?$"))
((invocation_expression function: (member_access_expression expression: (identifier) @_class name: (_) @_name)
   arguments: (argument_list . (argument (_) @expected) . (argument (_) @subject))) @exact
  (#match? @_class "Assert$") (#any-of? @_name "Equal" "AreEqual" "Same" "AreSame" "StrictEqual" "Equivalent" "AreEquivalent"))
((invocation_expression function: (member_access_expression expression: (identifier) @_class name: (_) @_name)
   arguments: (argument_list . (argument (_) @subject))) @exact
  (#match? @_class "Assert$") (#any-of? @_name "Null" "IsNull" "Empty" "IsEmpty" "Single"))
((invocation_expression function: (member_access_expression expression: (identifier) @_class name: (_) @_name)
   arguments: (argument_list . (argument (_) @subject))) @truthy
  (#match? @_class "Assert$") (#any-of? @_name "True" "IsTrue" "False" "IsFalse" "NotNull" "IsNotNull" "NotEmpty" "IsNotEmpty" "DoesNotThrow"))
((invocation_expression function: (member_access_expression expression: (identifier) @_class
   name: (generic_name (identifier) @_name (type_argument_list (_) @expected)))) @throws
  (#match? @_class "Assert$") (#match? @_name "^(Throws|Catch|ThrowsAny)") (#any-of? @expected "Exception" "System.Exception"))
((invocation_expression function: (member_access_expression expression: (identifier) @_class
   name: (generic_name (identifier) @_name (type_argument_list (_) @expected)))) @throws_exactly
  (#match? @_class "Assert$") (#match? @_name "^(Throws|Catch|ThrowsAny)"))
((invocation_expression function: (member_access_expression expression: (identifier) @_class name: (_) @_name)
   arguments: (argument_list . (argument (_) @subject) . (argument (invocation_expression function: (member_access_expression name: (identifier) @_is)) @expected))) @exact
  (#eq? @_class "Assert") (#eq? @_name "That") (#any-of? @_is "EqualTo" "SameAs" "EquivalentTo"))
((invocation_expression function: (member_access_expression expression: (identifier) @_class name: (_) @_name)
   arguments: (argument_list . (argument (_) @subject) .)) @truthy
  (#eq? @_class "Assert") (#eq? @_name "That"))
((invocation_expression function: (member_access_expression expression: (identifier) @_class name: (_) @_name)
   arguments: (argument_list . (argument (_) @subject)? . (argument (_) @expected)?)) @relational
  (#match? @_class "Assert$") (#not-any-of? @_name "Fail" "Ignore" "Inconclusive" "Skip" "SkipWhen" "SkipUnless" "Pass"))
((invocation_expression function: [(identifier) @_name (member_access_expression name: (identifier) @_name)]) @delegated
  (#match? @_name "^(Assert|Verify|Expect|Should|Check)[A-Z]"))
