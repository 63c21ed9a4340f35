import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { isFault, MiB } from "@leeward/base";
import { type Listed, type ObjectSource, type ObjectStore, sourceOfBytes } from "../object-store.ts";

export interface StoreSubject extends AsyncDisposable {
  /** Holds nothing. */
  readonly store: ObjectStore;
}

export interface StoreSuite {
  readonly name: string;
  readonly open: () => Promise<StoreSubject>;
  /** Whether the store honours conditions; its `isConditional` has to say the same. True unless told. */
  readonly isConditional?: boolean;
  /** Whether what is empty can be read; one store of others cannot. True unless told. */
  readonly readsEmpty?: boolean;
  /** Whether the store holds objects, and refuses to remove what is held; its `hold` has to say the same. False unless told. */
  readonly holds?: boolean;
  /** How many objects are more than the store tells in one page of a listing; 1,100 unless told. */
  readonly manyObjects?: number;
}

const RIVALS = 12;
const LARGE_BYTES = 40 * MiB + 5;

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const put = (store: ObjectStore, key: string, text: string) => store.put(key, sourceOfBytes(bytesOf(text)));

/** What every store keeps while nothing goes wrong. */
export function storeSuite(suite: StoreSuite): void {
  const inStore: InStore = (what, work) =>
    void test(`${suite.name}: ${what}`, async () => {
      await using subject = await suite.open();
      await work(subject.store);
    });
  objectTests(inStore);
  if (suite.readsEmpty ?? true) emptyTests(inStore);
  readTests(inStore);
  listTests(inStore, suite.manyObjects ?? 1_100);
  refusalTests(inStore);
  if (suite.isConditional ?? true) conditionTests(inStore);
  else unconditionalTests(inStore);
  if (suite.holds === true) holdTests(inStore);
}

type InStore = (what: string, work: (store: ObjectStore) => Promise<void>) => void;

async function contentAt(store: ObjectStore, key: string): Promise<string> {
  const target = new Uint8Array(1_000);
  const { bytes } = await store.read(key, target, 0);
  return new TextDecoder().decode(target.subarray(0, bytes));
}

async function listed(store: ObjectStore, prefix: string, shallow = false): Promise<string[]> {
  const found: Listed[] = await Array.fromAsync(store.list(prefix, { shallow }));
  return found.map((each) => (each.kind === "object" ? each.status.key : each.prefix));
}

function objectTests(inStore: InStore): void {
  inStore("what is put is read, told and removed", async (store) => {
    const status = await put(store, "disk/segment-1", "content");
    assert.deepEqual({ key: status.key, sizeBytes: status.sizeBytes }, { key: "disk/segment-1", sizeBytes: 7 });
    assert.ok(Math.abs(status.modifiedMicros - Date.now() * 1_000) < 3_600e6, "modified within the hour");
    assert.equal(await contentAt(store, "disk/segment-1"), "content");
    const told = await store.status("disk/segment-1");
    assert.deepEqual(
      { ...told, modifiedMicros: 0 },
      { key: "disk/segment-1", sizeBytes: 7, tag: status.tag, modifiedMicros: 0 },
    );
    await store.remove("disk/segment-1");
    assert.equal(await store.status("disk/segment-1"), undefined);
    assert.deepEqual(await listed(store, ""), []);
    await assert.rejects(contentAt(store, "disk/segment-1"), { code: "object-missing" });
  });

  inStore("what names nothing is told so, and removed without a word", async (store) => {
    assert.equal(await store.status("a/b"), undefined);
    await store.remove("a/b");
    await put(store, "a", "1");
    await store.remove("a-");
    assert.equal(await contentAt(store, "a"), "1");
  });

  inStore("an object is replaced as a whole, and each content has a tag of its own", async (store) => {
    const tags: string[] = [];
    for (const content of ["a longer content", "short", "1", "other"]) {
      const { tag } = await put(store, "one", content);
      tags.push(tag);
      assert.equal((await store.status("one"))?.tag, tag);
      assert.equal(await contentAt(store, "one"), content);
      const [told] = await Array.fromAsync(store.list("one"));
      assert.equal(told?.kind === "object" && told.status.tag, tag);
    }
    assert.equal(new Set(tags).size, 4);
  });

  inStore("an object of 40 MiB arrives whole, and is read in parts", async (store) => {
    const source = patternSource(LARGE_BYTES);
    const status = await store.put("large", source);
    assert.equal(status.sizeBytes, LARGE_BYTES);
    const [read, expected] = [createHash("sha256"), createHash("sha256")];
    const [target, part] = [new Uint8Array(7 * MiB), new Uint8Array(7 * MiB)];
    for (let at = 0; at < LARGE_BYTES; at += target.length) {
      const { bytes } = await store.read("large", target, at, { tag: status.tag });
      assert.equal(bytes, Math.min(target.length, LARGE_BYTES - at));
      await source.read(part.subarray(0, bytes), at);
      read.update(target.subarray(0, bytes));
      expected.update(part.subarray(0, bytes));
    }
    assert.equal(read.digest("hex"), expected.digest("hex"));
    assert.deepEqual(await listed(store, ""), ["large"]);
  });

  inStore("requests are counted", async (store) => {
    const before = store.requests;
    await put(store, "a", "12345");
    await contentAt(store, "a");
    await listed(store, "");
    await store.remove("a");
    const { puts, gets, lists, removes, retries, sentBytes, receivedBytes } = store.requests;
    assert.ok(puts > before.puts && gets > before.gets && lists > before.lists && removes > before.removes);
    assert.equal(retries, before.retries);
    assert.equal(sentBytes - before.sentBytes, 5);
    assert.equal(receivedBytes - before.receivedBytes, 5);
  });
}

