/** What is said of a journal is certain: no crash takes back a position that was told or an anchor that was given. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { isFault, seededRandom } from "@leeward/base";
import { crashSweep, type SimulatedFiles, simulatedWorld } from "@leeward/world/testing";
import { Journal } from "./journal.ts";
import { HistoryMaker } from "./testing/index.ts";

const FOLDER = "/home/journal/m/d";
const limits = { rangeBytes: 64 * 1024, reserveBytes: 0 };
const maker = new HistoryMaker(seededRandom(7), 64 * 1024);
maker.endSpan(maker.beginSpan("initial"));
const segments = Array.from({ length: 4 }, () => {
  maker.writeSomewhere();
  return { point: maker.mark(), made: maker.cut() };
});

function worldOf(files: SimulatedFiles): ReturnType<typeof simulatedWorld> {
  return { ...simulatedWorld({ seed: 1 }), files };
}

async function makeFolders(files: SimulatedFiles): Promise<void> {
  await files.makeFolder("/home/journal/m");
  for (const folder of ["/", "/home", "/home/journal"]) await files.syncFolder(folder);
}

async function deliver(files: SimulatedFiles, journal: Journal): Promise<void> {
  for (const { point, made } of segments) {
    if ((journal.position(made.branch) ?? 0) >= made.to) continue;
    await journal.accept(await maker.stage(worldOf(files), journal.stagingPath(`s-${made.from}`), made));
    await journal.addPoint(point.record);
  }
}

const options = { folder: FOLDER, dataKey: maker.dataKey, limits };

test("what a journal says after its process was killed is not taken back by a loss of power", async () => {
  await crashSweep(
    {
      prepare: async (files) => {
        await makeFolders(files);
        await (await Journal.create(worldOf(files), { ...options, ...maker.identity })).close();
      },
      work: async (files) => deliver(files, await Journal.open(worldOf(files), options)),
      verify: async (files) => {
        const again = await Journal.open(worldOf(files), options);
        const told = again.position(maker.branch) ?? 0;
        const { anchor } = again;
        const last = await Journal.open(worldOf(files.crash("none")), { ...options, notBefore: anchor });
        assert.ok((last.position(maker.branch) ?? 0) >= told, "a position that was told is gone");
      },
    },
    { seed: 1, rounds: 1, cut: "process" },
  );
});

test("an anchor is given of what is durable alone, at whatever moment it is asked for", async () => {
  await crashSweep(
    {
      prepare: makeFolders,
      work: async (files) => {
        const journal = await Journal.create(worldOf(files), { ...options, ...maker.identity });
        anchors.set(files, journal);
        await deliver(files, journal);
      },
      verify: async (files) => {
        const anchor = [...anchors.values()].at(-1)?.anchor;
        anchors.clear();
        if (!(await Journal.exists(files, FOLDER))) return assert.equal(anchor, undefined);
        await Journal.open(worldOf(files), { ...options, ...(anchor === undefined ? {} : { notBefore: anchor }) });
      },
    },
    { seed: 2, rounds: 1, survival: "none" },
  );
});

const anchors = new Map<SimulatedFiles, Journal>();

test("a journal that was set back is refused by name", async () => {
  const world = simulatedWorld({ seed: 3 });
  await makeFolders(world.files);
  const journal = await Journal.create(world, { ...options, ...maker.identity });
  await deliver(world.files, journal);
  const { anchor } = journal;
  await journal.close();
  await (await Journal.open(world, { ...options, notBefore: anchor })).close();
  const notBefore = { number: anchor.number + 5, frames: 1 };
  await assert.rejects(Journal.open(world, { ...options, notBefore }), (error) =>
    isFault(error, "manifest-rolled-back"),
  );
});
