//! YAML with places; `saphyr` is used here only.
