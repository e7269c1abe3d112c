#!/usr/bin/env python3
"""Holds the floors of ARCHITECTURE.md: which folder may include which, and no circle.

Every #include "..." under src/ must be a full path from src/ to a file that exists, in a folder that the
including folder may see. Headers must not include each other in a circle. Prints each breach; exit 1.
"""
import pathlib
import re
import sys

# folder -> what it may include beside itself. Exact files are allowed where only a port may be seen.
FLOORS = {
    "base": set(),
    "core": {"base"},
    "compile": {"base", "core"},
    "net": {"base"},
    "config": {"base"},
    "feeds": {"base", "core", "net"},
    "gateways": {"base", "core", "net"},
    "store": {"base", "core", "net"},
    "engine": {"base", "core", "net", "feeds/feed.hpp", "gateways/gateway.hpp", "store/store.hpp"},
    "daemon": {"base", "core", "net", "engine"},
    "metrics": {"base", "core", "store/store.hpp"},
    "notify": {"base", "core", "net", "store/store.hpp"},
    "sandbox": {"base", "net"},
    "console": {"base", "core", "net", "config", "engine", "feeds/feed.hpp", "gateways/gateway.hpp", "store/store.hpp"},
    "cli": {"base", "core", "compile", "net", "config", "feeds", "gateways", "store", "engine", "daemon", "metrics", "notify",
            "console", "sandbox"},
}
INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"', re.MULTILINE)


def circle_in(graph):
    """The first circle found in the include graph, as a list of files, or None."""
    state, path = {}, []

    def visit(node):
        state[node] = "open"
        path.append(node)
        for target in graph.get(node, ()):
            if state.get(target) == "open":
                return path[path.index(target):] + [target]
            if target not in state:
                found = visit(target)
                if found:
                    return found
        state[node] = "done"
        path.pop()
        return None

    for node in sorted(graph):
        if node not in state:
            found = visit(node)
            if found:
                return found
    return None


def main():
    src = pathlib.Path(sys.argv[1]) / "src"
    breaches, graph, files = [], {}, 0
    for file in sorted(src.rglob("*.[ch]pp")):
        files += 1
        name = file.relative_to(src).as_posix()
        folder = name.split("/")[0]
        if folder not in FLOORS:
            breaches.append(f"{name}: folder '{folder}' has no floor; add it to ARCHITECTURE.md and to this test")
            continue
        graph[name] = []
        for included in INCLUDE.findall(file.read_text(encoding="utf-8")):
            other = included.split("/")[0]
            if not (src / included).is_file():
                breaches.append(f'{name}: "{included}" is no file under src/; includes are full paths from src/')
            elif other != folder and other not in FLOORS[folder] and included not in FLOORS[folder]:
                breaches.append(f'{name}: may not include "{included}": {folder} must not see {other}')
            else:
                graph[name].append(included)
    circle = circle_in({f: t for f, t in graph.items() if f.endswith(".hpp")})
    if circle:
        breaches.append("headers include each other in a circle: " + " -> ".join(circle))
    if files == 0:
        breaches.append(f"no source files under {src}")
    print("\n".join(breaches) if breaches else f"{files} files keep their floors")
    return 1 if breaches else 0


if __name__ == "__main__":
    sys.exit(main())
