/**
 * `seed.json` of a seed: whose it is, and which files it consists of once it is whole.
 *
 * Invariant: it is believed only under its code (HMAC-SHA-256 under a key that follows from the disk's data key), so that nobody who had the medium
 * can leave a file out, put one in, or make it another disk's. Worst outcome if broken: a target is given what its source never had; the comparison that
 * follows would send that anew, and no more.
 *
 * It is clear text, and holds neither a name nor a key.
 */
import { createHmac, hkdfSync, timingSafeEqual } from "node:crypto";
import type { DataKey } from "@leeward/change-log";
import { isId } from "@leeward/proto";
import { type Files, readFile, replaceFile } from "@leeward/world";
import { seedDamaged, seedMissing } from "./seed-faults.ts";
import { parseSeedFileName } from "./seed-file-name.ts";

export const SEED_MANIFEST = "seed.json";
const FORMAT = 1;
/** Files of 16 MiB and more, of a disk of 64 TiB. */
const BYTES_MAX = 512 * 1024 * 1024;
const KEY_BYTES = 32;

/** What a seed is of. */
export interface SeedIdentity {
  readonly machineId: string;
  readonly diskId: string;
  /** Its branch in the disk's history: another one each time that a seed was asked for. */
  readonly branch: string;
  readonly keyId: string;
  /** Of the disk, bytes. */
  readonly diskBytes: number;
}

export interface SeedManifest extends SeedIdentity {
  /** Names in the order of their sequences; null while it is not whole. */
  readonly files: readonly string[] | null;
}

/** undefined where there is none. @throws Fault `seed-damaged`, `file-too-large`, and what the files throw */
export async function readSeedManifest(files: Files, folder: string, key: DataKey): Promise<SeedManifest | undefined> {
  const path = `${folder}/${SEED_MANIFEST}`;
  if ((await files.status(path)) === undefined) return undefined;
  const manifest = parse(new TextDecoder().decode(await readFile(files, path, BYTES_MAX)));
  if (manifest === undefined) throw seedDamaged(path, "it does not decode");
  const { code, ...rest } = manifest;
  if (rest.keyId !== key.keyId) return rest;
  const own = codeOf(rest, key);
  if (code.length !== own.length || !timingSafeEqual(code, own)) throw seedDamaged(path, "it was changed");
  return rest;
}

/** As `readSeedManifest`, where there must be one. @throws also Fault `seed-missing` */
export async function requireSeedManifest(files: Files, folder: string, key: DataKey): Promise<SeedManifest> {
  const manifest = await readSeedManifest(files, folder, key);
  if (manifest === undefined) throw seedMissing(folder);
  return manifest;
}

/** Durable when it settles. */
export async function writeSeedManifest(
  files: Files,
  folder: string,
  { manifest, key }: { readonly manifest: SeedManifest; readonly key: DataKey },
): Promise<void> {
  const text = JSON.stringify({ ...fieldsOf(manifest), code: codeOf(manifest, key).toString("hex") });
  await replaceFile(files, folder, SEED_MANIFEST, new TextEncoder().encode(`${text}\n`));
}

function fieldsOf({ machineId, diskId, branch, keyId, diskBytes, files }: SeedManifest): object {
  return { format: FORMAT, machineId, diskId, branch, keyId, diskBytes, files };
}

function codeOf(manifest: SeedManifest, { bytes }: DataKey): Buffer {
  const key = new Uint8Array(hkdfSync("sha256", bytes, new Uint8Array(0), "leeward seed", KEY_BYTES));
  return createHmac("sha256", key)
    .update(JSON.stringify(fieldsOf(manifest)))
    .digest();
}

function parse(text: string): (SeedManifest & { readonly code: Buffer }) | undefined {
  const value = parsedJson(text);
  if (typeof value !== "object" || value === null) return undefined;
  const read: Record<string, unknown> = { ...value };
  const { format, machineId, diskId, branch, keyId, diskBytes, files, code } = read;
  if (format !== FORMAT || typeof code !== "string") return undefined;
  if (!isText(machineId) || !isText(diskId) || !isText(branch) || !isText(keyId)) return undefined;
  if (typeof diskBytes !== "number" || !Number.isSafeInteger(diskBytes) || diskBytes < 1) return undefined;
  if (files !== null && !isFileList(files)) return undefined;
  return { machineId, diskId, branch, keyId, diskBytes, files, code: Buffer.from(code, "hex") };
}

function isText(value: unknown): value is string {
  return typeof value === "string" && isId(value);
}

function isFileList(value: unknown): value is string[] {
  return (
    Array.isArray(value) && value.every((name) => typeof name === "string" && parseSeedFileName(name) !== undefined)
  );
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON: nothing that was written here.
    return undefined;
  }
}
