/**
 * The right to write to one journal in an object store, held by one process at a time and found out by each thing that it does.
 *
 * ```
 *  CURRENT replaced, on the condition that it is as it was read ─► its manifest read ─► a new one ─► CURRENT replaced, likewise ─► appends, each confirmed ─► …
 * ```
 *
 * Nothing is removed as an orphan before that first exchange of one's own manifest: until then, an append of the one before may still come in.
 *
 * Invariant: what was made durable under a claim is read by whoever claims the journal after it, for CURRENT is looked at after each append: when it is still the
 * claim's own, everybody who takes it reads that append. Who lost a claim changes nothing that anybody reads: its pointer finds another tag, its manifests have names
 * of their own, and before it removes something it makes sure of its claim. Worst outcome: history that was acknowledged is forgotten.
 */
import { Fault, isFault, MICROS_PER_SECOND, type Random, randomId } from "@leeward/base";
import { isStoreFault, type ObjectStore, sourceOfBytes } from "@leeward/object-store";
import type { Clock } from "@leeward/world";
import { manifestOfObjects, pointerKey } from "./layout.ts";
import { removeManifestObjects, wasAppended } from "./manifest-objects.ts";
import {
  decodePointerObject,
  encodePointerObject,
  POINTER_OBJECT_BYTES_MAX,
  type PointerObject,
} from "./pointer-object.ts";

/** For so long a claim that was found to hold is not looked at again before something is removed. */
const CERTAIN_MICROS = 5 * MICROS_PER_SECOND;
const ATTEMPTS_MAX = 5;

export interface ClaimOptions {
  readonly store: ObjectStore;
  readonly clock: Clock;
  readonly random: Random;
  /** The journal's folder, as a key. */
  readonly journal: string;
}

/** CURRENT, as it was read or put last. */
interface Standing {
  readonly object: PointerObject;
  readonly tag: string;
}

export class Claim {
  readonly #options: ClaimOptions;
  readonly #id: string;
  #standing: Standing | undefined;
  #turn = 0;
  #certainMicros = Number.NEGATIVE_INFINITY;
  #isLost = false;
  /** Folders of manifests that were begun under this claim, or that the pointer has named, by the manifests' names. */
  readonly #folders = new Map<string, string>();

  private constructor(options: ClaimOptions) {
    this.#options = options;
    this.#id = randomId(options.random);
  }

  /** Takes the journal, from whoever has it. @throws Fault `journal-taken` when others take it at the same time, and what the store throws */
  static async take(options: ClaimOptions): Promise<Claim> {
    const claim = new Claim(options);
    for (let attempt = 1; ; attempt += 1) {
      claim.#standing = await readStanding(options.store, options.journal);
      if (claim.#standing === undefined) return claim;
      const { pointer, objects } = claim.#standing.object;
      const manifest = manifestOfObjects(objects);
      if (manifest !== undefined) claim.#folders.set(manifest.name, objects);
      try {
        await claim.#put(pointer, objects);
        return claim;
      } catch (error) {
        if (!isFault(error, "journal-taken") || attempt === ATTEMPTS_MAX) throw error;
        claim.#isLost = false;
        claim.#folders.clear();
      }
    }
  }

  /** The pointer as the journal wrote it; undefined while there is none. */
  get pointer(): string | undefined {
    const pointer = this.#standing?.object.pointer;
    return pointer === "" ? undefined : pointer;
  }

  /** The folder of the manifest's objects; undefined when there is no such manifest. */
  folderOf(manifest: string): string | undefined {
    const name = this.#folders.get(manifest);
    return name === undefined ? undefined : `${this.#options.journal}/${name}`;
  }

  /** A folder of its own for a manifest that begins. */
  begin(manifest: string): string {
    this.require();
    const name = `${manifest}-${randomId(this.#options.random).slice(0, 8)}`;
    this.#folders.set(manifest, name);
    return `${this.#options.journal}/${name}`;
  }

  forget(manifest: string): void {
    this.#folders.delete(manifest);
  }

  /** Replaces the pointer by one that names the manifest. Durable when it settles. @throws Fault `journal-taken`, and what the store throws */
  async point(pointer: string): Promise<void> {
    this.require();
    const manifest = /"name":"([^"]+)"/.exec(pointer)?.[1] ?? "";
    const objects = this.folderOf(manifest)?.slice(this.#options.journal.length + 1) ?? "";
    await this.#put(pointer, objects);
  }

