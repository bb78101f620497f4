//! Where the credentials of the setup are kept: in the database, sealed, or without a key in a file that only its owner
//! reads.

use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{Credentials, SealingKey};
use crate::store::{KeptCredential, Store};

/// The file's name, beside the database.
const FILE: &str = "gainsay-app.json";

/// Where credentials are kept.
pub struct Keeper {
    store: Store,
    key: Option<SealingKey>,
    folder: Option<PathBuf>,
}

/// The secret half.
#[derive(Serialize, Deserialize)]
struct Secrets {
    private_key: String,
    webhook_secret: String,
}

/// The file.
#[derive(Serialize, Deserialize)]
struct Document {
    app_id: u64,
    slug: Option<String>,
    client_id: Option<String>,
    #[serde(flatten)]
    secrets: Secrets,
}

impl Keeper {
    /// Keeps in the store where there is a key, and otherwise in a file in `folder`: the database's own, where that is
    /// a file.
    pub fn new(store: Store, key: Option<SealingKey>, folder: Option<PathBuf>) -> Self {
        Self { store, key, folder }
    }

    /// Says before anything is asked of GitHub whether credentials could be kept.
    pub fn is_able(&self) -> anyhow::Result<()> {
        if self.key.is_none() && self.folder.is_none() {
            bail!(
                "the App's credentials can be kept in this database only if they are encrypted: set \
                 GAINSAY_ENCRYPTION_KEY; `openssl rand -base64 32` makes such a key"
            );
        }
        Ok(())
    }

    /// What is kept, if anything is.
    pub async fn load(&self) -> anyhow::Result<Option<Credentials>> {
        if let Some(kept) = self.store.credential().await? {
            let Some(key) = &self.key else {
                bail!(
                    "the App's credentials in the database are encrypted, and GAINSAY_ENCRYPTION_KEY is not set; set \
                     the key that the setup ran with"
                );
            };
            let Some(opened) = key.open(kept.app_id, &kept.sealed) else {
                bail!(
                    "GAINSAY_ENCRYPTION_KEY does not open the App's credentials in the database; set the key that the \
                     setup ran with, or set GAINSAY_APP_ID, GAINSAY_PRIVATE_KEY and GAINSAY_WEBHOOK_SECRET"
                );
            };
            // The error would quote what it could not read.
            let Ok(secrets) = serde_json::from_slice::<Secrets>(&opened) else {
                bail!(
                    "the App's credentials in the database were written by another version; run the setup again"
                );
            };
            return Ok(Some(whole(kept.app_id, kept.slug, kept.client_id, secrets)));
        }
        match &self.folder {
            Some(folder) => read(&folder.join(FILE)),
            None => Ok(None),
        }
    }

    /// Keeps them in place of any that were kept before. Returns where, for a person.
    pub async fn save(&self, credentials: &Credentials, now: Timestamp) -> anyhow::Result<String> {
        let secrets = Secrets {
            private_key: credentials.private_key.expose_secret().to_owned(),
            webhook_secret: credentials.webhook_secret.expose_secret().to_owned(),
        };
        let Credentials { app_id, slug, client_id, .. } = credentials.clone();
        if let Some(key) = &self.key {
            let text =
                Zeroizing::new(serde_json::to_vec(&secrets).context("could not write the credentials")?);
            let sealed = key.seal(app_id, &text)?;
            self.store.keep_credential(&KeptCredential { app_id, slug, client_id, sealed }, now).await?;
            return Ok("in the database, encrypted with GAINSAY_ENCRYPTION_KEY".into());
        }
        let Some(folder) = &self.folder else {
            self.is_able()?;
            bail!("there is no place to keep the App's credentials");
        };
        let path = folder.join(FILE);
        let document = Document { app_id, slug, client_id, secrets };
        write(&path, &document).with_context(|| format!("could not write {}", path.display()))?;
        Ok(format!("in {}, which only its owner can read", path.display()))
    }
}

fn whole(app_id: u64, slug: Option<String>, client_id: Option<String>, secrets: Secrets) -> Credentials {
    let (private_key, webhook_secret): (SecretString, SecretString) =
        (secrets.private_key.into(), secrets.webhook_secret.into());
    Credentials { app_id, slug, client_id, private_key, webhook_secret }
}

