//! Credentials in bytes: rules as data, checksums and structure as proof.
