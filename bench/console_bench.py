#!/usr/bin/env python3
"""Measures the console of `cordon serve`: console_bench.py PROGRAM [RUNS]

A list of 275,000 domains and a history of RUNS runs (1,000), then one browser after the other page, then 200 readers
while runs are under way. Prints each figure beside its target (issue 6, section 8) and ends with 1 when one is missed.
Needs Python alone; reaches nothing but 127.0.0.1.
"""
import gzip, http.client, json, os, pathlib, re, signal, sqlite3, statistics, subprocess, sys, tempfile, threading, time
from run_bench import Results, Sandbox
from urllib.parse import quote, urlsplit

K_ENTRIES = 275_000
K_LIST = 'Recorded Future SCF - Prevent Domains'
K_FEED = '/public/prevent/weaponized_domains.json'
K_REAL_RUNS = 10      # the rest of the history is copied
K_REQUESTS = 200      # of each page
K_READERS = 200
K_PAUSE_S = 2         # between two pages of a reader
K_RUNS_TIMED = 7
K_TICKS = 1           # hours of list time between two timed runs
K_IDLE_S = 5


class ConsoleSandbox(Sandbox):
    flags = ['--quota', '300000', '--domains', str(K_ENTRIES), '--no-rate-limits']

    def use_one_list(self):
        """A category that takes them all, on the sandbox's default of rules."""
        sections = self.settings.read_text().split('\n[')
        text = '\n['.join(section for section in sections if 'entity_type = ip' not in section)
        self.settings.write_text(text.replace('[zscaler]', f'[zscaler]\nmax_domains = {K_ENTRIES}'))


class Refused(Exception):
    """The daemon asked to come again."""


class Daemon:
    """`cordon serve`, and one connection to it."""

    def __init__(self, program, settings):
        self.token = subprocess.run([program, 'token', 'add', 'bench', '--role', 'operator', '-s', str(settings)],
                                    stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True,
                                    text=True).stdout.split()[-1]
        self.errors = tempfile.TemporaryFile()
        self.process = subprocess.Popen([program, 'serve', '--listen', '127.0.0.1:0', '-s', str(settings)],
                                        stdout=subprocess.PIPE, stderr=self.errors, text=True,
                                        env={'PATH': '/usr/bin:/bin'})
        self.address = urlsplit(self.process.stdout.readline().split()[-1]).netloc
        self.connection = self.connect()

    def connect(self):
        return http.client.HTTPConnection(self.address, timeout=120)

    def get(self, path, connection=None, headers=None):
        """The body and the seconds until it was here."""
        connection = connection or self.connection
        started = time.perf_counter()
        connection.request('GET', path, headers=headers or {})
        answer = connection.getresponse()
        body = answer.read()
        seconds = time.perf_counter() - started
        if answer.status == 503:
            raise Refused(path)
        if answer.status != 200:
            sys.exit(f'{path}: {answer.status} {body[:300]}')
        return body, seconds

    def ask(self, path):
        return json.loads(self.get('/api/v1' + path)[0])

    def run(self):
        """Asks for a run, waits for it, and gives its report's seconds."""
        last = self.ask('/runs')['runs'][0]['id']
        self.connection.request('POST', '/api/v1/run', body='{}', headers={
            'Authorization': f'Bearer {self.token}', 'Content-Type': 'application/json'})
        answer = self.connection.getresponse()
        answer.read()
        if answer.status != 202:
            sys.exit(f'run: {answer.status}')
        while True:
            newest = self.ask('/runs')['runs'][0]
            if newest['id'] != last and newest['outcome'] != 'unfinished':
                break
            time.sleep(0.2)
        if newest['outcome'] not in ('done', 'unchanged'):
            sys.exit(f'a run ended as {newest["outcome"]}')
        return newest['seconds']

    def resident_mib(self, field='VmRSS'):
        status = pathlib.Path(f'/proc/{self.process.pid}/status').read_text()
        return int(re.search(rf'{field}:\s+(\d+)', status).group(1)) / 1024

    def end(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait()


def run_alone(program, settings, *more, status=0):
    ended = subprocess.run([program, 'run', '-s', str(settings), *more], stdout=subprocess.PIPE,
                           stderr=subprocess.STDOUT, text=True, env={'PATH': '/usr/bin:/bin'})
    if ended.returncode != status:
        sys.exit(f'cordon run ended with {ended.returncode}: {ended.stdout}')


def copy_runs(store, count):
    with sqlite3.connect(store) as database:
        columns = 'command, started, finished, outcome, exit_status, added, removed'
        run, report = database.execute('SELECT id, report FROM runs ORDER BY number DESC LIMIT 1').fetchone()
        for number in range(count):
            copy = f'{run[:-6]}{number:06x}'
            database.execute(f'INSERT INTO runs (id, {columns}, report) SELECT ?, {columns}, ? FROM runs WHERE id = ?',
                             (copy, report.replace(run, copy), run))


def make_history(program, sandbox, runs):
    """Some with a hundredth of the list, then copies of the last one's report, then the whole list."""
    sandbox.ask('feed', {'path': K_FEED, 'keep': 0.01})
    for _ in range(K_REAL_RUNS):
        run_alone(program, sandbox.settings)
    copy_runs(next(sandbox.settings.parent.rglob('cordon.db')), runs - K_REAL_RUNS - 3)
    sandbox.ask('feed', {'path': K_FEED, 'restore': True})
    run_alone(program, sandbox.settings, status=4)  # the guard wants this growth looked at
    run_alone(program, sandbox.settings, '--allow-growth', K_LIST)


def percentile(values, share):
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def pages_of(daemon):
    some = f'/lists/entries?list={quote(K_LIST)}'
    run = daemon.ask('/runs')['runs'][0]['id']
    entry = daemon.ask(some)['entries'][0]['entry']
    return ['/', '/feeds', '/lists', some, some + '&page=2000', some + '&search=-0021', some + '&sort=risk', '/runs',
            '/runs?page=20', f'/runs/{run}', f'/explain?value={quote(entry)}', '/plan', '/rejected', '/settings',
            '/audit', '/api/v1/overview']


def measure_pages(daemon, results):
    slowest = 0
    for page in pages_of(daemon):
        first = daemon.get(page)[1] * 1000
        times = [daemon.get(page)[1] * 1000 for _ in range(K_REQUESTS)]
        found = percentile(times, 0.95)
        slowest = max(slowest, found)
        shown = page.replace(quote(K_LIST), 'LIST')
        results.add(f'{shown[:30]}: median {statistics.median(times):.1f}, first {first:.1f}, 95th', found, 50, ' ms')
    metrics = [daemon.get('/metrics')[1] * 1000 for _ in range(K_REQUESTS)]
    results.add('/metrics: 95th', percentile(metrics, 0.95), 5, ' ms')


def measure_assets(daemon, results):
    found = set()
    for page in ('/', '/feeds', '/lists', '/runs', '/rejected'):
        found |= set(re.findall(rb'(?:href|src)="(/assets/[^"]+)"', daemon.get(page)[0]))
    bytes_sent = 0
    for asset in sorted(found):
        body, _ = daemon.get(asset.decode(), headers={'Accept-Encoding': 'gzip'})
        bytes_sent += len(body)
        if body[:2] == b'\x1f\x8b':
            gzip.decompress(body)
    results.add(f'{len(found)} assets as transferred', bytes_sent / 1024, 500, ' KB')


class Readers:
    """People who look at one page after the other."""

    def __init__(self, daemon):
        self.daemon = daemon
        self.pages = pages_of(daemon)
        self.stop = threading.Event()
        self.times, self.failures, self.refusals = [], 0, 0
        self.threads = [threading.Thread(target=self.read, args=(number,)) for number in range(K_READERS)]
        for thread in self.threads:
            thread.start()

    def read(self, number):
        # Readers sit at other machines: theirs is what is left of this one's processors.
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 19)
        connection = self.daemon.connect()
        self.stop.wait(number * K_PAUSE_S / K_READERS)
        while not self.stop.is_set():
            number += 1
            try:
                self.times.append(self.daemon.get(self.pages[number % len(self.pages)], connection)[1] * 1000)
            except Refused:  # four values are explained at a time; the others are asked to come again
                self.refusals += 1
            except (OSError, SystemExit):
                self.failures += 1
            self.stop.wait(K_PAUSE_S)

    def end(self):
        self.stop.set()
        for thread in self.threads:
            thread.join()


