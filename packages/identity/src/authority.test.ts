import assert from "node:assert/strict";
import { generateKeyPairSync, webcrypto, X509Certificate } from "node:crypto";
import { test } from "node:test";
import { seededRandom } from "@leeward/base";
import { crashSweep, faultSweep, type SimulatedFiles, simulatedClock, simulatedFiles } from "@leeward/world/testing";
import { parseCertificate } from "./certificate.ts";
import { Authority, identityOfCertificate, KeyStore, publicPemOf } from "./index.ts";
import { parseRevocationList } from "./revocation-list.ts";
import { Pkcs10CertificateRequestGenerator, SubjectAlternativeNameExtension } from "./x509.ts";

const damaged = { code: "identity-damaged", kind: "corruption" };
const DAY_MICROS = 86_400_000_000;

interface Given {
  readonly world: {
    clock: ReturnType<typeof simulatedClock>;
    random: ReturnType<typeof seededRandom>;
    files: SimulatedFiles;
  };
  readonly authority: Authority;
  readonly store: KeyStore;
}

async function given(files: SimulatedFiles = simulatedFiles({ random: seededRandom(1) })): Promise<Given> {
  const world = { clock: simulatedClock(), random: seededRandom(2), files };
  for (const folder of ["/ca", "/store"]) await files.makeFolder(folder);
  await files.syncFolder("/");
  return { world, authority: await Authority.open(world, "/ca"), store: await KeyStore.open(world, "/store") };
}

async function requestOn(namedCurve: string): Promise<string> {
  const keys = await webcrypto.subtle.generateKey({ name: "ECDSA", namedCurve }, true, ["sign", "verify"]);
  const request = await Pkcs10CertificateRequestGenerator.create({
    keys,
    signingAlgorithm: { name: "ECDSA", hash: "SHA-256" },
  });
  return request.toString("pem");
}

test("a certificate names its subject, is for the requester's key, and is signed by the authority", async () => {
  const { authority, store, world } = await given();
  const names = ["backup.example.org", "10.1.2.3", "fd00::7"];
  const pem = await authority.issue(await store.createRequest(), { role: "process-server", id: "ps-1", names });
  const certificate = new X509Certificate(pem);
  const ca = new X509Certificate(authority.caPem);
  assert.equal(certificate.checkIssued(ca) && certificate.verify(ca.publicKey), true);
  assert.equal(publicPemOf(pem), store.publicKeyPem);
  assert.equal(ca.ca, true);
  assert.equal(certificate.ca, false);
  assert.deepEqual(certificate.checkIP("10.1.2.3"), "10.1.2.3");
  assert.equal(certificate.checkIP("fd00::7"), "fd00::7");
  assert.equal(certificate.checkHost("backup.example.org"), "backup.example.org");
  const { role, id } = identityOfCertificate(certificate.raw);
  assert.deepEqual([role, id], ["process-server", "ps-1"]);
  const lastsMs = certificate.validToDate.getTime() - world.clock.wallMicros() / 1_000;
  assert.equal(lastsMs, (90 * DAY_MICROS) / 1_000);
});

test("what a requester writes into its request gives it no other role", async () => {
  const { authority } = await given();
  const keys = await webcrypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign", "verify"]);
  const request = await Pkcs10CertificateRequestGenerator.create({
    name: "CN=leeward://config-server/root",
    keys,
    signingAlgorithm: { name: "ECDSA", hash: "SHA-256" },
    extensions: [new SubjectAlternativeNameExtension([{ type: "url", value: "leeward://config-server/root" }])],
  });
  const pem = await authority.issue(request.toString("pem"), { role: "agent", id: "a" });
  assert.equal(identityOfCertificate(new X509Certificate(pem).raw).role, "agent");
});

test("a request that does not decode, is for another kind of key, or is not signed by its key is refused", async () => {
  const { authority, store } = await given();
  const good = await store.createRequest();
  const lines = good.split("\n");
  const bytes = Buffer.from(lines.slice(1, -2).join(""), "base64");
  bytes[bytes.length - 3] = (bytes.at(-3) ?? 0) ^ 1;
  const unsigned = `-----BEGIN CERTIFICATE REQUEST-----\n${bytes.toString("base64")}\n-----END CERTIFICATE REQUEST-----`;
  const rsa = generateKeyPairSync("rsa", { modulusLength: 1_024 })
    .publicKey.export({ format: "pem", type: "spki" })
    .toString();
  const refused = { code: "certificate-request-invalid", kind: "protocol" };
  for (const bad of [
    "",
    "nonsense",
    good.slice(0, 200),
    unsigned,
    await requestOn("P-384"),
    rsa,
    "x".repeat(600_000),
  ]) {
    await assert.rejects(authority.issue(bad, { role: "agent", id: "a" }), refused);
  }
});

test("no certificate is made for an id or a name that could mean another", async () => {
  const { authority, store } = await given();
  const request = await store.createRequest();
  for (const id of ["", "a/b", "a b", "..", "x".repeat(65), "a\n"]) {
    await assert.rejects(authority.issue(request, { role: "agent", id }), { code: "certificate-invalid" });
  }
  for (const name of ["a b", "a,DNS:b", "*.example.org", ""]) {
    await assert.rejects(authority.issue(request, { role: "agent", id: "a", names: [name] }), {
      code: "certificate-invalid",
    });
  }
});

