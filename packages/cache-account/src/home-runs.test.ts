import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "@leeward/base";
import { simulatedClock, simulatedFiles } from "@leeward/world/testing";
import { HomeRuns } from "./home-runs.ts";

test("a home knows its runs over starts, and after a contest its own alone", async () => {
  const clock = simulatedClock();
  const files = simulatedFiles({ random: seededRandom(1), clock });
  const open = (run: string): Promise<HomeRuns> =>
    HomeRuns.open(run, { files, folder: "/home", isConfirmed: () => false });
  await clock.run(async () => {
    await files.makeFolder("/home");
    await open("first");
    const second = await open("second");
    assert.deepEqual(
      ["first", "second", "copy"].map((run) => second.isOwn(run)),
      [true, true, false],
    );
    await second.contested();
    const third = await open("third");
    assert.deepEqual(
      ["first", "second", "third"].map((run) => third.isOwn(run)),
      [false, true, true],
    );
    for (let start = 0; start < 20; start += 1) await open(`start ${start}`);
    assert.equal((await open("last")).isOwn("second"), false, "the newest are remembered");
    const torn = await files.open("/home/runs.json", "update");
    await torn.truncate(3);
    await torn.close();
    assert.equal((await open("after")).isOwn("last"), false);
  });
});
