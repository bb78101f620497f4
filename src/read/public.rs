//! What a source file declares for others, with types: a function's parameters and results, a type's fields.

pub mod go;
pub mod rust;
mod rust_types;
