//! The real servers, killed and started again, on a database that fails too.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use super::random::Random;
use crate::postgres::Server;
use crate::process::{self, Process};
use crate::world::{APP_ID, SECRET, World};

/// Where the servers keep what they know.
pub(super) enum Database {
    Sqlite { url: String, folder: tempfile::TempDir },
    Postgres { url: String, server: Arc<Server> },
}

impl Database {
    pub(super) fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self::Sqlite { url: format!("sqlite://{}/gainsay.db", folder.path().display()), folder }
    }

    pub(super) fn postgres() -> Self {
        let server = Server::start();
        Self::Postgres { url: server.database(), server: Arc::new(server) }
    }

    fn url(&self) -> String {
        match self {
            Self::Sqlite { url, .. } | Self::Postgres { url, .. } => url.clone(),
        }
    }
}

/// The servers that run.
pub(super) struct Fleet {
    api: String,
    database: Database,
    servers: Vec<(Process, SocketAddr)>,
    pub(super) kills: usize,
    pub(super) outages: usize,
    said: Vec<String>,
}

impl Fleet {
    pub(super) async fn start(world: &World, database: Database, servers: usize) -> Self {
        let mut fleet =
            Self { api: world.url(), database, servers: Vec::new(), kills: 0, outages: 0, said: Vec::new() };
        for _ in 0..servers {
            fleet.add().await;
        }
        fleet
    }

    async fn add(&mut self) {
        let (api, database) = (self.api.clone(), self.database.url());
        let start = move || process::serve_on(APP_ID, SECRET, &api, &database);
        self.servers.push(tokio::task::spawn_blocking(start).await.unwrap());
    }

    /// One of the addresses, as a load balancer would choose.
    pub(super) fn any(&self, random: &mut Random) -> SocketAddr {
        self.servers[random.below(self.servers.len())].1
    }

    /// Kills one server wherever it is, and starts another in its place.
    pub(super) async fn kill_one(&mut self, random: &mut Random) {
        tokio::time::sleep(Duration::from_millis(random.below(400) as u64)).await;
        let at = random.below(self.servers.len());
        let (process, _) = self.servers.swap_remove(at);
        self.end(process).await;
        self.kills += 1;
        self.add().await;
    }

    async fn end(&mut self, process: Process) {
        let said = tokio::task::spawn_blocking(move || process.kill()).await.unwrap();
        self.said.extend(said);
    }

    /// Locks the database for a while, or restarts it as a crash would.
    pub(super) async fn outage(&mut self, random: &mut Random) {
        self.outages += 1;
        match &self.database {
            Database::Sqlite { folder, .. } => {
                let path = folder.path().join("gainsay.db");
                let hold = Duration::from_millis(500 + random.below(6_000) as u64);
                lock(&path, hold).await;
            }
            Database::Postgres { server, .. } => {
                let server = server.clone();
                tokio::task::spawn_blocking(move || server.crash()).await.unwrap();
            }
        }
    }

    /// Kills and starts all.
    pub(super) async fn restart(&mut self) {
        let count = self.servers.len();
        for (process, _) in std::mem::take(&mut self.servers) {
            self.end(process).await;
        }
        for _ in 0..count {
            self.add().await;
        }
    }

    /// Asks all to stop, and waits until they have: then nothing more happens.
    pub(super) async fn rest(&mut self) {
        for (process, _) in std::mem::take(&mut self.servers) {
            let said = tokio::task::spawn_blocking(move || process.stop()).await.unwrap();
            self.said.extend(said);
        }
    }

    /// What the servers said at last.
    pub(super) fn said(&self) -> String {
        self.said[self.said.len().saturating_sub(200)..].join("\n")
    }
}

/// Holds SQLite's one lock for writers.
async fn lock(path: &std::path::Path, hold: Duration) {
    use sqlx::{Connection as _, Executor as _};
    let options =
        sqlx::sqlite::SqliteConnectOptions::new().filename(path).busy_timeout(Duration::from_secs(30));
    let mut connection = sqlx::sqlite::SqliteConnection::connect_with(&options).await.unwrap();
    connection.execute("BEGIN IMMEDIATE").await.unwrap();
    tokio::time::sleep(hold).await;
    connection.execute("ROLLBACK").await.unwrap();
    connection.close().await.unwrap();
}
