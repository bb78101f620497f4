//! A server under load as its own process, and what the system says that it costs.

use std::fs::File;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

pub(crate) const SECRET: &str = "a secret of the load run";
/// The tests' own key, kept without its frame.
const DIGITS: &str = include_str!("../../tests/data/app-key.base64");

/// A running server.
pub(crate) struct Server {
    child: Child,
    /// Where deliveries go.
    pub(crate) url: String,
}

impl Server {
    /// The binary as it is deployed, on a database.
    pub(crate) fn gainsay(database: &str, api: &str, log: &Path) -> anyhow::Result<Self> {
        let address = free_address()?;
        let mut command = Command::new(env!("CARGO_BIN_EXE_gainsay"));
        command.arg("serve").env("GAINSAY_APP_ID", "1").env("GAINSAY_PRIVATE_KEY", key());
        command.env("GAINSAY_WEBHOOK_SECRET", SECRET).env("GAINSAY_DATABASE_URL", database);
        command.env("GAINSAY_LISTEN", address.to_string()).env("GAINSAY_GITHUB_API_URL", api);
        command.env("GAINSAY_METRICS_LISTEN", "off");
        Self::start(command, address, "/webhook", log)
    }

    /// The small Probot app beside this file, without the log line that Probot writes for each delivery.
    pub(crate) fn probot(log: &Path) -> anyhow::Result<Self> {
        let address = free_address()?;
        let home = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("benches/probot");
        let program = home.join("node_modules/probot/bin/probot.js");
        if !program.exists() {
            bail!(
                "Probot is not installed: npm ci --prefix benches/probot (or leave it out: --without-probot)"
            );
        }
        let mut command = Command::new("node");
        command.current_dir(&home).arg(program).args(["run", "./app.js"]);
        command.env("NODE_ENV", "production").env("LOG_LEVEL", "warn").env("APP_ID", "1");
        command.env("PRIVATE_KEY", key()).env("WEBHOOK_SECRET", SECRET).env("HOST", address.ip().to_string());
        command.env("PORT", address.port().to_string());
        Self::start(command, address, "/api/github/webhooks", log)
    }

    fn start(mut command: Command, address: SocketAddr, path: &str, log: &Path) -> anyhow::Result<Self> {
        let file = File::create(log).context("could not make a log")?;
        command.stdin(Stdio::null()).stdout(file.try_clone()?).stderr(file);
        let child = command.spawn().context("could not start a server")?;
        let mut server = Self { child, url: format!("http://{address}{path}") };
        let start = Instant::now();
        while TcpStream::connect(address).is_err() {
            if server.child.try_wait()?.is_some() || start.elapsed() > Duration::from_secs(60) {
                bail!("a server does not start: {}", std::fs::read_to_string(log).unwrap_or_default());
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(server)
    }

    pub(crate) fn watch(&self) -> anyhow::Result<Watch> {
        Watch::start(self.child.id())
    }

    /// Ends it as a power cut would: nothing is written any more.
    pub(crate) fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}

fn key() -> String {
    let kind = "RSA PRIVATE KEY";
    format!("-----BEGIN {kind}-----\n{DIGITS}-----END {kind}-----\n")
}

fn free_address() -> anyhow::Result<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}

/// Reads what a process uses, from its start until [`Watch::stop`].
pub(crate) struct Watch {
    pid: u32,
    before: u64,
    cpu: Duration,
    peak: Arc<AtomicU64>,
    over: Arc<AtomicBool>,
}

/// What a process used.
#[derive(Clone, Copy)]
pub(crate) struct Usage {
    /// Resident memory, in bytes.
    pub(crate) before: u64,
    pub(crate) peak: u64,
    /// Once it had time to settle.
    pub(crate) after: u64,
    /// Of all its threads, in user and kernel mode.
    pub(crate) cpu: Duration,
}

impl Watch {
    fn start(pid: u32) -> anyhow::Result<Self> {
        let before = resident(pid)?;
        let (peak, over) = (Arc::new(AtomicU64::new(before)), Arc::new(AtomicBool::new(false)));
        let (seen, stop) = (peak.clone(), over.clone());
        std::thread::spawn(move || {
            while !stop.load(Ordering::Relaxed) {
                seen.fetch_max(resident(pid).unwrap_or_default(), Ordering::Relaxed);
                std::thread::sleep(Duration::from_millis(50));
            }
        });
        Ok(Self { pid, before, cpu: cpu(pid)?, peak, over })
    }

    /// The use up to now; the memory that stays is read after a pause.
    pub(crate) async fn stop(self, settle: Duration) -> anyhow::Result<Usage> {
        let used = cpu(self.pid)?.saturating_sub(self.cpu);
        self.over.store(true, Ordering::Relaxed);
        tokio::time::sleep(settle).await;
        let peak = self.peak.load(Ordering::Relaxed);
        Ok(Usage { before: self.before, peak, after: resident(self.pid)?, cpu: used })
    }
}

fn resident(pid: u32) -> anyhow::Result<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).context("the server is gone")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
    let kibibytes: u64 = line.trim().trim_end_matches("kB").trim().parse()?;
    Ok(kibibytes * 1024)
}

/// Fields 14 and 15 of `/proc/PID/stat`, in the hundredths of a second that Linux shows to programs.
fn cpu(pid: u32) -> anyhow::Result<Duration> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).context("the server is gone")?;
    let rest = stat.rsplit_once(')').context("no name in stat")?.1;
    let mut fields = rest.split_whitespace().skip(11).map(str::parse::<u64>);
    let mut ticks = || fields.next().context("a short stat")?.context("a stat without numbers");
    Ok(Duration::from_millis((ticks()? + ticks()?) * 10))
}
