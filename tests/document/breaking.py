"""Finds the breaking changes between two OpenAPI documents: those that specshift finds, and
those that it does not look for. Run by `breaking`."""

import re
import sys
from dataclasses import dataclass, field

import yaml
from specshift.differ import diff_specs

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
LIMITS = ("maxLength", "minLength", "maximum", "minimum", "maxItems", "minItems", "pattern", "enum", "format")


@dataclass(frozen=True)
class Change:
    operation: str
    where: str
    what: str
    # The operation and the schemas. Naming one of them announces the change.
    names: frozenset = field(compare=False)

    def __str__(self):
        return f"{self.operation}: {self.where}{': ' if self.where else ''}{self.what}"


def operations(document):
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                yield f"{method.upper()} {path}", item[method]


def resolve(document, schema):
    """The schema behind the references, and the names of the components on the way."""
    names = set()
    while isinstance(schema, dict) and "$ref" in schema:
        names.add(schema["$ref"].rsplit("/", 1)[-1])
        node = document
        for part in schema["$ref"].removeprefix("#/").split("/"):
            node = node[part.replace("~1", "/").replace("~0", "~")]
        schema = node
    return schema or {}, names


def inlined(document):
    """The document with every shared parameter, response, header and example in its place.
    Only schemas stay references: their names are names in generated code."""

    def inline(node):
        if isinstance(node, list):
            return [inline(one) for one in node]
        if not isinstance(node, dict):
            return node
        reference = node.get("$ref")
        if isinstance(reference, str) and not reference.startswith("#/components/schemas/"):
            return inline(resolve(document, node)[0])
        return {key: inline(value) for key, value in node.items()}

    return inline(document)


def specshift_changes(old, new):
    """The breaking changes that specshift finds. A new constraint on a reply is none: it promises
    more, which breaks no client."""
    ids = {label: operation.get("operationId", label) for label, operation in operations(old)}
    for change in diff_specs(old, new).breaking_changes:
        if "> response" in change.location and re.match(r"Constraint '|A new validation pattern", change.message):
            continue
        label, _, where = change.location.partition(" > ")
        of_path = [name for label_, name in ids.items() if label_.split(" ", 1)[1] == label]
        for name in of_path or [ids.get(label, label)]:
            names = {name} | schemas_on_the_way(old, label, where)
            yield Change(name, where, change.message, frozenset(names))


def schemas_on_the_way(document, label, where):
    """The names of the schemas from a body to the field that specshift reports."""
    operation = dict(operations(document)).get(label)
    body, *fields = re.split(r" > |(?=\[\])", where)
    if operation is None:
        return set()
    if body == "request body":
        content = operation.get("requestBody", {}).get("content", {})
    elif body.startswith("response "):
        content = operation["responses"].get(body.removeprefix("response "), {}).get("content", {})
    else:
        return set()
    schema, names = resolve(document, next(iter(content.values()), {}).get("schema"))
    for step in fields:
        name = re.match(r"field '(.*)'", step)
        schema = schema.get("items") if step == "[]" else schema.get("properties", {}).get(name[1]) if name else None
        schema, more = resolve(document, schema)
        names |= more
    return names


def other_changes(old, new):
    """The breaking changes that specshift does not look for, or calls harmless. It judges most
    limits without considering whether the client or the service sends the value, and ignores the
    names in generated code."""
    found = []
    new_operations = dict(operations(new))
    for label, operation in operations(old):
        name = operation.get("operationId", label)

        def add(where, what, names=(), name=name):
            found.append(Change(name, where, what, frozenset({name, *names})))

        now = new_operations.get(label)
        if now is None:
            continue
        if now.get("operationId") != operation.get("operationId"):
            add("", f"is now called `{now.get('operationId')}`")
        parameters = {(p["in"], p["name"].lower()): p for p in now.get("parameters", [])}
        for parameter in operation.get("parameters", []):
            after = parameters.get((parameter["in"], parameter["name"].lower()))
            where = f"parameter {parameter['name']}"
            if after is None:
                add(where, "was removed")
            else:
                schemas = parameter.get("schema"), after.get("schema")
                compare(add, old, new, *schemas, where, sent_by_client=True)
        compare_content(add, old, new, operation.get("requestBody"), now.get("requestBody"), "request body", True)
        for status, reply in operation["responses"].items():
            where, after = f"response {status}", now["responses"].get(status)
            if after is None:
                add(where, "was removed")
                continue
            headers = {key.lower() for key in after.get("headers", {})}
            for header in reply.get("headers", {}):
                if header.lower() not in headers:
                    add(where, f"header {header} was removed")
            compare_content(add, old, new, reply, after, where, False)
    for name, schema in old["components"]["schemas"].items():
        if name not in new["components"]["schemas"]:
            # Generated code has a type with this name.
            found.append(Change(name, "", "this schema was removed", frozenset({name})))
    schemes = new["components"].get("securitySchemes", {})
    for name, scheme in old["components"].get("securitySchemes", {}).items():
        after = schemes.get(name, {})
        if any(scheme.get(key) != after.get(key) for key in ("type", "scheme", "in", "name")):
            found.append(Change(name, "", "this security scheme was removed or replaced", frozenset({name})))
    return found


