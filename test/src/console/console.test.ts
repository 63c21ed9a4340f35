// The console against the whole chain, in a browser, as an administrator uses it: from an empty server to a protected machine, a test failover, a plan's run, a
// changed policy, an alert that somebody sees to. At each step the screen says what the API says.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { isDeepStrictEqual } from "node:util";
import type { ApiClient } from "@leeward/api";
import { peer } from "@leeward/nbd/testing";
import { BOOT_DISK_BYTES } from "@leeward/recovery-host/testing";
import type { Page } from "playwright-core";
import type { Chain } from "../harness/chain.ts";
import { eventually } from "../harness/eventually.ts";
import type { Browser } from "./browser.ts";
import { type ConsoleStage, consoleStage, seen } from "./console-stage.ts";

const MACHINE = "web";
const chromium = peer("chromium");
/** Every page that stands by itself. */
const PAGES = [
  "/",
  "/machines",
  `/machines/${MACHINE}`,
  "/protect",
  `/machines/${MACHINE}/failover`,
  "/failovers",
  "/plans",
  "/plans/new/edit",
  "/drills",
  "/policies",
  "/jobs",
  "/alerts",
  "/events",
  "/infrastructure",
  "/planner",
  "/access",
  "/settings",
  "/nowhere",
];
const MIB = 1_048_576;

