"""The whole life of a user, through the client of openapi-python-client."""

import json
import re
import sys
import time
import urllib.request
import uuid

from current_user_client import AuthenticatedClient, Client
from current_user_client.api.access import log_in, restore, sign_up
from current_user_client.api.current_user import delete_me, get_me, list_events, update_me
from current_user_client.api.emails import (
    add_email,
    delete_email,
    list_emails,
    set_default_email,
    verify_email,
)
from current_user_client.api.leaving import export_me, get_erasure
from current_user_client.api.password import request_password_reset, reset_password
from current_user_client.api.phone_number import (
    delete_phone_number,
    set_phone_number,
    verify_phone_number,
)
from current_user_client.api.sessions import list_sessions, revoke_other_sessions
from current_user_client.models import (
    AddEmail,
    Erasure,
    ErasureStatus,
    EventPage,
    EventType,
    Export,
    LogIn,
    LoggedIn,
    Problem,
    ProblemCode,
    RequestPasswordReset,
    ResetPassword,
    SetDefaultEmail,
    SetPhoneNumber,
    SignUp,
    UpdateMe,
    User,
    UserEmail,
    UserNoNumber,
    UserStatus,
    VerifyEmail,
    VerifyPhoneNumber,
)
from current_user_client.types import Unset

address = sys.argv[1]
email = f"{uuid.uuid4()}@example.com"
password = "correct horse battery staple"

anyone = Client(base_url=address)

user = sign_up.sync(client=anyone, body=SignUp(email=email, password=password, name="Ada"))
assert isinstance(user, User), user
assert user.status == UserStatus.PENDING


def logged_in() -> AuthenticatedClient:
    return with_token(log_in.sync(client=anyone, body=LogIn(email=email, password=password)))


def with_token(session: LoggedIn | Problem | None) -> AuthenticatedClient:
    assert isinstance(session, LoggedIn), session
    return AuthenticatedClient(base_url=address, token=session.token)


client = logged_in()


def received(to: str, subject: str) -> str:
    """The token or the code of the last message with a subject. Only a demo shows messages."""
    for _ in range(100):
        with urllib.request.urlopen(f"{address}/dev/messages", timeout=10) as reply:
            messages = json.load(reply)
        for message in messages:
            if (message["to"], message["subject"]) == (to, subject):
                secret = re.search(r"cu1_[a-z2-7]{58}|\b\d{6}\b", message["text"])
                assert secret, message
                return secret[0]
        time.sleep(0.1)
    raise AssertionError(f"no message {subject!r} was sent to {to}")


def verify(address: str) -> None:
    token = received(address, "Confirm your email address")
    reply = verify_email.sync_detailed(client=client, body=VerifyEmail(token=token))
    assert reply.status_code == 204


verify(email)

me = get_me.sync(client=client)
assert isinstance(me, User), me
assert me.status == UserStatus.ACTIVE
assert me.name == "Ada"
assert isinstance(me.bio, Unset)

me = update_me.sync(client=client, body=UpdateMe(name="Ada Lovelace", bio="First programmer."))
assert isinstance(me, User), me
assert me.bio == "First programmer."

me = update_me.sync(client=client, body=UpdateMe(bio=None))
assert isinstance(me, User), me
assert isinstance(me.bio, Unset)
assert me.name == "Ada Lovelace"

logged_in()
sessions = list_sessions.sync(client=client)
assert isinstance(sessions, list), sessions
assert [session.current for session in sessions] == [False, True]
revoke_other_sessions.sync(client=client)
sessions = list_sessions.sync(client=client)
assert isinstance(sessions, list), sessions
assert [session.current for session in sessions] == [True]

refused = update_me.sync_detailed(
    client=client, body=UpdateMe(locale="xx-XX", timezone="Mars/Olympus")
)
assert refused.status_code == 422
problem = refused.parsed
assert isinstance(problem, Problem), problem
assert problem.code == ProblemCode.VALIDATION_FAILED
assert not isinstance(problem.errors, Unset)
assert [error.pointer for error in problem.errors] == ["/locale", "/timezone"]
assert all(error.code and error.message for error in problem.errors)

other = f"{uuid.uuid4()}@example.com"
added = add_email.sync(client=client, body=AddEmail(email=other))
assert isinstance(added, UserEmail), added
assert not added.verified
verify(other)
me = set_default_email.sync(client=client, body=SetDefaultEmail(email_id=added.id))
assert isinstance(me, User), me
assert me.default_email == other
emails = list_emails.sync(client=client)
assert isinstance(emails, list), emails
assert [(one.email, one.default) for one in emails] == [(email, False), (other, True)]
assert delete_email.sync_detailed(emails[0].id, client=client).status_code == 204

phone_number = "+442071838753"
assert me.phone_number == UserNoNumber.NONE
set_phone_number.sync_detailed(client=client, body=SetPhoneNumber(phone_number=phone_number))
code = received(phone_number, "Your code for current-user")
me = verify_phone_number.sync(client=client, body=VerifyPhoneNumber(code=code))
assert isinstance(me, User), me
assert me.phone_number == phone_number
delete_phone_number.sync_detailed(client=client)
me = get_me.sync(client=client)
assert isinstance(me, User), me
assert me.phone_number == UserNoNumber.NONE

request_password_reset.sync_detailed(client=anyone, body=RequestPasswordReset(email=other))
token = received(other, "Choose a new password")
email, password = other, "incorrect donkey battery staple"
reset_password.sync_detailed(
    client=anyone, body=ResetPassword(token=token, new_password=password)
)
assert get_me.sync_detailed(client=client).status_code == 401
client = logged_in()

page = list_events.sync(client=client, limit=2)
assert isinstance(page, EventPage), page
assert [event.type_ for event in page.results] == [EventType.LOGGED_IN, EventType.PASSWORD_RESET]
page = list_events.sync(client=client, limit=1, page_token=page.next_page_token)
assert isinstance(page, EventPage), page
assert [event.type_ for event in page.results] == [EventType.PASSWORD_RESET_MAILED]

held = export_me.sync(client=client)
assert isinstance(held, Export), held
assert held.user.name == "Ada Lovelace"
assert [one.email for one in held.emails] == [email]
assert held.events[0].type_ == EventType.SIGNED_UP

left = delete_me.sync_detailed(client=client)
assert left.status_code == 202
# Reading a receipt needs no token.
receipt_id = uuid.UUID(left.headers["Location"].removeprefix("/erasures/"))
receipt = get_erasure.sync(receipt_id, client=anyone)
assert isinstance(receipt, Erasure), receipt
assert receipt.status == ErasureStatus.SCHEDULED
closed = log_in.sync_detailed(client=anyone, body=LogIn(email=email, password=password))
assert closed.status_code == 403
assert isinstance(closed.parsed, Problem), closed
assert closed.parsed.code == ProblemCode.ACCOUNT_DELETED
assert closed.parsed.restorable_until == receipt.scheduled_for

client = with_token(restore.sync(client=anyone, body=LogIn(email=email, password=password)))
same = get_me.sync(client=client)
assert isinstance(same, User), same
assert same.id == me.id
twice = restore.sync_detailed(client=anyone, body=LogIn(email=email, password=password))
assert twice.status_code == 409
assert isinstance(twice.parsed, Problem), twice
assert twice.parsed.code == ProblemCode.ACCOUNT_NOT_DELETED

assert delete_me.sync_detailed(client=client).status_code == 202

gone = get_me.sync_detailed(client=client)
assert gone.status_code == 401
assert isinstance(gone.parsed, Problem), gone
assert gone.parsed.code == ProblemCode.INVALID_TOKEN
