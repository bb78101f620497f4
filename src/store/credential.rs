//! The App's credentials, sealed.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use jiff::Timestamp;
use sqlx::sqlite::SqliteConnectOptions;

use super::{Result, Store, signed, sql, unsigned};

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
        use sqlx::Row;
        let row = sqlx::query(sql::CREDENTIAL).fetch_optional(&self.pool).await?;
        let kept = |row: sqlx::sqlite::SqliteRow| {
            Ok(KeptCredential {
                app_id: unsigned(row.try_get("app_id")?),
                slug: row.try_get("slug")?,
                client_id: row.try_get("client_id")?,
                sealed: row.try_get("sealed")?,
            })
        };
        row.map(kept).transpose()
    }

    /// Keeps credentials in place of any others.
    pub async fn keep_credential(&self, kept: &KeptCredential, now: Timestamp) -> Result<()> {
        let keep = sqlx::query(sql::KEEP_CREDENTIAL).bind(signed(kept.app_id)).bind(&kept.slug);
        let keep = keep.bind(&kept.client_id).bind(&kept.sealed).bind(now.as_millisecond());
        keep.execute(&self.pool).await?;
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
