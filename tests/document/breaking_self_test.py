"""Changes copies of the document in many ways, and asserts which changes `breaking` finds. Each
entry is a change that breaks a client, or one that does not. Run by `breaking --self-test`."""

import copy
import sys

import yaml
from breaking import breaking_changes, operations


def _operation(document, operation_id):
    return next(operation for _, operation in operations(document) if operation.get("operationId") == operation_id)


def _schemas(document):
    return document["components"]["schemas"]


def _delete_operation(document):
    del document["paths"]["/me"]["delete"]


def _delete_path(document):
    del document["paths"]["/logout"]


def _rename_operation(document):
    _operation(document, "getMe")["operationId"] = "readMe"


def _require_token(document):
    _operation(document, "signUp")["security"] = [{"token": []}]


def _require_parameter(document):
    parameter = {"name": "X-Tenant", "in": "header", "required": True, "schema": {"type": "string"}}
    _operation(document, "getMe").setdefault("parameters", []).append(parameter)


def _new_required_property(document):
    schema = _schemas(document)["SignUp"]
    schema["properties"]["terms"] = {"type": "boolean"}
    schema["required"].append("terms")


def _remove_response_header(document):
    del _operation(document, "signUp")["responses"]["201"]["headers"]["Location"]


def _add_operation(document):
    document["paths"]["/me/friends"] = {"get": {"operationId": "listFriends", "responses": {"200": {"description": ""}}}}


def _add_parameter(document):
    parameter = {"name": "X-Hint", "in": "header", "required": False, "schema": {"type": "string"}}
    _operation(document, "getMe").setdefault("parameters", []).append(parameter)


def _rename_schema(document):
    _schemas(document)["BodyError"] = _schemas(document).pop("FieldError")
    _schemas(document)["Problem"]["properties"]["errors"]["items"]["$ref"] = "#/components/schemas/BodyError"


def _property(schema, name):
    return lambda document: _schemas(document)[schema]["properties"][name]


def _change(schema, name, **keywords):
    return lambda document: _property(schema, name)(document).update(keywords)


def _without(schema, name, keyword):
    return lambda document: _property(schema, name)(document).pop(keyword)


SELF_TEST = [
    # The change in words, the function that makes it, and the name that has to announce it, or
    # None if the change breaks no client.
    ("an operation is removed", _delete_operation, "deleteMe"),
    ("a path is removed", _delete_path, "logOut"),
    ("an operation has another name", _rename_operation, "getMe"),
    ("an operation needs a token", _require_token, "signUp"),
    ("a parameter is needed", _require_parameter, "getMe"),
    ("an optional property of a request is required",
     lambda d: _schemas(d)["SignUp"]["required"].append("locale"), "SignUp"),
    ("a new property of a request is required", _new_required_property, "SignUp"),
    ("a property of a request is gone", lambda d: _schemas(d)["UpdateMe"]["properties"].pop("bio"), "UpdateMe"),
    ("a property of a request can't be null", _without("UpdateMe", "bio", "nullable"), "UpdateMe"),
    ("a request's maxLength is smaller", _change("UpdateMe", "bio", maxLength=100), "UpdateMe"),
    ("a request's minLength is larger", _change("SignUp", "password", minLength=12), "SignUp"),
    ("a request's property gets a pattern", _change("SignUp", "password", pattern="^x"), "SignUp"),
    ("a request's property gets an enum", _change("UpdateMe", "locale", enum=["en"]), "UpdateMe"),
    ("a request's property gets another format", _change("SignUp", "name", format="hostname"), "SignUp"),
    ("a property has another type", _change("User", "activeSessions", type="string"), "User"),
    ("a property of a reply is gone", lambda d: _schemas(d)["User"]["properties"].pop("bio"), "User"),
    ("a property of a reply inside a reply is gone",
     lambda d: _schemas(d)["User"]["properties"].pop("timezone"), "User"),
    ("a property of a reply may be absent", lambda d: _schemas(d)["User"]["required"].remove("name"), "User"),
    ("a property of a reply may be null", _change("User", "name", nullable=True), "User"),
    ("an enum has a value less", lambda d: _property("User", "status")(d)["enum"].remove("banned"), "User"),
    ("a property of a reply has an alternative more",
     lambda d: _property("User", "phoneNumber")(d)["oneOf"].append({"type": "integer"}), "User"),
    ("a status is gone", lambda d: _operation(d, "signUp")["responses"].pop("409"), "signUp"),
    ("a success is gone", lambda d: _operation(d, "logOut")["responses"].pop("204"), "logOut"),
    ("a header of a reply is gone", _remove_response_header, "signUp"),
    ("a header of a shared reply is gone",
     lambda d: d["components"]["responses"]["InvalidImage"]["headers"].pop("X-Request-Id"), "putAvatar"),
    ("a shared parameter is gone", lambda d: _operation(d, "updateMe").pop("parameters"), "updateMe"),
    ("a schema has another name", _rename_schema, "FieldError"),
    ("the token goes elsewhere",
     lambda d: d["components"]["securitySchemes"]["token"].update(type="apiKey", name="X-Key"), "token"),
    ("there is a new operation", _add_operation, None),
    ("there is a new optional parameter", _add_parameter, None),
    ("there is a new optional property of a request",
     lambda d: _schemas(d)["SignUp"]["properties"].update(bio={"type": "string"}), None),
    ("there is a new property of a reply",
     lambda d: _schemas(d)["User"]["properties"].update(nickname={"type": "string"}), None),
    ("there is a new status", lambda d: _operation(d, "getMe")["responses"].update({"429": {"description": ""}}), None),
    ("there is a new error code", lambda d: _schemas(d)["ProblemCode"]["enum"].append("rate_limited"), None),
    ("a request's maxLength is larger", _change("UpdateMe", "bio", maxLength=8192), None),
    ("a request's pattern is gone", _without("UpdateMe", "bio", "pattern"), None),
    ("a required property of a request is optional",
     lambda d: _schemas(d)["SignUp"]["required"].remove("name"), None),
    ("a property of a request may be null", _change("SignUp", "locale", nullable=True), None),
    ("a property of a reply is shorter", _change("User", "bio", maxLength=100), None),
    ("a property of a reply is always there", lambda d: _schemas(d)["User"]["required"].append("bio"), None),
    ("a description is another", _change("User", "bio", description="Another."), None),
]


def self_test(document):
    wrong = 0
    for what, mutate, name in SELF_TEST:
        changed = copy.deepcopy(document)
        mutate(changed)
        changes = breaking_changes(document, changed)
        seen = [change for change in changes if name in change.names]
        # A harmless change must not be found. A breaking one must be announced by one name.
        right = len(seen) == len(changes) and bool(changes) == (name is not None)
        wrong += not right
        verdict = "breaks" if changes else "passes"
        print(f"{'ok   ' if right else 'WRONG'} {verdict}: {what}")
        if not right:
            print(*(f"        {change}" for change in changes), sep="\n")
    print(f"{len(SELF_TEST)} changes, {wrong} judged wrong")
    return wrong == 0


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        sys.exit(not self_test(yaml.safe_load(file)))


main()
