// A whole Cordon in a folder of its own: sandbox, settings, runs, console.
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Child } from "./child.js";
import { cordon } from "./places.js";
import { Sandbox } from "./sandbox.js";

export const k_domains = "Recorded Future SCF - Prevent Domains";
export const k_addresses = "Recorded Future SCF - Prevent C2C IPs";
export const k_urls = "CrowdStrike Malicious URLs - High";
export const k_domains_feed = "/public/prevent/weaponized_domains.json";

export class Installation {
  #settings;
  daemon = null; // `cordon serve`, while it runs

  /// `flags` are those of the sandbox; `zscaler` goes into the settings' section of that name, `rules` into each feed's.
  static async make({ flags = [], zscaler = "", rules = "ensure_rule = block\nrule_state = enabled" } = {}) {
    const here = new Installation();
    here.folder = await mkdtemp(join(tmpdir(), "cordon-browser-"));
    try {
      await mkdir(join(here.folder, "config"));
      here.#settings = join(here.folder, "config/settings.ini");
      here.sandbox = await Sandbox.start(cordon(), here.folder, flags);
      const written = await readFile(here.#settings, "utf8");
      const text = written
        .replace(/^\[(risklist_|falcon_).*\]$/gm, `$&\n${rules}`)
        .replace("[zscaler]", `$&\n${zscaler}`);
      await writeFile(here.#settings, text, { mode: 0o600 });
    } catch (error) {
      await here.end();
      throw error;
    }
    return here;
  }

  /// Runs a command to its end; its output. Fails where its exit status is another one.
  async cordon(words, { status = 0, input = "" } = {}) {
    const child = new Child(cordon(), [...words, "-s", this.#settings], { folder: this.folder, input });
    const ended = await child.exit;
    if (ended.status !== status) throw new Error(`'${child.name}' ended with ${ended.status}: ${child.said}`);
    return child.said;
  }

  /// Who may sign in as `name`, with this password.
  async add_user(name, role) {
    const password = `${name} opens the console`;
    await this.cordon(["user", "add", name, "--role", role], { input: `${password}\n` });
    return { name, password };
  }

  /// Starts `cordon serve` and waits for the end of its first run.
  async serve() {
    this.daemon = new Child(cordon(), ["serve", "--listen", "127.0.0.1:0", "-s", this.#settings], {
      folder: this.folder,
    });
    [, this.address] = await this.daemon.prints(/^listening on (http:\/\/127\.0\.0\.1:\d+)$/m);
    await this.daemon.prints(/^cordon: run \S+: \w+/m);
  }

  async stop_serving() {
    const { daemon } = this;
    this.daemon = null;
    const status = await daemon.end();
    if (status !== 0) throw new Error(`the daemon ended with ${status}: ${daemon.said}`);
  }

  /// What the API answers to somebody who has not signed in.
  async ask(path) {
    const answer = await fetch(`${this.address}/api/v1${path}`);
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  }

  async end() {
    try {
      if (this.daemon) await this.stop_serving();
    } finally {
      try {
        await this.sandbox?.end();
      } finally {
        await rm(this.folder, { recursive: true, force: true });
      }
    }
  }
}

/// An installation that has run once and serves.
export async function that_has_run(options) {
  const here = await Installation.make(options);
  try {
    await here.serve();
    return here;
  } catch (error) {
    await here.end();
    throw error;
  }
}

/// Some hours of an installation: filled, moved on, an indicator withdrawn, a torn download, and all well again.
export async function with_a_history() {
  const here = await Installation.make();
  try {
    const { sandbox } = here;
    await here.cordon(["run"]);
    await sandbox.act("tick");
    await here.cordon(["run"]);
    await sandbox.act("indicators", { id: "url_http://tail.example/ends-with-dash-", change: "delete" });
    await here.cordon(["run"]);
    await sandbox.act("tick");
    await sandbox.act("feed", { path: k_domains_feed, torn: true });
    await here.cordon(["run"], { status: 1 });
    await sandbox.act("feed", { path: k_domains_feed, restore: true });
    await sandbox.act("tick");
    await here.serve();
    return here;
  } catch (error) {
    await here.end();
    throw error;
  }
}
