#!/usr/bin/env python3
"""What the sandbox's active set must be after a run, worked out without any of Cordon's code.

  expected.py set --type ip --cap N [--before FILE] VERSION      prints the entries; exit 3: VERSION is no list
  expected.py laws --type domain|url|ip --cap N [--before FILE] --active FILE --rejected FILE VERSION
                                          exit 1 and a line for each broken law

VERSION is a list as published: plain, SCF JSON or risk-list CSV. The rules are those of issue 2, zia-api.md 5 and
6, recorded-future-api.md 7 and 12 and the Public Suffix List of the machine. `set` knows every address. `laws` knows
the canonical form of values in plain spelling; the few odd ones (Unicode, user-info, escapes in the host ...) may
become an entry only when their text holds its host.
"""
import argparse, csv, datetime, ipaddress, json, pathlib, re, sys

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
K_SUFFIXES = '/usr/share/publicsuffix/public_suffix_list.dat'
RESERVED = [(int(n[0]), int(n[-1])) for n in map(ipaddress.ip_network, (
    '0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24 '
    '192.31.196.0/24 192.52.193.0/24 192.88.99.0/24 192.168.0.0/16 192.175.48.0/24 198.18.0.0/15 198.51.100.0/24 '
    '203.0.113.0/24 224.0.0.0/4 240.0.0.0/4').split())]
RESERVED_NAMES = tuple('example test invalid localhost local onion internal alt home.arpa example.com example.net '
                       'example.org'.split())
HOST = re.compile(r'(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?')
URL = re.compile(r"(?:(https?)://)?([^/:?#@\\%\[\]]+)(?::([0-9]{1,5}))?(/[A-Za-z0-9/_.~%?=&+,:;!*$'()@-]*)?", re.I)
ODD = object()


# --- reading -----------------------------------------------------------------------------------------

def day_of(value):
    if isinstance(value, str) and re.match(r'\d{4}-\d\d-\d\d', value):
        return value[:10]
    seconds = int(value) / (1000 if int(value) > 10 ** 11 else 1)
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).strftime('%Y-%m-%d')


def rows_of(path):
    """(value, risk or None, last seen day or '')"""
    text = pathlib.Path(path).read_bytes().decode('utf-8', 'surrogateescape')
    if text.lstrip().startswith('{') or re.match(r'\s*\[\s*[{\]]', text):
        root = json.loads(text)
        for row in root['results'] if isinstance(root, dict) else root:
            value = row.get('ip') or row.get('domain') or row.get('url')
            seen = row.get('last_seen') or row.get('last_seen_active') or row.get('last_scan') or row.get('lastSeen')
            if value:
                yield value, None, day_of(seen) if seen else ''
    elif re.match(r'"?Name"?,', text):
        csv.field_size_limit(1 << 24)
        for row in csv.DictReader(text.splitlines(keepends=True)):
            days = re.findall(r'"Timestamp": *"(\d{4}-\d\d-\d\d)', row['EvidenceDetails'])
            yield row['Name'], int(row['Risk']), max(days, default='')
    else:
        for line in text.splitlines():
            value = re.split(r'\s#|\t', line.strip())[0].strip()
            seen = re.search(r'\s#\s*(\d{9,})$', line.strip())
            if value and not value.startswith('#'):
                yield value, None, day_of(seen[1]) if seen else ''


# --- one value ---------------------------------------------------------------------------------------

class Names:
    """Public suffixes, and the built-in names that must not be blocked, taken from the table's text."""
    def __init__(self):
        lines = pathlib.Path(K_SUFFIXES).read_text().splitlines()
        rules = [rule.split()[0] for rule in lines if rule and not rule.startswith('//')]
        self.rules = {rule if rule.isascii() else ascii_rule(rule) for rule in rules}
        self.popular = self.table('builtin_popular.cpp')
        self.lock_out = self.table('builtin_lock_out.cpp')

    @staticmethod
    def table(name):
        text = (REPOSITORY / 'src/core' / name).read_text()
        return set(re.findall(r'"([a-z0-9.-]+\.[a-z0-9-]+)"', re.sub(r'//.*|#include.*', '', text)))

    def is_suffix(self, host):
        if '!' + host in self.rules:
            return False
        return '.' not in host or host in self.rules or '*.' + host.split('.', 1)[1] in self.rules

    def refusal(self, host, is_whole):
        """Why no entry on this host may be sent."""
        parents = {host.split('.', i)[-1] for i in range(host.count('.') + 1)}
        if parents & set(RESERVED_NAMES):
            return 'reserved_address'
        if is_whole and self.is_suffix(host):
            return 'public_suffix'
        if parents & self.lock_out:
            return 'lock_out'
        if is_whole and {host, host.removeprefix('www.')} & self.popular:
            return 'popular'
        return None


