//! The npm packages that stand in for GitHub, pinned in `tests/tools`.

use std::path::PathBuf;

/// A file of an installed package. A missing one is a failure with its remedy: a skipped test would look like a pass.
pub(crate) fn path(package: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/tools/node_modules").join(package);
    assert!(path.exists(), "{} is missing; install it with: npm ci --prefix tests/tools", path.display());
    path
}
