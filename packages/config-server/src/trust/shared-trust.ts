// The files of the installation's trust, as several config servers share them: sealed in their database, in the open in each home.
//
// Invariant: what the database holds is what was answered for: a certificate or a revocation is there before anybody is told of it, so that whoever
// serves next knows it. A home that is behind is brought up to it before it serves; one that is before it (its server died between) is brought
// back, for nobody was told. The key that seals lies in the homes alone. Worst outcome: a removed machine that is let in again.
import { Mutex } from "@leeward/base";
import { openWithDataKey, sealWithDataKey } from "@leeward/identity";
import { readFile, replaceFile, type World } from "@leeward/world";
import { type Static, Type } from "typebox";
import { Check } from "typebox/value";
import { sharedKeyWrong } from "../faults.ts";
import { BACKUP_FILE_BYTES_MAX } from "../limits.ts";
import type { SharedFileRow } from "../store/shared-file-rows.ts";
import type { Store } from "../store/store.ts";
import { homeKey, keyBytes } from "./home-key.ts";
import { SUCCESSION_NAME } from "./succession.ts";
import { AUTHORITY_FILES, AUTHORITY_FOLDER, RECOVERY_PUBLIC_NAME, SHARED_KEY_NAME } from "./trust-files.ts";

/** The name stands inside as well, so that no file can be taken for another. */
const SharedFile = Type.Object({ name: Type.String(), content: Type.String() });

export interface SharedTrustOptions {
  readonly world: Pick<World, "files" | "random">;
  readonly home: string;
  readonly store: Store;
}

export class SharedTrust {
  readonly #world: SharedTrustOptions["world"];
  readonly #home: string;
  readonly #store: Store;
  readonly #key: Uint8Array;
  readonly #order = new Mutex();
  /** What the database holds. */
  #known: ReadonlyMap<string, string>;

  private constructor(options: SharedTrustOptions, key: Uint8Array, known: ReadonlyMap<string, string>) {
    this.#world = options.world;
    this.#home = options.home;
    this.#store = options.store;
    this.#key = key;
    this.#known = known;
  }

  /** Brings the home to what the database holds, if anything. @throws Fault `shared-key-wrong` */
  static async open(options: SharedTrustOptions): Promise<SharedTrust> {
    const rows = options.store.sharedFiles.list();
    const key = await homeKey(options, rows.length === 0);
    const known = await opened(rows, key);
    await bringHome(options, known);
    return new SharedTrust(options, key, known);
  }

  /** Puts what the home holds into the database; durable there when it settles. */
  publish(): Promise<void> {
    return this.#order.hold(async () => {
      const found = await filesOf(this.#world.files, this.#home);
      const changed = [...found].filter(([name, content]) => this.#known.get(name) !== content);
      const gone = [...this.#known.keys()].filter((name) => !found.has(name));
      const sealed = await Promise.all(changed.map(([name, content]) => this.#seal({ name, content })));
      this.#store.transaction(() => {
        for (const row of sealed) this.#store.sharedFiles.put(row);
        for (const name of gone) this.#store.sharedFiles.remove(name);
      });
      this.#known = found;
    });
  }

  async #seal(file: Static<typeof SharedFile>): Promise<{ name: string; sealed: string }> {
    const sealed = await sealWithDataKey(JSON.stringify(file), { dataKey: this.#key, keyId: SHARED_KEY_NAME });
    return { name: file.name, sealed };
  }
}

/** @throws Fault `shared-key-wrong` when what the database holds does not open with the key of a backup */
export async function requireSharedKey(rows: readonly SharedFileRow[], key: Uint8Array | undefined): Promise<void> {
  if (key === undefined) throw sharedKeyWrong("the backup has none");
  await opened(rows, keyBytes(key, "the backup"));
}

async function opened(rows: readonly SharedFileRow[], dataKey: Uint8Array): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for (const { name, sealed } of rows) {
    const text = await openWithDataKey(sealed, { dataKey, keyId: SHARED_KEY_NAME }).catch(() => "null");
    const file: unknown = JSON.parse(text);
    if (!Check(SharedFile, file) || file.name !== name) throw sharedKeyWrong(name);
    files.set(name, file.content);
  }
  return files;
}

async function bringHome(
  { world: { files }, home }: SharedTrustOptions,
  known: ReadonlyMap<string, string>,
): Promise<void> {
  if (known.size === 0) return;
  const found = await filesOf(files, home);
  for (const [name, content] of known) {
    if (found.get(name) === content) continue;
    const [folder, file] = name.includes("/") ? name.split("/") : ["", name];
    const place = folder === "" ? home : `${home}/${folder}`;
    await files.makeFolder(place);
    await replaceFile(files, place, file ?? name, new TextEncoder().encode(content));
  }
  const folders = new Set([...known.keys()].map((name) => name.split("/")[0]));
  for (const name of await files.list(home)) {
    if (AUTHORITY_FOLDER.test(name) && !folders.has(name)) await files.removeFolder(`${home}/${name}`);
  }
  if (!known.has(SUCCESSION_NAME) && found.has(SUCCESSION_NAME)) await files.remove(`${home}/${SUCCESSION_NAME}`);
  await files.syncFolder(home);
}

async function filesOf(files: World["files"], home: string): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  const folders = (await files.list(home)).filter((name) => AUTHORITY_FOLDER.test(name));
  const names = folders.flatMap((folder) => AUTHORITY_FILES.map((name) => `${folder}/${name}`));
  for (const name of [...names, SUCCESSION_NAME, RECOVERY_PUBLIC_NAME]) {
    if ((await files.status(`${home}/${name}`)) === undefined) continue;
    found.set(name, new TextDecoder().decode(await readFile(files, `${home}/${name}`, BACKUP_FILE_BYTES_MAX)));
  }
  return found;
}
