"""Hooks for schemathesis: how to make values of the formats of the service, and how to stay
logged in while schemathesis logs out, changes passwords and deletes users."""

import ast
import atexit
import collections
import itertools
import json
import os
import random
import re
import string
import struct
import sys
import threading
import unicodedata
import zlib

import requests
import schemathesis
from hypothesis import strategies as st

URL = os.environ["CURRENT_USER_FUZZ_URL"]

# hypothesis changes the recursion limit again and again, and all threads share it. Python 3.11
# and older can't parse while another thread changes it. So the limit is set once, high enough.
sys.setrecursionlimit(3000)
sys.setrecursionlimit = lambda limit: None

# It can't parse in two threads at once, either: they share a counter, and parsing fails with "AST
# constructor recursion depth mismatch" (https://github.com/python/cpython/issues/106905).
parsing = threading.RLock()
parse = ast.parse


def parse_alone(*args, **kwargs):
    with parsing:
        return parse(*args, **kwargs)


ast.parse = parse_alone

# --- Formats: those that only this service has, and `uri`, of which it accepts a part.

LANGUAGES = ["ar", "cy", "de", "en", "es", "fil", "fr", "he", "hi", "iw", "ja", "nb", "pt", "sr", "sw", "yue", "zh"]
SCRIPTS = ["", "-Latn", "-Cyrl", "-Arab", "-Hans", "-Hant"]
REGIONS = ["", "-AT", "-BR", "-CN", "-DE", "-GB", "-IN", "-MX", "-RS", "-US", "-001", "-419"]
EXTENSIONS = ["", "-u-ca-buddhist", "-u-nu-latn", "-x-private"]
LOCALES = list(map("".join, itertools.product(LANGUAGES, SCRIPTS, REGIONS, EXTENSIONS)))
LOCALES += ["und", "und-DE", "x-private", "en-US-posix", "i-default"]
TIMEZONES = [
    "Africa/Abidjan", "America/Argentina/Buenos_Aires", "America/New_York", "America/Port-au-Prince",
    "Antarctica/Troll", "Asia/Calcutta", "Asia/Kathmandu", "Asia/Tokyo", "Atlantic/Azores",
    "Australia/Lord_Howe", "EST5EDT", "Etc/GMT+5", "Etc/GMT-14", "Europe/Berlin", "Europe/London", "GB",
    "Pacific/Chatham", "US/Pacific", "UTC", "Zulu",
]


def in_any_case(values):
    change = st.sampled_from([str, str.lower, str.upper])
    return st.builds(lambda change, value: change(value), change, st.sampled_from(values))


# Without lone surrogates: they are no characters, and JSON in UTF-8 can't contain them.
CHARACTERS = st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"])


def text(length):
    # The end makes sure that it is no common password, because these are all ASCII, and that four
    # letters are left without the words of a user's name and addresses.
    end = "ßøþŋ"
    size = length - len(end)
    return st.text(CHARACTERS, min_size=size, max_size=size).map(f"{{}}{end}".format)


FORMATS = {
    "locale-bcp47": in_any_case(LOCALES),
    # The coverage phase needs values of exactly these lengths.
    "new-password": st.one_of(map(text, [8, 9, 20, 255, 256])),
    "phone-number": st.builds("+{}{}".format, st.integers(1, 9), st.text(string.digits, min_size=1, max_size=14)),
    "timezone": in_any_case(TIMEZONES),
    "uri": st.builds(
        "{}://{}{}{}{}".format,
        st.sampled_from(["https", "HTTPS", "Https"]),
        st.sampled_from(["example.com", "images.EXAMPLE.com", "127.0.0.1", "[::1]", "xn--bcher-kva.example"]),
        st.sampled_from(["", ":443", ":8443"]),
        st.just("") | st.text(string.ascii_letters + string.digits + "-._~/", max_size=64).map("/{}".format),
        st.sampled_from(["", "?", "?size=512&v=%C3%A4", "#top"]),
    ),
}
for name, strategy in FORMATS.items():
    schemathesis.openapi.format(name, strategy)



def chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(width, height, grey):
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    pixels = zlib.compress((b"\0" + bytes([grey]) * width) * height)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


# The bodies of the only operation that accepts no JSON.
IMAGES = st.builds(png, st.integers(1, 64), st.integers(1, 64), st.integers(0, 255))
schemathesis.openapi.media_type("application/octet-stream", IMAGES)

