//! JSON and JSONC with places; `jsonc-parser` is used here only.
