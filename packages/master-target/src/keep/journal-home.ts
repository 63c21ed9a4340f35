import { Fault, GiB, MiB } from "@leeward/base";
import { type JournalLimits, StoredFiles } from "@leeward/journal";
import { LeasedStore, type ObjectStore } from "@leeward/object-store";
import { readFile, replaceFile, type World } from "@leeward/world";

const BINDING = "store.json";
const BINDING_BYTES_MAX = 4096;
/** Copies on the local disk of what was put lately, so that what is merged soon is not fetched. */
const KEPT_BYTES_MAX = 2 * GiB;
/** Of what was read out of a store, in memory. */
const BLOCK_BYTES_MAX = 64 * MiB;
const MANIFEST_APPENDS_MAX = 256;

/** Until microseconds of the wall clock; never shortened. */
export type HoldFile = (path: string, untilMicros: number, signal: AbortSignal) => Promise<void>;

/** Where the journals lie: in the home, or in an object store. */
export interface JournalHome {
  /** Its files hold the journals. */
  readonly world: World;
  readonly folder: string;
  /** To be called before a journal is opened. */
  claim(folder: string): Promise<void>;
  /** Nothing waits for a store any more: what is under way there fails with the reason. */
  end(reason: Fault): void;
  /** As JournalOptions. */
  readonly isTakenOver: boolean;
  /** Makes the store itself keep a file until then; undefined where it cannot. @throws Fault `object-missing`, and what the store throws */
  readonly hold: HoldFile | undefined;
  /** Whether names are kept from who keeps the files. */
  readonly hidesNames: boolean;
  readonly limits: Partial<JournalLimits>;
}

/**
 * Journals in the home's folder `journal`, or in `store` when there is one. A home stays with what it began with.
 * @throws Fault `store-changed`, and what the files throw
 */
export async function openJournalHome(
  world: World,
  { home, store }: { readonly home: string; readonly store?: ObjectStore },
): Promise<JournalHome> {
  const folder = `${home}/journal`;
  await bind(world, { home, folder, place: store?.place ?? "" });
  if (store === undefined) {
    const claim = (): Promise<void> => Promise.resolve();
    const own = { isTakenOver: false, hidesNames: false, limits: {}, hold: undefined };
    return { world, folder, claim, end: () => {}, ...own };
  }
  const files = await StoredFiles.open({
    ...world,
    store,
    folder,
    blockBytesMax: BLOCK_BYTES_MAX,
    writing: { spool: `${home}/spool`, keptBytesMax: KEPT_BYTES_MAX, isLeased: store instanceof LeasedStore },
  });
  return {
    world: { ...world, files },
    folder,
    claim: (path) => files.claim(path),
    end: (reason) => files.end(reason),
    hold: files.holds ? (path, untilMicros, signal) => files.hold(path, untilMicros, signal) : undefined,
    isTakenOver: true,
    hidesNames: true,
    limits: { manifestAppendsMax: MANIFEST_APPENDS_MAX },
  };
}

async function bind(
  { files }: World,
  { home, folder, place }: { readonly home: string; readonly folder: string; readonly place: string },
): Promise<void> {
  const before = await boundTo(files, home);
  if (before === place || (before === undefined && place === "")) return;
  const isUsed = before !== undefined || (await files.list(folder)).length > 0;
  if (isUsed) throw storeChanged(home, { before: before ?? "", now: place });
  const text = `${JSON.stringify({ store: place })}\n`;
  await replaceFile(files, home, BINDING, new TextEncoder().encode(text));
}

/** The store that the home has its journals in; undefined when none is written down. */
async function boundTo(files: World["files"], home: string): Promise<string | undefined> {
  const path = `${home}/${BINDING}`;
  if ((await files.status(path)) === undefined) return undefined;
  const document: unknown = JSON.parse(new TextDecoder().decode(await readFile(files, path, BINDING_BYTES_MAX)));
  const store: unknown = typeof document === "object" && document !== null ? Reflect.get(document, "store") : undefined;
  return typeof store === "string" ? store : "";
}

function storeChanged(home: string, { before, now }: { readonly before: string; readonly now: string }): Fault {
  const textOf = (place: string): string => (place === "" ? "its own folder `journal`" : place);
  return new Fault({
    code: "store-changed",
    kind: "operator",
    message: `The journals of ${home} are in ${textOf(before)}, and it was started with ${textOf(now)}.`,
    remedy: "Start it with the store that it had; for another store make another master target with a home of its own.",
    detail: { home, before, now },
  });
}
