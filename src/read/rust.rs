//! Rust source, parsed with `syn`, which is used here only.
