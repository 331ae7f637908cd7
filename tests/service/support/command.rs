//! The commands of the binary, run as a process of its own beside a world.

use std::fs::{File, Permissions};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use tempfile::TempDir;

use super::database::Database;

/// Where a command finds the database and the key of a world.
pub struct Deployment {
    folder: TempDir,
    url: String,
}

impl Deployment {
    /// Of a world on this database.
    pub fn of(database: &Database) -> Self {
        Self::at(&database.settings().url)
    }

    /// Of a world on the database with this address.
    pub fn at(url: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let key = format!("nominations-key-v1 {}\n", STANDARD.encode([7; 32]));
        let path = folder.path().join("key");
        std::fs::write(&path, key).expect("a key file");
        std::fs::set_permissions(&path, Permissions::from_mode(0o600)).expect("a file of its owner's");
        Self { folder, url: url.to_owned() }
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_nominations"));
        command.env_clear().args(words);
        command.arg("--database-url").arg(&self.url).arg("--key-file").arg(self.folder.path().join("key"));
        command
    }

    /// Serves, on a port that is free.
    pub fn serve(&self) -> Serving {
        self.serve_with(&[])
    }

    /// The same with more flags.
    pub fn serve_with(&self, flags: &[&str]) -> Serving {
        let address = free_address();
        let log = File::create(self.log_path()).expect("a file");
        let mut command = self.command(&["serve", "--listen", &address]);
        let child = command.args(flags).stdout(Stdio::null()).stderr(log).spawn();
        Serving { child: child.expect("the binary runs"), address }
    }

    /// What the process that was served last has logged.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.log_path()).expect("a log")
    }

    fn log_path(&self) -> PathBuf {
        self.folder.path().join("log")
    }

    /// Runs a command on a file with this text, and waits for its end.
    pub async fn run(&self, words: &[&str], text: String, more: &[&str]) -> Output {
        static FILES: AtomicU32 = AtomicU32::new(0);
        let number = FILES.fetch_add(1, Ordering::Relaxed);
        let file: PathBuf = self.folder.path().join(format!("rows-{number}.csv"));
        std::fs::write(&file, text).expect("a file");
        let mut command = self.command(words);
        command.arg(&file).args(more);
        tokio::task::spawn_blocking(move || command.output().expect("the binary runs")).await.expect("an end")
    }
}

/// An address of this machine with a port that is free.
pub fn free_address() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("its address").to_string()
}

/// The service, served as a process of its own until it is dropped.
pub struct Serving {
    child: Child,
    /// Where it listens.
    pub address: String,
}

impl Serving {
    /// Whether it still runs.
    pub fn goes_on(&mut self) -> bool {
        self.child.try_wait().expect("its state").is_none()
    }

    /// Tells it to stop, and waits for a good end.
    pub async fn end(mut self) {
        let told = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
        assert!(told.expect("kill").success());
        let ended = tokio::task::spawn_blocking(move || self.child.wait().expect("its end"));
        assert!(ended.await.expect("an end").success());
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What it printed.
pub fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}
