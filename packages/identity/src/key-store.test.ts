import assert from "node:assert/strict";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { isFault, seededRandom } from "@leeward/base";
import { type Files, nodeClock, nodeFiles, replaceFile } from "@leeward/world";
import { crashSweep, type SimulatedFiles, simulatedClock, simulatedFiles } from "@leeward/world/testing";
import { Authority, type Credentials, KeyStore, wrapDataKey } from "./index.ts";
import { testAuthority } from "./testing/index.ts";

const DAY_MICROS = 86_400_000_000;
const invalid = { code: "certificate-invalid", kind: "operator" };

async function given() {
  const clock = simulatedClock();
  const files = simulatedFiles({ random: seededRandom(1) });
  const world = { clock, files, random: seededRandom(2) };
  for (const folder of ["/ca", "/store"]) await files.makeFolder(folder);
  await files.syncFolder("/");
  const authority = await Authority.open(world, "/ca");
  const store = await KeyStore.open(world, "/store");
  const issue = async (id: string): Promise<Credentials> => ({
    certificatePem: await authority.issue(await store.createRequest(), { role: "agent", id }),
    caPem: authority.caPem,
    crlPem: authority.crlPem,
  });
  return { clock, files, world, authority, store, issue };
}

test("a key store without a certificate says so, and keeps its key over a restart", async () => {
  const { world, store } = await given();
  assert.equal(store.identity, undefined);
  assert.equal(store.renewalDue(0), true);
  assert.throws(() => store.credentials(), { code: "not-enrolled", kind: "operator" });
  const again = await KeyStore.open(world, "/store");
  assert.equal(again.publicKeyPem, store.publicKeyPem);
});

test("an installed certificate is there after a restart, and listeners heard of it", async () => {
  const { world, store, issue } = await given();
  let heard = 0;
  const stop = store.onChange(() => {
    heard += 1;
  });
  await store.install(await issue("a"));
  stop();
  await store.install(await issue("a"));
  assert.equal(heard, 1);
  const again = await KeyStore.open(world, "/store");
  assert.deepEqual(again.identity, store.identity);
  assert.deepEqual(again.credentials(), store.credentials());
});

test("a certificate is due for renewal when a third of its time is over", async () => {
  const { clock, store, issue } = await given();
  await store.install(await issue("a"));
  const now = clock.wallMicros();
  assert.equal(store.renewalDue(now), false);
  assert.equal(store.renewalDue(now + 29 * DAY_MICROS), false);
  assert.equal(store.renewalDue(now + 30 * DAY_MICROS), true);
  assert.equal(store.notAfterMicros, now + 90 * DAY_MICROS);
});

test("a certificate for another key, of another authority, or out of its time is not installed", async () => {
  const { clock, store, issue } = await given();
  const other = await given();
  const good = await issue("a");
  await assert.rejects(store.install(await other.issue("a")), invalid);
  await assert.rejects(store.install({ ...good, caPem: other.authority.caPem }), invalid);
  await assert.rejects(store.install({ ...good, crlPem: other.authority.crlPem }), { code: "revocation-list-invalid" });
  await assert.rejects(store.install({ ...good, certificatePem: good.caPem }), invalid);
  await assert.rejects(store.install({ ...good, certificatePem: "nonsense" }), invalid);
  for (const days of [-1, 91]) {
    clock.stepWall(days * DAY_MICROS);
    await assert.rejects(store.install(good), invalid);
    clock.stepWall(-days * DAY_MICROS);
  }
  assert.throws(() => store.credentials(), { code: "not-enrolled" });
  await store.install(good);
  assert.equal(store.identity?.id, "a");
});

test("once enrolled, a store takes no certificate of another authority, though it is for its key", async () => {
  const { store, issue } = await given();
  await store.install(await issue("a"));
  const { authority } = await testAuthority({ clock: simulatedClock() });
  const certificatePem = await authority.issue(await store.createRequest(), { role: "agent", id: "a" });
  await assert.rejects(store.install({ certificatePem, caPem: authority.caPem, crlPem: authority.crlPem }), invalid);
});

test("a revocation list is replaced by a newer one alone", async () => {
  const { authority, store, issue } = await given();
  const first = await issue("a");
  await store.install(first);
  await authority.revoke({ role: "agent", id: "a" });
  const newer = authority.crlPem;
  assert.equal(await store.installRevocationList(newer), true);
  assert.equal(await store.installRevocationList(newer), false);
  assert.equal(await store.installRevocationList(first.crlPem), false);
  await store.install({ ...(await issue("a")), crlPem: first.crlPem });
  assert.equal(store.credentials().crlPem, newer);
  const foreign = await given();
  await assert.rejects(store.installRevocationList(foreign.authority.crlPem), {
    code: "revocation-list-invalid",
    kind: "protocol",
  });
  await assert.rejects(store.installRevocationList("x"), { code: "revocation-list-invalid" });
});

