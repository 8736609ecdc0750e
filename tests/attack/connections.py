"""Connections that send nothing, or parts of requests, or do not read.

The deadlines of the server are short, so that this takes seconds.
"""
# serve: --head-timeout 4s --keep-alive-timeout 4s --write-timeout 8s

import pathlib
import resource
import selectors
import time

from attack import Promises, Server, close

SILENT = 500
UNREAD = 3000

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
SETTINGS = b"\0\0\0\4\0\0\0\0\0"
PING = b"\0\0\x08\6\0\0\0\0\0are you?"
GET = b"GET /openapi.yaml HTTP/1.1\r\nHost: localhost\r\n\r\n"

server = Server()
promises = Promises()


def ended(connections, within):
    """Waits until the server has ended the connections, and sends bytes on them meanwhile.

    `connections` has the bytes of each. Returns those that it has not ended after this time, in
    seconds.
    """
    selector = selectors.DefaultSelector()
    for connection in connections:
        selector.register(connection, selectors.EVENT_READ)
    deadline = time.monotonic() + within
    next_bytes = 0
    while selector.get_map() and time.monotonic() < deadline:
        if time.monotonic() > next_bytes:
            next_bytes = time.monotonic() + 0.5
            for key in list(selector.get_map().values()):
                try:
                    key.fileobj.send(connections[key.fileobj])
                except OSError:
                    pass  # The server has ended it, which the next lines see.
        for key, _ in selector.select(0.1):
            try:
                is_open = key.fileobj.recv(65536) != b""
            except OSError:
                is_open = False
            if not is_open:
                selector.unregister(key.fileobj)
    left = {key.fileobj for key in selector.get_map().values()}
    selector.close()
    return left


def kernel():
    """The memory of all TCP sockets of the machine, in KiB."""
    for line in pathlib.Path("/proc/net/sockstat").read_text().splitlines():
        if line.startswith("TCP:"):
            return int(line.split(" mem ")[1]) * resource.getpagesize() // 1024
    return 0


server.get("/openapi.yaml")
server.get("/health/ready")

# The bytes that are sent at first, and those that follow now and then.
UNUSED = {
    "a connection that sends nothing": (b"", b""),
    "a part of a preface of HTTP/2": (PREFACE[:12], b""),
    "a head of which a byte arrives now and then": (b"GET /me HTTP/1.1\r\nX: ", b"x"),
    "HTTP/2 with nothing but pings": (PREFACE + SETTINGS, PING),
}
groups = {
    what: {server.connect(first): later for _ in range(SILENT)} for what, (first, later) in UNUSED.items()
}
left = ended({one: later for group in groups.values() for one, later in group.items()}, 10)
for what, group in groups.items():
    count = SILENT - len(left & group.keys())
    promises.check(f"{what} ends", f"{count} of {SILENT} connections", count == SILENT)
    close(group)

# Clients that ask for the document, again and again, and read nothing. As many as memory is
# promised for.
before, kernel_before, open_before = server.resident(), kernel(), server.descriptors()
connections = [server.connect(GET * 4, 4096) for _ in range(UNREAD)]
status, seconds = server.get("/health/ready")
promises.check("the service answers meanwhile", f"{status} in {seconds:.3f} s", status == 200)
held = server.descriptors() - open_before
after = server.resident()
each, kernel_each = (after - before) / held, (kernel() - kernel_before) / held
promises.check(
    "a connection that does not read costs at most 64 KiB",
    f"{each:.1f} KiB with {held} of them ({before / 1024:.0f} MiB before, "
    f"{after / 1024:.0f} MiB then; {kernel_each:.1f} KiB of the system for both ends)",
    each <= 64 and held > 1000,
)
deadline = time.monotonic() + 12
while server.descriptors() > 100 and time.monotonic() < deadline:
    time.sleep(0.1)
left = server.descriptors()
promises.check("a client that does not read is cut off", f"{left} descriptors", left <= 100)
close(connections)
promises.exit()