test("a revocation reaches every certificate of the machine and no other, and survives a restart", async () => {
  const { authority, store, world } = await given();
  const request = await store.createRequest();
  const serials: string[] = [];
  for (const id of ["a", "a", "b"]) {
    serials.push(parseCertificate(await authority.issue(request, { role: "agent", id })).serialNumber);
  }
  const sameId = parseCertificate(await authority.issue(request, { role: "master-target", id: "a" })).serialNumber;
  await store.install({
    certificatePem: await authority.issue(request, { role: "agent", id: "c" }),
    caPem: authority.caPem,
    crlPem: authority.crlPem,
  });
  const again = await Authority.open(world, "/ca");
  assert.equal(await again.revoke({ role: "agent", id: "a" }), true);
  assert.equal(await again.revoke({ role: "agent", id: "a" }), false);
  assert.equal(await again.revoke({ role: "agent", id: "nobody" }), false);
  const reopened = await Authority.open(world, "/ca");
  assert.equal(reopened.caFingerprint, authority.caFingerprint);
  assert.equal(await store.installRevocationList(reopened.crlPem), true);
  assert.deepEqual(
    [...serials, sameId].map((serial) => store.isRevoked(serial)),
    [true, true, false, false],
  );
  assert.equal(store.isRevoked((serials[0] ?? "").toUpperCase()), true);
});

test("the revocation list is made anew each day, and forgets what has long expired by itself", async () => {
  const { authority, store, world } = await given();
  const { clock } = world;
  await authority.issue(await store.createRequest(), { role: "agent", id: "a" });
  await authority.revoke({ role: "agent", id: "a" });
  const first = authority.crlPem;
  await authority.refreshRevocationList();
  assert.equal(authority.crlPem, first);
  clock.stepWall(2 * DAY_MICROS);
  await authority.refreshRevocationList();
  assert.notEqual(authority.crlPem, first);
  const long = authority.crlPem.length;
  clock.stepWall(500 * DAY_MICROS);
  await authority.refreshRevocationList();
  assert.ok(authority.crlPem.length < long);
});

test("a clock that runs back does not make a list that is older than the last", async () => {
  const { authority, store, world } = await given();
  const request = await store.createRequest();
  const certificatePem = await authority.issue(request, { role: "agent", id: "a" });
  await store.install({ certificatePem, caPem: authority.caPem, crlPem: authority.crlPem });
  world.clock.stepWall(-3_600_000_000);
  await authority.revoke({ role: "agent", id: "a" });
  assert.equal(await store.installRevocationList(authority.crlPem), true);
  assert.equal(store.isRevoked(parseCertificate(certificatePem).serialNumber), true);
});

test("an authority that lost a file, or holds a damaged one, is not made anew", async () => {
  for (const name of ["ca.key", "ca.pem", "crl.pem"]) {
    const { world } = await given();
    await world.files.remove(`/ca/${name}`);
    await assert.rejects(Authority.open(world, "/ca"), damaged, name);
  }
  for (const name of ["ca.key", "ca.pem", "crl.pem", "issued.json"]) {
    const { world } = await given();
    await using handle = await world.files.open(`/ca/${name}`, "update");
    await handle.write([new Uint8Array(20).fill(0x41)], 0);
    await assert.rejects(Authority.open(world, "/ca"), damaged, name);
  }
  const { world } = await given();
  const other = await given();
  for (const name of ["ca.pem", "crl.pem"]) {
    await using handle = await other.world.files.open(`/ca/${name}`, "read");
    const bytes = new Uint8Array(await handle.sizeBytes());
    await handle.read(bytes, 0);
    await world.files.remove(`/ca/${name}`);
    await using target = await world.files.open(`/ca/${name}`, "create");
    await target.write([bytes], 0);
  }
  await assert.rejects(Authority.open(world, "/ca"), damaged);
});

/** What the work had settled when it was cut off. */
interface Promised {
  fingerprint?: string;
  serial?: string;
  revoked?: string;
}

for (const cut of ["power", "process"] as const) {
  test(`cut off (${cut}) at any moment, the authority comes back with every certificate and revocation that it gave`, async () => {
    let promised: Promised = {};
    const request = await (await given()).store.createRequest();
    await crashSweep(
      {
        prepare: async (files) => {
          promised = {};
          await files.makeFolder("/ca");
          await files.syncFolder("/");
        },
        work: async (files) => {
          const mine = promised;
          const world = { clock: simulatedClock(), random: seededRandom(5), files };
          const authority = await Authority.open(world, "/ca");
          mine.fingerprint = authority.caFingerprint;
          const pem = await authority.issue(request, { role: "agent", id: "a" });
          mine.serial = parseCertificate(pem).serialNumber;
          await authority.revoke({ role: "agent", id: "a" });
          mine.revoked = mine.serial;
        },
        verify: async (files) => {
          const seen = { ...promised };
          const world = { clock: simulatedClock(), random: seededRandom(6), files };
          const authority = await Authority.open(world, "/ca");
          if (seen.fingerprint !== undefined) assert.equal(authority.caFingerprint, seen.fingerprint);
          const reaches = await authority.revoke({ role: "agent", id: "a" });
          if (seen.revoked !== undefined) assert.equal(reaches, false);
          const list = await parseRevocationList(authority.crlPem, [parseCertificate(authority.caPem)]);
          if (seen.serial !== undefined) assert.notEqual(list.findRevoked(seen.serial), null);
        },
      },
      { seed: 11, rounds: 2, cut },
    );
  });
}

test("whatever file operation fails, the authority says so, and goes on when the disk does", async () => {
  await faultSweep(
    {
      prepare: async (files) => {
        await files.makeFolder("/ca");
        await files.makeFolder("/store");
        await files.syncFolder("/");
      },
      work: async (files) =>
        void (await Authority.open({ clock: simulatedClock(), random: seededRandom(5), files }, "/ca")),
      verify: async (files) => {
        const { authority, store } = await given(files);
        await authority.issue(await store.createRequest(), { role: "agent", id: "a" });
        assert.equal(await authority.revoke({ role: "agent", id: "a" }), true);
      },
    },
    { seed: 3, rounds: 1 },
  );
});
