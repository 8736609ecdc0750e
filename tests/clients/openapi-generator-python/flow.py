"""What a person does in a lifetime, through the client of openapi-generator's `python`."""

import sys
import uuid

from current_user_client import (
    AccessApi,
    ApiClient,
    ApiException,
    Configuration,
    CurrentUserApi,
    LogIn,
    Problem,
    ProblemCode,
    SessionsApi,
    SignUp,
    UpdateMe,
)
from current_user_client.exceptions import UnauthorizedException, UnprocessableEntityException

address = sys.argv[1]
email = f"{uuid.uuid4()}@example.com"
password = "correct horse battery staple"

access = AccessApi(ApiClient(Configuration(host=address)))

user = access.sign_up(SignUp(email=email, password=password, name="Ada"))
assert user.status == "pending"


def logged_in() -> ApiClient:
    session = access.log_in(LogIn(email=email, password=password))
    return ApiClient(Configuration(host=address, access_token=session.token))


def problem_of(refused: ApiException) -> Problem:
    problem = refused.data
    assert isinstance(problem, Problem), refused
    return problem


client = logged_in()
current_user = CurrentUserApi(client)
sessions = SessionsApi(client)

me = current_user.get_me()
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

assert current_user.delete_me_with_http_info().status_code == 202

try:
    current_user.get_me()
    raise AssertionError("expected 401")
except UnauthorizedException as refused:
    assert problem_of(refused).code == ProblemCode.INVALID_TOKEN
