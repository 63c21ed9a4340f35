// Makes docs/openapi.json from the table of routes, and the client from that: `npm run api`, or with --check compares and exits 1 when they are not what
// the table gives.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { clientSource, type OpenApi } from "./client-source.ts";

const ROOT = join(import.meta.dirname, "../..");
const DOCUMENT = "docs/openapi.json";
const CLIENT = "packages/api/src/generated/api-client.ts";

// The table stands beside the client in one package: without any client it could not be loaded.
if (!existsSync(join(ROOT, CLIENT))) write(CLIENT, "export class ApiClient {}\n");
const text = execFileSync(process.execPath, [join(ROOT, "packages/api/src/openapi/main.ts")], {
  encoding: "utf8",
  maxBuffer: 64 * 1024 * 1024,
});
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it was made by our own program, for this one
const document = JSON.parse(text) as OpenApi;
const products = [
  { path: DOCUMENT, content: text },
  { path: CLIENT, content: clientSource(document) },
];
const outdated = products.filter(({ path, content }) => textOf(join(ROOT, path)) !== content);
const names = outdated.map(({ path }) => path).join(", ");
if (process.argv.includes("--check")) {
  if (outdated.length > 0) {
    process.stderr.write(`${names} outdated: run \`npm run api\`.\n`);
    process.exitCode = 1;
  }
} else {
  for (const { path, content } of outdated) write(path, content);
  process.stdout.write(outdated.length === 0 ? "The API's document and client: as they were\n" : `${names} written\n`);
}

function write(path: string, content: string): void {
  mkdirSync(dirname(join(ROOT, path)), { recursive: true });
  writeFileSync(join(ROOT, path), content);
}

function textOf(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, "utf8") : undefined;
}
