// Builds the console into packages/console/dist, from where a checkout's config server serves it.
import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { buildConsole } from "./node-build-console.ts";

const TO = fileURLToPath(new URL("../../dist", import.meta.url));

const { files } = await buildConsole();
const making = `${TO}.new`;
rmSync(making, { recursive: true, force: true });
for (const [path, content] of files) {
  mkdirSync(dirname(`${making}/${path}`), { recursive: true });
  writeFileSync(`${making}/${path}`, content);
}
rmSync(TO, { recursive: true, force: true });
renameSync(making, TO);
