// Makes proto/generated from proto/*.proto: `npm run proto`, or with --check compares and exits 1 when it is not what they give.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CODEC_TYPES, messagesSource } from "./message-source.ts";
import { readSchema } from "./proto-schema.ts";

const PROTO = join(import.meta.dirname, "../../proto");
const ROOT_FILE = "session.proto";
const SOURCES = ["session.proto", "control.proto"];
const PRODUCTS = ["codec.js", "codec.d.ts", "messages.ts"];
const SUBTRACTIONS = ["create", "verify", "convert", "delimited", "typeurl", "service", "comments"].map(
  (name) => `--no-${name}`,
);

const folder = mkdtempSync(join(tmpdir(), "leeward-proto-"));
try {
  generate(folder);
  const outdated = PRODUCTS.filter((name) => textOf(join(folder, name)) !== textOf(join(PROTO, "generated", name)));
  if (process.argv.includes("--check")) {
    if (outdated.length > 0) {
      process.stderr.write(`proto/generated is outdated (${outdated.join(", ")}): run \`npm run proto\`.\n`);
      process.exitCode = 1;
    }
  } else {
    for (const name of outdated) writeFileSync(join(PROTO, "generated", name), readFileSync(join(folder, name)));
    process.stdout.write(
      `proto/generated: ${outdated.length === 0 ? "as it was" : `${outdated.join(", ")} written`}\n`,
    );
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function generate(out: string): void {
  const source = ["-p", PROTO, join(PROTO, ROOT_FILE)];
  const options = ["-t", "static-module", "-w", "esm", "--es6", "--force-number", "--null-semantics"];
  pbjs([...options, ...SUBTRACTIONS, "--dependency", "protobufjs/minimal.js", "-o", join(out, "codec.js"), ...source]);
  const schema = pbjs(["-t", "json", ...source]);
  const texts = SOURCES.map((name) => readFileSync(join(PROTO, name), "utf8"));
  writeFileSync(join(out, "codec.d.ts"), CODEC_TYPES);
  writeFileSync(join(out, "messages.ts"), messagesSource(readSchema(schema, texts)));
}

function pbjs(args: readonly string[]): string {
  return execFileSync(process.execPath, [join(PROTO, "node_modules/protobufjs-cli/bin/pbjs"), ...args], {
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}
