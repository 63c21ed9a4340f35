import assert from "node:assert/strict";
import { test } from "node:test";
import { isFault } from "@leeward/base";
import { readFile } from "@leeward/world";
import { crashSweep, type SimulatedFiles, simulatedWorld } from "@leeward/world/testing";
import { EpochBook } from "./epoch-book.ts";

const MACHINE = "0a".repeat(16);
const OTHER = "0b".repeat(16);
const CLAIM = "c1".repeat(16);
const RIVAL = "c2".repeat(16);

async function filesWith(text?: string): Promise<SimulatedFiles> {
  const { files } = simulatedWorld({ seed: 1 });
  await files.makeFolder("/mt");
  if (text !== undefined) {
    await using handle = await files.open("/mt/epochs.json", "create");
    await handle.write([new TextEncoder().encode(text)], 0);
  }
  return files;
}

test("an epoch is raised once, and whoever asks again with the same claim is answered the same, also after a restart", async () => {
  const files = await filesWith();
  const book = await EpochBook.open(files, "/mt");
  await book.see(MACHINE, 1);
  const asked = { machineId: MACHINE, from: 1, to: 2, claimId: CLAIM };
  await book.raise(asked);
  assert.equal(book.of(MACHINE), 2);
  await book.raise(asked);
  const again = await EpochBook.open(files, "/mt");
  await again.raise(asked);
  assert.equal(again.of(MACHINE), 2);
  await assert.rejects(again.see(MACHINE, 1), { code: "epoch-old" });
  await assert.rejects(again.raise({ ...asked, claimId: RIVAL }), (error) => {
    assert.ok(isFault(error, "epoch-contested"));
    assert.equal(error.kind, "operator");
    assert.deepEqual([error.detail["known"], error.detail["claim"]], [2, CLAIM]);
    assert.match(error.message, new RegExp(`is 2 and not 1.*by failover ${CLAIM}`));
    return true;
  });
});

test("of two claims at once one has the epoch", async () => {
  const book = await EpochBook.open(await filesWith(), "/mt");
  const results = await Promise.allSettled(
    [CLAIM, RIVAL].map((claimId) => book.raise({ machineId: MACHINE, from: 0, to: 1, claimId })),
  );
  assert.deepEqual(results.map(({ status }) => status).sort(), ["fulfilled", "rejected"]);
  assert.equal(book.of(MACHINE), 1);
});

test("an epoch is raised from the one that is known alone, and upwards", async () => {
  const book = await EpochBook.open(await filesWith(), "/mt");
  await book.adopt(MACHINE, 4);
  await assert.rejects(book.raise({ machineId: MACHINE, from: 3, to: 5, claimId: CLAIM }), { code: "epoch-contested" });
  await assert.rejects(
    book.raise({ machineId: MACHINE, from: 3, to: 4, claimId: CLAIM }),
    (error) => isFault(error, "epoch-contested") && /nobody that this target knows/.test(error.message),
  );
  await assert.rejects(book.raise({ machineId: MACHINE, from: 4, to: 4, claimId: CLAIM }), {
    code: "epoch-not-higher",
  });
  await book.raise({ machineId: MACHINE, from: 4, to: 9, claimId: CLAIM });
  await book.raise({ machineId: MACHINE, from: 9, to: 10, claimId: CLAIM });
  await assert.rejects(book.raise({ machineId: MACHINE, from: 4, to: 9, claimId: CLAIM }), { code: "epoch-contested" });
  await book.adopt(MACHINE, 3);
  assert.equal(book.of(MACHINE), 10, "it never falls");
});

test("what is seen of several machines at once is durable for each of them", async () => {
  const files = await filesWith();
  const book = await EpochBook.open(files, "/mt");
  await Promise.all([book.see(MACHINE, 3), book.see(OTHER, 5), book.adopt(MACHINE, 4)]);
  const again = await EpochBook.open(files.crash(), "/mt");
  assert.deepEqual([again.of(MACHINE), again.of(OTHER)], [4, 5]);
});

test("a raise waits for what had begun under an older epoch, and nothing older begins meanwhile", async () => {
  const book = await EpochBook.open(await filesWith(), "/mt");
  await book.see(MACHINE, 1);
  const finished: string[] = [];
  const seen = (): readonly string[] => finished;
  const gate = Promise.withResolvers<void>();
  const begun = book.under(MACHINE, 1, async () => {
    await gate.promise;
    finished.push("work");
  });
  const raising = book.raise({ machineId: MACHINE, from: 1, to: 2, claimId: CLAIM }).then(() => finished.push("raise"));
  await book.untilOld(MACHINE, 1, AbortSignal.timeout(60_000));
  await assert.rejects(
    book.under(MACHINE, 1, async () => assert.fail("nothing older begins")),
    { code: "epoch-old" },
  );
  assert.deepEqual(seen(), []);
  await book.under(MACHINE, 2, async () => void finished.push("newer"));
  gate.resolve();
  await Promise.all([begun, raising]);
  assert.deepEqual(seen(), ["newer", "work", "raise"]);
});

test("an epoch that could not be made durable is not known, and nobody is shut out by it", async () => {
  const files = await filesWith();
  const book = await EpochBook.open(files, "/mt");
  await book.see(MACHINE, 1);
  files.capacityBytes = 0;
  await assert.rejects(book.raise({ machineId: MACHINE, from: 1, to: 2, claimId: CLAIM }), { code: "disk-full" });
  await book.under(MACHINE, 1, async () => undefined);
  files.capacityBytes = 1 << 20;
  await book.raise({ machineId: MACHINE, from: 1, to: 2, claimId: CLAIM });
  assert.equal(book.of(MACHINE), 2);
});

test("a crash anywhere in a raise leaves it done or not, never told and undone", async () => {
  const asked = { machineId: MACHINE, from: 1, to: 2, claimId: CLAIM };
  await crashSweep(
    {
      prepare: async (files) => {
        await files.makeFolder("/mt");
        await files.syncFolder("/");
        await (await EpochBook.open(files, "/mt")).see(MACHINE, 1);
      },
      work: async (files) => (await EpochBook.open(files, "/mt")).raise(asked),
      verify: async (files, { done }) => {
        const book = await EpochBook.open(files, "/mt");
        assert.ok(book.of(MACHINE) >= (done ? 2 : 1));
        await book.raise(asked);
        assert.equal(book.of(MACHINE), 2);
      },
    },
    { seed: 5 },
  );
});

test("a file of before is read, one of newer software refused by name and left, a damaged one too", async () => {
  const old = await EpochBook.open(await filesWith(`{"${MACHINE}":7}\n`), "/mt");
  assert.equal(old.of(MACHINE), 7);
  const text = '{"version":3,"machines":{}}';
  const files = await filesWith(text);
  await assert.rejects(EpochBook.open(files, "/mt"), { code: "epochs-newer" });
  assert.equal(new TextDecoder().decode(await readFile(files, "/mt/epochs.json", 1_000)), text);
  for (const bad of [
    "",
    "[]",
    '{"version":2}',
    `{"${MACHINE}":-1}`,
    `{"version":2,"machines":{"${MACHINE}":{"epoch":1,"claim":2}}}`,
  ])
    await assert.rejects(EpochBook.open(await filesWith(bad), "/mt"), { code: "epochs-damaged" }, bad);
});
