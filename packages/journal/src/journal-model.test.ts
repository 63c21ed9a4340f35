import { test } from "node:test";
import type { SimulatedWorld } from "@leeward/world/testing";
import { checkJournalModel } from "./testing/journal-model.ts";

test("whatever happens and wherever the power is cut, what is listed reads as the disk was and what was promised is there", async () => {
  const local = { isTakenOver: false, open: (world: SimulatedWorld) => Promise.resolve(world.files) };
  await checkJournalModel(() => local, { count: 24, stride: 8 });
});
