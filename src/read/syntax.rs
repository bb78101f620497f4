//! Syntax trees of source files; `tree-sitter` and its grammars are used here only.
