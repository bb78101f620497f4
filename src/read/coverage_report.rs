//! Coverage reports: which lines ran.
