#!/usr/bin/env python3
"""Measures the CrowdStrike mirror: falcon_bench.py PROGRAM [INDICATORS]

A million indicators (all types, all fields) in the sandbox; a first run that mirrors the URLs, domains and addresses
among them, then a run with nothing new, then updates of 1,000 changes. Prints each figure beside its target (issue 3,
section 6) and ends with 1 when one is missed. Needs Python alone; reaches nothing but 127.0.0.1.
"""
import pathlib, sys, tempfile
from run_bench import Measured, Results, Sandbox

K_CHANGES = 1000
K_QUOTA = 75000


class FalconSandbox(Sandbox):
    flags = ['--quota', str(K_QUOTA), '--changes', str(K_CHANGES), '--no-rate-limits']

    def use_falcon_alone(self, folder):
        """Lists of every type down to the lowest confidence, so that everything is mirrored."""
        keys = {}
        for line in self.settings.read_text().splitlines():
            if ' = ' in line:
                key, value = line.split(' = ', 1)
                keys.setdefault(key, value)
        keys['api_url'] = self.url
        falcon = folder / 'falcon.ini'
        lists = ''.join(
            f'[falcon_{name}]\ntypes = {types}\nmin_confidence = unverified\nmax_entries = {most}\ncategory_name = Bench {name}\n'
            for name, types, most in (('urls', 'url', 10000), ('domains', 'domain', 10000),
                                      ('ips', 'ip_address, ip_address_block', 8000)))
        falcon.write_text(
            f'[zscaler]\nbase_uri = {self.url}\napi_key = sandboxKey01\nusername = cordon@sandbox.example\n'
            'password = sandbox-password\n'
            f'[falcon]\nbase_url = {self.url}\nclient_id = 5a11db0c00000000000000000000c11e\n'
            'client_secret = sandboxSecret0123456789abcdefghijklmnop%%\nbudget_share = 1\nhistory_time = 1h\n'
            '[guard]\npermit_reserved = true\nmax_growth_share = 1\nmax_removal_share = 1\n'
            f'[cordon]\nstate_dir = falcon-state\nlog_dir = falcon-logs\n{lists}')
        self.settings = falcon


def pulled(run):
    return sum(feed['indicators'] for feed in run.report['feeds'])


def main():
    program = str(pathlib.Path(sys.argv[1]).resolve())
    rows = int(sys.argv[2]) if len(sys.argv) > 2 else 1_000_000
    with tempfile.TemporaryDirectory(prefix='cordon-bench-') as name:
        folder = pathlib.Path(name)
        results = Results()
        sandbox = FalconSandbox(program, folder, ['--indicators', str(rows)])
        try:
            sandbox.use_falcon_alone(folder)
            first = Measured(program, sandbox.settings)
            served = sandbox.ask('state')['crowdstrike_rows_served']
            results.add('first run: records mirrored', served)
            results.add('first run: processor time', first.cpu, unit=' s')
            results.add('first run: microseconds a record (40,000/s = 25)', first.cpu / max(served, 1) * 1e6, 25, ' us')
            results.add('first run: wall time', first.wall, unit=' s')
            results.add('first run: peak memory', first.peak_mib, 300, ' MiB')
            unchanged = Measured(program, sandbox.settings)
            results.add('unchanged run: processor time', unchanged.cpu, unit=' s')
            for number in (1, 2):
                sandbox.ask('tick', {'ticks': 1})
                before = sandbox.ask('state')['crowdstrike_rows_served']
                update = Measured(program, sandbox.settings)
                after = sandbox.ask('state')['crowdstrike_rows_served']
                results.add(f'update {number} of {K_CHANGES:,} changes: records fetched', after - before, K_CHANGES + 5000)
                results.add(f'update {number}: processor time', update.cpu, 3, ' s')
                results.add(f'update {number}: peak memory', update.peak_mib, 300, ' MiB')
        finally:
            sandbox.end()
    return 1 if results.missed else 0


if __name__ == '__main__':
    sys.exit(main())
