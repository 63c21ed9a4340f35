import assert from "node:assert/strict";
import { test } from "node:test";
import { isFault, MiB, seededRandom } from "@leeward/base";
import { simulatedClock } from "@leeward/world/testing";
import { networkRefusal, passingRefusal, retryAfterMs } from "./network-refusal.ts";
import { sourceOfBytes } from "./object-store.ts";
import { RemoteStore } from "./remote-store.ts";
import { ScriptedRequests } from "./testing/scripted-requests.ts";

const bytes = sourceOfBytes(new Uint8Array(10));
const absent = { condition: { kind: "absent" } } as const;

async function scripted(
  script: (requests: ScriptedRequests, store: RemoteStore, seconds: () => number) => Promise<void>,
): Promise<void> {
  const clock = simulatedClock();
  const requests = new ScriptedRequests();
  const store = new RemoteStore(requests, { clock, random: seededRandom(1) }, true);
  await clock.run(() => script(requests, store, () => clock.monotonicMicros() / 1e6));
}

test("what passes is sent again until it is answered, and counted", () =>
  scripted(async (requests, store) => {
    requests.refuse("put", { kind: "later", why: "503" }, 5);
    await store.put("a", bytes);
    assert.deepEqual([store.requests.puts, store.requests.retries, requests.sent.length], [6, 5, 6]);
  }));

test("the store's own delay is kept", () =>
  scripted(async (requests, store, seconds) => {
    requests.refuse("put", { kind: "later", why: "503", afterMs: 7_000 }, 2);
    const before = seconds();
    await store.put("a", bytes);
    assert.ok(seconds() - before >= 14 && seconds() - before < 20, String(seconds() - before));
  }));

test("after about a minute a store is unreachable", () =>
  scripted(async (requests, store, seconds) => {
    requests.refuse("status", { kind: "later", why: "ECONNREFUSED" }, 1_000);
    const before = seconds();
    await assert.rejects(store.status("a"), { code: "store-unreachable", message: /ECONNREFUSED/ });
    const took = seconds() - before;
    assert.ok(took > 40 && took <= 60, String(took));
    assert.ok(store.requests.gets < 20, String(store.requests.gets));
  }));

test("a longer delay than is waited is not begun", () =>
  scripted(async (requests, store, seconds) => {
    requests.refuse("status", { kind: "later", why: "429", afterMs: 600_000 }, 1);
    const before = seconds();
    await assert.rejects(store.status("a"), { code: "store-unreachable" });
    assert.equal(seconds(), before);
  }));

test("a put whose answer was lost is a success, and one of another is a conflict", () =>
  scripted(async (requests, store) => {
    requests.loseAnswers("put", 1);
    const status = await store.put("ours", bytes, absent);
    assert.equal(status.tag, (await store.status("ours"))?.tag);
    requests.refuse("put", { kind: "later", why: "ECONNRESET" }, 1);
    requests.afterNext("put", () => requests.putAs("theirs", "another"));
    await assert.rejects(store.put("theirs", bytes, absent), { code: "object-conflict" });
    const { tag } = await store.put("changing", bytes);
    requests.loseAnswers("put", 1);
    await store.put("changing", bytes, { condition: { kind: "unchanged", tag } });
    await assert.rejects(store.put("changing", bytes, { condition: { kind: "unchanged", tag } }), {
      code: "object-conflict",
    });
  }));

test("a conflict that was answered at once is not asked about again", () =>
  scripted(async (requests, store) => {
    await store.put("a", bytes, absent);
    await assert.rejects(store.put("a", bytes, absent), { code: "object-conflict" });
    assert.deepEqual(
      requests.sent.map(({ what }) => what),
      ["put", "put"],
    );
  }));

test("parts of a put that ends in the middle are given up, and those of one that ends well are not", () =>
  scripted(async (requests, store) => {
    const large = sourceOfBytes(new Uint8Array(40 * MiB));
    await store.put("a", large);
    assert.deepEqual([requests.begun, requests.dropped], [1, 0]);
    requests.refuse("putPart", { kind: "failed", why: "400" }, 1);
    await assert.rejects(store.put("b", large), { code: "store-failed", message: /400/ });
    assert.deepEqual([requests.begun, requests.dropped], [2, 1]);
    const reason = new Error("enough");
    const ending = new AbortController();
    requests.afterNext("putPart", () => ending.abort(reason));
    await assert.rejects(store.put("c", large, {}, ending.signal), (error) => error === reason);
    assert.deepEqual([requests.begun, requests.dropped], [3, 2]);
    requests.loseAnswers("endParts", 1);
    await store.put("d", large, absent);
    await store.put("e", large, absent);
    await assert.rejects(store.put("e", large, absent), { code: "object-conflict" });
    assert.deepEqual(requests.keys, ["a", "d", "e"]);
  }));

test("parts of one object are about 8 MiB each, and alike", () =>
  scripted(async (requests, store) => {
    for (const [sizeBytes, parts] of [
      [16 * MiB, 2],
      [32 * MiB + 12_345, 4],
      [37 * MiB, 5],
    ] as const) {
      requests.sent.length = 0;
      await store.put("a", sourceOfBytes(new Uint8Array(sizeBytes)));
      assert.equal(requests.sent.filter(({ what }) => what === "putPart").length, parts);
    }
  }));

