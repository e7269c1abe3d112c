#!/usr/bin/env python3
"""Compares `cordon compile` with what else turns raw lists into clean ones, as whole processes, file to file.

compile_against.py PROGRAM FLOOR [--runs 9] [--big] [--data ../shared/data]

Generates lists (fixed seed; the same on every machine), runs each program in turn RUNS times, checks that what cordon
wrote is what an independent computation in Python gives, and prints one table: the median of the wall time, its ratio to
the reference, and the peak memory less the mapped input. References that are not installed are left out and named.
Targets are those of docs/performance.md; ends with 1 where one is missed. --big adds 10 and 50 million lines.
"""
import argparse
import ipaddress
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

SEED = 20261121
MILLION = 1_000_000


def write_lines(path, lines):
    with open(path, "w", encoding="ascii") as file:
        for line in lines:
            file.write(line + "\n")


# --- what the lists hold -------------------------------------------------------------------------------------------

def domains(count, seed=SEED):
    """Names as malware lists have them: one in eight twice, one in three below another name, eight endings."""
    rng = random.Random(seed)
    tops = ["com", "net", "org", "info", "xyz", "top", "co.uk", "com.br"]
    for _ in range(count):
        number = rng.getrandbits(40)
        if rng.random() < 0.125:
            number = rng.randrange(count // 16 + 1)
        name = f"h{number:x}-load.{tops[number % 8]}"
        yield name if rng.random() < 0.67 else f"cdn{number % 9}.{name}"


def allow_list(path, count=10_000):
    """Half of it stands in the list of a million domains."""
    rng = random.Random(SEED + 1)
    there = sorted(set(domains(MILLION)))
    names = rng.sample(there, count // 2) + [f"ours{rng.getrandbits(40):x}.net" for _ in range(count // 2)]
    write_lines(path, names)
    return set(names)


def urls(count):
    for number, name in enumerate(domains(count, SEED + 2)):
        yield f"http://{name}/dl/{number * 7919 % 1000003:x}/Setup_{number % 100}.exe?id={number}"


def addresses(count, junk):
    """Nine in ten single addresses, crowded in some networks; one in a hundred is junk, where it is wished."""
    rng = random.Random(SEED + 3)
    for _ in range(count):
        first = rng.choice([5, 23, 37, 45, 77, 91, 103, 146, 185, 193, 212])
        address = f"{first}.{rng.randrange(256)}.{rng.randrange(256)}.{rng.randrange(256)}"
        kind = rng.random()
        odd = rng.choice(["n/a", "300.1.2.3", "1.2.3", "<html>", "host", address + ":x"])
        width = rng.choice([31, 30, 29, 28, 24])  # drawn for all, so that both lists hold the same addresses
        if kind >= 0.01:
            yield address if kind < 0.9 else f"{address}/{width}"
        elif junk:
            yield odd


# --- the independent computations ----------------------------------------------------------------------------------

def expected_domains(lines, allowed):
    """As --subdomains means it: what is allowed is not blocked, nor anything below it; what is above is blocked alone."""
    names = set(lines)

    def parents(name):
        while "." in name:
            name = name.split(".", 1)[1]
            yield name

    above_allowed = {parent for name in allowed for parent in parents(name)}
    kept = {n for n in names if n not in allowed and not any(p in allowed for p in parents(n))}
    whole = {n for n in kept if n not in above_allowed}
    result = []
    for name in kept:
        covering = [p for p in list(parents(name))[:4] if p in whole]
        if not covering:
            result.append("." + name if name in whole else name)
    return sorted(result)


def expected_networks(lines, taken):
    networks = [ipaddress.ip_network(line, strict=False) for line in lines]
    left = []
    holes = sorted((int(n[0]), int(n[-1])) for n in map(ipaddress.ip_network, taken))
    for network in ipaddress.collapse_addresses(networks):
        first, last = int(network[0]), int(network[-1])
        for low, high in holes:
            if high < first or low > last:
                continue
            if low > first:
                left += ipaddress.summarize_address_range(ipaddress.ip_address(first), ipaddress.ip_address(low - 1))
            first = high + 1
        if first <= last:
            left += ipaddress.summarize_address_range(ipaddress.ip_address(first), ipaddress.ip_address(last))
    return [str(n).removesuffix("/32") for n in ipaddress.collapse_addresses(left)]


# --- running ---------------------------------------------------------------------------------------------------------

def run(command, out):
    """Wall seconds and peak resident KiB of one process."""
    # Begun by a small program: a process counts the memory of the one that it was forked from as its own.
    timed = ["/usr/bin/time", "--quiet", "--format", "%M", "--output", out + ".peak", *command]
    with open(out, "wb") as file:
        started = time.monotonic()
        status = subprocess.run(timed, stdout=file, stderr=subprocess.DEVNULL).returncode
        seconds = time.monotonic() - started
    if status != 0:
        sys.exit(f"compile_against.py: {' '.join(command)} ended with {status}")
    with open(out + ".peak", encoding="ascii") as file:
        return seconds, int(file.read())


def in_turn(commands, runs, out):
    """The median of each, the programs run one after the other, again and again."""
    found = {name: [] for name in commands}
    for _ in range(runs):
        for name, command in commands.items():
            found[name].append(run(command, out))
    return {name: (statistics.median(s for s, _ in one), max(k for _, k in one)) for name, one in found.items()}


class Table:
    def __init__(self):
        self.missed = []
        print(f"{'list':<26}{'program':<34}{'seconds':>9}{'ratio':>8}{'MiB':>8}  target")

    def add(self, what, name, seconds, mib, ratio=None, target=None, met=True):
        shown = "" if ratio is None else f"{ratio:.2f}"
        print(f"{what:<26}{name:<34}{seconds:>9.3f}{shown:>8}{mib:>8.0f}  "
              f"{'' if target is None else target + ('' if met else '  MISSED')}", flush=True)
        if not met:
            self.missed.append(f"{what}: {name}")


def main():
    options = argparse.ArgumentParser()
    options.add_argument("program")
    options.add_argument("floor")
    options.add_argument("--runs", type=int, default=9)
    options.add_argument("--big", action="store_true")
    options.add_argument("--data", default="../shared/data")
    options = options.parse_args()
    os.environ["LC_ALL"] = "C"
    cordon = os.path.abspath(options.program)
    with tempfile.TemporaryDirectory() as folder:
        measure(options, cordon, folder)


def measure(options, cordon, folder):
    def at(name):
        return os.path.join(folder, name)

    table = Table()
    out = at("out")

    def compare(what, path, reference, commands, ratio, most_mib):
        present = {name: c for name, c in commands.items() if shutil.which(c[0])}
        for name in commands.keys() - present.keys():
            print(f"{what:<26}{name:<34}not installed")
        found = in_turn(present, options.runs, out)
        mapped = os.path.getsize(path) / 2**20
        base = found[reference][0] if reference in found else None
        for name, (seconds, kib) in found.items():
            is_ours = name.startswith("cordon")
            mib = kib / 1024 - (mapped if is_ours else 0)
            against = seconds / base if base else None
            if name == "cordon compile" and against is not None:
                table.add(what, name, seconds, mib, against, f"at most {ratio:.2f}, {most_mib} MiB",
                          against <= ratio and mib <= most_mib)
            else:
                table.add(what, name, seconds, mib, against)
        return found.get("cordon compile", (0, 0))[0]

    def one_core(command):
        return ["taskset", "-c", "0", *command]

    def check(what, command, expected):
        run(command, out)
        with open(out, encoding="ascii") as file:
            found = file.read().splitlines()
        if found != expected:
            odd = sorted(set(found) ^ set(expected))[:5]
            sys.exit(f"compile_against.py: {what}: the result differs from the computation in Python: {odd}")
        print(f"{what:<26}{len(found):,} entries, as computed in Python", flush=True)

    write_lines(at("domains"), domains(MILLION))
    allowed = allow_list(at("allow"))
    compiling = [cordon, "compile", "--type", "domain", "--subdomains", "--allow", at("allow"), at("domains")]
    million = compare("1M domains", at("domains"), "sort -u", {
        "sort -u": ["sort", "-u", at("domains")],
        "gawk '!seen[$0]++'": ["gawk", "!seen[$0]++", at("domains")],
        "floor (read, hash, write once)": [os.path.abspath(options.floor), at("domains")],
        "cordon compile": compiling,
        "cordon compile, one core": one_core(compiling)}, 1 / 3, 64)
    with open(at("domains"), encoding="ascii") as file:
        check("1M domains", compiling, expected_domains(file.read().splitlines(), allowed))

    write_lines(at("clean"), addresses(MILLION, junk=False))
    write_lines(at("ips"), addresses(MILLION, junk=True))
    taken = ["5.5.0.0/16", "23.4.5.6/32", "185.1.2.0/24"]
    write_lines(at("ours"), taken)
    compiling = [cordon, "compile", "--type", "ip", "--allow", at("ours"), at("ips")]
    compare("1M IPv4", at("ips"), "iprange", {
        "iprange": ["iprange", at("clean")],
        "sort -u": ["sort", "-u", at("clean")],
        "floor (read, hash, write once)": [os.path.abspath(options.floor), at("ips")],
        "cordon compile": compiling,
        "cordon compile, one core": one_core(compiling)}, 1 / 5, 32)
    with open(at("clean"), encoding="ascii") as file:
        check("1M IPv4", compiling, expected_networks(file.read().splitlines(), taken))

    write_lines(at("urls"), urls(MILLION))
    compiling = [cordon, "compile", "--type", "url", at("urls")]
    compare("1M URLs", at("urls"), "sort -u", {
        "sort -u": ["sort", "-u", at("urls")],
        "floor (read, hash, write once)": [os.path.abspath(options.floor), at("urls")],
        "cordon compile": compiling,
        "cordon compile, one core": one_core(compiling)}, 1, 256)
    with open(at("urls"), encoding="ascii") as file:
        check("1M URLs", compiling, sorted({line.removeprefix("http://") for line in file.read().splitlines()}))

    adversarial(table, cordon, at, out, options.runs)
    published(options, cordon, out)
    if options.big:
        big(table, cordon, at, out, million)
    if table.missed:
        sys.exit("compile_against.py: missed: " + "; ".join(table.missed))


def adversarial(table, cordon, at, out, runs):
    """No list may take more than three times as long a byte as the usual one."""
    ordinary = list(domains(MILLION))
    lists = {
        "the usual list": ordinary,
        "sorted": sorted(ordinary),
        "reversed": sorted(ordinary, reverse=True),
        "all lines equal": ["one.and.the.same.evil.com"] * MILLION,
        "one family": [f"{n}.evil.com" for n in ordinary],
        "one prefix": [f"the-same-start-of-each-name-{n}" for n in ordinary],
        "nothing but line ends": [""] * (20 * MILLION),
        "lines of a megabyte": ["a" * MILLION, "b" * MILLION + ".com", "x." * (MILLION // 2)] * 8,
        "upper case": [n.upper() for n in ordinary],
        "hosts file": [f"0.0.0.0 {n}" for n in ordinary],
    }
    usual = None
    for name, lines in lists.items():
        write_lines(at("odd"), lines)
        size = os.path.getsize(at("odd"))
        command = [cordon, "compile", "--type", "domain", "--subdomains", at("odd")]
        seconds, kib = in_turn({name: command}, max(3, runs // 3), out)[name]
        per_byte = seconds / size * 1e9
        usual = usual or per_byte
        table.add(f"{per_byte:.1f} ns a byte", name, seconds, kib / 1024 - size / 2**20, per_byte / usual,
                  "at most 3 (a byte)", per_byte <= 3 * usual)
    os.remove(at("odd"))


def published(options, cordon, out):
    """Real lists: what cordon takes for domains and what sort does; they are not kept here."""
    folder = os.path.join(options.data, "domains")
    if not os.path.isdir(folder):
        print(f"published lists: skipped, there is no {folder}")
        return
    files = [os.path.join(folder, f) for f in sorted(os.listdir(folder)) if f.endswith(".txt")]
    found = in_turn({"sort -u": ["sort", "-u", *files],
                     "cordon compile": [cordon, "compile", "--type", "domain", "--subdomains", *files]},
                    options.runs, out)
    size = sum(map(os.path.getsize, files)) / 2**20
    for name, (seconds, kib) in found.items():
        print(f"{f'{len(files)} published lists':<26}{name:<34}{seconds:>9.3f}{seconds / found['sort -u'][0]:>8.2f}"
              f"{kib / 1024 - (size if name.startswith('cordon') else 0):>8.0f}")


def big(table, cordon, at, out, million):
    write_lines(at("ten"), domains(10 * MILLION))
    size = os.path.getsize(at("ten")) / 2**20
    seconds, kib = in_turn({"": [cordon, "compile", "--type", "domain", "--subdomains", "--allow", at("allow"),
                                 at("ten")]}, 3, out)[""]
    ratio, mib = seconds / (10 * million), kib / 1024 - size
    table.add("10M domains", "cordon compile", seconds, mib, ratio, "at most 1.30 of 10 times 1M, 400 MiB",
              ratio <= 1.3 and mib <= 400)
    os.remove(at("ten"))
    write_lines(at("fifty"), domains(50 * MILLION))
    size = os.path.getsize(at("fifty")) / 2**20
    seconds, kib = run([cordon, "compile", "--type", "domain", "--subdomains", "--max", "275000", at("fifty")], out)
    table.add("50M domains, --max 275000", "cordon compile", seconds, kib / 1024 - size, None, "at most 1,024 MiB",
              kib / 1024 - size <= 1024)


if __name__ == "__main__":
    main()
