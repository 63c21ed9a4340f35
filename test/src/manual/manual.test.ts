// Every command of the manual, in the order of its pages, against a real chain: config server, process server, master target and agent as processes of their
// own. What is not run is named with its reason at the end, and pinned, so that another one is added by decision alone.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { manualPages, type Step, stepsOf } from "@leeward/manual";
import { ManualPlace } from "./manual-place.ts";
import { NOT_RUN } from "./not-run.ts";

const only = process.env["LEEWARD_MANUAL_PAGES"]?.split(",");
/** What others go on from; the index has first what is looked for in a hurry. */
const FIRST = ["quick-start", "install", "tasks"];
const rank = (name: string): number => (FIRST.includes(name) ? FIRST.indexOf(name) : FIRST.length);
const pages = (await manualPages())
  .filter(({ isWritten }) => isWritten)
  .toSorted((one, other) => rank(one.name) - rank(other.name));

describe("the manual", () => {
  let place: ManualPlace;
  let failed: string | undefined;
  before(async () => {
    place = await ManualPlace.make();
  });
  after(() => place[Symbol.asyncDispose]());

  for (const page of pages) {
    const steps = stepsOf(page).filter((step) => step.kind !== "not-run");
    if (steps.length === 0 || only?.includes(page.name) === false) continue;
    test(`${page.name}: its ${steps.filter(isSeen).length} blocks do what the page says`, async () => {
      assert.equal(failed, undefined, "pages go on where the one before has ended, and that has failed");
      failed = page.name;
      for (const step of steps) {
        try {
          await place.run(step);
        } catch (cause) {
          throw new Error(`${page.name}: ${step.commands}\n${String(cause)}\n${await place.trace()}`, { cause });
        }
      }
      failed = undefined;
    });
  }
});

test("what is not run is known, with its reason", (context) => {
  const found = pages.flatMap((page) =>
    stepsOf(page).flatMap((step) => (step.kind === "not-run" ? [`${page.name}: ${step.reason}`] : [])),
  );
  const blocks = pages.flatMap((page) => stepsOf(page)).filter((step) => step.kind === "not-run" || isSeen(step));
  context.diagnostic(`${blocks.length} blocks, ${found.length} of them not run`);
  for (const each of found) context.diagnostic(each);
  assert.deepEqual(found, NOT_RUN);
});

function isSeen(step: Step): boolean {
  return step.kind === "run" && step.isSeen;
}