test("parts that another put swept away are sent once more, but not on a condition", () =>
  scripted(async (requests, store) => {
    const large = sourceOfBytes(new Uint8Array(40 * MiB));
    requests.refuse("endParts", { kind: "parts-lost" }, 2);
    await store.put("a", large);
    assert.equal(requests.begun, 3);
    requests.refuse("endParts", { kind: "parts-lost" }, 1);
    await assert.rejects(store.put("b", large, absent), { code: "object-conflict" });
  }));

test("each refusal has its fault, and a mistake of ours has none", () =>
  scripted(async (requests, store) => {
    for (const [refusal, code] of [
      [{ kind: "denied", why: "403" }, "store-denied"],
      [{ kind: "no-store" }, "store-missing"],
      [{ kind: "untrusted", why: "CERT_HAS_EXPIRED" }, "store-untrusted"],
      [{ kind: "failed", why: "400" }, "store-failed"],
    ] as const) {
      for (const what of ["put", "status", "remove", "list", "read"] as const) {
        requests.refuse(what, refusal, 1);
        const call = {
          put: () => store.put("a", bytes),
          status: () => store.status("a"),
          remove: () => store.remove("a"),
          list: () => Array.fromAsync(store.list("")),
          read: () => store.read("a", new Uint8Array(1), 0),
        }[what];
        await assert.rejects(call(), (error) => isFault(error, code), `${what} ${code}`);
      }
    }
    requests.refuse("list", { kind: "no-object" }, 1);
    await assert.rejects(Array.fromAsync(store.list("")), { code: "store-missing" });
    requests.throwNext("status", new TypeError("ours"));
    await assert.rejects(store.status("a"), TypeError);
  }));

test("what a connection's error means", () => {
  const coded = (code: string) => Object.assign(new Error(code), { code });
  assert.deepEqual(networkRefusal(coded("ECONNRESET")), { kind: "later", why: "ECONNRESET" });
  assert.deepEqual(networkRefusal(new Error("x", { cause: coded("EPIPE") })), { kind: "later", why: "EPIPE" });
  for (const code of ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "ERR_TLS_CERT_ALTNAME_INVALID", "CERT_HAS_EXPIRED"]) {
    assert.deepEqual(networkRefusal(coded(code)), { kind: "untrusted", why: code });
  }
  assert.equal(networkRefusal(new TypeError("ours")), undefined);
  assert.equal(networkRefusal(coded("ERR_INVALID_ARG_TYPE")), undefined);
  assert.deepEqual(passingRefusal(503, "ServerBusy", 5), { kind: "later", why: "ServerBusy", afterMs: 5 });
  assert.deepEqual(passingRefusal(429, "SlowDown", undefined), { kind: "later", why: "SlowDown" });
  assert.equal(passingRefusal(400, "x", undefined), undefined);
});

test("Retry-After is seconds or a date, and nothing else", () => {
  const now = Date.parse("2026-11-22T10:00:00Z") * 1_000;
  assert.equal(retryAfterMs("12", now), 12_000);
  assert.equal(retryAfterMs("Sun, 22 Nov 2026 10:00:30 GMT", now), 30_000);
  for (const header of [undefined, "", "soon", "-1", "Sun, 22 Nov 2026 09:00:00 GMT", "9999999"]) {
    assert.equal(retryAfterMs(header, now), undefined, header);
  }
});

test("a store holds objects where it says so, and nothing where it does not answer that", () =>
  scripted(async (requests, store) => {
    assert.equal(store.hold, undefined);
    requests.refuse("holds", { kind: "denied", why: "AccessDenied" }, 1);
    await store.findHold();
    assert.equal(store.hold, undefined);
    requests.canHold = true;
    requests.refuse("holds", { kind: "later", why: "503" }, 2);
    await store.findHold();
    assert.ok(store.hold !== undefined);
  }));

test("a hold is of whole seconds, longer and never shorter, and is sent only where it has to be", () =>
  scripted(async (requests, store) => {
    requests.canHold = true;
    await store.findHold();
    await store.put("a", bytes);
    await store.hold?.("a", 5_000_001);
    assert.equal(requests.heldUntil.get("a"), 6_000_000);
    await store.hold?.("a", 5_500_000);
    assert.equal(requests.heldUntil.get("a"), 6_000_000);
    await store.hold?.("a", 7_000_000);
    assert.equal(requests.heldUntil.get("a"), 7_000_000);
    assert.equal(requests.sent.filter(({ what }) => what === "hold").length, 2);
    await assert.rejects(async () => store.hold?.("b", 1), { code: "object-missing" });
  }));

test("a removal that was refused is told as a hold where there is one, and as what it is where there is none", () =>
  scripted(async (requests, store) => {
    requests.canHold = true;
    await store.findHold();
    await store.put("a", bytes);
    requests.refuse("remove", { kind: "denied", why: "AccessDenied" }, 1);
    await assert.rejects(store.remove("a"), { code: "store-denied" });
    requests.heldUntil.set("a", Number.MAX_SAFE_INTEGER / 2);
    requests.refuse("remove", { kind: "denied", why: "AccessDenied" }, 1);
    await assert.rejects(store.remove("a"), { code: "object-held", kind: "transient" });
    requests.heldUntil.set("a", 1);
    requests.refuse("remove", { kind: "failed", why: "InvalidRequest" }, 1);
    await assert.rejects(store.remove("a"), { code: "store-failed" });
  }));
