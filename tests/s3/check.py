"""Uploads, replaces and removes an avatar that is kept in S3. Run by `run`."""

import logging
import os
import re
import struct
import subprocess
import sys
import time
import zlib

import boto3
import requests
from moto.server import ThreadedMotoServer

BUCKET, PREFIX = "avatars", "of/people/"
CREDENTIALS = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing", "region_name": "us-east-1"}


def chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png():
    header = struct.pack(">IIBBBBB", 8, 8, 8, 0, 0, 0, 0)
    pixels = zlib.compress(bytes(9 * 8))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def start(program, environment, stderr=None):
    command = [program, "serve", "--listen", "127.0.0.1:0", "--database-url", "sqlite://s3.db"]
    command += ["--avatar-store", f"s3://{BUCKET}/{PREFIX}", "--log", "off"]
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "CURRENT_USER_"))}
    return subprocess.Popen(command, env=inherited | environment, stdout=subprocess.PIPE, stderr=stderr, text=True)


def serve(program, environment):
    process = start(program, environment)
    return process, re.search(r"http://[^/]+", process.stdout.readline())[0]


def eventually(is_so):
    for _ in range(300):
        if is_so():
            return
        time.sleep(0.1)
    raise AssertionError("this did not happen within 30 s")


def main(program):
    # Without the log line of each request.
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    s3 = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    s3.start()
    host, port = s3.get_host_and_port()
    endpoint = f"http://{host}:{port}"
    client = boto3.client("s3", endpoint_url=endpoint, **CREDENTIALS)

    def keys():
        return [entry["Key"] for entry in client.list_objects_v2(Bucket=BUCKET).get("Contents", [])]

    environment = {name.upper(): value for name, value in CREDENTIALS.items() if name != "region_name"}
    environment |= {"AWS_REGION": "us-east-1", "AWS_ENDPOINT": endpoint, "AWS_ALLOW_HTTP": "true"}
    refused = start(program, environment, stderr=subprocess.PIPE)
    _, line = refused.communicate(timeout=60)
    assert refused.returncode != 0 and "NoSuchBucket; check the name of the bucket" in line, line
    print("the service does not start while there is no bucket")

    client.create_bucket(Bucket=BUCKET)
    process, url = serve(program, environment)
    assert keys() == [], keys()
    print("the start leaves nothing in the bucket")
    client.delete_bucket(Bucket=BUCKET)
    try:
        person = {"email": "ada@example.com", "password": "correct horse battery staple"}
        requests.post(f"{url}/signup", json=person | {"name": "Ada"}, timeout=30).raise_for_status()
        token = requests.post(f"{url}/login", json=person, timeout=30).json()["token"]
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "image/png"}

        def upload():
            return requests.put(f"{url}/me/avatar", headers=headers, data=png(), timeout=60)

        refused = upload()
        assert refused.status_code == 500, refused.text
        print("the reply is 500 while there is no bucket")

        client.create_bucket(Bucket=BUCKET)
        first = upload().json()["avatarUrl"]
        assert keys() == [PREFIX + first.rsplit("/", 1)[1]], keys()
        avatar = requests.get(first, timeout=30)
        assert avatar.headers["Content-Type"] == "image/jpeg" and avatar.content[:2] == b"\xff\xd8"
        print("an uploaded avatar is in the bucket, and is served")

        second = upload().json()["avatarUrl"]
        eventually(lambda: keys() == [PREFIX + second.rsplit("/", 1)[1]])
        assert requests.get(first, timeout=30).status_code == 404
        print("a replaced avatar is deleted")

        removed = requests.delete(f"{url}/me/avatar", headers=headers, timeout=30)
        assert removed.status_code == 204, removed.text
        eventually(lambda: keys() == [])
        assert requests.get(second, timeout=30).status_code == 404
        print("a removed avatar is deleted")
    finally:
        process.terminate()
        ended = process.wait(timeout=60)
        s3.stop()
    assert ended == 0, f"the server ended with {ended}"


main(sys.argv[1])
