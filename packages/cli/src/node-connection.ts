import { posix } from "node:path";
import type { ApiClient } from "@leeward/api";
import { Fault } from "@leeward/base";
import { type Files, outboundAgent, readFile } from "@leeward/world";
import type { CliHost } from "./command-context.ts";

const TOKEN_BYTES_MAX = 4_096;
const CA_BYTES_MAX = 1 << 20;
const DOCUMENT_BYTES_MAX = 1 << 16;

interface ServerPlace {
  readonly url: string;
  readonly tokenFile: string;
  readonly caFile: string;
}

/**
 * The API's client, found as CLI.md says: `--home` (a server's home), else LEEWARD_SERVER + LEEWARD_TOKEN_FILE + LEEWARD_CA_FILE, else
 * leeward/context.json under the XDG configuration folder.
 * @throws Fault `server-missing`, `context-invalid`
 */
export async function connect(host: CliHost, home: string | undefined): Promise<ApiClient> {
  const place = await findServer(host, home);
  const token = textOf(await readFile(host.files, place.tokenFile, TOKEN_BYTES_MAX)).trim();
  const caPem = textOf(await readFile(host.files, place.caFile, CA_BYTES_MAX));
  // Loaded when it is needed: a daemon starts by the same program, and quicker without.
  const api = await import("@leeward/api");
  const { nodeTransport } = await import("@leeward/api/node");
  const { takingAuthorities } = await import("./take-authority.ts");
  const warn = (text: string): void => host.stderr.write(text);
  const caFile = { files: host.files, path: posix.resolve(host.workingFolder, place.caFile), caPem, warn };
  const transport = takingAuthorities(nodeTransport({ url: place.url, caPem, makeAgent: outboundAgent }), caFile);
  return new api.ApiClient({ transport, token });
}

async function findServer(host: CliHost, home: string | undefined): Promise<ServerPlace> {
  if (home !== undefined) return fromHome(host.files, home);
  const { LEEWARD_SERVER: url, LEEWARD_TOKEN_FILE: tokenFile, LEEWARD_CA_FILE: caFile } = host.environment;
  if (url !== undefined && tokenFile !== undefined && caFile !== undefined) return { url, tokenFile, caFile };
  return fromContext(host);
}

async function fromHome(files: Files, home: string): Promise<ServerPlace> {
  const path = `${home}/ready.json`;
  if ((await files.status(path)) === undefined) {
    throw new Fault({
      code: "server-unreachable",
      kind: "transient",
      message: `No server runs in ${home}: it has no ready.json.`,
      remedy: `Start it with \`leeward server start --home ${home}\`.`,
      detail: { home },
    });
  }
  const url = stringField(await readDocument(files, path), "apiUrl", path);
  return { url, tokenFile: `${home}/operator.token`, caFile: `${home}/ca.pem` };
}

async function fromContext(host: CliHost): Promise<ServerPlace> {
  const { XDG_CONFIG_HOME: configured, HOME: own } = host.environment;
  const path = `${configured ?? `${own ?? "/"}/.config`}/leeward/context.json`;
  if ((await host.files.status(path)) === undefined) {
    throw new Fault({
      code: "server-missing",
      kind: "operator",
      message: "No server is named.",
      remedy: `Give --home DIR (a server's home), or set LEEWARD_SERVER, LEEWARD_TOKEN_FILE and LEEWARD_CA_FILE, or write ${path} with "server", "tokenFile" and "caFile".`,
    });
  }
  const document = await readDocument(host.files, path);
  return {
    url: stringField(document, "server", path),
    tokenFile: stringField(document, "tokenFile", path),
    caFile: stringField(document, "caFile", path),
  };
}

async function readDocument(files: Files, path: string): Promise<unknown> {
  const text = textOf(await readFile(files, path, DOCUMENT_BYTES_MAX));
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Fault({
      code: "context-invalid",
      kind: "operator",
      message: `${path} is not JSON.`,
      remedy: "Write the three as texts, or remove the file and use `--home` or the `LEEWARD_…` variables.",
      detail: { path },
      cause,
    });
  }
}

function stringField(document: unknown, name: string, path: string): string {
  const value: unknown = typeof document === "object" && document !== null ? Reflect.get(document, name) : undefined;
  if (typeof value === "string") return value;
  throw new Fault({
    code: "context-invalid",
    kind: "operator",
    message: `${path} has no text ${JSON.stringify(name)}.`,
    remedy: "Write the three as texts, or remove the file and use `--home` or the `LEEWARD_…` variables.",
    detail: { path, name },
  });
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