KNOWN = {
    "locale": {locale.lower() for locale in LOCALES},
    "timezone": {timezone.lower() for timezone in TIMEZONES},
}
ENTITY_TAGS = re.compile(r'\*|(W/)?"')


@schemathesis.hook
def filter_case(context, case):
    """Drops cases that the coverage phase wrongly takes for valid. It makes headers of letters
    and digits, whatever their pattern is. It makes locales and time zones from their patterns
    alone, because it ignores formats that it does not know by itself. Also drops texts that break
    a rule that no pattern expresses."""
    if not is_positive(case):
        return True
    if any(not ENTITY_TAGS.match(case.headers[name]) for name in wants_entity_tags(case)):
        return False
    return has_known_values(case) and has_possible_texts(case)


def has_possible_texts(case):
    """Whether the name has something visible, and the biography is short enough once each of its line
    breaks is one character."""
    body = case.body if isinstance(case.body, dict) else {}
    name, bio = body.get("name"), body.get("bio")
    is_name = not isinstance(name, str) or any(is_visible(char) for char in name)
    return is_name and (not isinstance(bio, str) or len(bio.replace("\r\n", "\n")) <= 4096)


def is_visible(char):
    """Whether a character shows something. Five letters and signs are blank."""
    return unicodedata.category(char)[0] in "LNPS" and char not in "\u115f\u3164\uffa0\u2800\U0001d159"


def has_known_values(case):
    values = [(known, case.body.get(name)) for name, known in KNOWN.items()] if isinstance(case.body, dict) else []
    return all(not isinstance(value, str) or value.lower() in known for known, value in values)


@schemathesis.hook
def before_add_examples(context, examples):
    """Drops the example that shows a refusal: a time zone that does not exist."""
    examples[:] = filter(has_known_values, examples)


# --- Authentication. Each thread is logged in as a user of its own. If a request ends the session,
# the thread logs in again before its next request. If a request deletes the user, it signs up anew.

# The rounds of one run share a database, so their addresses must differ.
ROUND = os.environ["CURRENT_USER_FUZZ_ROUND"]
NUMBERS = itertools.count(1)
TOKENS = set()


class User:
    def __init__(self, email, password):
        self.email, self.password, self.token, self.receipt_id = email, password, None, None

    @classmethod
    def sign_up(cls):
        user = cls(f"fuzz-{ROUND}-{next(NUMBERS)}@example.com", "correct horse battery staple")
        reply = post("/signup", {"email": user.email, "password": user.password, "name": "Fuzz"})
        reply.raise_for_status()
        return user

    def log_in(self):
        reply = post("/login", self.credentials())
        if reply.ok:
            self.logged_in(reply.json()["token"])
        return reply.ok

    def logged_in(self, token):
        self.token = token
        TOKENS.add(f"Bearer {token}")

    def credentials(self):
        return {"email": self.email, "password": self.password}

    def leave(self):
        reply = requests.delete(URL + "/me", headers={"Authorization": f"Bearer {self.token}"}, timeout=30)
        reply.raise_for_status()
        self.left(reply.headers["Location"])

    def left(self, location):
        self.token, self.receipt_id = None, location.removeprefix("/erasures/")
        this_thread.user = None
        this_thread.left.append(self)


def post(path, body):
    return requests.post(URL + path, json=body, timeout=30)


class Threads(threading.local):
    def __init__(self):
        self.user = None
        # The earlier users of the thread, which are deleted and can be restored.
        self.left = []


this_thread = Threads()


def current_user():
    user = this_thread.user
    if user is None or not (user.token or user.log_in()):
        user = this_thread.user = User.sign_up()
        if not user.log_in():
            raise RuntimeError("A user who has just signed up can't log in")
    return user


def someone_who_left():
    if not this_thread.left:
        current_user().leave()
    return random.choice(this_thread.left)


def get(path):
    return requests.get(URL + path, headers={"Authorization": f"Bearer {current_user().token}"}, timeout=30)


# Not cached by schemathesis: all threads share its cache, and only a failed request tells it
# that a token does not work any more.
@schemathesis.auth(refresh_interval=None)
class Token:
    def get(self, case, context):
        return current_user().token if case.operation.definition.raw.get("security") else None

    def set(self, case, data, context):
        case.headers["Authorization"] = f"Bearer {data}"


