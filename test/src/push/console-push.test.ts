// A machine that nothing was installed on becomes protected from the console alone: its agent is pushed over SSH, and its disk taken, without leaving the page.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { peer } from "@leeward/nbd/testing";
import type { Page } from "playwright-core";
import { Browser } from "../console/browser.ts";
import { eventually } from "../harness/eventually.ts";
import { fieldOf, itemsOf } from "../harness/shapes.ts";
import type { Machine } from "./machine.ts";
import { PushHouse, pushSkip, START } from "./push-house.ts";

const PASSWORD = "a-login-of-the-console";
const DISK = "/srv/disk.img";
const chromium = peer("chromium");

describe("an agent that is pushed from the console", { skip: pushSkip() || chromium.skip }, () => {
  let house: PushHouse;
  let machine: Machine;
  let browser: Browser;
  let page: Page;

  before(async () => {
    house = await PushHouse.start();
    machine = await house.machine({ name: "shop", password: PASSWORD });
    await machine.run(`mkdir -p /srv && head -c 8M /dev/urandom > ${DISK}`);
    const executable = await house.inNetwork(chromium.path);
    const caFile = join(house.home, "ca.pem");
    browser = await Browser.open({ executable, caFile, apiUrl: house.server.ready.apiUrl ?? "" });
    page = browser.page;
    page.setDefaultTimeout(60_000);
    await browser.signIn((await readFile(join(house.home, "operator.token"), "utf8")).trim());
  });
  after(async () => {
    await browser?.[Symbol.asyncDispose]();
    await house?.[Symbol.asyncDispose]();
  });

  async function order(host: string): Promise<void> {
    await page.goto("/protect");
    await page.getByRole("radio", { name: "Install over SSH" }).check();
    await page.getByLabel("Hosts").fill(host);
    await page.getByLabel("What may be protected").fill("/srv");
    await page.getByLabel("Command that starts the agent").fill(START);
    await page.getByLabel("Log in by").selectOption({ label: "Password" });
    await page.getByLabel(/^Password( \*)?$/).fill(PASSWORD);
    await page.getByRole("button", { name: "Install the agent" }).click();
  }

  test("a host whose key nobody named is not given the password, and the page says which key it has", async () => {
    await order(machine.address);
    const card = page.getByRole("group", { name: machine.address });
    await card.getByText("Failed", { exact: true }).first().waitFor();
    await card.getByText(machine.hostKey).first().waitFor();
    assert.equal(await machine.run("ls -A /opt"), "");
    assert.deepEqual(await machines(), []);
  });

  test("with its key the agent is installed, and the same page protects its disk", async () => {
    await order(`${machine.address} ${machine.hostKey}`);
    await page.getByRole("button", { name: "Protect this machine" }).click();
    await page.getByRole("button", { name: "Next" }).click();
    await page.getByRole("checkbox", { name: DISK }).check();
    await page.getByLabel("Name here").fill("data");
    for (let step = 1; step <= 2; step += 1) await page.getByRole("button", { name: "Next" }).click();
    await page.getByRole("button", { name: "Protect 1 disk" }).click();
    await page.getByText("Succeeded").first().waitFor();
    await eventually("the disk is protected", async () => {
      const [disk] = itemsOf((await house.operator("disk", "status", "shop")).document);
      assert.equal(fieldOf(disk, "name"), "data");
      return fieldOf(disk, "state") === "protected" ? true : undefined;
    });
    assert.deepEqual(browser.complaints, []);
  });

  async function machines(): Promise<unknown[]> {
    return itemsOf((await house.operator("machine", "list")).document);
  }
});