function emptyTests(inStore: InStore): void {
  inStore("an empty object is an object", async (store) => {
    const status = await put(store, "empty", "");
    assert.equal(status.sizeBytes, 0);
    const { bytes, status: told } = await store.read("empty", new Uint8Array(10), 0);
    assert.deepEqual({ bytes, sizeBytes: told.sizeBytes, tag: told.tag }, { bytes: 0, sizeBytes: 0, tag: status.tag });
    assert.deepEqual(await listed(store, ""), ["empty"]);
  });
}

function readTests(inStore: InStore): void {
  inStore("a range is read, and fewer bytes only at the end", async (store) => {
    await put(store, "a", "0123456789");
    for (const [position, length, expected] of [
      [0, 4, "0123"],
      [3, 4, "3456"],
      [8, 4, "89"],
      [9, 1, "9"],
      [10, 4, ""],
      [4_000, 4, ""],
      [2, 0, ""],
    ] as const) {
      const target = new Uint8Array(length);
      const { bytes, status } = await store.read("a", target, position);
      assert.equal(new TextDecoder().decode(target.subarray(0, bytes)), expected, `${length} from ${position}`);
      assert.equal(status.sizeBytes, 10);
    }
  });

  inStore("a read asks for one object, and not for its successor", async (store) => {
    const { tag } = await put(store, "a", "first");
    assert.equal((await store.read("a", new Uint8Array(9), 0, { tag })).bytes, 5);
    await put(store, "a", "second");
    for (const position of [0, 100]) {
      await assert.rejects(store.read("a", new Uint8Array(9), position, { tag }), { code: "object-conflict" });
    }
    await store.remove("a");
    await assert.rejects(store.read("a", new Uint8Array(9), 0, { tag }), { code: "object-missing" });
    await assert.rejects(store.read("a", new Uint8Array(0), 0), { code: "object-missing" });
  });
}

function listTests(inStore: InStore, many: number): void {
  inStore("a listing is in order of keys, and shallow ones name what lies deeper once", async (store) => {
    const keys = ["a-b", "a.b", "a/b", "a/c/d", "a/c/e", "a/f", "a0", "b", "c/d"];
    for (const key of keys.toReversed()) await put(store, key, key);
    assert.deepEqual(await listed(store, ""), keys);
    assert.deepEqual(await listed(store, "", true), ["a-b", "a.b", "a/", "a0", "b", "c/"]);
    assert.deepEqual(await listed(store, "a/"), ["a/b", "a/c/d", "a/c/e", "a/f"]);
    assert.deepEqual(await listed(store, "a/", true), ["a/b", "a/c/", "a/f"]);
    assert.deepEqual(await listed(store, "a/c", true), ["a/c/"]);
    assert.deepEqual(await listed(store, "a/c/"), ["a/c/d", "a/c/e"]);
    assert.deepEqual(await listed(store, "a", true), ["a-b", "a.b", "a/", "a0"]);
    assert.deepEqual(await listed(store, "none/"), []);
    await store.remove("c/d");
    assert.deepEqual(await listed(store, "c", true), []);
  });

  inStore(`all of ${many} objects are listed, each once`, async (store) => {
    const keys = Array.from({ length: many }, (_, index) => `d${index % 4}/${String(index).padStart(5, "0")}`).sort();
    for (let at = 0; at < many; at += RIVALS) {
      await Promise.all(keys.slice(at, at + RIVALS).map((key) => put(store, key, "")));
    }
    await put(store, "e", "");
    assert.deepEqual(await listed(store, "d"), keys);
    assert.deepEqual(await listed(store, "", true), ["d0/", "d1/", "d2/", "d3/", "e"]);
    assert.deepEqual(
      await listed(store, "d2/", true),
      keys.filter((key) => key.startsWith("d2/")),
    );
  });
}