# --- Hooks before and after a request.

COUNTS = collections.Counter()
COUNTS_LOCK = threading.Lock()


def operation_id(case):
    return case.operation.definition.raw["operationId"]


def phase(case):
    return case.meta.phase.name.value if case.meta else "other"


def is_positive(case):
    return case.meta is not None and case.meta.generation.mode.is_positive


def has(body, *names):
    return isinstance(body, dict) and all(isinstance(body.get(name), str) for name in names)


def chance(case, of):
    return random.Random(f"{of} {case.id}").random() < 0.75


PASSWORDS = {"changePassword": "currentPassword", "reauthenticate": "password"}


def wants_entity_tags(case):
    return [name for name in ("If-Match", "If-None-Match") if name in case.headers]


@schemathesis.hook
def before_call(context, case, kwargs):
    """Replaces tokens that do not work any more, because cases are made ahead. Schemathesis can't
    guess passwords, ids and entity tags, so most valid cases get the real ones."""
    if case.headers.get("Authorization") in TOKENS:
        case.headers["Authorization"] = f"Bearer {current_user().token}"
    # The steps of a walk must not be changed, so that it can be repeated.
    if not is_positive(case) or phase(case) == "stateful":
        return
    operation = operation_id(case)
    if operation in PASSWORDS and has(case.body, PASSWORDS[operation]) and chance(case, "password"):
        case.body[PASSWORDS[operation]] = current_user().password
    # A taken address would end the sign-up before most of its code is run.
    if operation == "signUp" and has(case.body, "email") and len(case.body["email"]) < 64 and chance(case, "email"):
        case.body["email"] = f"{ROUND}.{next(NUMBERS)}.{case.body['email']}"
    if operation == "revokeSession" and chance(case, "session"):
        case.path_parameters["sessionId"] = random.choice(get("/me/sessions").json())["id"]
    if operation in ("deleteEmail", "sendEmailVerification") and chance(case, "address"):
        case.path_parameters["emailId"] = random.choice(get("/me/emails").json())["id"]
    if operation == "setDefaultEmail" and has(case.body, "emailId") and chance(case, "address"):
        case.body["emailId"] = random.choice(get("/me/emails").json())["id"]
    if operation == "listEvents" and "pageToken" in case.query and chance(case, "event"):
        case.query["pageToken"] = random.choice(get("/me/events").json()["results"])["id"]
    if operation == "getErasure" and chance(case, "receipt"):
        case.path_parameters["receiptId"] = someone_who_left().receipt_id
    # Only a user who is not deleted can log in, and only a deleted one can be restored. Some cases
    # get the other user.
    if operation in ("logIn", "restore") and phase(case) == "fuzzing" and chance(case, "password"):
        is_there = chance(case, "user") == (operation == "logIn")
        case.body = (current_user() if is_there else someone_who_left()).credentials()
    for name in wants_entity_tags(case):
        if chance(case, name):
            case.headers[name] = get("/me").headers["ETag"]


@schemathesis.hook
def after_call(context, case, response):
    """Notes how the request changed this thread's user, and counts the request."""
    with COUNTS_LOCK:
        COUNTS[phase(case)] += 1
    operation, status, user = operation_id(case), response.status_code, this_thread.user
    if operation in ("logIn", "restore") and status == 200 and has(case.body, "email", "password"):
        # The thread goes on as the user who has logged in.
        user = this_thread.user = User(case.body["email"], case.body["password"])
        user.logged_in(response.json()["token"])
        this_thread.left = [one for one in this_thread.left if one.email != user.email]
    elif user is None or response.request.headers.get("Authorization") != f"Bearer {user.token}":
        return
    elif operation == "changePassword" and status == 204:
        user.password = case.body["newPassword"]
    elif operation == "reauthenticate" and status == 200:
        user.logged_in(response.json()["token"])
    elif operation == "deleteMe" and status == 202:
        user.left(response.headers["location"][0])
    # Another user may send this request again.
    elif status == 429 and phase(case) != "stateful":
        this_thread.user = None
    # The request may have ended the session in use.
    elif status == 401 or operation in ("logOut", "revokeSession") and status == 204:
        user.token = None


@atexit.register
def write_counts():
    path = os.environ.get("CURRENT_USER_FUZZ_COUNTS")
    if path:
        with open(path, "w", encoding="utf-8") as file:
            json.dump(COUNTS, file)
