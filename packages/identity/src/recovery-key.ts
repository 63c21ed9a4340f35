// The recovery key: with its private half every journal opens, without any server. The public half stays; the private half lies here
// until it is exported, and is then erased.
//
// Order: export file durable → read back and compared → only then `erase` may run, which the caller starts. A crash between leaves the
// private half in both places, and `leeward status` goes on asking. Erasing renames, overwrites, removes; what a crash leaves of that,
// the next open finishes. The worst outcome of a fault here is a key that nobody has.
import { type Files, readFile, replaceFile, type World } from "@leeward/world";
import { unwrapDataKey } from "./data-key.ts";
import { identityDamaged, recoveryKeyExported } from "./identity-fault.ts";
import { IDENTITY_FILE_BYTES_MAX } from "./identity-limits.ts";
import { generateKeyPair, keyPairOf, publicPemOf } from "./node-key-pair.ts";

const PRIVATE = "recovery-private.pem";
const ERASING = "recovery-erasing.pem";
const PUBLIC = "recovery-public.pem";

export class RecoveryKey {
  readonly #files: Files;
  readonly #folder: string;
  /** SubjectPublicKeyInfo: data keys are wrapped to it. */
  readonly publicKeyPem: string;

  private constructor(files: Files, folder: string, publicKeyPem: string) {
    this.#files = files;
    this.#folder = folder;
    this.publicKeyPem = publicKeyPem;
  }

  /** Opens the recovery key in `folder`, which exists; makes it when there is none. @throws Fault `identity-damaged` */
  static async open({ files }: Pick<World, "files">, folder: string): Promise<RecoveryKey> {
    const publicText = await readText(files, `${folder}/${PUBLIC}`);
    if (publicText !== undefined)
      return new RecoveryKey(
        files,
        folder,
        damagedUnless(folder, () => publicPemOf(publicText)),
      );
    // The private half comes first: a public half without it would wrap keys that nobody opens.
    const privateText = await readText(files, `${folder}/${PRIVATE}`);
    const pair = privateText === undefined ? generateKeyPair() : damagedUnless(folder, () => keyPairOf(privateText));
    if (privateText === undefined) await replaceFile(files, folder, PRIVATE, bytesOf(pair.privatePem));
    await replaceFile(files, folder, PUBLIC, bytesOf(pair.publicPem));
    return new RecoveryKey(files, folder, pair.publicPem);
  }

  /** Whether the private half still lies here: then a person should export it. */
  async held(): Promise<boolean> {
    return (await this.#files.status(`${this.#folder}/${PRIVATE}`)) !== undefined;
  }

  /** The private half as PKCS#8 PEM. @throws Fault `recovery-key-not-held`, `identity-damaged` */
  async privateKeyPem(): Promise<string> {
    const text = await readText(this.#files, `${this.#folder}/${PRIVATE}`);
    if (text === undefined) throw recoveryKeyExported(this.#folder);
    const pair = damagedUnless(this.#folder, () => keyPairOf(text));
    if (pair.publicPem !== this.publicKeyPem)
      throw identityDamaged(this.#folder, "the halves of the recovery key do not fit");
    return pair.privatePem;
  }

  /**
   * Writes the private half to `folder/name`, which must not exist; durable and read back when it settles. `erase` is separate, so that the
   * key can also be handed over another way first.
   * @throws Fault `file-exists`, `recovery-key-not-held`
   */
  async exportTo(folder: string, name: string): Promise<void> {
    await writeRecoveryKeyFile(this.#files, { folder, name, privateKeyPem: await this.privateKeyPem() });
  }

  /** Overwrites and removes the private half here; gone for good when it settles. Only after it is safe elsewhere. */
  async erase(): Promise<void> {
    const path = `${this.#folder}/${PRIVATE}`;
    if ((await this.#files.status(path)) === undefined) return;
    await this.#files.rename(path, `${this.#folder}/${ERASING}`);
    await this.#files.syncFolder(this.#folder);
    await finishErasing(this.#files, this.#folder);
  }
}

async function finishErasing(files: Files, folder: string): Promise<void> {
  const path = `${folder}/${ERASING}`;
  if ((await files.status(path)) === undefined) return;
  {
    await using handle = await files.open(path, "update");
    await handle.write([new Uint8Array(await handle.sizeBytes())], 0);
    await handle.datasync();
  }
  await files.remove(path);
  await files.syncFolder(folder);
}

/** A private half as it was exported, for opening a journal without a server. */
export interface RecoveryPrivateKey {
  /** @throws Fault `key-unwrap-failed` */
  unwrap(jwe: string, keyId: string): Promise<Uint8Array>;
}

/** Reads an exported recovery key. @throws Fault `identity-damaged`, `file-missing` */
export async function readRecoveryKeyFile({ files }: Pick<World, "files">, path: string): Promise<RecoveryPrivateKey> {
  const text = new TextDecoder().decode(await readFile(files, path, IDENTITY_FILE_BYTES_MAX));
  const { privatePem } = damagedUnless(path, () => keyPairOf(text));
  return { unwrap: (jwe, keyId) => unwrapDataKey(jwe, { privatePem, keyId }) };
}

/**
 * Writes a recovery key's private half to a new file, durable and read back: what `leeward key export` does with what the server gave it.
 * @throws Fault `file-exists`, `identity-damaged`
 */
export async function writeRecoveryKeyFile(
  files: Files,
  { folder, name, privateKeyPem }: { readonly folder: string; readonly name: string; readonly privateKeyPem: string },
): Promise<void> {
  const path = `${folder}/${name}`;
  {
    await using handle = await files.open(path, "create");
    await handle.write([bytesOf(privateKeyPem)], 0);
    await handle.datasync();
  }
  await files.syncFolder(folder);
  if ((await readText(files, path)) !== privateKeyPem) throw identityDamaged(folder, `${name} does not read back`);
}

function damagedUnless<T>(folder: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw identityDamaged(folder, "the recovery key does not decode", error);
  }
}

async function readText(files: Files, path: string): Promise<string | undefined> {
  if ((await files.status(path)) === undefined) return undefined;
  return new TextDecoder().decode(await readFile(files, path, IDENTITY_FILE_BYTES_MAX));
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
