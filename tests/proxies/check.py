"""Checks each proxy with the configuration of docs/reverse-proxies.md. Called by ./run.

client (127.0.0.2) -> proxy -> relay, which counts connections -> current-user
"""

import http.client
import json
import os
import pathlib
import re
import shlex
import socket
import ssl
import struct
import subprocess
import sys
import tempfile
import threading
import time
import zlib

PAGE = pathlib.Path(__file__).parents[2] / "docs" / "reverse-proxies.md"
HOST = "accounts.example.com"
CLIENT = "127.0.0.2"
CLAIMED = "198.51.100.9"
PASSWORD = "correct horse battery staple"
MAX_IMAGE = 5 * 1024 * 1024
JSON = {"Content-Type": "application/json"}
IMAGE = {"Content-Type": "application/octet-stream"}


def block(language):
    """The first block of the page in a language."""
    found = re.search(rf"^```{language}\n(.*?)^```$", PAGE.read_text(), re.M | re.S)
    return found[1]


def replaced(text, *pairs):
    """The text with every old part replaced. Each has to be there."""
    for old, new in pairs:
        assert old in text, f"{PAGE.name} lacks {old!r}"
        text = text.replace(old, new)
    return text


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def wait_for(port, process):
    """Waits until a process accepts connections."""
    for _ in range(1200):
        if process.poll() is not None:
            sys.exit(f"{process.args[0]} ended with {process.returncode}")
        try:
            return socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionRefusedError:
            time.sleep(0.05)
    sys.exit(f"{process.args[0]} does not listen")


class Relay:
    """Passes connections on to the service, and counts them."""

    def __init__(self, port):
        self.target = ("127.0.0.1", port)
        self.count = 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            near = self.listener.accept()[0]
            self.count += 1
            far = socket.create_connection(self.target)
            for pair in (near, far), (far, near):
                threading.Thread(target=self.copy, args=pair, daemon=True).start()

    @staticmethod
    def copy(source, sink):
        try:
            while data := source.recv(65536):
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            sink.close()


class Connection(http.client.HTTPSConnection):
    """A connection to a proxy on this machine, under its name, from an address of its own."""

    def __init__(self, port, tls):
        super().__init__(HOST, port, timeout=60)
        self.tls = tls

    def connect(self):
        plain = socket.create_connection(("127.0.0.1", self.port), 60, (CLIENT, 0))
        self.sock = self.tls.wrap_socket(plain, server_hostname=HOST)

    def send_request(self, method, path, body=None, headers=()):
        """Headers are pairs, so that one can be repeated."""
        self.putrequest(method, path)
        if body is not None:
            self.putheader("Content-Length", str(len(body)))
        for name, value in headers:
            self.putheader(name, value)
        self.endheaders(body)
        reply = self.getresponse()
        return reply, reply.read()


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def image(size):
    """A PNG of exactly this many bytes: noise that is not compressed, and a text that fills up."""
    side = 1280
    rows = b"".join(b"\0" + os.urandom(side * 3) for _ in range(side))
    parts = [
        b"\x89PNG\r\n\x1a\n",
        chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)),
        chunk(b"IDAT", zlib.compress(rows, 0)),
        chunk(b"IEND", b""),
    ]
    missing = size - sum(map(len, parts)) - len(chunk(b"tEXt", b"Comment\0"))
    parts.insert(2, chunk(b"tEXt", b"Comment\0" + b"x" * missing))
    picture = b"".join(parts)
    assert len(picture) == size
    return picture


