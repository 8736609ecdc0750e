"""What the attacks share: the server under attack, and promises."""

import http.client
import pathlib
import socket
import sys
import time
import urllib.parse


class Server:
    """The server that `run` started: `python3 NAME.py URL PID`."""

    def __init__(self):
        url = urllib.parse.urlsplit(sys.argv[1])
        self.pid = int(sys.argv[2])
        self.address = (url.hostname, url.port)
        if self.address[0] != "127.0.0.1":
            sys.exit("An attack stays on this machine.")

    def resident(self):
        """The resident memory of the server, in KiB."""
        status = pathlib.Path(f"/proc/{self.pid}/status").read_text()
        return int(status.split("VmRSS:")[1].split()[0])

    def processor(self):
        """The processor time that the server has used, in seconds."""
        fields = pathlib.Path(f"/proc/{self.pid}/stat").read_text().rsplit(") ", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / 100

    def descriptors(self):
        """How many files and sockets the server has open."""
        return len(list(pathlib.Path(f"/proc/{self.pid}/fd").iterdir()))

    def connect(self, first, unread_bytes=None):
        """A connection on which these bytes were sent. It does not block.

        The system takes about as many bytes that are not read as `unread_bytes` says.
        """
        connection = socket.socket()
        if unread_bytes:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, unread_bytes)
        connection.connect(self.address)
        connection.setblocking(False)
        if first:
            connection.send(first)
        return connection

    def get(self, path, headers=None):
        """The status and the time of a request on a connection of its own."""
        started = time.monotonic()
        connection = http.client.HTTPConnection(*self.address, timeout=10)
        try:
            connection.request("GET", path, headers=headers or {})
            reply = connection.getresponse()
            reply.read()
            return reply.status, time.monotonic() - started
        finally:
            connection.close()


def close(connections):
    for connection in connections:
        connection.close()


class Promises:
    """Prints what was measured, and remembers whether a promise is broken."""

    def __init__(self):
        self.broken = 0

    def check(self, what, measured, is_kept):
        verdict = "ok" if is_kept else "BROKEN"
        print(f"{verdict:<7} {what}: {measured}", flush=True)
        self.broken += not is_kept

    def exit(self):
        sys.exit(1 if self.broken else 0)