def compare_content(add, old, new, before, after, where, sent_by_client):
    now = (after or {}).get("content", {})
    for media_type, content in (before or {}).get("content", {}).items():
        if media_type not in now:
            add(where, f"{media_type} was removed")
        else:
            schemas = content.get("schema"), now[media_type].get("schema")
            compare(add, old, new, *schemas, where, sent_by_client)


def compare(add, old, new, before, after, where, sent_by_client, names=frozenset(), depth=0):
    before, old_names = resolve(old, before)
    after, new_names = resolve(new, after)
    names = names | old_names
    if depth > 20:
        return
    if old_names != new_names and (old_names or new_names):
        add(where, f"its schema is now {' '.join(sorted(new_names)) or 'without a name'}", names)
    if sent_by_client:
        for limit in LIMITS:
            if limit in after and limit not in before:
                add(where, f"has a {limit} now", names)
        if before.get("nullable") and not after.get("nullable"):
            add(where, "must not be null any more", names)
    else:
        if after.get("nullable") and not before.get("nullable"):
            add(where, "may be null now", names)
    if "format" in before and "format" in after and before["format"] != after["format"]:
        add(where, f"has the format {after['format']} now", names)
    for key in ("oneOf", "anyOf"):
        was, now = before.get(key, []), after.get(key, [])
        if len(was) != len(now) and not (sent_by_client and len(now) > len(was) > 0):
            add(where, f"has {len(now)} alternatives now, not {len(was)}", names)
        for number, pair in enumerate(zip(was, now, strict=False)):
            compare(add, old, new, *pair, f"{where} > {key} {number + 1}", sent_by_client, names, depth + 1)
    if "items" in before and "items" in after:
        compare(add, old, new, before["items"], after["items"], f"{where}[]", sent_by_client, names, depth + 1)
    properties = after.get("properties", {})
    for name, schema in before.get("properties", {}).items():
        if name in properties:
            inner = f"{where} > field '{name}'"
            compare(add, old, new, schema, properties[name], inner, sent_by_client, names, depth + 1)
        elif sent_by_client and after.get("additionalProperties") is False:
            add(where, f"field '{name}' is refused now", names)


def breaking_changes(old, new):
    old, new = inlined(old), inlined(new)
    unique = dict.fromkeys([*specshift_changes(old, new), *other_changes(old, new)])
    return sorted(unique, key=str)


def announced(changelog):
    """The names in backticks in the section *Breaking* of the unreleased changes."""
    text = open(changelog, encoding="utf-8").read()
    unreleased = re.search(r"^## \[Unreleased\]$(.*?)(?=^## |\Z)", text, re.M | re.S)
    breaking = unreleased and re.search(r"^### Breaking$(.*?)(?=^### |\Z)", unreleased[1], re.M | re.S)
    return set(re.findall(r"`([^`\n]+)`", breaking[1])) if breaking else set()


def main():
    released, current, changelog = sys.argv[1:]
    with open(released, encoding="utf-8") as file:
        old = yaml.safe_load(file)
    with open(current, encoding="utf-8") as file:
        new = yaml.safe_load(file)
    names = announced(changelog)
    unannounced = 0
    for change in breaking_changes(old, new):
        is_announced = bool(change.names & names)
        unannounced += not is_announced
        print(f"{'announced' if is_announced else 'BREAKING '} {change}")
    if unannounced:
        print(f"{unannounced} breaking changes since the last release are not announced in CHANGELOG.md.")
        print("Undo them, or name the operation or schema there: `breaking --help` says how.")
    else:
        print("No unannounced breaking change since the last release.")
    sys.exit(unannounced > 0)


if __name__ == "__main__":
    main()
