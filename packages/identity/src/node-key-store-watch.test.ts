import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { Fault } from "@leeward/base";
import { nodeClock, nodeFiles } from "@leeward/world";
import { KeyStore, watchKeyStore } from "./index.ts";
import { testAuthority } from "./testing/index.ts";

const NEVER = new AbortController().signal;

test("a certificate that somebody else put there is taken over; nonsense is told, and what is in force stays", async () => {
  const folder = await mkdtemp(join(tmpdir(), "leeward-identity-"));
  const stop = new AbortController();
  try {
    const { authority } = await testAuthority();
    const world = { clock: nodeClock, files: nodeFiles({ io: "thread-pool" }) };
    const store = await KeyStore.open(world, folder);
    const install = async (into: KeyStore): Promise<void> => {
      const certificatePem = await authority.issue(await store.createRequest(), { role: "agent", id: "a" });
      await into.install({ certificatePem, caPem: authority.caPem, crlPem: authority.crlPem });
    };
    await install(store);
    const before = store.identity?.fingerprint;
    const faults: (Fault | undefined)[] = [];
    const watching = watchKeyStore(store, (fault) => void faults.push(fault), stop.signal);
    await nodeClock.sleep(200, NEVER);
    await install(await KeyStore.open(world, folder));
    await until(() => store.identity?.fingerprint !== before);
    const after = store.identity?.fingerprint;
    await writeFile(join(folder, "crl.pem"), "nonsense");
    await until(() => faults.at(-1) !== undefined);
    assert.equal(faults.at(-1)?.code, "identity-damaged");
    assert.equal(store.identity?.fingerprint, after);
    await writeFile(join(folder, "crl.pem"), authority.crlPem);
    await until(() => faults.at(-1) === undefined);
    stop.abort();
    await watching;
  } finally {
    stop.abort();
    await rm(folder, { recursive: true });
  }
});

async function until(condition: () => boolean): Promise<void> {
  for (let waited = 0; !condition(); waited += 20) {
    assert.ok(waited < 30_000, "it did not happen within 30 s");
    await nodeClock.sleep(20, NEVER);
  }
}
