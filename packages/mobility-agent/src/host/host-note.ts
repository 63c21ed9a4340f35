import { isFault } from "@leeward/base";
import { type Files, readFile, replaceFile } from "@leeward/world";
import type { HostFacts } from "./host-facts.ts";

const FILE = "host.json";
const VERSION = 1;
const BYTES_MAX = 1024 * 1024;

/** Beside an identity: whose it is. */
export interface HostNote {
  /** On which the identity is used. */
  readonly host: HostFacts;
  /** Another host found that it has a copy; it is one for as long as it is that host. */
  readonly copy?: NotedCopy;
}

export interface NotedCopy {
  readonly on: HostFacts;
  readonly message: string;
  readonly sinceMicros: number;
}

/** undefined where there is none, or none that can be read: then hosts are told apart by their sessions alone. */
export async function readHostNote(files: Files, folder: string): Promise<HostNote | undefined> {
  try {
    if ((await files.status(`${folder}/${FILE}`)) === undefined) return undefined;
    return noteOf(JSON.parse(new TextDecoder().decode(await readFile(files, `${folder}/${FILE}`, BYTES_MAX))));
  } catch (error) {
    if (!isFault(error) && !(error instanceof SyntaxError)) throw error;
    return undefined;
  }
}

/** Durable when it settles. */
export async function writeHostNote(files: Files, folder: string, note: HostNote): Promise<void> {
  const text = JSON.stringify({ version: VERSION, ...note });
  await replaceFile(files, folder, FILE, new TextEncoder().encode(`${text}\n`));
}

function noteOf(document: unknown): HostNote | undefined {
  if (!isRecord(document) || document["version"] !== VERSION) return undefined;
  const host = factsOf(document["host"]);
  const copy = copyOf(document["copy"]);
  return host && { host, ...(copy && { copy }) };
}

function copyOf(value: unknown): NotedCopy | undefined {
  if (!isRecord(value)) return undefined;
  const { message, sinceMicros } = value;
  const on = factsOf(value["on"]);
  if (on === undefined || typeof message !== "string" || typeof sinceMicros !== "number") return undefined;
  return { on, message, sinceMicros };
}

function factsOf(value: unknown): HostFacts | undefined {
  if (!isRecord(value)) return undefined;
  const { machineId, productUuid, disks } = value;
  if (!isTextOrNull(machineId) || !isTextOrNull(productUuid) || !Array.isArray(disks)) return undefined;
  const names = disks.filter((disk): disk is string => typeof disk === "string");
  return names.length === disks.length ? { machineId, productUuid, disks: names } : undefined;
}

function isTextOrNull(value: unknown): value is string | null {
  return value === null || typeof value === "string";
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