class Place:
    """The files of a run, and the ports in them."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.port = free_port()
        self.relay = None

    def file(self, name, text):
        path = self.folder / name
        path.write_text(text)
        return str(path)

    def make_certificate(self):
        key, certificate = self.folder / f"{HOST}.key", self.folder / "certificate.pem"
        command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1"
        command = shlex.split(command) + ["-subj", f"/CN={HOST}"]
        command += ["-addext", f"subjectAltName=DNS:{HOST}", "-keyout", key, "-out", certificate]
        subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
        self.file(f"{HOST}.pem", certificate.read_text() + key.read_text())
        self.authority = str(certificate)
        self.tls = ssl.create_default_context(cafile=self.authority)

    def common(self):
        """What is replaced in every configuration."""
        return ("127.0.0.1:8080", f"127.0.0.1:{self.relay.port}")

    def certificates(self):
        return ("/etc/ssl/", f"{self.folder}/")


def nginx(place):
    text = replaced(
        block("nginx"),
        place.common(),
        place.certificates(),
        ("listen 443", f"listen 127.0.0.1:{place.port}"),
        # A machine without IPv6 can't listen on it.
        ("    listen [::]:443 ssl http2;\n", ""),
    )
    site = place.file("nginx-site.conf", text)
    temporary = "".join(
        f"{name}_temp_path {place.folder}/{name};"
        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    main = f"""
        daemon off; user root; pid {place.folder}/nginx.pid; error_log stderr warn;
        events {{}}
        http {{ access_log off; {temporary} include {site}; }}
    """
    return ["nginx", "-e", "stderr", "-c", place.file("nginx.conf", main)]


def caddy(place):
    certificate = f"tls {place.folder}/{HOST}.pem {place.folder}/{HOST}.key"
    text = replaced(
        block("caddyfile"),
        place.common(),
        ("{\n\tservers", "{\n\tadmin off\n\tauto_https disable_redirects\n\tservers"),
        (f"{HOST} {{", f"{HOST}:{place.port} {{\n\tbind 127.0.0.1\n\t{certificate}"),
    )
    path = place.file("Caddyfile", text)
    return ["caddy", "run", "--adapter", "caddyfile", "--config", path]


def haproxy(place):
    text = replaced(
        block("haproxy"),
        place.common(),
        place.certificates(),
        ("bind :443", f"bind 127.0.0.1:{place.port}"),
    )
    text = "global\n    log stderr format raw local0 warning\n" + text
    return ["haproxy", "-db", "-f", place.file("haproxy.cfg", text)]


def start_service(program, folder):
    """Starts the service as the page says, on a free port. Returns the process and the port."""
    port = free_port()
    mail_server = pathlib.Path(folder, "smtp")
    mail_server.write_text(f"smtp://127.0.0.1:{free_port()}\n")
    command = replaced(
        block("sh"),
        ("127.0.0.1:8080", f"127.0.0.1:{port}"),
        ("/etc/current-user/smtp", str(mail_server)),
    )
    command = shlex.split(command.replace("\\\n", " "))
    assert command[0] == "current-user"
    environment = {k: v for k, v in os.environ.items() if not k.startswith("CURRENT_USER_")}
    environment.pop("DATABASE_URL", None)
    more = ["--database-url", "sqlite://test.db", "--log", "error"]
    process = subprocess.Popen(
        [program, *command[1:], *more], cwd=folder, env=environment, stdout=subprocess.PIPE
    )
    # It says so when it is ready. Its port is open earlier.
    if not process.stdout.readline():
        sys.exit(f"{program} ended with {process.wait()}")
    return process, port


def forged():
    """The headers of strangers who want another address."""
    yield "no header", []
    yield "X-Forwarded-For", [("X-Forwarded-For", CLAIMED)]
    yield "two of them", [("X-Forwarded-For", CLAIMED), ("x-forwarded-for", f"{CLAIMED}, 127.0.0.1")]
    yield "Forwarded", [("Forwarded", f"for={CLAIMED}"), ("Forwarded", 'for="')]
    hop_by_hop = ("Connection", "keep-alive, X-Forwarded-For, Forwarded")
    yield "hop by hop", [hop_by_hop, ("X-Forwarded-For", CLAIMED)]
    yield "others", [("X-Real-IP", CLAIMED), ("True-Client-IP", CLAIMED), ("X_Forwarded_For", CLAIMED)]


def expect(found, expected, what):
    if found != expected:
        raise AssertionError(f"{what}: {found!r}, not {expected!r}")


def log_in(connection, email, headers):
    body = json.dumps({"email": email, "password": PASSWORD}).encode()
    reply, text = connection.send_request("POST", "/login", body, [*JSON.items(), *headers])
    expect(reply.status, 200, f"the login, {text!r}")
    return [("Authorization", f"Bearer {json.loads(text)['token']}")]


def check_address(connection, email):
    for what, headers in forged():
        token = log_in(connection, email, headers)
        _, sessions = connection.send_request("GET", "/me/sessions", None, token)
        [session] = [one for one in json.loads(sessions) if one["current"]]
        expect(session["ipAddress"], CLIENT, f"the address in the session with {what}")
        _, events = connection.send_request("GET", "/me/events?limit=1", None, token)
        event = json.loads(events)["results"][0]
        expect((event["type"], event["ipAddress"]), ("logged_in", CLIENT), f"the event with {what}")
    return token


def check_uploads(connection, token):
    reply, text = connection.send_request(
        "PUT", "/me/avatar", image(MAX_IMAGE), [*IMAGE.items(), *token]
    )
    expect(reply.status, 200, f"an image of 5 MiB, {text!r}")
    reply, text = connection.send_request(
        "PUT", "/me/avatar", bytes(MAX_IMAGE + 1), [*IMAGE.items(), *token]
    )
    expect(reply.status, 413, f"a larger image, {text!r}")
    expect(json.loads(text)["code"], "payload_too_large", "the service says so itself")


def check_connections(place, connection):
    """Both sides of the proxy keep their connections."""
    connection.send_request("GET", "/health/live")
    near, before = connection.sock, place.relay.count
    for _ in range(30):
        reply, _ = connection.send_request("GET", "/health/live")
        expect(reply.status, 200, "/health/live")
    assert near is not None and connection.sock is near, "the proxy closed the connection"
    # The health checks of HAProxy have connections of their own.
    opened = place.relay.count - before
    assert opened <= 5, f"30 requests opened {opened} connections to the service"


def check_http2(place, email):
    """Logs in over HTTP/2 with forged headers."""
    body = json.dumps({"email": email, "password": PASSWORD})
    url = f"https://{HOST}:{place.port}"
    curl = ["curl", "-sS", "--fail-with-body", "--http2", "--interface", CLIENT]
    curl += ["--cacert", place.authority, "--resolve", f"{HOST}:{place.port}:127.0.0.1"]
    spoof = ["-H", f"X-Forwarded-For: {CLAIMED}", "-H", f"Forwarded: for={CLAIMED}"]
    form = ["-H", "Content-Type: application/json", "-d", body, "-w", "\n%{http_version}"]
    reply = subprocess.check_output([*curl, *spoof, *form, f"{url}/login"], text=True)
    reply, version = reply.rsplit("\n", 1)
    expect(version, "2", "the version of HTTP")
    token = ["-H", f"Authorization: Bearer {json.loads(reply)['token']}"]
    sessions = json.loads(subprocess.check_output([*curl, *token, f"{url}/me/sessions"]))
    expect({one["ipAddress"] for one in sessions}, {CLIENT}, "the addresses over HTTP/2")


def check_metrics(connection):
    reply, _ = connection.send_request("GET", "/metrics")
    expect(reply.status, 404, "/metrics")
    assert reply.getheader("X-Request-Id") is None, "/metrics reached the service"


def check(proxy, place):
    command = proxy(place)
    # Caddy keeps files in the home directory.
    environment = os.environ | {"HOME": str(place.folder)}
    log = place.folder / f"{proxy.__name__}.log"
    with log.open("w") as output:
        process = subprocess.Popen(command, env=environment, stdout=output, stderr=output)
    try:
        wait_for(place.port, process)
        connection = Connection(place.port, place.tls)
        email = f"{proxy.__name__}@example.com"
        body = json.dumps({"email": email, "password": PASSWORD, "name": "Ada"}).encode()
        reply, text = connection.send_request("POST", "/signup", body, JSON.items())
        expect(reply.status, 201, f"the sign-up, {text!r}")
        assert reply.getheader("X-Request-Id"), "the headers of the reply are missing"
        token = check_address(connection, email)
        check_connections(place, connection)
        check_http2(place, email)
        check_metrics(connection)
        check_uploads(Connection(place.port, place.tls), token)
    except BaseException:
        sys.stderr.write(log.read_text())
        raise
    finally:
        process.terminate()
        process.wait()


def main(program, *names):
    proxies = {proxy.__name__: proxy for proxy in (nginx, caddy, haproxy)}
    with tempfile.TemporaryDirectory() as folder:
        service, port = start_service(program, folder)
        try:
            for name in names:
                started = time.monotonic()
                place = Place(folder)
                place.relay = Relay(port)
                place.make_certificate()
                check(proxies[name], place)
                print(f"{name}: works as documented ({time.monotonic() - started:.1f} s)")
        finally:
            service.terminate()
            service.wait()


main(*sys.argv[1:])
