; Tests of RSpec, minitest and test-unit, with their assertions.
; Captures are explained in src/read/tests/queried.rs.

(class name: (_) @suite.name) @suite
(module name: (_) @suite.name) @suite
((call method: (identifier) @_word arguments: (argument_list . (_) @suite.name) block: (_) @suite.body) @suite
  (#any-of? @_word "describe" "context" "feature" "xdescribe" "xcontext" "fdescribe" "fcontext" "shared_examples"
    "shared_examples_for" "shared_context" "xfeature"))

((call method: (identifier) @_word arguments: (argument_list . [(string) (symbol_array) (simple_symbol) (constant)] @test.name) block: (_ body: (_)? @test.body)) @test
  (#any-of? @_word "it" "specify" "example" "scenario" "test" "should" "its" "xit" "xspecify" "xexample" "xscenario" "fit" "fspecify"
    "pending" "skip" "it_behaves_like_test"))
((call !receiver method: (identifier) @_word !arguments block: (_ body: (_)? @test.body) @test.name) @test
  (#any-of? @_word "it" "specify" "example"))
((call !receiver method: (identifier) @_word arguments: (argument_list . (string) @test.name .) !block) @test @todo
  (#any-of? @_word "it" "specify" "example"))
(method name: (identifier) @test.name body: (_)? @test.body (#match? @test.name "^test_")) @test

((call method: (identifier) @skipped arguments: (argument_list . (_)))
  (#any-of? @skipped "xit" "xspecify" "xexample" "xscenario" "xdescribe" "xcontext" "xfeature"))
((call method: (identifier) @skipped arguments: (argument_list . (string)) block: (_)) (#eq? @skipped "skip"))
((call method: (identifier) @inverted arguments: (argument_list . (string)) block: (_)) (#eq? @inverted "pending"))
((call method: (identifier) @focused arguments: (argument_list . (_)))
  (#any-of? @focused "fit" "fspecify" "fdescribe" "fcontext"))
((call method: (identifier) @_word arguments: (argument_list (simple_symbol) @skipped) block: (_))
  (#any-of? @_word "it" "specify" "example" "describe" "context") (#eq? @skipped ":skip"))
((call method: (identifier) @_word arguments: (argument_list (simple_symbol) @focused) block: (_))
  (#any-of? @_word "it" "specify" "example" "describe" "context") (#eq? @focused ":focus"))
((call method: (identifier) @_word arguments: (argument_list (pair key: (hash_key_symbol) @_key value: [(true) (string)]) @skipped) block: (_))
  (#any-of? @_word "it" "specify" "example" "describe" "context" "scenario" "feature") (#eq? @_key "skip"))
((call method: (identifier) @_word arguments: (argument_list (pair key: (hash_key_symbol) @_key value: (true)) @focused) block: (_))
  (#any-of? @_word "it" "specify" "example" "describe" "context") (#eq? @_key "focus"))
((call method: (identifier) @_word arguments: (argument_list (pair key: (hash_key_symbol) @_key) @conditional) block: (_))
  (#any-of? @_word "it" "specify" "example" "describe" "context") (#any-of? @_key "if" "unless" "skip"))
((call method: (identifier) @_word arguments: (argument_list (simple_symbol) @tag) block: (_))
  (#any-of? @_word "it" "specify" "example" "describe" "context"))

((identifier) @skips (#eq? @skips "skip"))
((call !receiver method: (identifier) @_word !block) @skips (#eq? @_word "skip"))
((call !receiver method: (identifier) @_word !block) @skips.tolerated (#eq? @_word "pending"))
((call !receiver method: (identifier) @_word !block) @skips.conditional (#any-of? @_word "skip_if" "skip_unless" "omit_if" "omit_unless"))

(if) @branch
(unless) @branch
(if_modifier) @branch
(unless_modifier) @branch
(case) @branch
(while) @loop
(for) @loop
((call method: (identifier) @_each block: (_)) @loop (#any-of? @_each "each" "each_with_index" "times" "each_pair" "map"))
(begin (rescue body: (_)? @handler)) @try
((call !receiver method: (identifier) @_raise) @implicit (#any-of? @_raise "raise" "flunk"))
(call method: (_) @call)

(assignment left: (identifier) @mock right: (call method: (identifier) @_maker)
  (#any-of? @_maker "double" "instance_double" "class_double" "spy" "instance_spy" "mock" "stub"))
((call method: (identifier) @_let arguments: (argument_list . (simple_symbol) @mock) block: (_ body: (_ . (call method: (identifier) @_maker))))
  (#any-of? @_let "let" "let!") (#any-of? @_maker "double" "instance_double" "class_double" "spy" "instance_spy"))

((call receiver: (call method: (identifier) @_expect arguments: (argument_list . (_) @subject)) method: (identifier) @_to
   arguments: (argument_list . (call receiver: (_)? method: (identifier) @_name))) @mock_exactly
  (#any-of? @_expect "expect" "allow_any") (#any-of? @_to "to" "not_to" "to_not")
  (#any-of? @_name "receive" "with" "once" "twice" "times" "exactly"))
((call receiver: (call method: (identifier) @_expect arguments: (argument_list . (_) @subject)) method: (identifier) @_to
   arguments: (argument_list . (_) @expected)) @mock_weak
  (#eq? @_expect "expect") (#match? @expected "^(have_received|receive)"))
((call receiver: (call method: (identifier) @_expect arguments: (argument_list . (_) @subject)) method: (identifier) @_to
   arguments: (argument_list . (call method: (identifier) @_name arguments: (argument_list . (_) @expected)))) @exact
  (#eq? @_expect "expect") (#eq? @_to "to")
  (#any-of? @_name "eq" "eql" "equal" "be" "match_array" "contain_exactly" "have_http_status" "have_attributes"))
((call receiver: (call method: (identifier) @_expect arguments: (argument_list . (_) @subject)) method: (identifier) @_to
   arguments: (argument_list . (identifier) @expected)) @exact
  (#eq? @_expect "expect") (#eq? @_to "to") (#any-of? @expected "be_nil" "be_empty" "be_zero"))
((call receiver: (call method: (identifier) @_expect arguments: (argument_list . (_) @subject)) method: (identifier) @_to
   arguments: (argument_list . (identifier) @expected)) @truthy
  (#eq? @_expect "expect") (#any-of? @expected "be_truthy" "be_falsey" "be_falsy" "be_present" "be_nil" "be_empty"))
((call receiver: (call method: (identifier) @_expect arguments: (argument_list . (_) @subject)) method: (identifier) @_to
   arguments: (argument_list . (call method: (identifier) @_name arguments: (argument_list . (_) @expected)))) @close
  (#eq? @_expect "expect") (#eq? @_name "be_within"))
((call receiver: (call method: (identifier) @_expect block: (_)) method: (identifier) @_to arguments: (argument_list . (identifier) @_name)) @throws
  (#eq? @_expect "expect") (#eq? @_to "to") (#eq? @_name "raise_error"))
((call receiver: (call method: (identifier) @_expect block: (_)) method: (identifier) @_to
   arguments: (argument_list . (call method: (identifier) @_name arguments: (argument_list . (_) @expected)))) @throws_exactly
  (#eq? @_expect "expect") (#eq? @_to "to") (#eq? @_name "raise_error"))
((call receiver: [(call method: (identifier) @_expect) (identifier) @_expect] @subject method: (identifier) @_to arguments: (argument_list . (_) @expected)) @relational
  (#any-of? @_expect "expect" "is_expected") (#any-of? @_to "to" "not_to" "to_not"))
((call receiver: (_) @subject method: (identifier) @_name) @relational (#any-of? @_name "should" "should_not"))

((call !receiver method: (identifier) @_name arguments: (argument_list . (_) @expected . (_) @subject)) @exact
  (#any-of? @_name "assert_equal" "assert_same"))
((call !receiver method: (identifier) @_name arguments: (argument_list . (_) @subject)) @exact
  (#any-of? @_name "assert_nil" "assert_empty"))
((call !receiver method: (identifier) @_name arguments: (argument_list . (_) @expected . (_) @subject)) @close
  (#any-of? @_name "assert_in_delta" "assert_in_epsilon"))
((call !receiver method: (identifier) @_name arguments: (argument_list . (_) @subject)) @truthy
  (#any-of? @_name "assert" "refute" "assert_not_nil" "refute_nil" "assert_not" "refute_empty" "assert_nothing_raised" "assert_predicate"))
((call !receiver method: (identifier) @_name !arguments) @throws (#any-of? @_name "assert_raises" "assert_raise"))
((call !receiver method: (identifier) @_name arguments: (argument_list . (_) @expected)) @throws_exactly
  (#any-of? @_name "assert_raises" "assert_raise" "assert_raises_with_message"))
((call method: (identifier) @_name arguments: (argument_list . (_)? @expected . (_)? @subject)) @relational
  (#any-of? @_name "assert_includes" "assert_match" "assert_operator" "assert_not_equal" "refute_equal" "assert_instance_of"
    "assert_kind_of" "assert_respond_to" "assert_difference" "assert_no_difference" "must_include" "wont_equal"))
((call receiver: (_) @subject method: (identifier) @_name arguments: (argument_list . (_) @expected)) @exact
  (#any-of? @_name "must_equal" "must_be_same_as"))
((call method: (identifier) @_name) @delegated (#match? @_name "^(assert|refute|expect|verify|must|wont|should)_"))
((call method: (identifier) @_name) @delegated (#any-of? @_name "it_behaves_like" "include_examples" "it_should_behave_like" "verify"))
