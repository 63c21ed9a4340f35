import assert from "node:assert/strict";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { isFault, seededRandom } from "@leeward/base";
import { type Files, nodeClock, nodeFiles, replaceFile } from "@leeward/world";
import { crashSweep, type SimulatedFiles, simulatedClock, simulatedFiles } from "@leeward/world/testing";
import { Authority, type Credentials, joinPem, KeyStore, wrapDataKey } from "./index.ts";
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
  // It holds from two days before now on.
  assert.equal(store.renewalDue(now + 28 * DAY_MICROS), false);
  assert.equal(store.renewalDue(now + 29 * DAY_MICROS), true);
  assert.equal(store.renewalDue(now - 3 * DAY_MICROS), true, "a clock was ahead when it was made");
  assert.equal(store.outOfTime(now + 80 * DAY_MICROS), false);
  assert.equal(store.outOfTime(now + 89 * DAY_MICROS), true);
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
  for (const days of [-3, 91]) {
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

test("an authority is added beside one that is trusted, and the old one goes when the certificate is of the new one", async () => {
  const { clock, files, world, authority, store, issue } = await given();
  await store.install(await issue("a"));
  await files.makeFolder("/ca2");
  const next = await Authority.open({ clock, files, random: seededRandom(7) }, "/ca2");
  const both = {
    caPem: joinPem([authority.caPem, next.caPem]),
    crlPem: joinPem([authority.crlPem, next.crlPem]),
  };
  await assert.rejects(store.installTrust({ caPem: next.caPem, crlPem: next.crlPem }), invalid);
  await store.installTrust(both);
  assert.deepEqual(store.trusted, {
    authorities: [authority.caFingerprint, next.caFingerprint],
    issuer: authority.caFingerprint,
  });
  assert.equal(store.renewalDue(clock.wallMicros()), false, "the first of them still issues");
  await assert.rejects(
    store.installTrust({ caPem: next.caPem, crlPem: next.crlPem }),
    invalid,
    "its own would be nobody's",
  );
  const turned = { caPem: joinPem([next.caPem, authority.caPem]), crlPem: both.crlPem };
  await store.installTrust(turned);
  assert.equal(store.renewalDue(clock.wallMicros()), true);
  const certificatePem = await next.issue(await store.createRequest(), { role: "agent", id: "a" });
  await store.install({ certificatePem, ...turned });
  assert.equal(store.renewalDue(clock.wallMicros()), false);
  await authority.revoke({ role: "agent", id: "a" });
  await next.revoke({ role: "agent", id: "b" });
  assert.equal(await store.installRevocationList(joinPem([next.crlPem, authority.crlPem])), true);
  await store.installTrust({ caPem: next.caPem, crlPem: next.crlPem });
  const again = await KeyStore.open(world, "/store");
  assert.deepEqual(again.trusted, { authorities: [next.caFingerprint], issuer: next.caFingerprint });
  await assert.rejects(again.install(await issue("a")), invalid, "the old one is a stranger now");
});

test("an authority that a person names is trusted, and a certificate of it is asked for", async () => {
  const { clock, files, world, store, issue } = await given();
  await store.install(await issue("a"));
  const now = clock.wallMicros();
  await files.makeFolder("/ca2");
  const next = await Authority.open({ clock, files, random: seededRandom(7) }, "/ca2");
  await store.addAuthority(next.caPem);
  assert.equal(store.trusted.authorities[0], next.caFingerprint);
  assert.equal(store.outOfTime(now), true, "it has no revocation list of that authority");
  const again = await KeyStore.open(world, "/store");
  assert.equal(again.outOfTime(now), true);
  const certificatePem = await next.issue(await again.createRequest(), { role: "agent", id: "a" });
  await again.install({ certificatePem, caPem: next.caPem, crlPem: next.crlPem });
  assert.equal(again.outOfTime(now), false);
});

test("cut off at any moment of a change of authority, the store opens with a certificate of one that it trusts", async () => {
  const clock = simulatedClock();
  const [first, second] = [await testAuthority({ clock }), await testAuthority({ clock })];
  const [old, next] = [first.authority, second.authority];
  const request = async (store: KeyStore, by: Authority): Promise<string> =>
    by.issue(await store.createRequest(), { role: "agent", id: "a" });
  const bundle = (...all: readonly Authority[]) => ({
    caPem: joinPem(all.map(({ caPem }) => caPem)),
    crlPem: joinPem(all.map(({ crlPem }) => crlPem)),
  });
  const onwards = async (store: KeyStore): Promise<void> => {
    if (store.identity === undefined)
      await store.install({ certificatePem: await request(store, old), ...bundle(old) });
    if (store.trusted.issuer === old.caFingerprint) {
      await store.installTrust(bundle(old, next));
      await store.installTrust(bundle(next, old));
      await store.install({ certificatePem: await request(store, next), ...bundle(next, old) });
    }
    await store.installTrust(bundle(next));
  };
  const atOnce = async (store: KeyStore): Promise<void> => {
    if (store.identity === undefined)
      await store.install({ certificatePem: await request(store, old), ...bundle(old) });
    if (store.trusted.authorities[0] === old.caFingerprint) await store.addAuthority(next.caPem);
    await store.install({ certificatePem: await request(store, next), ...bundle(next) });
  };
  for (const change of [onwards, atOnce]) await sweepOf(change);

  async function sweepOf(onwards: (store: KeyStore) => Promise<void>): Promise<void> {
    await crashSweep(
      {
        prepare: async (files: SimulatedFiles) => {
          await files.makeFolder("/store");
          await files.syncFolder("/");
        },
        work: async (files) => onwards(await KeyStore.open({ clock, files }, "/store")),
        verify: async (files) => {
          const store = await KeyStore.open({ clock, files }, "/store");
          await onwards(store);
          assert.deepEqual(store.trusted, { authorities: [next.caFingerprint], issuer: next.caFingerprint });
          assert.equal(store.outOfTime(clock.wallMicros()), false);
        },
      },
      { seed: 6, rounds: 1 },
    );
  }
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
