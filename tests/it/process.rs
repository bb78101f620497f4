//! Programs run by tests: started, listened to, and ended with the test.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use crate::world::key;

/// A child process that ends with the test, and its lines.
pub(crate) struct Process {
    child: Child,
    lines: Receiver<String>,
    said: Arc<Mutex<Vec<String>>>,
}

impl Process {
    /// Starts a command and reads one of its outputs.
    pub(crate) fn start(mut command: Command, stream: Stream) -> Self {
        match stream {
            Stream::Out => command.stdout(Stdio::piped()).stderr(Stdio::null()),
            Stream::Err => command.stdout(Stdio::null()).stderr(Stdio::piped()),
        };
        let mut child = command.spawn().unwrap();
        let output: Box<dyn std::io::Read + Send> = match stream {
            Stream::Out => Box::new(child.stdout.take().unwrap()),
            Stream::Err => Box::new(child.stderr.take().unwrap()),
        };
        let (tell, lines) = channel();
        let said = Arc::new(Mutex::new(Vec::new()));
        let all = said.clone();
        std::thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                let line = anstream::adapter::strip_str(&line).to_string();
                all.lock().unwrap().push(line.clone());
                let _ = tell.send(line);
            }
        });
        Self { child, lines, said }
    }

    /// The next line that holds all of these words.
    pub(crate) fn line(&self, words: &[&str]) -> String {
        let end = Instant::now() + Duration::from_secs(60);
        let mut seen = Vec::new();
        while let Ok(line) = self.lines.recv_timeout(end.saturating_duration_since(Instant::now())) {
            if words.iter().all(|word| line.contains(word)) {
                return line;
            }
            seen.push(line);
        }
        panic!("no line with {words:?} came, but {seen:#?}");
    }
}

impl Process {
    /// Kills it at once; returns what it had said that nobody read.
    pub(crate) fn kill(mut self) -> Vec<String> {
        let _ = self.child.kill();
        let _ = self.child.wait();
        self.lines.iter().collect()
    }

    /// Asks it to stop, and waits until it has; returns what it had said that nobody read.
    pub(crate) fn stop(mut self) -> Vec<String> {
        let asked = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap();
        assert!(asked.success());
        let _ = self.child.wait();
        self.lines.iter().collect()
    }

    /// Asks it to stop, waits until it has, and returns all that it said.
    #[cfg(unix)]
    pub(crate) fn told(mut self) -> Vec<String> {
        let asked = Command::new("kill").arg(self.child.id().to_string()).status().unwrap();
        assert!(asked.success());
        self.child.wait().unwrap();
        // Its output ends with it.
        while self.lines.recv().is_ok() {}
        std::mem::take(&mut *self.said.lock().unwrap())
    }
}

/// Which of its outputs is read.
pub(crate) enum Stream {
    Out,
    Err,
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// `gainsay serve` as people run it, on a database in a folder, and the address that it listens on.
pub(crate) fn serve(app: u64, secret: &str, api: &str, folder: &Path) -> (Process, SocketAddr) {
    serve_on(app, secret, api, &format!("sqlite://{}/gainsay.db", folder.display()))
}

/// The same on any database.
pub(crate) fn serve_on(app: u64, secret: &str, api: &str, database: &str) -> (Process, SocketAddr) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gainsay"));
    command
        .arg("serve")
        .env("GAINSAY_APP_ID", app.to_string())
        .env("GAINSAY_PRIVATE_KEY", key::private().replace('\n', "\\n"))
        .env("GAINSAY_WEBHOOK_SECRET", secret)
        .env("GAINSAY_DATABASE_URL", database)
        .env("GAINSAY_LISTEN", "127.0.0.1:0")
        .env("GAINSAY_METRICS_LISTEN", "127.0.0.1:0")
        .env("GAINSAY_GITHUB_API_URL", api);
    let process = Process::start(command, Stream::Err);
    let line = process.line(&["listening", "address="]);
    let address = line.split("address=").nth(1).unwrap().split_whitespace().next().unwrap().parse().unwrap();
    (process, address)
}