test("files that somebody replaced are read again, but not those of a stranger or from the past", async () => {
  const { authority, files, store, issue, world } = await given();
  await store.install(await issue("a"));
  const old = store.credentials().crlPem;
  await authority.revoke({ role: "agent", id: "b" });
  await authority.revoke({ role: "agent", id: "a" });
  const other = await KeyStore.open(world, "/store");
  await other.installRevocationList(authority.crlPem);
  await store.reload();
  assert.equal(store.credentials().crlPem, authority.crlPem);
  await replaceFile(files, "/store", "crl.pem", new TextEncoder().encode(old));
  await assert.rejects(store.reload(), { code: "identity-damaged" });
  assert.equal(store.credentials().crlPem, authority.crlPem);
});

test("a store whose files do not fit one another does not open", async () => {
  const damaged = { code: "identity-damaged", kind: "corruption" };
  for (const name of ["key.pem", "ca.pem", "crl.pem"]) {
    const { files, store, issue, world } = await given();
    await store.install(await issue("a"));
    await files.remove(`/store/${name}`);
    await assert.rejects(KeyStore.open(world, "/store"), damaged, name);
  }
  for (const name of ["key.pem", "ca.pem", "crl.pem", "certificate.pem"]) {
    const { files, store, issue, world } = await given();
    await store.install(await issue("a"));
    await replaceFile(files, "/store", name, new TextEncoder().encode("nonsense"));
    await assert.rejects(KeyStore.open(world, "/store"), damaged, name);
  }
});

test("cut off at any moment of a renewal, the store opens with the old or the new certificate and the same key", async () => {
  const clock = simulatedClock();
  const { authority } = await testAuthority({ clock });
  const credentials = async (store: KeyStore): Promise<Credentials> => ({
    certificatePem: await authority.issue(await store.createRequest(), { role: "agent", id: "a" }),
    caPem: authority.caPem,
    crlPem: authority.crlPem,
  });
  let settled: string[] = [];
  let key = "";
  const open = (files: Files): Promise<KeyStore> => KeyStore.open({ clock, files }, "/store");
  await crashSweep(
    {
      prepare: async (files: SimulatedFiles) => {
        settled = [];
        key = "";
        await files.makeFolder("/store");
        await files.syncFolder("/");
      },
      work: async (files) => {
        const mine = settled;
        const store = await open(files);
        key = store.publicKeyPem;
        for (const first of [await credentials(store), await credentials(store)]) {
          await store.install(first);
          mine.push(store.identity?.fingerprint ?? "");
        }
      },
      verify: async (files) => {
        const [known, atLeast] = [key, settled.at(-1)];
        const store = await open(files);
        if (known !== "" && atLeast !== undefined) assert.equal(store.publicKeyPem, known);
        if (atLeast !== undefined) assert.notEqual(store.identity, undefined);
        if (settled.length === 2) assert.equal(store.identity?.fingerprint, atLeast);
        await store.install(await credentials(store));
      },
    },
    { seed: 5, rounds: 1 },
  );
});

test("on a real disk the private key is for its owner alone", async () => {
  const folder = await mkdtemp(join(tmpdir(), "leeward-identity-"));
  try {
    await KeyStore.open({ clock: nodeClock, files: nodeFiles({ io: "thread-pool" }) }, folder);
    const { mode } = await stat(join(folder, "key.pem"));
    assert.equal(mode & 0o777, 0o600);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("a data key wrapped to a store is opened by it and by nobody else", async () => {
  const { store } = await given();
  const other = await given();
  const dataKey = new Uint8Array(32).map((_, index) => index);
  const jwe = await wrapDataKey(dataKey, { publicKeyPem: store.publicKeyPem, keyId: "k1" });
  assert.deepEqual(await store.unwrap(jwe, "k1"), dataKey);
  const failures = [
    other.store.unwrap(jwe, "k1"),
    store.unwrap(jwe, "k2"),
    store.unwrap(jwe.slice(0, -4), "k1"),
    store.unwrap("", "k1"),
  ];
  for (const outcome of await Promise.allSettled(failures)) {
    assert.equal(outcome.status === "rejected" && isFault(outcome.reason, "key-unwrap-failed"), true);
  }
});
