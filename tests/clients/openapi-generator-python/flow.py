"""The whole life of a user, through the client of openapi-generator's `python`."""

import json
import re
import sys
import time
import urllib.request
import uuid

from current_user_client import (
    AccessApi,
    AddEmail,
    ApiClient,
    ApiException,
    Configuration,
    CurrentUserApi,
    EmailsApi,
    ErasureStatus,
    LeavingApi,
    LoggedIn,
    LogIn,
    PasswordApi,
    PhoneNumberApi,
    Problem,
    ProblemCode,
    RequestPasswordReset,
    ResetPassword,
    SessionsApi,
    SetDefaultEmail,
    SetPhoneNumber,
    SignUp,
    UpdateMe,
    VerifyEmail,
    VerifyPhoneNumber,
)
from current_user_client.exceptions import (
    ConflictException,
    ForbiddenException,
    UnauthorizedException,
    UnprocessableEntityException,
)

address = sys.argv[1]
email = f"{uuid.uuid4()}@example.com"
password = "correct horse battery staple"

access = AccessApi(ApiClient(Configuration(host=address)))

user = access.sign_up(SignUp(email=email, password=password, name="Ada"))
assert user.status == "pending"


def logged_in() -> ApiClient:
    return with_token(access.log_in(LogIn(email=email, password=password)))


def with_token(session: LoggedIn) -> ApiClient:
    return ApiClient(Configuration(host=address, access_token=session.token))


def problem_of(refused: ApiException) -> Problem:
    problem = refused.data
    assert isinstance(problem, Problem), refused
    return problem


client = logged_in()
current_user = CurrentUserApi(client)
sessions = SessionsApi(client)
emails = EmailsApi(client)
phone = PhoneNumberApi(client)


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
    emails.verify_email(VerifyEmail(token=token))


verify(email)

me = current_user.get_me()
assert me.status == "active"
assert me.name == "Ada"
assert me.bio is None

me = current_user.update_me(UpdateMe(name="Ada Lovelace", bio="First programmer."))
assert me.bio == "First programmer."

me = current_user.update_me(UpdateMe(bio=None))
assert me.bio is None
assert me.name == "Ada Lovelace"

logged_in()
assert [session.current for session in sessions.list_sessions()] == [False, True]
sessions.revoke_other_sessions()
assert [session.current for session in sessions.list_sessions()] == [True]

try:
    current_user.update_me(UpdateMe(locale="xx-XX", timezone="Mars/Olympus"))
    raise AssertionError("expected 422")
except UnprocessableEntityException as refused:
    problem = problem_of(refused)
    assert problem.code == ProblemCode.VALIDATION_FAILED
    errors = problem.errors or []
    assert [error.pointer for error in errors] == ["/locale", "/timezone"]
    assert all(error.code and error.message for error in errors)

other = f"{uuid.uuid4()}@example.com"
added = emails.add_email(AddEmail(email=other))
assert not added.verified
verify(other)
me = emails.set_default_email(SetDefaultEmail(emailId=added.id))
assert me.default_email == other
listed = emails.list_emails()
assert [(one.email, one.default) for one in listed] == [(email, False), (other, True)]
emails.delete_email(listed[0].id)

phone_number = "+442071838754"
assert me.phone_number and me.phone_number.actual_instance == ""
phone.set_phone_number(SetPhoneNumber(phoneNumber=phone_number))
code = received(phone_number, "Your code for current-user")
me = phone.verify_phone_number(VerifyPhoneNumber(code=code))
assert me.phone_number and me.phone_number.actual_instance == phone_number
phone.delete_phone_number()
me = current_user.get_me()
assert me.phone_number and me.phone_number.actual_instance == ""

passwords = PasswordApi(ApiClient(Configuration(host=address)))
passwords.request_password_reset(RequestPasswordReset(email=other))
token = received(other, "Choose a new password")
email, password = other, "incorrect donkey battery staple"
passwords.reset_password(ResetPassword(token=token, newPassword=password))
try:
    current_user.get_me()
    raise AssertionError("expected 401")
except UnauthorizedException as refused:
    assert problem_of(refused).code == ProblemCode.INVALID_TOKEN
client = logged_in()
current_user = CurrentUserApi(client)

page = current_user.list_events(limit=2)
assert [event.type for event in page.results] == ["logged_in", "password_reset"]
page = current_user.list_events(limit=1, page_token=page.next_page_token)
assert [event.type for event in page.results] == ["password_reset_mailed"]

held = LeavingApi(client).export_me()
assert held.user.name == "Ada Lovelace"
assert [one.email for one in held.emails] == [email]
assert held.events[0].type == "signed_up"

left = current_user.delete_me_with_http_info()
assert left.status_code == 202 and left.headers
# In lower case: the names of headers are case-sensitive in the generated client.
receipt_id = uuid.UUID(left.headers["location"].removeprefix("/erasures/"))
# Reading a receipt needs no token.
receipt = LeavingApi(ApiClient(Configuration(host=address))).get_erasure(receipt_id)
assert receipt.status == ErasureStatus.SCHEDULED
try:
    logged_in()
    raise AssertionError("expected 403")
except ForbiddenException as refused:
    problem = problem_of(refused)
    assert problem.code == ProblemCode.ACCOUNT_DELETED
    assert problem.restorable_until == receipt.scheduled_for

current_user = CurrentUserApi(with_token(access.restore(LogIn(email=email, password=password))))
assert current_user.get_me().id == me.id
try:
    access.restore(LogIn(email=email, password=password))
    raise AssertionError("expected 409")
except ConflictException as refused:
    assert problem_of(refused).code == ProblemCode.ACCOUNT_NOT_DELETED

assert current_user.delete_me_with_http_info().status_code == 202

try:
    current_user.get_me()
    raise AssertionError("expected 401")
except UnauthorizedException as refused:
    assert problem_of(refused).code == ProblemCode.INVALID_TOKEN
