import { Fault } from "@leeward/base";
import type { DataKey } from "@leeward/change-log";
import { isId } from "@leeward/proto";
import { type Files, readFile } from "@leeward/world";

const NAME = "keys.json";
const BYTES_MAX = 1024 * 1024;
/** As the config server names the recovery key among the recipients. */
const RECOVERY = "recovery";

/** What opens a journal without a server: the disk's data key itself, or the private half of the recovery key. */
export type Unlock =
  | { readonly kind: "data-key"; readonly key: DataKey }
  | { readonly kind: "recovery"; readonly key: Unwrapper };

/** As identity's RecoveryPrivateKey. */
export interface Unwrapper {
  unwrap(jwe: string, keyId: string): Promise<Uint8Array>;
}

/** What stands beside a disk's journal in the clear. */
export interface KeyFile {
  readonly machineId: string;
  readonly machineName: string;
  readonly diskId: string;
  readonly diskName: string;
  readonly keyId: string;
  readonly wrappedKeys: readonly { readonly recipient: string; readonly jwe: string }[];
}

/** keys.json of a disk's folder; undefined when there is none. @throws Fault `keys-damaged` */
export async function readKeyFile(files: Files, folder: string): Promise<KeyFile | undefined> {
  const path = `${folder}/${NAME}`;
  if ((await files.status(path)) === undefined) return undefined;
  const text = Buffer.from(await readFile(files, path, BYTES_MAX)).toString("utf8");
  const keyFile = decode(text);
  if (keyFile !== undefined) return keyFile;
  throw new Fault({ code: "keys-damaged", kind: "corruption", message: `${path} does not decode.`, detail: { path } });
}

/** The disk's data key. @throws Fault `key-missing`, `keys-damaged`, `key-unwrap-failed` */
export async function dataKeyOf(keyFile: KeyFile | undefined, unlock: Unlock, folder: string): Promise<DataKey> {
  if (unlock.kind === "data-key") return unlock.key;
  const wrapped = keyFile?.wrappedKeys.find(({ recipient }) => recipient === RECOVERY);
  if (keyFile === undefined || wrapped === undefined) {
    throw new Fault({
      code: "key-missing",
      kind: "operator",
      message: `${folder} holds no data key that is wrapped to a recovery key.`,
      detail: { folder },
    });
  }
  return { keyId: keyFile.keyId, bytes: await unlock.key.unwrap(wrapped.jwe, keyFile.keyId) };
}

function decode(text: string): KeyFile | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
  if (!isObject(value)) return undefined;
  const { machineId, machineName, diskId, diskName, keyId, wrappedKeys } = value;
  if (!isIdText(machineId) || !isIdText(diskId) || !isIdText(keyId) || !Array.isArray(wrappedKeys)) return undefined;
  if (typeof machineName !== "string" || typeof diskName !== "string") return undefined;
  const keys = wrappedKeys.map((each: unknown) => wrappedKeyOf(each));
  if (keys.includes(undefined)) return undefined;
  return { machineId, machineName, diskId, diskName, keyId, wrappedKeys: keys.filter((key) => key !== undefined) };
}

function wrappedKeyOf(value: unknown): KeyFile["wrappedKeys"][number] | undefined {
  if (!isObject(value)) return undefined;
  const { recipient, jwe } = value;
  return typeof recipient === "string" && typeof jwe === "string" ? { recipient, jwe } : undefined;
}

function isIdText(value: unknown): value is string {
  return typeof value === "string" && isId(value);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
