import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { firstDifference, SplitterRig } from "./testing/index.ts";

const PLAIN = { fua: false } as const;
const NEVER = new AbortController().signal;

function filled(length: number, value: number): Uint8Array {
  return new Uint8Array(length).fill(value);
}

describe("a splitter", () => {
  test("what is written stands in the log, becomes sendable by itself, and a clean close leaves nothing in doubt", async () => {
    const rig = new SplitterRig({ seed: 1 });
    await rig.clock.run(async () => {
      const splitter = await rig.open();
      assert.equal(splitter.state.kind, "initial");
      await splitter.copy(NEVER);
      assert.equal(splitter.state.kind, "protected");
      await splitter.write(4_096, filled(8_192, 7), PLAIN);
      await splitter.zero({ offset: 8_192, length: 512 }, { fua: false, mayDiscard: true });
      await splitter.discard({ offset: 9_216, length: 512 }, PLAIN);
      const { writtenSequence } = splitter.facts();
      await rig.clock.sleep(100, NEVER);
      assert.equal(splitter.facts().sendableSequence, writtenSequence);
      assert.equal(firstDifference(await rig.replica(writtenSequence), await rig.content()), undefined);
      await splitter.close();
      const again = await rig.open();
      assert.equal(again.facts().writtenSequence, writtenSequence, "nothing was read again");
      assert.equal(again.state.kind, "protected");
      await again.close();
    });
  });

  test("a copy that has nothing to do changes nothing: who asks for one at every change is not called again by it", async () => {
    const rig = new SplitterRig({ seed: 2 });
    await rig.clock.run(async () => {
      const splitter = await rig.open();
      await splitter.copy(NEVER);
      let changed = false;
      void splitter.changed().then(() => {
        changed = true;
      });
      await splitter.copy(NEVER);
      assert.equal(changed, false);
      await splitter.close();
    });
  });
});
