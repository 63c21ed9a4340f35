import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { Store } from "../store/store.ts";
import { afterTest, temporaryFolder } from "../testing/node-test-server.ts";
import { openTestStore } from "../testing/node-test-state.ts";
import { Installations, readInstallation } from "./installation.ts";

const KEYS = ["recovery", "a", "b"].map((recipient) => ({ recipient, jwe: `for ${recipient}` }));

async function stored(t: TestContext): Promise<Store> {
  const store = await openTestStore(await temporaryFolder(t));
  afterTest(t, async () => store[Symbol.dispose]());
  for (const [id, role] of [
    ["m", "agent"],
    ["p", "process-server"],
    ["t", "master-target"],
    ["u", "master-target"],
  ] as const) {
    const token = { createdMicros: 1, createdBy: "test", expiresMicros: null, note: null, machineId: null };
    store.tokens.insert({ id, role, ...token, secretDigest: id });
    const member = { publicKeyPem: "", enrolledMicros: 1, tokenId: id, certificateEndMicros: 2 };
    store.members.insert({ id, role, name: id, ...member });
  }
  for (const id of ["one", "two"]) {
    const way = { machineId: "m", processServerId: "p", masterTargetId: "t", keyId: "k", term: 1 };
    const disk = { id, name: id, path: `/dev/${id}`, capture: "splitter", policy: "default" } as const;
    store.disks.insert({ ...disk, ...way, state: "protected", createdMicros: 1 }, KEYS);
  }
  return store;
}

test("each disk has what is its own: keys in their order, its seed, its further targets", async (t) => {
  const store = await stored(t);
  store.seeds.await({ diskId: "one", branch: "c", wrappedKey: "w", askedMicros: 7 });
  store.furtherTargets.put("two", "u", 8);
  const { disks } = readInstallation(store);
  assert.deepEqual(
    disks.map(({ id, wrappedKeys, seed, further }) => ({ id, wrappedKeys, seed, further })),
    ["one", "two"].map((id) => ({
      id,
      wrappedKeys: store.disks.wrappedKeys(id),
      seed: store.seeds.of(id),
      further: store.furtherTargets.of(id),
    })),
  );
  assert.deepEqual(disks[0]?.wrappedKeys, KEYS);
  assert.equal(disks[0]?.seed?.state, "awaited");
  assert.equal(disks[1]?.further?.length, 1);
});

test("it is read again once something of it was written, and not for what members tell or are told", async (t) => {
  const store = await stored(t);
  const installations = new Installations(store);
  const first = installations.now();
  store.plans.versionFor("m", "digest");
  assert.equal(installations.now(), first);
  const writes: (() => unknown)[] = [
    () => store.members.raiseEpoch("m", 9),
    () => store.disks.setPath("one", "/dev/other"),
    () => store.disks.putWrappedKey("one", { recipient: "u", jwe: "for u" }),
    () => store.furtherTargets.put("one", "u", 8),
    () => store.seeds.await({ diskId: "one", branch: "c", wrappedKey: "w", askedMicros: 7 }),
    () => store.facts.set("workingHours", "mon-fri 09:00-17:00"),
  ];
  for (const write of writes) {
    const before = installations.now();
    write();
    assert.notDeepEqual(installations.now(), before, String(write));
    assert.deepEqual(installations.now(), readInstallation(store));
  }
});
