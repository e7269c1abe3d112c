"""Holds the names of tests that SECURITY.md gives against the tests that there are.

check_named_tests.py ROOT: every `name` in the last column of its tables is `Suite.test` of a googletest, `*_fuzz`, or a
path; a name that is none of them is printed, and the exit status is 1.
"""

import pathlib
import re
import sys

TEST = re.compile(r"\bTEST(?:_F|_P)?\(\s*(\w+),\s*(\w+)\)")


def known_tests(root):
    return {f"{suite}.{name}" for path in (root / "tests").rglob("*.cpp")
            for suite, name in TEST.findall(path.read_text(encoding="utf-8"))}


def named_tests(text):
    """(line, name) of each name in the last column of a table."""
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("|") and line.rstrip().endswith("|"):
            for name in re.findall(r"`([^`]+)`", line.rstrip().rstrip("|").split("|")[-1]):
                yield number, name


def exists(root, name, tests):
    return name in tests or (root / "tests/fuzz" / f"{name}.cpp").exists() or ("/" in name and (root / name).exists())


def main():
    root = pathlib.Path(sys.argv[1])
    tests = known_tests(root)
    named = list(named_tests((root / "SECURITY.md").read_text(encoding="utf-8")))
    missing = [(number, name) for number, name in named if not exists(root, name, tests)]
    for number, name in missing:
        print(f"SECURITY.md:{number}: there is no test {name}")
    print(f"{len(named)} tests are named, {len(missing)} of them do not exist")
    return 1 if missing or not named else 0


if __name__ == "__main__":
    sys.exit(main())
