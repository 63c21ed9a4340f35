import { Fault, isFault } from "@leeward/base";
import type { DataKey } from "@leeward/change-log";
import { openWithDataKey, type RecoveryPrivateKey, readRecoveryKeyFile } from "@leeward/identity";
import { isId } from "@leeward/proto";
import { type Files, readFile, type World } from "@leeward/world";

const KEYS_NAME = "keys.json";
const KEYS_BYTES_MAX = 1 << 20;
/** As keys.json names the recovery key among those who may open the journal. */
const RECOVERY = "recovery";

/** What keys.json says of the journal beside it: whose it is, and its data key, wrapped to everyone who may open it. */
export interface JournalDescription {
  readonly machineId: string;
  readonly machineName: string;
  readonly diskId: string;
  readonly diskName: string;
  readonly keyId: string;
  readonly wrappedKeys: readonly { readonly recipient: string; readonly jwe: string }[];
}

/** The names of machine and disk, or what they are sealed in with the data key, where a store is not to know them. */
type DescriptionAsItLies = Omit<JournalDescription, "machineName" | "diskName"> &
  ({ readonly machineName: string; readonly diskName: string } | { readonly names: string });

/** @throws Fault `journal-keys-missing`, `journal-keys-damaged`, `recovery-key-foreign` when names are sealed and the key does not open them */
export async function readDescription(
  files: Files,
  folder: string,
  key: RecoveryPrivateKey,
): Promise<JournalDescription> {
  const found = await readAsItLies(files, folder);
  if (!("names" in found)) return found;
  const { names, ...rest } = found;
  const ids = { ...rest, machineName: found.machineId, diskName: found.diskId };
  const { keyId, bytes: dataKey } = await dataKeyOf(key, ids);
  const path = `${folder}/${KEYS_NAME}`;
  const document = await damagedUnless(
    path,
    async (): Promise<unknown> => JSON.parse(await openWithDataKey(names, { dataKey, keyId })),
  );
  return { ...rest, machineName: textField(document, "machineName"), diskName: textField(document, "diskName") };
}

async function readAsItLies(files: Files, folder: string): Promise<DescriptionAsItLies> {
  const path = `${folder}/${KEYS_NAME}`;
  if ((await files.status(path)) === undefined) throw keysMissing(path);
  return await damagedUnless(path, async () =>
    descriptionOf(JSON.parse(new TextDecoder().decode(await readFile(files, path, KEYS_BYTES_MAX)))),
  );
}

async function damagedUnless<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (isFault(cause) && !["file-too-large", "key-unwrap-failed"].includes(cause.code)) throw cause;
    throw new Fault({
      code: "journal-keys-damaged",
      kind: "corruption",
      message: `${path} does not say whose journal this is and how its key is wrapped.`,
      remedy: "Take it from another copy of the journal: it does not change while the disk is protected.",
      detail: { path },
      cause,
    });
  }
}

/** The exported recovery key. @throws Fault `recovery-key-missing`, `recovery-key-invalid`, and what the files throw */
export async function readRecoveryKey(world: World, path: string): Promise<RecoveryPrivateKey> {
  const remedy = "Give the file that `leeward key export` wrote.";
  try {
    return await readRecoveryKeyFile(world, path);
  } catch (cause) {
    if (isFault(cause, "file-missing")) {
      const message = `There is no recovery key at ${path}.`;
      throw new Fault({ code: "recovery-key-missing", kind: "operator", message, remedy, detail: { path }, cause });
    }
    if (!isFault(cause, "identity-damaged", "file-too-large")) throw cause;
    const message = `${path} holds no recovery key.`;
    throw new Fault({ code: "recovery-key-invalid", kind: "operator", message, remedy, detail: { path }, cause });
  }
}

/** The disk's data key. @throws Fault `recovery-key-foreign` when the journal's key is wrapped to another recovery key */
export async function dataKeyOf(key: RecoveryPrivateKey, description: JournalDescription): Promise<DataKey> {
  const { keyId, wrappedKeys, diskName, machineName } = description;
  const wrapped = wrappedKeys.find(({ recipient }) => recipient === RECOVERY);
  try {
    if (wrapped !== undefined) return { keyId, bytes: await key.unwrap(wrapped.jwe, keyId) };
  } catch (cause) {
    if (!isFault(cause, "key-unwrap-failed")) throw cause;
    throw keyForeign(machineName, diskName, cause);
  }
  throw keyForeign(machineName, diskName, undefined);
}

function descriptionOf(document: unknown): DescriptionAsItLies {
  const wrapped = fieldOf(document, "wrappedKeys");
  if (!Array.isArray(wrapped)) throw new TypeError("wrappedKeys is not a list");
  const sealed = fieldOf(document, "names");
  const names =
    typeof sealed === "string"
      ? { names: sealed }
      : { machineName: textField(document, "machineName"), diskName: textField(document, "diskName") };
  return {
    machineId: idField(document, "machineId"),
    diskId: idField(document, "diskId"),
    ...names,
    keyId: idField(document, "keyId"),
    wrappedKeys: wrapped.map((each: unknown) => ({
      recipient: textField(each, "recipient"),
      jwe: textField(each, "jwe"),
    })),
  };
}

function idField(document: unknown, name: string): string {
  const value = textField(document, name);
  if (isId(value)) return value;
  throw new TypeError(`${name} is not an id`);
}

function textField(document: unknown, name: string): string {
  const value = fieldOf(document, name);
  if (typeof value === "string") return value;
  throw new TypeError(`${name} is not a text`);
}

function fieldOf(document: unknown, name: string): unknown {
  return typeof document === "object" && document !== null ? Reflect.get(document, name) : undefined;
}

function keysMissing(path: string): Fault {
  return new Fault({
    code: "journal-keys-missing",
    kind: "operator",
    message: `${path} is not there; without the wrapped key in it the journal beside it does not open.`,
    remedy: "Take it from another copy of the journal.",
    detail: { path },
  });
}

function keyForeign(machine: string, disk: string, cause: unknown): Fault {
  return new Fault({
    code: "recovery-key-foreign",
    kind: "operator",
    message: `The recovery key does not open the journal of ${machine}/${disk}: it was made for another installation.`,
    remedy: "Give the recovery key of the config server under which this disk was protected.",
    detail: { machine, disk },
    cause,
  });
}
