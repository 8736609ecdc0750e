//! The ceiling: a bare hyper server that answers every request with one reply of the
//! service. No service on hyper can be faster.

use std::convert::Infallible;
use std::future::ready;
use std::io::Read as _;
use std::net::Ipv4Addr;
use std::path::Path;
use std::process::{Command, Stdio};

use http_body_util::Full;
use hyper::Response;
use hyper::body::Bytes;
use hyper::header::{CONTENT_LENGTH, DATE, HeaderName, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

use super::Outcome;
use super::http::Blocking;
use super::process::Process;
use super::requests::Requests;

/// Starts a ceiling with the reply of `service` to the first of `requests`.
pub(crate) fn over(service: &Process, requests: &Requests, directory: &Path) -> Outcome<Process> {
    let reply = ask(service, requests)?;
    let file = directory.join("reply");
    std::fs::write(&file, &reply)?;
    let mut command = Command::new(std::env::current_exe()?);
    // The ceiling ends when its input ends, so it can't outlive the load generator.
    command.arg("--ceiling").arg(&file).stdin(Stdio::piped());
    let ceiling = Process::start(command)?;
    if comparable(&ask(&ceiling, requests)?) != comparable(&reply) {
        return Err("the ceiling and the service give different replies".into());
    }
    Ok(ceiling)
}

fn ask(server: &Process, requests: &Requests) -> Outcome<Vec<u8>> {
    let mut connection = Blocking::open(server.address)?;
    let reply = connection.ask(&requests.nth(0))?;
    connection.inbox().expect(requests.status, reply)?;
    Ok(connection.inbox().bytes(reply).to_vec())
}

/// A reply without the parts that may differ: the order of the headers and the date.
fn comparable(reply: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(reply).into_owned();
    let mut lines: Vec<_> =
        text.lines().filter(|line| !line.starts_with("date:")).map(str::to_owned).collect();
    lines.sort();
    lines
}

/// Answers every request with the reply in `file`, until standard input ends.
pub(crate) fn serve(file: &Path) -> Outcome<()> {
    let reply = response(&std::fs::read(file)?)?;
    std::thread::spawn(|| {
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
        std::process::exit(0);
    });
    // It has as many threads as the service.
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(accept(reply))
}

async fn accept(reply: Response<Full<Bytes>>) -> Outcome<()> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    super::print(&format!("http://{}", listener.local_addr()?));
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let reply = reply.clone();
        let answer = service_fn(move |_| ready(Ok::<_, Infallible>(reply.clone())));
        tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), answer));
    }
}

/// The reply for hyper, which writes the length and the date itself.
fn response(reply: &[u8]) -> Outcome<Response<Full<Bytes>>> {
    let mut headers = [httparse::EMPTY_HEADER; 32];
    let mut parsed = httparse::Response::new(&mut headers);
    let httparse::Status::Complete(head) = parsed.parse(reply)? else {
        return Err("the reply is cut short".into());
    };
    let body = Bytes::copy_from_slice(reply.get(head..).unwrap_or_default());
    let mut response = Response::new(Full::new(body));
    for header in &*parsed.headers {
        let name = HeaderName::from_bytes(header.name.as_bytes())?;
        if name != CONTENT_LENGTH && name != DATE {
            response.headers_mut().append(name, HeaderValue::from_bytes(header.value)?);
        }
    }
    Ok(response)
}
