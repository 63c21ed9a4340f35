// Several people at one installation: nobody writes over what somebody else has changed, what one sees to still stands for the others, and who is limited to
// some machines is told what is not for them.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { ApiClient } from "@leeward/api";
import { peer } from "@leeward/nbd/testing";
import type { Page } from "playwright-core";
import { eventually } from "../harness/eventually.ts";
import { type ConsoleStage, consoleStage, seen } from "./console-stage.ts";

const MACHINE = "till";
const MEANWHILE = "Somebody else has changed this meanwhile";
const chromium = peer("chromium");

describe("several people at the console", { skip: chromium.skip || peer("qemu-system-x86_64").skip }, () => {
  let stage: ConsoleStage;
  let client: ApiClient;
  let page: Page;

  before(async () => {
    stage = await consoleStage({ machine: MACHINE, greeting: "leeward together", chromium: chromium.path });
    ({ client } = stage);
    page = stage.browser.page;
  });
  after(() => stage?.stop());

  test("a policy that somebody else has changed is not written over, and what was typed is not lost", async () => {
    const params = { name: "default" };
    await page.goto("/policies?policy=default");
    await page.getByRole("button", { name: "Change" }).first().click();
    const dialog = page.getByRole("dialog");
    const typed = dialog.getByLabel("Replica compared with the source").first();
    await typed.fill("3");
    await client.setPolicy({ params, body: { verifyDays: 9, codec: "none" } });
    await dialog.getByRole("button", { name: "Save" }).click();
    await seen(dialog.getByText(MEANWHILE));
    const before = await client.showPolicy({ params });
    assert.deepEqual([before.verifyDays, before.codec], [9, "none"]);
    await dialog.getByRole("button", { name: "Load it anew" }).click();
    await dialog.getByText(MEANWHILE).waitFor({ state: "detached" });
    assert.equal(await typed.inputValue(), "3");
    await dialog.getByRole("button", { name: "Save" }).click();
    await dialog.waitFor({ state: "detached" });
    const after = await client.showPolicy({ params });
    assert.deepEqual([after.verifyDays, after.codec], [3, "none"], "only what was typed was sent");
  });

  test("a machine's settings are saved twice by one, and not over somebody else's", async () => {
    const params = { machine: MACHINE };
    const stored = async (): Promise<string> => (await client.showMachine({ params })).bandwidth.schedule;
    await page.goto(`/machines/${MACHINE}?tab=settings`);
    const bandwidth = page.getByRole("textbox", { name: "Bandwidth" });
    const save = page.getByRole("button", { name: "Save", exact: true }).last();
    for (const schedule of ["10MB/s", "20MB/s"]) {
      await bandwidth.fill(schedule);
      await save.click();
      await eventually(`${schedule} is stored`, async () => ((await stored()) === schedule ? true : undefined));
      await eventually("there is nothing to save", async () =>
        (await save.getAttribute("aria-disabled")) === "true" ? true : undefined,
      );
    }
    await client.setMachine({ params, body: { bandwidth: "30MB/s" } });
    await bandwidth.fill("40MB/s");
    await save.click();
    await seen(page.getByText(MEANWHILE));
    assert.equal(await stored(), "30MB/s");
  });

  test("an alert that somebody sees to still stands for the others", async () => {
    const alert = await eventually("an alert stands", async () => {
      const { items } = await client.listAlerts({ query: { state: "open" } });
      return items.find(({ code }) => code === "recovery-key-not-exported");
    });
    await page.goto("/");
    await seen(page.getByRole("button", { name: `Acknowledge: ${alert.message}` }));
    await client.acknowledgeAlert({ params: { id: alert.id }, body: {} });
    await seen(page.getByText("Acknowledged", { exact: true }));
    await seen(page.getByText(alert.message));
    assert.equal(await page.getByText(alert.message).count(), 1);
    assert.equal(await page.getByRole("button", { name: /^Acknowledge: / }).count(), 0);
  });

  test("who is limited to a machine is told what is not for them, and is not offered it", async () => {
    const { token } = await client.createToken({ body: { role: "administrator", scope: { machines: [MACHINE] } } });
    await page.goto("/machines");
    await page.context().clearCookies();
    await stage.browser.signIn(token);
    for (const path of ["/", "/planner", "/infrastructure", "/plans/new/edit", "/alerts?tab=channels"]) {
      await page.goto(path);
      await seen(page.getByText("You are limited to some machines").first());
      assert.equal(await page.getByText("scope-insufficient").count(), 0, path);
    }
    await page.goto("/plans");
    const make = page.getByRole("button", { name: "New plan" }).first();
    await seen(make);
    assert.equal(await make.getAttribute("aria-disabled"), "true");
    await page.goto(`/machines/${MACHINE}?tab=settings`);
    await page.getByRole("textbox", { name: "Bandwidth" }).fill("50MB/s");
    await page.getByRole("button", { name: "Save", exact: true }).last().click();
    await eventually("their own machine is theirs", async () => {
      const { bandwidth } = await client.showMachine({ params: { machine: MACHINE } });
      return bandwidth.schedule === "50MB/s" ? true : undefined;
    });
    assert.deepEqual(stage.browser.complaints, []);
  });
});