fn read(path: &Path) -> anyhow::Result<Option<Credentials>> {
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(e).with_context(|| format!("could not read {}", path.display())),
    };
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode =
            file.metadata().with_context(|| format!("could not read {}", path.display()))?.permissions();
        if mode.mode() & 0o077 != 0 {
            bail!(
                "{0} can be read by others, so its private key may be known: make a new one on the App's settings page \
                 if they had access, and then `chmod 600 {0}`",
                path.display()
            );
        }
    }
    let mut text = Zeroizing::new(String::new());
    file.read_to_string(&mut text).with_context(|| format!("could not read {}", path.display()))?;
    match serde_json::from_str::<Document>(&text) {
        Ok(Document { app_id, slug, client_id, secrets }) => {
            Ok(Some(whole(app_id, slug, client_id, secrets)))
        }
        // The error would quote what it could not read.
        Err(_) => bail!("{} does not hold the credentials of an App; run the setup again", path.display()),
    }
}

/// Whole or not at all, and at no moment readable by others: the file is made with mode 600 and then takes its name.
fn write(path: &Path, document: &Document) -> anyhow::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = tempfile::Builder::new().prefix(".gainsay-app").tempfile_in(folder)?;
    let text = Zeroizing::new(serde_json::to_vec_pretty(document)?);
    file.write_all(&text)?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::prelude::BASE64_STANDARD;

    use super::*;

    fn credentials() -> Credentials {
        Credentials {
            app_id: 7,
            slug: Some("gainsay-octo".into()),
            client_id: Some("Iv1".into()),
            private_key: "a planted key".into(),
            webhook_secret: "a planted secret".into(),
        }
    }

    fn key(byte: u8) -> Option<SealingKey> {
        Some(SealingKey::read(&BASE64_STANDARD.encode([byte; 32]).into()).unwrap())
    }

    async fn store(folder: &Path) -> Store {
        Store::open(&format!("sqlite://{}/gainsay.db", folder.display())).await.unwrap()
    }

    #[tokio::test]
    async fn sealed_credentials_come_back_and_the_database_holds_no_byte_of_them() {
        let folder = tempfile::tempdir().unwrap();
        let keeper = Keeper::new(store(folder.path()).await, key(1), Some(folder.path().into()));
        assert!(keeper.load().await.unwrap().is_none());
        keeper.save(&credentials(), Timestamp::UNIX_EPOCH).await.unwrap();
        let back = keeper.load().await.unwrap().unwrap();
        assert_eq!((back.app_id, back.private_key.expose_secret()), (7, "a planted key"));
        assert!(!folder.path().join(FILE).exists());
        keeper.store.close().await;
        for file in std::fs::read_dir(folder.path()).unwrap() {
            let bytes = std::fs::read(file.unwrap().path()).unwrap();
            assert!(!bytes.windows(9).any(|part| part == b"a planted"));
        }
    }

    #[tokio::test]
    async fn a_wrong_or_missing_key_is_told_with_the_remedy() {
        let folder = tempfile::tempdir().unwrap();
        let store = store(folder.path()).await;
        let keeper = Keeper::new(store.clone(), key(1), None);
        keeper.save(&credentials(), Timestamp::UNIX_EPOCH).await.unwrap();
        for (key, wanted) in [(key(2), "does not open"), (None, "is not set")] {
            let error = Keeper::new(store.clone(), key, None).load().await.unwrap_err().to_string();
            assert!(error.contains("GAINSAY_ENCRYPTION_KEY") && error.contains(wanted), "{error}");
            assert!(!error.contains("planted"), "{error}");
        }
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn without_a_key_they_are_in_a_file_of_mode_600_and_a_wider_one_is_refused() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let keeper = Keeper::new(store(folder.path()).await, None, Some(folder.path().into()));
        keeper.save(&credentials(), Timestamp::UNIX_EPOCH).await.unwrap();
        let path = folder.path().join(FILE);
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        let back = keeper.load().await.unwrap().unwrap();
        assert_eq!(back.webhook_secret.expose_secret(), "a planted secret");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
        let error = keeper.load().await.unwrap_err().to_string();
        assert!(error.contains("chmod 600") && !error.contains("planted"), "{error}");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        std::fs::write(&path, "{\"app_id\": \"planted").unwrap();
        let error = keeper.load().await.unwrap_err().to_string();
        assert!(error.contains("run the setup again") && !error.contains("planted"), "{error}");
    }

    #[tokio::test]
    async fn without_a_key_and_a_folder_nothing_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let keeper = Keeper::new(store(folder.path()).await, None, None);
        assert!(keeper.is_able().unwrap_err().to_string().contains("GAINSAY_ENCRYPTION_KEY"));
        assert!(keeper.save(&credentials(), Timestamp::UNIX_EPOCH).await.is_err());
    }
}
