//! The server processes that are measured.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use super::{Failure, Outcome};

/// How long a process may take to start.
const START: Duration = Duration::from_secs(30);

/// A server in a process of its own, which is killed when the value is dropped.
pub(crate) struct Process {
    child: Child,
    /// The address on which it listens.
    pub(crate) address: SocketAddr,
    /// Kept open, because the process may print more.
    _output: BufReader<ChildStdout>,
}

impl Process {
    /// Starts a command that prints a line with its URL once it serves.
    pub(crate) fn start(mut command: Command) -> Outcome<Self> {
        let mut child = command.stdout(Stdio::piped()).spawn()?;
        match Self::url(&mut child) {
            Ok((address, output)) => Ok(Self { child, address, _output: output }),
            Err(error) => {
                kill(&mut child);
                Err(error)
            }
        }
    }

    fn url(child: &mut Child) -> Outcome<(SocketAddr, BufReader<ChildStdout>)> {
        let output = child.stdout.take().ok_or("the output is piped")?;
        let (sender, receiver) = mpsc::channel();
        std::thread::spawn(move || {
            let (mut output, mut line) = (BufReader::new(output), String::new());
            let read = output.read_line(&mut line);
            // Sending fails if the process took too long to start.
            let _ = sender.send(read.map(|_| (line, output)));
        });
        let (line, output) =
            receiver.recv_timeout(START).map_err(|_| "a server did not start")??;
        let (_, url) = line.split_once("http://").ok_or("a server ended instead of serving")?;
        let address = url.trim_end().trim_end_matches("/docs").parse()?;
        Ok((address, output))
    }

    /// The processor time that the process has used so far, in seconds.
    ///
    /// It includes all threads, also those that have ended, in user and kernel mode, with
    /// a resolution of 10 ms. `/proc/PID/task` is finer, but forgets threads that end.
    pub(crate) fn cpu_seconds(&self) -> Outcome<f64> {
        /// `USER_HZ`: the same on every architecture that Linux is built for now.
        const TICKS_PER_SECOND: f64 = 100.0;
        let stat = self.proc("stat")?;
        // The second field is the name of the program, which may contain spaces.
        let (_, fields) = stat.rsplit_once(')').ok_or("/proc/PID/stat has a name")?;
        let mut fields = fields.split_whitespace().skip(11).map(str::parse::<u64>);
        let mut next = || fields.next().ok_or("/proc/PID/stat has 17 fields");
        let (user, system) = (next()??, next()??);
        Ok((user + system) as f64 / TICKS_PER_SECOND)
    }

    /// The resident memory of the process, in MiB.
    pub(crate) fn resident_mib(&self) -> Outcome<f64> {
        let status = self.proc("status")?;
        let value = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kib = value.and_then(|value| value.trim().strip_suffix(" kB"));
        let kib: u64 = kib.ok_or("/proc/PID/status has VmRSS")?.parse()?;
        Ok(kib as f64 / 1024.0)
    }

    fn proc(&self, file: &str) -> Outcome<String> {
        let path = format!("/proc/{}/{file}", self.child.id());
        std::fs::read_to_string(&path).map_err(|error| Failure::from(format!("{path}: {error}")))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        kill(&mut self.child);
    }
}

fn kill(child: &mut Child) {
    // Killing fails if the process has already ended.
    let _ = child.kill();
    let _ = child.wait();
}

/// The program of the service. Its configuration does not depend on the environment.
pub(crate) fn program() -> Command {
    let mut program = Command::new(env!("CARGO_BIN_EXE_current-user"));
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy();
        if name == "DATABASE_URL" || name.starts_with("CURRENT_USER_") {
            program.env_remove(&*name);
        }
    }
    let secret = Path::new(env!("CARGO_TARGET_TMPDIR")).join("current-user.secret");
    program.env("CURRENT_USER_SECRET_FILE", secret);
    program
}

/// Starts the service on a free port with `flags`. It logs only warnings.
pub(crate) fn service(database_url: &str, flags: &[&str]) -> Outcome<Process> {
    let mut command = serve(database_url, flags);
    command.args(["--log", "warn"]);
    Process::start(command)
}

/// Starts the service on a free port. It logs every request, to a log that is discarded.
pub(crate) fn service_with_log(database_url: &str) -> Outcome<Process> {
    let mut command = serve(database_url, &[]);
    command.stderr(Stdio::null());
    Process::start(command)
}

fn serve(database_url: &str, flags: &[&str]) -> Command {
    let mut command = program();
    command.args(["serve", "--listen", "127.0.0.1:0", "--limits", "off"]);
    command.args(["--database-url", database_url]).args(flags);
    command
}
