# The one door to the project. `make demo` and `make test` install what they need on a bare Debian 12.

JOBS ?= $(shell nproc)
TIME ?= 60
FIRST ?= 1
SEEDS ?= 200
EPOCHS ?= 12
PREFIX ?= /usr/local
PORT ?= 8470

.PHONY: all demo demo-console picture test audit bench bench-check bench-record fuzz simulate format install clean packages packages-test

all: packages
	@cmake --preset release $(QUIET)
	@cmake --build build/release -j $(JOBS) --target cordon
	@cp -f build/release/cordon build/cordon

demo: all
	@scripts/install_packages.sh packaging/apt/demo.txt
	@scripts/demo.sh build/cordon

# The README's picture of the console, made anew.
picture: packages-test
	@cmake --preset dev $(QUIET)
	@cmake --build build/dev -j $(JOBS) --target cordon
	@scripts/browser_packages.sh
	@node tests/browser/readme_picture.js docs/pictures/console-overview.png

# The console over the sandbox, until Ctrl-C.
demo-console: all
	@scripts/install_packages.sh packaging/apt/demo.txt
	@scripts/demo_console.sh build/cordon $(PORT)

test: packages-test
	@scripts/test.sh $(JOBS)

# Slow analysis, not part of the gate.
audit: packages-test
	@scripts/install_packages.sh packaging/apt/develop.txt
	@scripts/audit.sh $(JOBS)

bench: packages
	@scripts/install_packages.sh packaging/apt/bench.txt
	@cmake --preset bench
	@cmake --build build/bench -j $(JOBS)
	@scripts/bench.sh build/bench

# The instructions of the hot stages against their budgets (bench/budgets.json); part of `make test`.
bench-check bench-record: packages-test
	@cmake --preset bench $(QUIET)
	@cmake --build build/bench -j $(JOBS) --target hot_stages
	@scripts/bench_check.py build/bench/bench/hot_stages $(if $(filter bench-record,$@),--record)

# TIME is for each target: 600, 90s, 10m, 1h. ONLY names some targets. Goes on from what earlier runs found.
fuzz: packages-test
	@cmake --preset fuzz
	@cmake --build build/fuzz -j $(JOBS)
	@scripts/fuzz.sh build/fuzz $(TIME) $(JOBS) $(ONLY)

# Lives of SEEDS schedules, from FIRST on; EPOCHS is their length (docs/reliability.md).
simulate: packages-test
	@cmake --preset dev $(QUIET)
	@cmake --build build/dev -j $(JOBS) --target simulate
	@scripts/simulate.sh build/dev/tests/simulate $(FIRST) $(SEEDS) $(EPOCHS) $(JOBS)

format:
	@scripts/install_packages.sh packaging/apt/develop.txt
	@git ls-files 'src/*.[ch]pp' 'tests/*.cpp' 'tests/*.hpp' 'bench/*.cpp' | xargs clang-format -i

install: all
	install -D -m 0755 build/cordon $(DESTDIR)$(PREFIX)/bin/cordon
	install -D -m 0644 config/settings.ini $(DESTDIR)$(PREFIX)/share/doc/cordon/settings.ini

clean:
	rm -rf build tests/browser/node_modules

packages:
	@scripts/install_packages.sh packaging/apt/build.txt

packages-test: packages
	@scripts/install_packages.sh packaging/apt/test.txt
	@command -v node >/dev/null && command -v npm >/dev/null || scripts/install_packages.sh packaging/apt/node.txt
