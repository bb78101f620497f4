//! Which tests a source file holds, and which of them are skipped.
