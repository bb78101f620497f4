//! The App's credentials, sealed.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use jiff::Timestamp;
use sqlx::sqlite::SqliteConnectOptions;

use super::database::Row;
use super::{Result, Store, sql};

/// The credentials as the database holds them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptCredential {
    /// The App's id.
    pub app_id: u64,
    /// Its name in addresses.
    pub slug: Option<String>,
    /// The id of its OAuth side.
    pub client_id: Option<String>,
    /// What is secret, encrypted.
    pub sealed: String,
}

impl Store {
    /// The credentials that are kept.
    pub async fn credential(&self) -> Result<Option<KeptCredential>> {
        let rows = self.database.rows(sql::CREDENTIAL, []).await?;
        let kept = |row: &Row| {
            Ok(KeptCredential {
                app_id: row.id("app_id")?,
                slug: row.maybe_text("slug")?,
                client_id: row.maybe_text("client_id")?,
                sealed: row.text("sealed")?,
            })
        };
        rows.first().map(kept).transpose()
    }

    /// Keeps credentials in place of any others.
    pub async fn keep_credential(&self, kept: &KeptCredential, now: Timestamp) -> Result<()> {
        let KeptCredential { app_id, slug, client_id, sealed } = kept.clone();
        let values = [app_id.into(), slug.into(), client_id.into(), sealed.into(), now.into()];
        self.database.execute(sql::KEEP_CREDENTIAL, values).await?;
        Ok(())
    }
}

/// The folder in which the database's file is; nothing where it is in no file.
pub fn folder(url: &str) -> Option<PathBuf> {
    if !url.starts_with("sqlite:") || url.contains(":memory:") || url.contains("mode=memory") {
        return None;
    }
    let options = SqliteConnectOptions::from_str(url).ok()?;
    let folder = options.get_filename().parent()?;
    Some(if folder.as_os_str().is_empty() { Path::new(".").into() } else { folder.into() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_database_in_a_file_has_a_folder() {
        assert_eq!(folder("sqlite:///var/lib/gainsay/gainsay.db?mode=rwc"), Some("/var/lib/gainsay".into()));
        assert_eq!(folder("sqlite://gainsay.db"), Some(".".into()));
        assert_eq!(folder("sqlite::memory:"), None);
        assert_eq!(folder("postgres://gainsay@db/gainsay"), None);
    }
}
