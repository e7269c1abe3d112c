#!/usr/bin/env python3
"""Rules, dashboard and manual against the numbers that the program really writes.

check_monitoring.py SOURCE PROGRAM names              every metric that they name exists, and the manual names all
check_monitoring.py SOURCE PROGRAM promtool FOLDER    promtool takes rules and numbers; 77 where it cannot be had
"""
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import urllib.request

NAME = re.compile(r"\bcordon_[a-z_]+")
SERIES = re.compile(r"_(bucket|sum|count)$")


RECEIVER = """
[notify_check]
kind = syslog
transport = local
socket = nobody
"""


def served_by(program, settings, folder):
    """What /metrics of a daemon answers."""
    serve = subprocess.Popen([program, "serve", "-s", settings, "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE,
                             stderr=subprocess.DEVNULL, text=True, cwd=folder)
    try:
        url = serve.stdout.readline().removeprefix("listening on ").strip()
        with urllib.request.urlopen(url + "/metrics", timeout=60) as answer:
            return answer.read().decode()
    finally:
        serve.terminate()
        serve.wait(timeout=60)


def numbers_of(program, folder):
    """What /metrics of a daemon answers behind two runs with --metrics-file against the sandbox."""
    settings = folder / "settings.ini"
    command = [program, "sandbox", "--write-settings", settings, "--domains", "200", "--ips", "50", "--no-rate-limits"]
    sandbox = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=folder)
    try:
        for line in sandbox.stdout:
            if "These settings use it" in line:
                break
        with open(settings, "a", encoding="utf-8") as text:
            text.write(RECEIVER)
        file = folder / "cordon.prom"
        for _ in range(2):
            run = subprocess.run([program, "run", "-s", settings, "--metrics-file", file], cwd=folder,
                                 capture_output=True, text=True, timeout=300, check=False)
            if run.returncode != 0:
                sys.exit(f"the run ended with {run.returncode}: {run.stderr}{run.stdout}")
        served = served_by(program, settings, folder)
        if missing := families_in(file.read_text(encoding="utf-8")) - families_in(served):
            sys.exit(f"the daemon does not go on with {sorted(missing)}")
        file.write_text(served, encoding="utf-8")
        return file
    finally:
        sandbox.terminate()
        sandbox.wait(timeout=60)


def families_in(text):
    return set(re.findall(r"^# TYPE (\S+)", text, re.MULTILINE))


def check_names(source, text):
    known = families_in(text)
    faults = []
    for place in ("packaging/prometheus/cordon.rules.yml", "packaging/grafana/cordon.json"):
        named = {SERIES.sub("", name) for name in NAME.findall((source / place).read_text(encoding="utf-8"))}
        if not named:
            faults.append(f"{place} names no metric")
        faults += [f"{place} names {name}, which the program does not write" for name in sorted(named - known)]
    dashboard = json.loads((source / "packaging/grafana/cordon.json").read_text(encoding="utf-8"))
    if len({panel["id"] for panel in dashboard["panels"]}) != len(dashboard["panels"]):
        faults.append("two panels of the dashboard have one id")
    rows = re.findall(r"^\| `(cordon_\w+)` \|", (source / "docs/monitoring.md").read_text(encoding="utf-8"),
                      re.MULTILINE)
    faults += [f"docs/monitoring.md lacks {name}" for name in sorted(known - set(rows))]
    faults += [f"docs/monitoring.md names {name}, which the program does not write"
               for name in sorted(set(rows) - known)]
    print("\n".join(faults) if faults else f"{len(known)} metrics are as rules, dashboard and manual name them")
    return 1 if faults else 0


def check_with_promtool(source, file, folder):
    found = subprocess.run([source / "scripts/promtool.sh", folder], capture_output=True, text=True, check=False)
    if found.returncode != 0:
        print(found.stderr)
        return found.returncode
    tool = found.stdout.strip()
    status = 0
    with open(file, encoding="utf-8") as text:
        for words, given in ((["check", "metrics"], text),
                             (["check", "rules", source / "packaging/prometheus/cordon.rules.yml"], None),
                             (["test", "rules", source / "tests/monitoring/rules_test.yml"], None)):
            ran = subprocess.run([tool, *words], stdin=given, capture_output=True, text=True, check=False)
            print(f"promtool {' '.join(map(str, words))}: {ran.returncode}\n{ran.stdout}{ran.stderr}")
            # What it finds odd about metrics it says without a status of its own in some versions.
            status |= ran.returncode != 0 or (words[1] == "metrics" and bool(ran.stderr.strip()))
    return int(status)


def main():
    source, program, what = pathlib.Path(sys.argv[1]), sys.argv[2], sys.argv[3]
    with tempfile.TemporaryDirectory() as folder:
        file = numbers_of(program, pathlib.Path(folder))
        if what == "names":
            return check_names(source, file.read_text(encoding="utf-8"))
        return check_with_promtool(source, file, pathlib.Path(sys.argv[4]))


if __name__ == "__main__":
    sys.exit(main())
