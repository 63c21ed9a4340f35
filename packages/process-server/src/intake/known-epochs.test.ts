import assert from "node:assert/strict";
import { test } from "node:test";
import { crashSweep, simulatedWorld } from "@leeward/world/testing";
import { KnownEpochs } from "./known-epochs.ts";

const MACHINE = "0a".repeat(16);
const nobody = (): void => undefined;

test("an epoch that was heard counts at once, is durable when it settles, and never falls", async () => {
  const { files } = simulatedWorld({ seed: 1 });
  await files.makeFolder("/ps");
  await files.syncFolder("/");
  let rises = 0;
  const epochs = await KnownEpochs.open(files, "/ps", () => {
    rises += 1;
  });
  const seeing = epochs.see(MACHINE, 3);
  assert.equal(epochs.of(MACHINE), 3);
  await Promise.all([seeing, epochs.see(MACHINE, 2), epochs.see("other", 5)]);
  assert.deepEqual([epochs.of(MACHINE), epochs.of("other"), epochs.of("nobody"), rises], [3, 5, 0, 2]);
  const again = await KnownEpochs.open(files.crash(), "/ps", nobody);
  assert.deepEqual([again.of(MACHINE), again.of("other")], [3, 5]);
});

test("what cannot be written down counts, and is written with the next word of it", async () => {
  const { files } = simulatedWorld({ seed: 2 });
  await files.makeFolder("/ps");
  const epochs = await KnownEpochs.open(files, "/ps", nobody);
  files.capacityBytes = 0;
  await assert.rejects(epochs.see(MACHINE, 3), { code: "disk-full" });
  assert.equal(epochs.of(MACHINE), 3);
  files.capacityBytes = 1 << 20;
  await epochs.see(MACHINE, 3);
  assert.equal((await KnownEpochs.open(files, "/ps", nobody)).of(MACHINE), 3);
});

test("after a crash anywhere the epochs are those of before or of after, and a file that says nothing is made anew", async () => {
  await crashSweep(
    {
      prepare: async (files) => {
        await files.makeFolder("/ps");
        await files.syncFolder("/");
        await (await KnownEpochs.open(files, "/ps", nobody)).see(MACHINE, 1);
      },
      work: async (files) => (await KnownEpochs.open(files, "/ps", nobody)).see(MACHINE, 2),
      verify: async (files, { done }) => {
        const known = (await KnownEpochs.open(files, "/ps", nobody)).of(MACHINE);
        assert.ok(done ? known === 2 : known === 1 || known === 2);
      },
    },
    { seed: 3 },
  );
  const { files } = simulatedWorld({ seed: 4 });
  await files.makeFolder("/ps");
  for (const text of ["", "{", "[]", '{"machines":1}', `{"machines":{"${MACHINE}":"x"}}`]) {
    await using handle = await files
      .open("/ps/epochs.json", "create")
      .catch(() => files.open("/ps/epochs.json", "update"));
    await handle.truncate(0);
    await handle.write([new TextEncoder().encode(text)], 0);
    const epochs = await KnownEpochs.open(files, "/ps", nobody);
    assert.equal(epochs.of(MACHINE), 0);
  }
});