def timed_runs(daemon, sandbox):
    seconds = []
    for _ in range(K_RUNS_TIMED):
        sandbox.ask('tick', {'ticks': K_TICKS})
        seconds.append(daemon.run())
    return statistics.median(seconds)


def measure_readers(daemon, sandbox, results):
    alone = timed_runs(daemon, sandbox)
    readers = Readers(daemon)
    started = time.monotonic()
    together = timed_runs(daemon, sandbox)
    seconds = time.monotonic() - started
    readers.end()
    results.add(f'a run, median of {K_RUNS_TIMED}', alone, unit=' s')
    results.add(f'the same with {K_READERS} readers', together, alone * 1.1, ' s')
    results.add('pages read a second meanwhile', len(readers.times) / seconds)
    results.add('readers: median', statistics.median(readers.times), unit=' ms')
    results.add('readers: 95th', percentile(readers.times, 0.95), unit=' ms')
    results.add('readers: pages that failed', readers.failures, 0)
    results.add('readers: asked to come again', readers.refusals)


def main():
    program = str(pathlib.Path(sys.argv[1]).resolve())
    runs = int(sys.argv[2]) if len(sys.argv) > 2 else 1000
    with tempfile.TemporaryDirectory(prefix='cordon-bench-') as name:
        folder = pathlib.Path(name)
        results = Results()
        sandbox = ConsoleSandbox(program, folder)
        sandbox.use_one_list()
        daemon = None
        try:
            make_history(program, sandbox, runs)
            daemon = Daemon(program, sandbox.settings)
            while not daemon.ask('/runs')['runs'] or daemon.ask('/overview')['pace']['running_since']:
                time.sleep(0.2)
            time.sleep(K_IDLE_S)
            results.add('entries on the list', daemon.ask('/overview')['lists'][0]['on_gateway'])
            results.add('runs in the store', daemon.ask('/runs')['total'])
            results.add('resident after the first run, idle', daemon.resident_mib(), 60, ' MiB')
            measure_pages(daemon, results)
            measure_assets(daemon, results)
            time.sleep(K_IDLE_S)
            results.add('resident after all pages, idle', daemon.resident_mib(), 60, ' MiB')
            measure_readers(daemon, sandbox, results)
            time.sleep(K_IDLE_S)
            results.add('resident after the readers, idle', daemon.resident_mib(), 60, ' MiB')
            results.add('resident at most', daemon.resident_mib('VmHWM'), unit=' MiB')
        finally:
            if daemon:
                daemon.end()
            sandbox.end()
    return 1 if results.missed else 0


if __name__ == '__main__':
    sys.exit(main())
