"""What a person does in a lifetime, through the client of openapi-python-client."""

import sys
import uuid

from current_user_client import AuthenticatedClient, Client
from current_user_client.api.access import log_in, sign_up
from current_user_client.api.current_user import delete_me, get_me, update_me
from current_user_client.api.sessions import list_sessions, revoke_other_sessions
from current_user_client.models import (
    LogIn,
    LoggedIn,
    Problem,
    ProblemCode,
    SignUp,
    UpdateMe,
    User,
    UserStatus,
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
    session = log_in.sync(client=anyone, body=LogIn(email=email, password=password))
    assert isinstance(session, LoggedIn), session
    return AuthenticatedClient(base_url=address, token=session.token)


client = logged_in()

me = get_me.sync(client=client)
assert isinstance(me, User), me
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

assert delete_me.sync_detailed(client=client).status_code == 202

gone = get_me.sync_detailed(client=client)
assert gone.status_code == 401
assert isinstance(gone.parsed, Problem), gone
assert gone.parsed.code == ProblemCode.INVALID_TOKEN