function refusalTests(inStore: InStore): void {
  inStore("keys that are not plain are refused, and touch nothing", async (store) => {
    const bad = ["", "/a", "a/", "a//b", ".", "..", "../a", "a/../b", "a/./b", "a b", "ä", "a\\b", "a?b", "a%2f", "~a"];
    for (const key of [...bad, "a".repeat(513)]) {
      const refused = { code: "object-key-invalid" };
      await assert.rejects(put(store, key, "1"), refused, key);
      await assert.rejects(store.read(key, new Uint8Array(1), 0), refused, key);
      await assert.rejects(store.status(key), refused, key);
      await assert.rejects(store.remove(key), refused, key);
    }
    await assert.rejects(listed(store, "../"), { code: "object-key-invalid" });
    assert.deepEqual(await listed(store, ""), []);
    const longest = Array.from({ length: 8 }, () => "k".repeat(63)).join("/");
    await put(store, longest, "kept");
    assert.equal(await contentAt(store, longest), "kept");
  });

  inStore("a signal that was aborted ends each call with its reason", async (store) => {
    await put(store, "a", "1");
    const reason = new Error("enough");
    const signal = AbortSignal.abort(reason);
    const is = (error: unknown): boolean => error === reason;
    await assert.rejects(store.put("b", sourceOfBytes(bytesOf("2")), {}, signal), is);
    await assert.rejects(store.read("a", new Uint8Array(1), 0, {}, signal), is);
    await assert.rejects(store.status("a", signal), is);
    await assert.rejects(store.remove("a", signal), is);
    await assert.rejects(Array.fromAsync(store.list("", {}, signal)), is);
    assert.deepEqual(await listed(store, ""), ["a"]);
  });

  inStore("a put that is aborted, or whose source fails, leaves the key as it was", async (store) => {
    await put(store, "a", "before");
    const ending = new AbortController();
    const reason = new Error("enough");
    const aborting = interrupted(() => ending.abort(reason));
    await assert.rejects(store.put("a", aborting, {}, ending.signal), (error) => error === reason);
    const fail = (): never => {
      throw reason;
    };
    await assert.rejects(store.put("a", interrupted(fail)), (error) => error === reason);
    await assert.rejects(store.put("b", interrupted(fail)), (error) => error === reason);
    assert.equal(await contentAt(store, "a"), "before");
    assert.deepEqual(await listed(store, ""), ["a"]);
  });
}

