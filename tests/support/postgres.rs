//! A PostgreSQL of the tests' own, which is gone with the process that asked for it.

use std::io::Write as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};

/// PostgreSQL refuses to run as root, so root runs it as this account, which every system has.
const NOBODY: u32 = 65_534;

/// A server that keeps its files in a folder and listens on a socket there.
pub(crate) struct Server {
    folder: PathBuf,
    orders: Mutex<Option<ChildStdin>>,
    /// Stops when this process is gone, however it goes: its input ends then.
    keeper: Child,
}

static DATABASES: AtomicU32 = AtomicU32::new(1);

/// Nothing that a test keeps must outlive a power cut.
const QUICK: &str = "-F";

impl Server {
    pub(crate) fn start() -> Self {
        Self::start_with(QUICK)
    }

    /// A server with settings of its own, as words of its command line.
    pub(crate) fn start_with(settings: &str) -> Self {
        let folder = tempfile::Builder::new().prefix("pg").tempdir_in("/tmp").unwrap().keep();
        if is_root() {
            std::os::unix::fs::chown(&folder, Some(NOBODY), Some(NOBODY)).unwrap();
        }
        let data = folder.join("data");
        let made = run(tool("initdb"))
            .args(["--auth=trust", "--username=gainsay", "--encoding=UTF8", "--locale=C", "--no-sync", "-D"])
            .arg(&data)
            .output()
            .expect("initdb is there: script/test installs PostgreSQL");
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        // The shell outlives nobody: `read` ends with its input. A line asks for a crash with a new start.
        let script = "start() { \"$1\" -D \"$2/data\" -k \"$2\" -h '' $3 -c max_connections=200 \
                      -c log_min_messages=fatal >>\"$2/log\" 2>&1 & server=$!; }; start \"$@\"; \
                      while read -r _; do kill -QUIT $server; wait $server; start \"$@\"; done; \
                      kill -INT $server; wait $server; rm -rf \"$2\"";
        let mut keeper = run(PathBuf::from("sh"));
        keeper.arg("-c").arg(script).arg("sh").arg(tool("postgres")).arg(&folder).arg(settings);
        keeper.stdin(Stdio::piped());
        let mut keeper = keeper.spawn().unwrap();
        let orders = Mutex::new(keeper.stdin.take());
        let server = Self { folder, orders, keeper };
        server.wait("");
        server
    }

    /// Ends the server as a crash does, cutting every connection, and starts it again.
    #[allow(dead_code, reason = "only one of the two kinds of tests lets it crash")]
    pub(crate) fn crash(&self) {
        let before = self.started().unwrap();
        self.orders.lock().unwrap().as_mut().unwrap().write_all(b"\n").unwrap();
        self.wait(&before);
    }

    fn started(&self) -> Result<String, String> {
        self.psql("postgres", "SELECT pg_postmaster_start_time()")
    }

    /// Waits until a server answers that was not started at `before`. It tells nobody when it is ready.
    fn wait(&self, before: &str) {
        for _ in 0..600 {
            if self.started().is_ok_and(|started| started != before) {
                return;
            }
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        let log = std::fs::read_to_string(self.folder.join("log")).unwrap_or_default();
        panic!("PostgreSQL does not answer: {log}");
    }

    /// The URL of a new empty database.
    pub(crate) fn database(&self) -> String {
        let name = format!("gainsay_{}", DATABASES.fetch_add(1, Ordering::Relaxed));
        self.psql("postgres", &format!("CREATE DATABASE {name}")).unwrap();
        self.url(&name)
    }

    fn url(&self, name: &str) -> String {
        format!("postgres:///{name}?host={}&user=gainsay", self.folder.display())
    }

    fn psql(&self, database: &str, sql: &str) -> Result<String, String> {
        let mut psql = Command::new(tool("psql"));
        psql.args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-U", "gainsay", "-d", database, "-h"]);
        let output = psql.arg(&self.folder).args(["-c", sql]).output().expect("psql is there");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        if output.status.success() { Ok(text(&output.stdout)) } else { Err(text(&output.stderr)) }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.orders.lock().unwrap().take());
        let _ = self.keeper.wait();
    }
}

fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt as _;
    std::fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0)
}

fn run(program: PathBuf) -> Command {
    let mut command = Command::new(program);
    command.current_dir("/");
    if is_root() {
        command.uid(NOBODY).gid(NOBODY);
    }
    command
}

/// Debian keeps the server's programs out of the way.
fn tool(name: &str) -> PathBuf {
    let mut homes: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .map(|homes| homes.flatten().map(|home| home.path().join("bin").join(name)).collect())
        .unwrap_or_default();
    homes.sort();
    homes.into_iter().rfind(|path| Path::exists(path)).unwrap_or_else(|| PathBuf::from(name))
}