describe("the console", { skip: chromium.skip || peer("qemu-system-x86_64").skip }, () => {
  let stage: ConsoleStage;
  let chain: Chain;
  let client: ApiClient;
  let browser: Browser;
  let page: Page;

  before(async () => {
    stage = await consoleStage({ machine: MACHINE, greeting: "leeward console", chromium: chromium.path });
    ({ chain, client, browser } = stage);
    page = browser.page;
  });
  after(() => stage?.stop());

  test("an empty server says what comes first, and what of it is done", async () => {
    await page.goto("/");
    await seen(page.getByRole("heading", { name: "First steps" }));
    const { items } = await client.listMachines({ query: {} });
    assert.equal(items.length, 1);
    await seen(page.getByRole("link", { name: /web/ }).first());
    await seen(page.getByText("Live", { exact: true }));
  });

  test("a disk becomes protected, step by step, and the screen follows", async () => {
    const { sourceFolder } = chain;
    await page.goto("/protect");
    await page.getByRole("combobox", { name: "Machine" }).click();
    await page.getByRole("option", { name: `${MACHINE} (online)` }).click();
    await page.getByRole("button", { name: "Next" }).click();
    await page.getByRole("checkbox", { name: `${sourceFolder}/root.img` }).check();
    await page.getByLabel("Name here").fill("root");
    await page.getByRole("button", { name: "Next" }).click();
    await page.getByRole("button", { name: "Next" }).click();
    assert.deepEqual((await client.listDisks({ query: {} })).items, [], "nothing was changed yet");
    await page.getByRole("button", { name: "Protect 1 disk" }).click();
    await seen(page.getByText("Succeeded").first());
    const [disk] = (await client.listDisks({ query: {} })).items;
    assert.equal(disk?.name, "root");
    assert.equal(disk?.state, "protected");
    assert.equal(disk?.sizeBytes, BOOT_DISK_BYTES);
    await page.goto(`/machines/${MACHINE}?tab=disks`);
    await seen(page.getByText("Protected", { exact: true }).first());
    await seen(page.getByText(`${BOOT_DISK_BYTES / MIB} MiB`).first());
  });

  test("a point is made and its moment is on the line", async () => {
    const { items: before } = await client.listPoints({ params: { machine: MACHINE }, query: {} });
    await page.goto(`/machines/${MACHINE}?tab=points`);
    await page.getByRole("button", { name: "Make a point now" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Make it" }).click();
    const made = await eventually("a point was made", async () => {
      const { items } = await client.listPoints({ params: { machine: MACHINE }, query: {} });
      return items.find(({ id, kind }) => kind === "mark" && before.every((each) => each.id !== id));
    });
    const slider = page.getByRole("slider").first();
    await slider.focus();
    await slider.press("End");
    await seen(page.locator(`a[href*="at=${made.id}"]`).first());
  });

  test("the way of a point is on the screen as the API says it, with what is not known of it", async () => {
    await page.goto(`/machines/${MACHINE}?tab=points`);
    await page.getByRole("button", { name: "Show its way" }).click();
    const dialog = page.getByRole("dialog");
    const table = dialog.getByRole("table", { name: "Moments of the point" });
    await seen(table);
    assert.deepEqual(await browser.violations(), []);
    const [, point = ""] = /leeward point way \S+ (\w{32})/.exec(await dialog.innerText()) ?? [];
    assert.match(point, /^\w{32}$/);
    // Asked for at the same time, since clocks are measured again and again, and by these the times are told.
    const way = await eventually("the screen says what the API says, of the whole way", async () => {
      await dialog.getByRole("button", { name: "Ask again" }).click();
      const said = await client.pointWay({ params: { machine: MACHINE, point } });
      const stages = await table.locator("tbody tr td:first-child").allInnerTexts();
      const shownTimes = await table.locator("time").all();
      const times = await Promise.all(shownTimes.map((each) => each.getAttribute("datetime")));
      const shown = stages.map((stage, index) => `${stage.toLowerCase()} ${times[index]}`);
      const isSame = isDeepStrictEqual(
        shown,
        said.items.map(({ stage, at }) => `${stage} ${at}`),
      );
      return isSame && said.items.some(({ stage }) => stage === "recoverable") ? said : undefined;
    });
    assert.deepEqual(way.unknown, []);

    await chain.agent?.stop();
    await chain.startAgent();
    const forgotten = await eventually("the agent has forgotten, and both say so", async () => {
      await dialog.getByRole("button", { name: "Ask again" }).click();
      const { items, unknown } = await client.pointWay({ params: { machine: MACHINE, point } });
      const shown = await dialog.getByRole("list", { name: "Who could not say" }).getByRole("listitem").allInnerTexts();
      const isSame = isDeepStrictEqual(
        shown,
        unknown.map(({ name, why }) => `${name}: ${why}`),
      );
      return isSame && unknown.some(({ name }) => name === MACHINE) && items.length > 0 ? items : undefined;
    });
    assert.ok(forgotten.every(({ stage }) => stage !== "raised" && stage !== "durable"));
    await seen(dialog.getByText("No time is known of: Raised, Durable."));
    await page.keyboard.press("Escape");
  });

  test("a test failover runs, and is cleaned up", async () => {
    await page.goto(`/machines/${MACHINE}/failover`);
    await page.getByRole("radio", { name: "Test" }).check();
    for (let step = 1; step <= 3; step += 1) await page.getByRole("button", { name: "Next" }).click();
    await page.getByRole("button", { name: "Begin the test failover" }).click();
    const running = await eventually("the replica machine runs", async () => {
      const [failover] = (await client.listFailovers({ query: {} })).items;
      return failover?.state === "running" ? failover : undefined;
    });
    await page.getByRole("button", { name: "Clean up" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Clean up" }).click();
    await eventually("it is cleaned up", async () => {
      const { state } = await client.showFailover({ params: { failover: running.id } });
      return state === "cleaned-up" ? true : undefined;
    });
    await page.goto("/failovers");
    await seen(page.getByText("Cleaned up").first());
  });

  test("a plan is written, looked at, run as a test, and cleaned up", async () => {
    await page.goto("/plans/new/edit");
    await page.getByText("YAML", { exact: true }).click();
    await page
      .getByLabel("The plan's document (YAML)")
      .fill(`name: shop\nsteps:\n  - name: ${MACHINE}\n    machine: ${MACHINE}\n`);
    await page.getByRole("button", { name: "Save the plan" }).click();
    await seen(page.getByRole("heading", { level: 1, name: "Recovery plan shop" }));
    assert.equal((await client.showRecoveryPlan({ params: { plan: "shop" } })).steps.length, 1);
    await seen(page.getByText("Nothing is known that would keep a step from being done."));
    await page.getByRole("button", { name: "Run the test" }).click();
    const ended = await eventually("the run has ended", async () => {
      const [run] = (await client.listPlanRuns({ query: {} })).items;
      return run !== undefined && run.state !== "running" ? run : undefined;
    });
    assert.equal(ended.state, "succeeded");
    await seen(page.getByText("Succeeded").first());
    await page.getByRole("button", { name: "Clean up" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Clean up" }).click();
    await eventually("nothing of the run stands", async () => {
      const { items } = await client.listFailovers({ query: {} });
      return items.every(({ endedAt }) => endedAt !== null) ? true : undefined;
    });
  });

  test("a policy is changed, and what would delete points asks for its name", async () => {
    await page.goto("/policies?policy=default");
    await page.getByRole("button", { name: "Change" }).first().click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Replica compared with the source").first().fill("3");
    await dialog.getByRole("button", { name: "Save" }).click();
    await eventually("the API says the same", async () => {
      const { verifyDays } = await client.showPolicy({ params: { name: "default" } });
      return verifyDays === 3 ? true : undefined;
    });
    await seen(page.getByText("every 3 days").first());
  });

  test("an alert is acknowledged with a note", async () => {
    const alert = await eventually("an alert stands", async () => {
      const { items } = await client.listAlerts({ query: { state: "open" } });
      return items.find(({ code }) => code === "recovery-key-not-exported");
    });
    await page.goto("/alerts");
    await page.getByRole("button", { name: `Acknowledge: ${alert.message}` }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Note").fill("I have it in the safe by noon");
    await dialog.getByRole("button", { name: "Acknowledge" }).click();
    await eventually("the API says the same", async () => {
      const shown = await client.showAlert({ params: { id: alert.id } });
      return shown.state === "acknowledged" && shown.note === "I have it in the safe by noon" ? true : undefined;
    });
    await seen(page.getByText("I have it in the safe by noon").first());
  });

  test("limits of a server are those of the alert rules, as they are set", async () => {
    await client.setAlertRule({ params: { rule: "process-server-cpu" }, body: { warning: 41, critical: 73 } });
    await page.goto("/infrastructure");
    await seen(page.getByText("Warning from 41%, Critical from 73%").first());
    await client.setAlertRule({ params: { rule: "process-server-cpu" }, body: { enabled: false } });
    await page.reload();
    const memory = page.getByText("Warning from 80%, Critical from 95%");
    await seen(memory.first());
    assert.equal(await page.getByText("Warning from 41%").count(), 0);
    assert.equal(await memory.count(), 1, "nothing of a rule that is switched off, and the default of no other");
  });

  test("another what-if keeps the figures until its own are there", async () => {
    await page.goto("/planner");
    const needs = page.getByRole("heading", { name: "What it needs" });
    await seen(needs);
    await page.evaluate(
      `globalThis.gone = 0; new MutationObserver(() => {
        if (document.querySelector("[aria-label='Loading']") !== null) globalThis.gone += 1;
      }).observe(document.body, { childList: true, subtree: true });`,
    );
    const answered = page.waitForResponse((response) => response.url().includes("retentionDays=14"));
    await page.getByLabel("Points kept, days").fill("14");
    await answered;
    await seen(needs);
    assert.equal(await page.evaluate("globalThis.gone"), 0);
  });

  test("while the server does not answer, the page says of when it is; and no more once it does", async () => {
    await page.goto("/machines");
    await seen(page.getByRole("link", { name: MACHINE }).first());
    await page.context().setOffline(true);
    // As when somebody comes back to the page.
    await page.evaluate("window.dispatchEvent(new Event('visibilitychange'))");
    const notice = page.getByRole("alert").filter({ hasText: "The server does not answer" });
    await eventually("it is said", async () => {
      await page.evaluate("window.dispatchEvent(new Event('visibilitychange'))");
      return (await notice.count()) === 1 ? true : undefined;
    });
    await seen(notice.getByText(/What you see is as it was at/));
    await seen(page.getByRole("status").filter({ hasText: "No answer" }));
    await seen(page.getByRole("link", { name: MACHINE }).first());
    await page.context().setOffline(false);
    await notice.getByRole("button", { name: "Ask now" }).click();
    await notice.waitFor({ state: "detached" });
  });

  test("a sign-in that ended is asked for anew, and leads back to the page", async () => {
    await page.goto("/machines");
    await seen(page.getByRole("link", { name: MACHINE }).first());
    await page.context().clearCookies();
    await page.getByRole("link", { name: "Policies" }).click();
    await seen(page.getByText("Your sign-in has ended."));
    await page.getByRole("tab", { name: "Token" }).click();
    await page.getByLabel("API token").fill(stage.token);
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await seen(page.getByRole("heading", { level: 1, name: "Policies" }));
    await seen(page.getByRole("link", { name: "default" }).first());
  });

  test("every page is sound in light and dark, wide and narrow, in each language", async (context) => {
    for (const [width, height, colorScheme] of [
      [1_280, 800, "light"],
      [390, 844, "dark"],
    ] as const) {
      await browser.look({ width, height, colorScheme });
      for (const path of PAGES) {
        await page.goto(path);
        await seen(page.getByRole("heading", { level: 1 }));
        await eventually(`${path} is there`, async () =>
          (await page.getByRole("status", { name: "Loading" }).count()) === 0 ? true : undefined,
        );
        assert.deepEqual(await browser.violations(), [], `${path}, ${width}, ${colorScheme}`);
        const widest = Number(await page.evaluate("document.documentElement.scrollWidth"));
        assert.ok(widest <= width, `${path} is ${widest} wide in a window of ${width}`);
        assert.ok((await page.getByRole("button", { name: "The same from the command line" }).count()) === 1, path);
      }
    }
    await browser.look({ width: 1_280, height: 800, colorScheme: "light" });
    await page.goto("/");
    await page.getByRole("button", { name: "Language and colours" }).click();
    await page.getByRole("menuitem", { name: "한국어" }).click();
    await seen(page.getByRole("heading", { level: 1, name: "개요" }));
    for (const path of PAGES) {
      await page.goto(path);
      await seen(page.getByRole("heading", { level: 1 }));
      assert.equal(await page.evaluate("document.documentElement.lang"), "ko");
    }
    await page.goto("/alerts?tab=rules");
    await seen(page.getByText("machine-offline"));
    const { items: rules } = await client.listAlertRules();
    const shown = await page.getByRole("main").innerText();
    assert.deepEqual(
      rules.filter(({ summary }) => shown.includes(summary)).map(({ name }) => name),
      [],
      "rules in the language of the page",
    );
    context.diagnostic(`${PAGES.length} pages`);
  });

  test("nothing was refused by the page's policy, and no script failed", () => {
    assert.deepEqual(browser.complaints, []);
  });

  test("whoever signs out sees nothing any more", async () => {
    await page.evaluate("localStorage.setItem('leeward-language', 'en')");
    await page.goto("/");
    await page.getByRole("button", { name: /^Account/ }).click();
    await page.getByRole("menuitem", { name: "Sign out" }).click();
    await seen(page.getByRole("heading", { name: "Sign in to Leeward" }));
    assert.equal(await page.evaluate("fetch('/v1/machines').then(({ status }) => status)"), 401);
  });
});