function conditionTests(inStore: InStore): void {
  const absent = { condition: { kind: "absent" } } as const;
  const unchanged = (tag: string) => ({ condition: { kind: "unchanged", tag } }) as const;

  inStore("conditions hold or change nothing", async (store) => {
    assert.equal(store.isConditional, true);
    const source = (text: string): ObjectSource => sourceOfBytes(bytesOf(text));
    const first = await store.put("a", source("1"), absent);
    await assert.rejects(store.put("a", source("2"), absent), { code: "object-conflict", kind: "discontinuity" });
    assert.equal(await contentAt(store, "a"), "1");
    const second = await store.put("a", source("3"), unchanged(first.tag));
    await assert.rejects(store.put("a", source("4"), unchanged(first.tag)), { code: "object-conflict" });
    assert.equal(await contentAt(store, "a"), "3");
    await store.remove("a");
    await assert.rejects(store.put("a", source("5"), unchanged(second.tag)), { code: "object-conflict" });
    assert.equal(await store.status("a"), undefined);
    await store.put("a", source("6"), absent);
    assert.equal(await contentAt(store, "a"), "6");
  });

  inStore("conditions hold for large objects too", async (store) => {
    const source = patternSource(LARGE_BYTES);
    const { tag } = await put(store, "a", "small");
    await assert.rejects(store.put("a", source, absent), { code: "object-conflict" });
    const large = await store.put("a", source, unchanged(tag));
    await assert.rejects(store.put("a", source, unchanged(tag)), { code: "object-conflict" });
    assert.equal((await store.status("a"))?.tag, large.tag);
  });

  inStore("of many who put one key where nothing was, one does", async (store) => {
    for (const round of [1, 2, 3]) {
      const key = `race/${round}`;
      const names = Array.from({ length: RIVALS }, (_, index) => `rival ${index}`);
      const ends = await Promise.allSettled(names.map((name) => store.put(key, sourceOfBytes(bytesOf(name)), absent)));
      const winners = names.filter((_, index) => ends[index]?.status === "fulfilled");
      assert.deepEqual(winners, [await contentAt(store, key)]);
      const losers = ends.filter((end) => end.status === "rejected");
      assert.ok(losers.every(({ reason }) => isFault(reason, "object-conflict")));
    }
  });

  inStore("no step is lost of many who count in one object", async (store) => {
    await put(store, "count", "0");
    const step = async (): Promise<void> => {
      for (;;) {
        const target = new Uint8Array(10);
        const { bytes, status } = await store.read("count", target, 0);
        const next = Number(new TextDecoder().decode(target.subarray(0, bytes))) + 1;
        try {
          return void (await store.put("count", sourceOfBytes(bytesOf(String(next))), unchanged(status.tag)));
        } catch (error) {
          if (!isFault(error, "object-conflict")) throw error;
        }
      }
    };
    await Promise.all(Array.from({ length: RIVALS }, step));
    assert.equal(await contentAt(store, "count"), String(RIVALS));
  });
}

function unconditionalTests(inStore: InStore): void {
  inStore("a put with a condition is refused", async (store) => {
    assert.equal(store.isConditional, false);
    const { tag } = await put(store, "a", "1");
    for (const condition of [{ kind: "absent" }, { kind: "unchanged", tag }] as const) {
      await assert.rejects(store.put("b", sourceOfBytes(bytesOf("2")), { condition }), { code: "store-unconditional" });
    }
    assert.equal(await store.status("b"), undefined);
  });
}

function holdTests(inStore: InStore): void {
  const inSeconds = (seconds: number): number => (Date.now() + seconds * 1_000) * 1_000;

  inStore("what is held is read, and not removed; what was never held is", async (store) => {
    await put(store, "held", "1");
    await put(store, "free", "2");
    await store.hold?.("held", inSeconds(600));
    await assert.rejects(store.remove("held"), { code: "object-held", kind: "transient" });
    await store.remove("free");
    assert.equal(await contentAt(store, "held"), "1");
    assert.deepEqual(await listed(store, ""), ["held"]);
  });

  inStore("a hold is never shortened, and one whose time has come holds nothing", async (store) => {
    await put(store, "a", "1");
    await store.hold?.("a", inSeconds(-600));
    await store.remove("a");
    await put(store, "a", "2");
    await store.hold?.("a", inSeconds(600));
    await store.hold?.("a", inSeconds(-600));
    await assert.rejects(store.remove("a"), { code: "object-held" });
  });

  inStore("what names nothing is not held", async (store) => {
    assert.ok(store.hold !== undefined);
    await assert.rejects(store.hold("a", inSeconds(600)), { code: "object-missing" });
    await assert.rejects(store.hold("../a", inSeconds(600)), { code: "object-key-invalid" });
    await assert.rejects(store.hold("a", inSeconds(600), AbortSignal.abort(new Error("enough"))), {
      message: "enough",
    });
  });
}

/** Bytes that are different everywhere. */
function patternSource(sizeBytes: number): ObjectSource {
  return {
    sizeBytes,
    read: (target, position) => {
      for (let index = 0; index < target.length; index += 1) {
        const at = position + index;
        target[index] = (at ^ (at >>> 8) ^ (at >>> 16)) & 0xff;
      }
      return Promise.resolve();
    },
  };
}

/** A large source that does something the second time that it is read, or the first where that is the only one. */
function interrupted(what: () => void): ObjectSource {
  const inner = patternSource(LARGE_BYTES);
  let reads = 0;
  return {
    sizeBytes: inner.sizeBytes,
    read: async (target, position) => {
      reads += 1;
      if (reads === 2 || target.length === inner.sizeBytes) what();
      await inner.read(target, position);
    },
  };
}
