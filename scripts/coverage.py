"""Line coverage by folder of src, from the .gcda files of a build with g++ --coverage.

coverage.py BUILD LEAST FOLDER...: prints a line for each folder and the sources with the most lines that no test
reaches. Ends with 1 where a folder is below LEAST per cent. A line counts as reached where any object file reached it.
"""

import json
import pathlib
import subprocess
import sys


def counts_of(gcda):
    """(file, line) -> executions, of one object file."""
    run = subprocess.run(["gcov", "--json-format", "--stdout", gcda.name], cwd=gcda.parent, capture_output=True, check=True)
    counts = {}
    for text in run.stdout.splitlines():
        for file in json.loads(text)["files"]:
            for line in file["lines"]:
                place = file["file"], line["line_number"]
                counts[place] = max(counts.get(place, 0), line["count"])
    return counts


def main():
    build, least, folders = pathlib.Path(sys.argv[1]), float(sys.argv[2]), sys.argv[3:]
    source = pathlib.Path(__file__).resolve().parent.parent / "src"
    reached = {}
    for gcda in build.rglob("*.gcda"):
        for (name, line), count in counts_of(gcda).items():
            path = (build / name).resolve()
            if source in path.parents:
                place = path.relative_to(source).as_posix(), line
                reached[place] = reached.get(place, False) or count > 0
    status = 0
    gaps = {}
    print(f"{'folder':<12}{'lines':>8}{'reached':>9}{'':>4}per cent")
    for folder in folders:
        lines = {place: hit for place, hit in reached.items() if place[0].startswith(folder + "/")}
        share = 100 * sum(lines.values()) / max(1, len(lines))
        if share < least:
            status = 1
        print(f"{folder:<12}{len(lines):>8}{sum(lines.values()):>9}{share:>12.1f}{'  below ' + str(least) if share < least else ''}")
        for (name, line), hit in lines.items():
            if not hit:
                gaps.setdefault(name, []).append(line)
    print("\nmost lines that no test reaches:")
    for name, lines in sorted(gaps.items(), key=lambda gap: -len(gap[1]))[:15]:
        print(f"{len(lines):>5}  {name}: {ranges(sorted(lines))}")
    return status


def ranges(lines):
    """"3, 7-9" of [3, 7, 8, 9]; the first ten."""
    found = []
    for line in lines:
        if found and line == found[-1][1] + 1:
            found[-1][1] = line
        else:
            found.append([line, line])
    return ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in found[:10]) + (" ..." if len(found) > 10 else "")


if __name__ == "__main__":
    sys.exit(main())