  /** @throws Fault `journal-taken` once somebody else was seen to have it */
  require(): void {
    if (this.#isLost) throw journalTaken(this.#options);
  }

  /** Makes sure that nobody else had it a few seconds ago. @throws as `confirm` */
  async confirmLately(): Promise<void> {
    if (this.#options.clock.monotonicMicros() - this.#certainMicros < CERTAIN_MICROS) return this.require();
    await this.confirm();
  }

  /** Makes sure that nobody else has it at some moment after the call. @throws Fault `journal-taken`, and what the store throws */
  async confirm(): Promise<void> {
    this.require();
    const { store, clock, journal } = this.#options;
    const since = clock.monotonicMicros();
    const status = await store.status(pointerKey(journal));
    if (status?.tag !== this.#standing?.tag) await this.#recognise();
    this.#certainMicros = since;
  }

  /** The same, and that the pointer names the manifest in the folder: what was appended to it before the call counts. @throws as `confirm` */
  async confirmNamed(folder: string): Promise<void> {
    await this.confirm();
    if (`${this.#options.journal}/${this.#standing?.object.objects ?? ""}` !== folder) throw this.lost();
  }

  /** Somebody else was seen to have it: nothing is done under this claim any more. */
  lost(): Fault {
    this.#isLost = true;
    return journalTaken(this.#options);
  }

  /** Removes manifests that nothing names: of claims that were lost, or of a process that was killed. @throws Fault `manifest-rolled-back` */
  async sweep(): Promise<void> {
    const { store, journal } = this.#options;
    const pointed = this.#standing?.object.objects ?? "";
    const number = manifestOfObjects(pointed)?.number ?? 0;
    const stale: string[] = [];
    for await (const listed of store.list(`${journal}/manifest-`, { shallow: true })) {
      if (listed.kind !== "prefix") continue;
      const name = listed.prefix.slice(journal.length + 1, -1);
      const found = manifestOfObjects(name);
      if (found === undefined || name === pointed || this.#folders.get(found.name) === name) continue;
      if (found.number > number && (await wasAppended(store, `${journal}/${name}`)))
        throw setBack(journal, { pointed, newer: name });
      stale.push(name);
    }
    if (stale.length === 0) return;
    await this.confirm();
    for (const name of stale) await removeManifestObjects(store, `${journal}/${name}`);
  }

  /** CURRENT is not as it was put last: it may be one of our own whose answer never came. @throws Fault `journal-taken` when it is another's */
  async #recognise(): Promise<void> {
    const found = await readStanding(this.#options.store, this.#options.journal);
    if (found?.object.claim !== this.#id) throw this.lost();
    this.#standing = found;
  }

  async #put(pointer: string, objects: string): Promise<void> {
    const { store, clock, journal } = this.#options;
    const key = pointerKey(journal);
    for (let attempt = 1; ; attempt += 1) {
      this.#turn += 1;
      const object = { pointer, claim: this.#id, turn: this.#turn, objects };
      const since = clock.monotonicMicros();
      try {
        const { tag } = await store.put(key, sourceOfBytes(encodePointerObject(object)), {
          condition: this.#standing === undefined ? { kind: "absent" } : { kind: "unchanged", tag: this.#standing.tag },
        });
        this.#standing = { object, tag };
        this.#certainMicros = since;
        return;
      } catch (error) {
        if (!isFault(error, "object-conflict")) throw error;
        if (attempt === ATTEMPTS_MAX) throw this.lost();
        await this.#recognise();
      }
    }
  }
}

/** CURRENT as it is now; undefined when there is none. @throws Fault `journal-pointer-damaged`, and what the store throws */
export async function readStanding(store: ObjectStore, journal: string): Promise<Standing | undefined> {
  const key = pointerKey(journal);
  const bytes = new Uint8Array(POINTER_OBJECT_BYTES_MAX);
  try {
    const read = await store.read(key, bytes, 0);
    return { object: decodePointerObject(bytes.subarray(0, read.bytes), key), tag: read.status.tag };
  } catch (error) {
    if (isFault(error, "object-missing")) return undefined;
    throw error;
  }
}

/** Whether a store, or another server that took the journal, stands in the way: nothing is wrong with what was to be written, and it is tried again. */
export function isJournalAway(error: unknown): boolean {
  return isStoreFault(error) || isFault(error, "journal-taken");
}

function journalTaken({ journal, store }: ClaimOptions): Fault {
  return new Fault({
    code: "journal-taken",
    kind: "operator",
    message: `The journal ${journal} in ${store.place} was taken over by another server.`,
    remedy:
      "Let one server alone write to it: stop the one that is not meant to. If it is this one that is, start it again: it takes the journal back.",
    detail: { journal, store: store.place },
  });
}

function setBack(journal: string, detail: { readonly pointed: string; readonly newer: string }): Fault {
  return new Fault({
    code: "manifest-rolled-back",
    kind: "corruption",
    message: `The journal ${journal} in the store was set back: ${detail.newer} was in use after ${detail.pointed}.`,
    detail: { journal, ...detail },
  });
}
