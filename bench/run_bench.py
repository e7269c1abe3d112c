#!/usr/bin/env python3
"""Measures whole runs of the program against its sandbox: run_bench.py PROGRAM

25,000 domains and 8,000 addresses into an empty tenant with a quota of 75,000 URLs, rate windows on; then a run with
nothing to do, then hourly updates of 200 changes a list. Prints each figure beside its target (issue 2, section 9)
and ends with 1 when one is missed. Needs Python alone; reaches nothing but 127.0.0.1.
"""
import json, os, pathlib, signal, socket, statistics, subprocess, sys, tempfile, time, urllib.request

K_DOMAINS, K_IPS, K_QUOTA = 25000, 8000, 75000
K_TICKS = 5      # hours of list time; in each 20 rows of a list go and 20 come
K_UPDATES = 3
K_STARTS = 20
WRITING = ('POST /urlCategories', 'PUT /urlCategories/{id}', 'POST /ipDestinationGroups', 'PUT /ipDestinationGroups/{id}')


class Measured:
    """One `cordon run`: its report, its time and its peak memory."""
    def __init__(self, program, settings):
        started = time.monotonic()
        child = subprocess.Popen([program, 'run', '--json', '-s', str(settings)], stdout=subprocess.PIPE,
                                 stderr=subprocess.DEVNULL, env={'PATH': '/usr/bin:/bin'})
        output = child.stdout.read()
        _, status, usage = os.wait4(child.pid, 0)
        self.wall = time.monotonic() - started
        child.returncode = os.waitstatus_to_exitcode(status)
        self.cpu = usage.ru_utime + usage.ru_stime
        self.peak_mib = usage.ru_maxrss / 1024
        if child.returncode != 0:
            sys.exit(f'cordon run ended with {child.returncode}: {output.decode()}')
        self.report = json.loads(output)
        self.calls = self.report['calls'].get('zia', {})

    def writes(self):
        return {call: number for call, number in self.calls.items() if call in WRITING}

    def changes(self):
        return {entry['list']: entry['added'] + entry['removed'] for entry in self.report['lists']}


class Sandbox:
    flags = ['--strict', '--quota', str(K_QUOTA), '--domains', str(K_DOMAINS), '--ips', str(K_IPS)]

    def __init__(self, program, folder, more=()):
        self.settings = folder / 'settings.ini'
        self.process = subprocess.Popen([program, 'sandbox', *self.flags, *more, '--write-settings', str(self.settings)],
                                        stdout=subprocess.DEVNULL)
        for _ in range(1200):
            if self.settings.exists():
                break
            time.sleep(0.05)
        self.settings.write_text(self.without_crowdstrike(self.settings.read_text()))
        lines = self.settings.read_text().splitlines()
        self.url = next(line for line in lines if line.startswith('api_url')).split(' = ')[1]
        self.ask('state')

    @staticmethod
    def without_crowdstrike(text):
        """The targets are of Recorded Future's two lists; falcon_bench.py measures the rest."""
        sections = text.split('\n[')
        return '\n['.join(section for section in sections if not section.startswith('falcon'))

    def ask(self, page, body=None):
        data = None if body is None else json.dumps(body).encode()
        with urllib.request.urlopen(f'{self.url}/_sandbox/{page}', data) as answer:
            return json.load(answer)

    def end(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait()  # 1 (--strict): the program broke a limit


class Results:
    def __init__(self):
        self.missed = 0
        print(f'{"what":<58} {"found":>12} {"target":>12}')

    def add(self, what, found, target=None, unit=''):
        verdict = ''
        if target is not None and found > target:
            self.missed += 1
            verdict = '  MISSED'
        shown = f'{found:.2f}' if isinstance(found, float) else f'{found:,}'
        limit = '' if target is None else f'<= {target:,}{unit}'
        print(f'{what:<58} {shown + unit:>12} {limit:>12}{verdict}', flush=True)


def first_request(program, folder):
    """Seconds from the start of the process to its first connection."""
    with socket.create_server(('127.0.0.1', 0)) as server:
        url = f'http://127.0.0.1:{server.getsockname()[1]}'
        settings = folder / 'start.ini'
        settings.write_text(
            f'[zscaler]\nbase_uri = {url}\napi_key = sandboxKey01\nusername = cordon@sandbox.example\n'
            f'password = none\n[rfapi]\napi_url = {url}\ntoken = 5a11db0c5a11db0c5a11db0c5a11db0c\n'
            '[cordon]\nstate_dir = start-state\nlog_dir = start-logs\n'
            '[risklist_a]\nentity_type = domain\nfusion_file = public/prevent/weaponized_domains.json\n'
            'category_name = A\n')
        started = time.monotonic()
        child = subprocess.Popen([program, 'run', '-s', str(settings)], stdout=subprocess.DEVNULL,
                                 stderr=subprocess.DEVNULL, env={'PATH': '/usr/bin:/bin'})
        connection, _ = server.accept()
        seconds = time.monotonic() - started
        connection.close()
        child.kill()
        child.wait()
        return seconds


def measure_runs(program, sandbox, results):
    first = Measured(program, sandbox.settings)
    results.add('first run: ZIA calls', sum(first.calls.values()), 12)
    results.add('first run: entries added', sum(first.changes().values()))
    results.add('first run: peak memory', first.peak_mib, 120, ' MiB')
    results.add('first run: processor time', first.cpu, unit=' s')
    results.add('first run: wall time, rate windows included', first.wall, unit=' s')

    unchanged = Measured(program, sandbox.settings)
    results.add('unchanged run: wall time', unchanged.wall, 1, ' s')
    results.add('unchanged run: processor time', unchanged.cpu, unit=' s')
    results.add('unchanged run: writes', sum(unchanged.writes().values()), 0)
    results.add('unchanged run: activations', unchanged.calls.get('POST /status/activate', 0), 0)
    results.add('unchanged run: peak memory', unchanged.peak_mib, unit=' MiB')

    for number in range(1, K_UPDATES + 1):
        sandbox.ask('tick', {'ticks': K_TICKS})
        update = Measured(program, sandbox.settings)
        name = f'hourly update {number}'
        results.add(f'{name}: changes of the list with most', max(update.changes().values()))
        for kind in ('urlCategories', 'ipDestinationGroups'):
            writes = sum(count for call, count in update.writes().items() if kind in call)
            results.add(f'{name}: writes to the {kind} object', writes, 2)
        results.add(f'{name}: activations', update.calls.get('POST /status/activate', 0), 1)
        results.add(f'{name}: wall time', update.wall, unit=' s')


def main():
    program = str(pathlib.Path(sys.argv[1]).resolve())
    with tempfile.TemporaryDirectory(prefix='cordon-bench-') as name:
        folder = pathlib.Path(name)
        results = Results()
        starts = [first_request(program, folder) * 1000 for _ in range(K_STARTS)]
        results.add(f'start to first request, median of {K_STARTS}', statistics.median(starts), 50, ' ms')
        results.add(f'start to first request, longest of {K_STARTS}', max(starts), unit=' ms')
        sandbox = Sandbox(program, folder)
        try:
            measure_runs(program, sandbox, results)
            violations = sandbox.ask('state')['violations']
        finally:
            sandbox.end()
        results.add('limits broken, as the sandbox counts them', violations, 0)
    return 1 if results.missed else 0


if __name__ == '__main__':
    sys.exit(main())
