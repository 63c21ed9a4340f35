// The whole chain with a machine whose disk is one that boots, and a browser that is signed in to it as an administrator.
import { readFile, writeFile } from "node:fs/promises";
import type { ApiClient } from "@leeward/api";
import { bootDisk } from "@leeward/recovery-host/testing";
import type { Locator } from "playwright-core";
import { Chain } from "../harness/chain.ts";
import { leeward } from "../harness/leeward-process.ts";
import { Browser } from "./browser.ts";

const LIMIT_MS = 30_000;

export interface ConsoleStage {
  readonly chain: Chain;
  readonly client: ApiClient;
  readonly browser: Browser;
  /** Of an administrator. */
  readonly token: string;
  stop(): Promise<void>;
}

/** `greeting` is what the machine writes to its console when it boots. */
export async function consoleStage(options: {
  readonly machine: string;
  readonly greeting: string;
  readonly chromium: string;
}): Promise<ConsoleStage> {
  const chain = await Chain.start({ machine: options.machine });
  await writeFile(`${chain.sourceFolder}/root.img`, bootDisk(options.greeting));
  const token = (await readFile(`${chain.serverHome}/operator.token`, "utf8")).trim();
  const client = await chain.client();
  const browser = await Browser.open({
    executable: options.chromium,
    caFile: `${chain.serverHome}/ca.pem`,
    apiUrl: chain.server?.ready.apiUrl ?? "",
  });
  browser.page.setDefaultTimeout(LIMIT_MS);
  await browser.signIn(token);
  const stop = async (): Promise<void> => {
    await browser[Symbol.asyncDispose]();
    client.close();
    // Nothing of a test that failed outlives it.
    await leeward(["failover", "cleanup", options.machine, "--timeout", "100", "--home", chain.serverHome]);
    await chain.stop({ keep: false });
  };
  return { chain, client, browser, token, stop };
}

/** Waits until somebody would see it. */
export async function seen(place: Locator): Promise<void> {
  await place.waitFor({ state: "visible" });
}
