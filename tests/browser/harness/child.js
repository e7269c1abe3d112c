// A process of ours: what it prints, how it ended. None outlives the test that started it.
import { spawn } from "node:child_process";

const k_patience_ms = 120_000;

export class Child {
  #process;
  #lines = "";
  #ended = null;
  #waiting = new Set();

  constructor(command, words, { folder, input = "" }) {
    const environment = { PATH: "/usr/bin:/bin", HOME: folder };
    this.name = [command, ...words].join(" ");
    this.#process = spawn(command, words, { cwd: folder, env: environment });
    this.exit = new Promise((resolve, reject) => {
      this.#process.on("error", reject);
      this.#process.on("close", (status, signal) => {
        this.#ended = { status, signal };
        this.#look();
        resolve(this.#ended);
      });
    });
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      stream.setEncoding("utf8");
      stream.on("data", (text) => {
        this.#lines += text;
        this.#look();
      });
    }
    this.#process.stdin.end(input);
  }

  /// All that it has printed, on standard output and standard error.
  get said() {
    return this.#lines;
  }

  /// The match of `pattern` in what it prints; fails as soon as it ends without.
  prints(pattern) {
    return new Promise((resolve, reject) => {
      const give_up = (why) => reject(new Error(`'${this.name}' ${why} without printing ${pattern}: ${this.#lines}`));
      const clock = setTimeout(() => {
        this.#waiting.delete(look);
        give_up(`took more than ${k_patience_ms / 1000} s`);
      }, k_patience_ms);
      const look = () => {
        const found = pattern.exec(this.#lines);
        if (!found && !this.#ended) return;
        clearTimeout(clock);
        this.#waiting.delete(look);
        if (found) resolve(found);
        else give_up(`ended with ${this.#ended.status ?? this.#ended.signal}`);
      };
      this.#waiting.add(look);
      look();
    });
  }

  /// Asks it to end, and waits until it has. Its exit status.
  async end() {
    if (!this.#ended) this.#process.kill("SIGTERM");
    return (await this.exit).status;
  }

  #look() {
    for (const look of [...this.#waiting]) look();
  }
}