def ascii_rule(rule):
    return '.'.join('*' if label == '*' else label.encode('idna').decode() for label in rule.split('.'))


def address_of(value):
    """(version, first, last, text)"""
    try:
        if '/' not in value:  # the quick way
            address = ipaddress.ip_address(value.strip('[]'))
            return address.version, int(address), int(address), str(address)
        network = ipaddress.ip_network(value, strict=False)
        text = str(network.network_address) if network.num_addresses == 1 else str(network)
        return network.version, int(network[0]), int(network[-1]), text
    except ValueError:
        return None


def ip_verdict(value):
    address = address_of(value)
    if address is None:
        return None, {'not_an_indicator', 'wrong_type'}
    version, first, last, text = address
    if version == 6:
        return None, {'unsupported_by_target', 'reserved_address', 'too_wide'}
    if any(first <= end and last >= start for start, end in RESERVED):
        return None, {'reserved_address'}
    if last - first >= 2 ** (32 - 16):
        return None, {'too_wide'}
    return text, None


def domain_verdict(value, names):
    host = value.lower().rstrip('.')
    if address_of(host):
        return None, {'wrong_type'}
    if not HOST.fullmatch(host) or 'xn--' in host or len(host) > 253 or host.rsplit('.', 1)[-1].isdigit():
        return ODD, None
    why = names.refusal(host, True)
    return (None, {why}) if why else (host, None)


def url_verdict(value, names):
    parts = URL.fullmatch(value)
    if not parts or '/.' in (parts[4] or '') or (parts[4] and '%' in parts[4]):
        return ODD, None
    scheme, host, port, path = (parts[1] or '').lower(), parts[2].lower(), parts[3], parts[4] or ''
    address = address_of(host)
    if not address and (not HOST.fullmatch(host) or 'xn--' in host or host.rsplit('.', 1)[-1].isdigit()):
        return ODD, None
    if port and (not scheme or port.startswith('0') or int(port) > 65535) or len(host) > 253 or len(path) > 700:
        return ODD, None
    if address and not scheme and path:
        return ODD, None
    port = '' if (scheme, port) in (('http', '80'), ('https', '443')) else port or ''
    path = '' if path == '/' else path
    entry = host + (':' + port if port else '') + path
    if address and not port and re.fullmatch('/[0-9]{1,2}', path) and int(path[1:]) <= 24:
        if address_of(host + path) and address_of(host + path)[1] == address[1]:
            return None, {'wrong_type'}  # a network with a scheme before it
    if address:
        return (entry, None) if ip_verdict(host)[0] else (None, ip_verdict(host)[1])
    why = names.refusal(host, path in ('', '/?') and not port) or names.refusal(host, False)
    if not why and port and path in ('', '/?') and names.refusal(host, True) == 'popular':
        why = 'popular'
    return (None, {why}) if why else (entry, None)


# --- the set -----------------------------------------------------------------------------------------

def covered(entries, entity):
    """Entries that another one blocks already."""
    if entity == 'url':
        return {e for e in entries if re.search('[:/]', e) and re.split('[:/]', e)[0] in entries}
    if entity == 'domain':
        return set()  # exact hosts cover no other host
    end, inside = -1, set()
    for _, first, last, text in sorted(map(address_of, entries), key=lambda a: (a[1], -a[2])):
        if last <= end:
            inside.add(text)
        end = max(end, last)
    return inside


def order(rank):
    risk, day, text = rank
    return -risk, -(datetime.date.fromisoformat(day).toordinal() if day else 0), text


def select(ranks, before, cap):
    """Design rule 15: who is there stays; a newcomer displaces the last of them when it is clearly better."""
    ranked = sorted(ranks, key=order)
    kept = [r for r in ranked if r[2] in before][:cap]
    newcomers = [r for r in ranked if r[2] not in before]
    free = cap - len(kept)
    chosen, waiting = newcomers[:free], newcomers[free:]
    for rank in waiting:
        if not kept:
            break
        last = kept[-1]
        later = (datetime.date.fromisoformat(rank[1]) - datetime.date.fromisoformat(last[1])).days >= 1 \
            if rank[1] and last[1] else bool(rank[1])
        if not (rank[0] >= last[0] + 5 or (rank[0] >= last[0] and later)):
            break
        kept.pop()
        chosen.append(rank)
    return {r[2] for r in kept + chosen}


