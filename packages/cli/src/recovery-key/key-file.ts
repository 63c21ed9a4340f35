// The recovery key as `leeward key export` writes it, and the 32 bytes that it comes to: the scalar of a key on P-256. All else in the file follows from them.
import { createECDH, createHash, createPrivateKey, createPublicKey } from "node:crypto";
import { type Files, readFile } from "@leeward/world";
import { requireFresh } from "../fresh-file.ts";
import { keyFileForeign } from "./faults.ts";

const KEY_BYTES_MAX = 64 * 1024;
export const SCALAR_BYTES = 32;
export const FINGERPRINT_BYTES = 8;

export interface RecoveryKey {
  readonly scalar: Uint8Array;
  /** Of its public half: the beginning of its SHA-256. */
  readonly fingerprint: Uint8Array;
}

/** @throws Fault `key-file-foreign`, `file-missing`, and what else the files throw */
export async function readKey(files: Files, path: string): Promise<RecoveryKey> {
  const text = new TextDecoder().decode(await readFile(files, path, KEY_BYTES_MAX));
  const scalar = scalarOf(text);
  // What would not come back byte for byte is not taken apart.
  if (scalar === undefined || pemOf(scalar) !== text) throw keyFileForeign(path);
  return { scalar, fingerprint: fingerprintOf(scalar) };
}

/** Durable, and readable by its owner alone. @throws Fault `file-exists`, and what else the files throw */
export async function writeKey(files: Files, path: string, scalar: Uint8Array): Promise<void> {
  await writeFresh(files, path, pemOf(scalar));
}

/** A new file of mode 0600, durable; what fails leaves nothing of it. @throws Fault `file-exists`, and what else the files throw */
export async function writeFresh(files: Files, path: string, text: string): Promise<void> {
  await requireFresh(files, path);
  const handle = await files.open(path, "create");
  try {
    await handle.write([new TextEncoder().encode(text)], 0);
    await handle.datasync();
    await files.syncFolder(path.slice(0, path.lastIndexOf("/")) || "/");
  } catch (error) {
    await files.remove(path);
    throw error;
  } finally {
    await handle[Symbol.asyncDispose]();
  }
}

/** Throws where the bytes are no key. */
export function fingerprintOf(scalar: Uint8Array): Uint8Array {
  const spki = createPublicKey(pemOf(scalar)).export({ format: "der", type: "spki" });
  return new Uint8Array(createHash("sha256").update(spki).digest().subarray(0, FINGERPRINT_BYTES));
}

/** In groups of four hex digits. */
export function fingerprintText(fingerprint: Uint8Array): string {
  return (Buffer.from(fingerprint).toString("hex").match(/.{4}/g) ?? []).join(" ");
}

function scalarOf(pem: string): Uint8Array | undefined {
  try {
    const { crv, d } = createPrivateKey(pem).export({ format: "jwk" });
    return crv === "P-256" && d !== undefined ? new Uint8Array(Buffer.from(d, "base64url")) : undefined;
  } catch {
    // No key that is known here.
    return undefined;
  }
}

function pemOf(scalar: Uint8Array): string {
  const pair = createECDH("prime256v1");
  pair.setPrivateKey(scalar);
  const point = pair.getPublicKey();
  const [x, y] = [point.subarray(1, 33), point.subarray(33)].map((part) => part.toString("base64url"));
  const d = Buffer.from(scalar).toString("base64url");
  const key = { kty: "EC", crv: "P-256", d, ...(x !== undefined && { x }), ...(y !== undefined && { y }) };
  return createPrivateKey({ key, format: "jwk" }).export({ format: "pem", type: "pkcs8" }).toString();
}
