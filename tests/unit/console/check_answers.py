#!/usr/bin/env python3
"""Holds answers of the console's API against docs/openapi.json: check_answers.py OPENAPI ANSWERS.

Every answer must be described (path, method, status) and valid; every described operation must have been answered
with success. Prints each breach; exit 1.
"""
import json
import sys
import warnings

warnings.simplefilter("ignore", DeprecationWarning)  # Debian 12's version has nothing in RefResolver's place

import jsonschema  # noqa: E402


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        api = json.load(file)
    with open(sys.argv[2], encoding="utf-8") as file:
        answers = json.load(file)
    breaches = []
    if not api["openapi"].startswith("3.1."):
        breaches.append("the description is not OpenAPI 3.1")
    resolver = jsonschema.RefResolver.from_schema(api)
    done = set()
    for answer in answers:
        where = f"{answer['method']} {answer['path']} -> {answer['status']}"
        operation = api["paths"].get(answer["path"], {}).get(answer["method"])
        response = operation and operation["responses"].get(answer["status"])
        if not response:
            breaches.append(f"{where}: not described; the answer was {json.dumps(answer['body'])[:300]}")
            continue
        if "$ref" in response:
            response = resolver.resolve(response["$ref"])[1]
        schema = response["content"]["application/json"]["schema"]
        jsonschema.Draft202012Validator.check_schema(schema)
        for error in jsonschema.Draft202012Validator(schema, resolver=resolver).iter_errors(answer["body"]):
            at = "/".join(str(part) for part in error.absolute_path)
            breaches.append(f"{where}: {at}: {error.message[:300]}")
        if answer["status"].startswith("2"):
            done.add((answer["path"], answer["method"]))
    for path, operations in api["paths"].items():
        for method in operations:
            if method in ("get", "post") and (path, method) not in done:
                breaches.append(f"{method} {path}: no answer was checked")
    print("\n".join(breaches) if breaches else f"{len(answers)} answers are as described")
    return 1 if breaches else 0


if __name__ == "__main__":
    sys.exit(main())