def ranks_of(rows, default_risk):
    """Best risk and latest day of each entry."""
    best = {}
    for entry, risk, day in rows:
        risk = default_risk if risk is None else risk
        old = best.get(entry, (0, ''))
        best[entry] = (max(old[0], risk), max(old[1], day))
    return best


def is_list(path):
    """Under 80 % addresses, or empty: an accident, not a list (issue 2, section 3)."""
    rows = list(rows_of(path))
    good = sum(1 for value, _, _ in rows if address_of(value))
    return bool(rows) and good >= 0.8 * len(rows)


def active_ips(path, before, cap):
    rows = [(ip_verdict(value)[0], risk, day) for value, risk, day in rows_of(path)]
    best = ranks_of([r for r in rows if r[0]], 65)
    inside = covered(best.keys(), 'ip')
    return select([(*rank, entry) for entry, rank in best.items() if entry not in inside], before, cap)


# --- the laws ----------------------------------------------------------------------------------------

WAITING = {'over_capacity', 'duplicate', 'covered'}


def broken_laws(options, before):
    names = None if options.type == 'ip' else Names()
    judge = {'ip': ip_verdict, 'domain': lambda v: domain_verdict(v, names),
             'url': lambda v: url_verdict(v, names)}[options.type]
    active = set(lines_of(options.active))
    rows = list(rows_of(options.version))
    rejected, reasons = [], {}
    with open(options.rejected, newline='', encoding='utf-8', errors='surrogateescape') as file:
        for row in csv.DictReader(file):
            rejected.append(row)
            reasons.setdefault(row['value'], set()).add(row['reason'])
    if len(rows) != len(active) + len(rejected):
        yield f'{len(rows)} rows are not {len(active)} active and {len(rejected)} in rejected.csv'

    good, odd = [], []
    for value, risk, day in rows:
        entry, why = judge(value)
        found = reasons.get(value, set())
        if entry is ODD:
            odd.append((value, risk, day))
        elif entry is None:
            if not found & why:
                yield f'{value!r} must be rejected as {sorted(why)}, found {sorted(found)}'
        else:
            good.append((entry, risk, day))
            if found - WAITING:
                yield f'{value!r} is rejected as {sorted(found)}, must become {entry!r}'
            elif entry not in active and not found:
                yield f'{value!r} is neither active nor in rejected.csv'

    best = ranks_of(good, options.default_risk)
    used = {value.lower() for value, _, _ in odd}
    odd_text = '\n'.join(used)
    for entry in active - best.keys():
        host = re.split('[:/?]', entry)[0]
        if host in odd_text:
            continue
        try:
            host = host.encode().decode('idna')
        except UnicodeError:
            pass
        if host not in odd_text:
            yield f'{entry!r} is active and comes from no row'
    inside = covered(best.keys() | active, options.type)
    for entry in sorted(inside & active):
        yield f'{entry!r} is active and covered'
    expected = {e for e in best if e not in inside}
    total = len(expected | active)
    if len(active) > options.cap:
        yield f'{len(active)} entries are over the cap of {options.cap}'
    over = sum(1 for row in rejected if row['reason'] == 'over_capacity')
    if over and len(active) != options.cap:
        yield f'{over} are over capacity, but only {len(active)} of {options.cap} places are taken'
    strangers = len(active - best.keys())
    if not over:
        for entry in sorted(expected - active):
            yield f'{entry!r} must be active'
    else:
        # The odd ones take places too; those of the plain ones are then known exactly.
        chosen = select([(*best[e], e) for e in expected], before & expected, options.cap - strangers)
        for entry in sorted(chosen ^ (active & best.keys()))[:20]:
            yield f'{entry!r} is on the wrong side of the cap'
    print(f'{len(rows)} rows, {len(odd)} odd, {total} accepted, {len(active)} active ({strangers} from odd rows)')


def lines_of(path):
    return pathlib.Path(path).read_text(encoding='utf-8', errors='surrogateescape').splitlines() if path else []


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('what', choices=['set', 'laws'])
    parser.add_argument('--type', choices=['ip', 'domain', 'url'], required=True)
    parser.add_argument('--cap', type=int, required=True)
    parser.add_argument('--default-risk', type=int, default=65)
    parser.add_argument('--before')
    parser.add_argument('--active')
    parser.add_argument('--rejected')
    parser.add_argument('version')
    options = parser.parse_args()
    before = set(lines_of(options.before))
    if options.what == 'laws':
        faults = list(broken_laws(options, before))
        print('\n'.join(faults[:40]), file=sys.stderr)
        return 1 if faults else 0
    if not is_list(options.version):
        return 3
    print('\n'.join(sorted(active_ips(options.version, before, options.cap))))
    return 0


if __name__ == '__main__':
    sys.exit(main())
