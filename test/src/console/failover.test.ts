// What one does on the console when it matters: a drill is run and its report read; a machine is failed over in earnest, its name typed, and taken back. At each
// step the screen says what the API says.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { ApiClient } from "@leeward/api";
import { peer } from "@leeward/nbd/testing";
import type { Page } from "playwright-core";
import { eventually } from "../harness/eventually.ts";
import { replicaRemains } from "../harness/replica-remains.ts";
import { type ConsoleStage, consoleStage, seen } from "./console-stage.ts";

const MACHINE = "shop";
const GREETING = "leeward console drill";
const chromium = peer("chromium");

describe("failover on the console", { skip: chromium.skip || peer("qemu-system-x86_64").skip }, () => {
  let stage: ConsoleStage;
  let client: ApiClient;
  let page: Page;

  before(async () => {
    stage = await consoleStage({ machine: MACHINE, greeting: GREETING, chromium: chromium.path });
    ({ client } = stage);
    page = stage.browser.page;
    const { chain } = stage;
    const path = `${chain.sourceFolder}/root.img`;
    await chain.run("disk", "protect", MACHINE, "--path", path, "--name", "root", "--timeout", "100");
    await chain.run("point", "create", MACHINE, "--timeout", "60");
  });
  after(() => stage?.stop());

  test("a drill is defined and run, and its report read", async () => {
    await page.goto("/drills");
    await page.getByRole("button", { name: "Run a drill" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("combobox", { name: "Machine" }).click();
    await page.getByRole("option", { name: MACHINE, exact: true }).click();
    await dialog.getByRole("textbox", { name: "Value of check 1" }).fill(GREETING);
    await dialog.getByRole("button", { name: "Run a drill" }).click();
    const drill = await eventually("the drill has ended", async () => {
      const [newest] = (await client.listDrills({ query: {} })).items;
      return newest !== undefined && newest.endedAt !== null ? newest : undefined;
    });
    assert.equal(drill.state, "passed", drill.problems.map(({ message }) => message).join(" "));
    await page.getByRole("link", { name: `Report of the drill of ${MACHINE}` }).click();
    const { report } = await client.showDrillReport({ params: { id: drill.id } });
    const shown = page.getByRole("dialog");
    await seen(shown.getByText("Passed", { exact: true }).first());
    await seen(shown.getByRole("cell", { name: `console:${GREETING}` }));
    await seen(shown.getByText(report.rto.words));
    await seen(shown.getByText(report.proof.disks[0]?.after ?? "no digest").first());
    assert.deepEqual(await replicaRemains(stage.chain), []);
  });

  test("an unplanned failover wants the machine's name typed, is as the API says, and is taken back", async () => {
    await page.goto(`/machines/${MACHINE}/failover`);
    await page.getByRole("radio", { name: "Unplanned failover" }).check();
    await page.getByRole("button", { name: "Next" }).click();
    await page.getByRole("button", { name: "Next" }).click();
    await page.getByRole("combobox", { name: "What runs it" }).click();
    await page.getByRole("option", { name: "none: its disks are served only" }).click();
    await page.getByRole("button", { name: "Next" }).click();
    await seen(page.getByText("No machine is started: its disks are served over NBD for a hypervisor of yours."));
    await page.getByRole("button", { name: "Begin the unplanned failover" }).click();
    const question = page.getByRole("dialog");
    const go = question.getByRole("button", { name: "Begin the unplanned failover" });
    await question.getByLabel(`Type ${MACHINE} to go on`).fill("sho");
    assert.equal(await go.isDisabled(), true, "a part of the name is not the name");
    await question.getByLabel(`Type ${MACHINE} to go on`).press("Enter");
    assert.deepEqual((await client.listFailovers({ query: { machine: MACHINE } })).items.filter(isReal), []);
    await question.getByLabel(`Type ${MACHINE} to go on`).fill(MACHINE);
    await go.click();

    const failover = await eventually("it waits for its commit", async () => {
      const found = (await client.listFailovers({ query: {} })).items.find(isReal);
      return found?.state === "commit-pending" ? found : undefined;
    });
    await seen(page.getByText("Commit pending", { exact: true }).first());
    await page.getByRole("link", { name: "To the failover's own page" }).click();
    await seen(page.getByText(failover.point ?? "no point").first());
    for (const { nbdUri } of failover.disks) await seen(page.getByText(nbdUri ?? "not served").first());
    await seen(page.getByRole("button", { name: "Commit" }));

    await page.goto(`/machines/${MACHINE}/failover`);
    await seen(page.getByText("A failover of this machine stands already.").first());
    await page.getByRole("link", { name: "Open it" }).click();
    await page.getByRole("button", { name: "Cancel the failover" }).click();
    const ask = page.getByRole("dialog");
    await ask.getByLabel(/^Notes/).fill("It was the cable");
    await ask.getByLabel(`Type ${MACHINE} to go on`).fill(MACHINE);
    await ask.getByRole("button", { name: "Cancel the failover" }).click();
    const ended = await eventually("it is cancelled", async () => {
      const now = await client.showFailover({ params: { failover: failover.id } });
      return now.state === "cancelled" ? now : undefined;
    });
    assert.equal(ended.notes, "It was the cable");
    await seen(page.getByText("Cancelled", { exact: true }).first());
    await seen(page.getByText("It was the cable").first());
    assert.deepEqual(await replicaRemains(stage.chain), []);
    await eventually("the source goes on", async () => {
      const { disks, state } = await client.showMachine({ params: { machine: MACHINE } });
      return state === "online" && disks.every((disk) => disk.state === "protected") ? true : undefined;
    });
    await page.goto(`/machines/${MACHINE}?tab=disks`);
    await seen(page.getByText("Protected", { exact: true }).first());
  });

  test("nothing was refused by the page's policy, and no script failed", () => {
    assert.deepEqual(stage.browser.complaints, []);
  });
});

function isReal({ kind }: { readonly kind: string }): boolean {
  return kind === "unplanned";
}
