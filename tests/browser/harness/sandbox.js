// The stand-in for the clouds (docs/sandbox.md).
import { Child } from "./child.js";

export class Sandbox {
  static async start(cordon, folder, flags) {
    const words = ["sandbox", "--port", "0", "--write-settings", `${folder}/config/settings.ini`, ...flags];
    const child = new Child(cordon, words, { folder });
    const [, address] = await child.prints(/^The sandbox listens on (http:\/\/127\.0\.0\.1:\d+) /m);
    await child.prints(/^permit_reserved = true$/m); // the end of the settings that it writes
    return new Sandbox(child, address);
  }

  constructor(child, address) {
    this.child = child;
    this.address = address;
  }

  /// An action of docs/sandbox.md, such as `tick`.
  async act(action, body) {
    const answer = await fetch(`${this.address}/_sandbox/${action}`, {
      method: "POST",
      body: body === undefined ? "" : JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`the sandbox refused '${action}': ${await answer.text()}`);
  }

  /// What GET /_sandbox/`place` shows.
  async look(place) {
    const answer = await fetch(`${this.address}/_sandbox/${place}`);
    if (!answer.ok) throw new Error(`the sandbox refused '${place}': ${await answer.text()}`);
    return answer.json();
  }

  async end() {
    const status = await this.child.end();
    const violations = this.child.said.match(/^VIOLATION .*$/gm) ?? [];
    if (status !== 0 || violations.length > 0)
      throw new Error(`the sandbox ended with ${status}: ${violations.join("\n")}`);
  }
}
