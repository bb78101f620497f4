//! What can be seen from this machine: the settings, the database, the credentials.

use secrecy::ExposeSecret;

use super::Look;
use crate::server::{Credentials, Keeper, Settings};
use crate::store::{self, Store, StoreError};

pub(super) async fn look(settings: &Settings) -> (Vec<Look>, Option<Credentials>) {
    let listen = if settings.listen.ip().is_loopback() { "this machine only" } else { "other machines too" };
    let found = format!("every one can be read; {} is open to {listen}", settings.listen);
    let mut looks = vec![Look::fine("settings", found)];
    let store = match Store::open_existing(settings.database_url.expose_secret()).await {
        Ok(store) => store,
        Err(error) => {
            looks.push(Look::wrong(
                "database",
                error.to_string(),
                "check GAINSAY_DATABASE_URL; `gainsay serve` makes a SQLite file where there is none",
            ));
            let given = settings.given.clone().complete(None).ok().flatten();
            return (looks, given);
        }
    };
    looks.push(database(&store).await.unwrap_or_else(|error| {
        let remedy =
            "check GAINSAY_DATABASE_URL, the rights of its user, and the space that is left on its disk";
        Look::wrong("database", error.to_string(), remedy)
    }));
    let (look, credentials) = credentials(settings, &store).await;
    looks.push(look);
    store.close().await;
    (looks, credentials)
}

async fn database(store: &Store) -> Result<Look, StoreError> {
    let shape = store.shape().await?;
    Ok(match shape.version {
        None => Look::wrong("database", "it has no tables yet", "start `gainsay serve`, which makes them"),
        Some(version) if version > shape.known => Look::wrong(
            "database",
            format!("its tables are of version {version}, newer than this program's {}", shape.known),
            "use the program that made them, or restore a backup from before",
        ),
        Some(_) if shape.missing > 0 => Look::wrong(
            "database",
            format!("its tables lack {} of this program's changes", shape.missing),
            "start `gainsay serve`, which brings them up to date",
        ),
        Some(version) => {
            store.try_write().await?;
            Look::fine(
                "database",
                format!("it answers and can be written; its tables are of version {version}"),
            )
        }
    })
}

async fn credentials(settings: &Settings, store: &Store) -> (Look, Option<Credentials>) {
    let at = "credentials";
    let given = settings.given.clone();
    let (source, kept) = if given.is_whole() {
        ("given by the environment", None)
    } else {
        let folder = store::folder(settings.database_url.expose_secret());
        let keeper = Keeper::new(store.clone(), settings.encryption_key.clone(), folder);
        match keeper.load().await {
            Ok(kept) => ("kept since the setup", kept),
            Err(error) => {
                let remedy = "set what it names; without it the server does not start";
                return (Look::wrong(at, format!("{error:#}"), remedy), None);
            }
        }
    };
    match given.complete(kept) {
        Ok(Some(credentials)) => {
            (Look::fine(at, format!("of the App {}, {source}", credentials.app_id)), Some(credentials))
        }
        Ok(None) => {
            let remedy = "start `gainsay serve` and open the address that it prints";
            (Look::wrong(at, "there are none", remedy), None)
        }
        Err(error) => (Look::wrong(at, error.to_string(), "set it, or leave all of them to the setup"), None),
    }
}
