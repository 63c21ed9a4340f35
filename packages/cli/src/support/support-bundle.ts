/**
 * What a person who helps from afar needs, in one file: versions, what the doctor finds, settings, and what the server shows of itself.
 *
 * Invariant: no key, token or private half is in it. It is made of what the API shows to a viewer (which shows none), and of config.yaml
 * with every value left out whose name could be a secret's; the whole is searched for their forms before it is written. Worst outcome: a
 * secret is mailed to somebody.
 */
import { createHash } from "node:crypto";
import { posix } from "node:path";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { ApiClient } from "@leeward/api";
import { allPages, errorBodyOf } from "@leeward/api/plain";
import { Fault, formatTime, isFault } from "@leeward/base";
import { type Files, readFile, replaceFile } from "@leeward/world";
import type { CommandContext } from "../command-context.ts";
import { examine } from "../doctor/node-examination.ts";
import { requireFresh } from "../fresh-file.ts";
import { withoutSecrets } from "./without-secrets.ts";

const CONFIG_BYTES_MAX = 1 << 20;
const HOMES_OF_SERVER = ["", "/config-server", "/process-server", "/master-target"];

export interface BundleWritten {
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly parts: readonly string[];
  /** Parts that could not be had, and why. */
  readonly missing: readonly { readonly part: string; readonly code: string; readonly message: string }[];
}

/** Writes the bundle: one JSON document, gzipped. @throws Fault `file-exists`, `bundle-secret-found`, and what the files throw */
export async function writeBundle(
  context: CommandContext,
  options: { readonly to: string; readonly home: string | undefined; readonly version: string },
): Promise<BundleWritten> {
  const { host } = context;
  const { to, home, version } = options;
  await requireFresh(host.files, to);
  const sources: Readonly<Record<string, () => Promise<unknown>>> = {
    doctor: () => examine(host, home === undefined ? [] : [home]),
    configuration: () => configurations(host.files, home),
    ...serverSources(context),
  };
  const parts: Record<string, unknown> = {};
  const missing: { part: string; code: string; message: string }[] = [];
  for (const [part, read] of Object.entries(sources)) {
    try {
      parts[part] = await read();
    } catch (error) {
      if (!isFault(error)) throw error;
      const { code, message } = errorBodyOf(error).error;
      missing.push({ part, code, message });
    }
  }
  const document = { madeAt: formatTime(host.clock.wallMicros()), version, ...parts, missing };
  const bytes = await promisify(gzip)(refuseSecrets(`${JSON.stringify(document, null, 1)}\n`));
  await replaceFile(host.files, posix.dirname(to), posix.basename(to), bytes);
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  return { file: to, bytes: bytes.length, sha256, parts: Object.keys(parts), missing };
}

function serverSources(context: CommandContext): Record<string, () => Promise<unknown>> {
  const ask =
    <T>(call: (client: ApiClient) => Promise<T>) =>
    async (): Promise<T> =>
      call(await context.client());
  return {
    status: ask((client) => client.status()),
    machines: ask((client) => allPages((page) => client.listMachines({ query: page }))),
    servers: ask((client) => allPages((page) => client.listServers({ query: page }))),
    policies: ask((client) => allPages((page) => client.listPolicies({ query: page }))),
    jobs: ask((client) => client.listJobs({ query: {} })),
    opened: ask((client) => allPages((page) => client.listOpened({ query: page }))),
    events: ask((client) => client.listEvents({ query: {} })),
  };
}

async function configurations(files: Files, home: string | undefined): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const below of home === undefined ? [] : HOMES_OF_SERVER) {
    const path = `${home}${below}/config.yaml`;
    if ((await files.status(path)) === undefined) continue;
    found[path] = withoutSecrets(new TextDecoder().decode(await readFile(files, path, CONFIG_BYTES_MAX)));
  }
  return found;
}

const SECRET_FORMS = [
  /\blw1\.[A-Za-z0-9_-]{10,}/,
  /-----BEGIN [A-Z ]*(?:PRIVATE KEY|CERTIFICATE)/,
  /\beyJ[A-Za-z0-9_-]{20,}\.[A-Za-z0-9_-]*\./,
];

function refuseSecrets(text: string): string {
  if (!SECRET_FORMS.some((form) => form.test(text))) return text;
  throw new Fault({
    code: "bundle-secret-found",
    kind: "operator",
    message: "What was gathered holds something in the form of a key or certificate; nothing was written.",
    remedy: "Look through names, notes and config.yaml for a secret that somebody put there.",
  });
}
