import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "@leeward/base";
import { simulatedWorld } from "@leeward/world/testing";
import { Journal } from "../journal.ts";
import { HistoryMaker, type MadePoint } from "../testing/index.ts";

const DISK_BYTES = 64 * 1024;
const FOLDER = "/home/journal/m/d";
const PIN = { owner: "test", reason: "test" };
const never = new AbortController().signal;

test("a point is read from the files that it needs and no others, also when runs, merged segments and a base took the place of segments", async () => {
  const world = simulatedWorld({ seed: 7 });
  const maker = new HistoryMaker(seededRandom(7), DISK_BYTES);
  await world.files.makeFolder(FOLDER);
  const options = { folder: FOLDER, dataKey: maker.dataKey, limits: { reserveBytes: 0, rangeBytes: 16 * 1024 } };
  await using journal = await Journal.create(world, { ...options, ...maker.identity });
  const points: MadePoint[] = [];
  maker.endSpan(maker.beginSpan("initial"));
  for (let index = 0; index < 80; index += 1) {
    maker.writeSomewhere();
    const point = maker.mark();
    await journal.accept(await maker.stage(world, journal.stagingPath(`s-${index}`), maker.cut()));
    await journal.addPoint(point.record);
    points.push(point);
  }
  const folders = new Set<string>();

  const check = async (): Promise<void> => {
    for (const { record, image } of points.filter((each) => journal.point(each.record.id) !== undefined)) {
      const needed = new Set(journal.neededFiles(record.id));
      const opened = new Set<string>();
      await using device = await journal.openPointAnew(record.id, PIN);
      world.files.onOperation = ({ kind, path }) => void (kind === "open" && opened.add(path));
      const content = new Uint8Array(DISK_BYTES);
      await device.read(0, content);
      world.files.onOperation = undefined;
      assert.deepEqual(Buffer.from(content), Buffer.from(image));
      assert.ok(opened.size > 0);
      for (const path of opened) assert.ok(needed.has(path), `${path} is read and not needed`);
      for (const path of needed) {
        assert.ok((await world.files.status(path)) !== undefined, `${path} is needed and not there`);
        folders.add(path.split("/").at(-2) ?? "");
      }
    }
  };

  await check();
  const before = journal.layout;
  await journal.buildRuns(never);
  assert.ok(journal.layout > before);
  await check();
  await journal.lockPoint(points[40]?.record.id ?? "", { owner: "Ada", reason: "audit" });
  await journal.retain({ windowMicros: 1, bytesMax: 0, advance: "now" }, never);
  await journal.merge({ windowMicros: 1, bytesMax: 0 }, never);
  await check();
  assert.deepEqual([...folders].sort(), ["base", "runs", "segments"]);
  assert.deepEqual(journal.neededFiles("ab".repeat(16)), []);
});
