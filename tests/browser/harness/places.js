// Where the program stands, and where pictures go. ctest gives both; by hand they are those of the dev build.
import { mkdirSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";

const k_root = fileURLToPath(new URL("../../..", import.meta.url));

export function cordon() {
  return resolve(process.env.CORDON ?? `${k_root}/build/dev/cordon`);
}

/// The file of a picture of that name.
export function picture(name) {
  const folder = resolve(process.env.CORDON_PICTURES ?? `${k_root}/build/dev/tests/browser`);
  mkdirSync(folder, { recursive: true });
  return `${folder}/${name}.png`;
}
