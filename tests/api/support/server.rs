//! The program as a separate process.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};

use super::client::Client;

/// A running server. It is killed when it is dropped.
pub(crate) struct Server {
    process: Child,
    output: BufReader<ChildStdout>,
    base: String,
}

impl Server {
    /// Starts the program on a free port, and waits until it accepts requests.
    pub(crate) fn start(database_url: &str) -> Self {
        Self::start_with(&["--database-url", database_url], Path::new("."))
    }

    /// The same, with other arguments and in another working directory.
    pub(crate) fn start_with(arguments: &[&str], directory: &Path) -> Self {
        let mut command = program();
        command.args(["serve", "--log", "off"]).args(arguments).current_dir(directory);
        Self::spawn(command)
    }

    /// Starts a command that serves, and waits until it accepts requests.
    pub(crate) fn spawn(mut command: Command) -> Self {
        command.args(["--listen", "127.0.0.1:0"]).stdout(Stdio::piped());
        let mut process = command.spawn().unwrap();
        let output = BufReader::new(process.stdout.take().unwrap());
        let mut server = Self { process, output, base: String::new() };
        // The first line contains the URL of Swagger UI.
        let line = server.line();
        let (_, url) = line.split_once("http").expect("the first line names no URL");
        server.base = format!("http{}", url.trim_end().trim_end_matches("/docs"));
        server
    }

    /// The next line of the standard output.
    pub(crate) fn line(&mut self) -> String {
        let mut line = String::new();
        self.output.read_line(&mut line).unwrap();
        line
    }

    pub(crate) fn base(&self) -> &str {
        &self.base
    }

    pub(crate) fn client(&self) -> Client {
        Client::new(self.base.clone())
    }

    /// `kill -9`: the server can't finish anything.
    pub(crate) fn kill(mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    pub(crate) fn id(&self) -> u32 {
        self.process.id()
    }

    /// Asks the server to stop (SIGTERM).
    pub(crate) fn terminate(&self) {
        self.signal("TERM");
    }

    /// Sends a signal, such as `INT`.
    pub(crate) fn signal(&self, name: &str) {
        let (signal, id) = (format!("-{name}"), self.id().to_string());
        assert!(Command::new("kill").args([signal, id]).status().unwrap().success());
    }

    pub(crate) fn wait(&mut self) -> ExitStatus {
        self.process.wait().unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // This fails if the process has already ended, which is fine.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The program, without the environment variables that configure it.
pub(crate) fn program() -> Command {
    let mut program = Command::new(env!("CARGO_BIN_EXE_current-user"));
    for (name, _) in std::env::vars() {
        if name == "DATABASE_URL" || name.starts_with("CURRENT_USER_") {
            program.env_remove(name);
        }
    }
    // All servers share a secret, as nodes of one service do.
    let secret = Path::new(env!("CARGO_TARGET_TMPDIR")).join("current-user.secret");
    program.env("CURRENT_USER_SECRET_FILE", secret);
    program
}
