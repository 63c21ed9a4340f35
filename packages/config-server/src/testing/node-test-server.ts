// A whole config server in this process: real HTTPS on loopback, a real home in a temporary folder.
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { ApiClient } from "@leeward/api";
import { nodeTransport } from "@leeward/api/node";
import { LiveConfig, Metrics, silentTrace, type Trace } from "@leeward/daemon";
import { type Clock, nodeClock, nodeCompute, nodeFiles, nodeRandom, type World } from "@leeward/world";
import { CONFIG_SERVER_SETTINGS } from "../config.ts";
import { runConfigServer } from "../config-server.ts";
import { testDatabase } from "./node-test-state.ts";

export interface TestServer {
  readonly home: string;
  readonly world: World;
  readonly url: string;
  readonly port: number;
  readonly caPem: string;
  readonly caFingerprint: string;
  readonly operatorToken: string;
  /** With the operator's token. */
  readonly client: ApiClient;
  /** With another token, or none. */
  clientWith(token: string | undefined): ApiClient;
  stop(): Promise<void>;
}

const cleanups = new WeakMap<TestContext, (() => Promise<void>)[]>();

/** Runs `work` after the test, what was registered last first. */
export function afterTest(t: TestContext, work: () => Promise<void>): void {
  const known = cleanups.get(t);
  if (known !== undefined) {
    known.push(work);
    return;
  }
  const stack = [work];
  cleanups.set(t, stack);
  t.after(async () => {
    for (const each of stack.toReversed()) await each();
  });
}

export async function temporaryFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "leeward-config-server-"));
  afterTest(t, () => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Starts a server in `home`; it is stopped after the test at the latest. */
export async function startServer(
  t: TestContext,
  home: string,
  overrides: Readonly<Record<string, string>> = {},
  { trace = silentTrace, clock = nodeClock }: { readonly trace?: Trace; readonly clock?: Clock } = {},
): Promise<TestServer> {
  const files = nodeFiles({ io: "thread-pool" });
  const world: World = { clock, random: nodeRandom, files, compute: nodeCompute() };
  await files.makeFolder(home);
  const database = await testDatabase(home);
  const config = await LiveConfig.open(
    {
      files,
      home,
      table: CONFIG_SERVER_SETTINGS,
      overrides: { listen: "127.0.0.1", apiPort: "0", ...database, ...overrides },
    },
    trace,
  );
  const stopping = new AbortController();
  const started = Promise.withResolvers<{ port: number; caFingerprint: string }>();
  const running = runConfigServer(
    { world, trace, home, config, metrics: new Metrics(), softwareVersion: "0.1.0", machineNames: ["127.0.0.1"] },
    stopping.signal,
    async ({ endpoint, caFingerprint }) => started.resolve({ port: endpoint.port, caFingerprint }),
  );
  running.catch(started.reject);
  const { port, caFingerprint } = await started.promise;
  const url = `https://127.0.0.1:${port}`;
  const { handoverFolder = home } = overrides;
  const caPem = await readFile(`${handoverFolder}/ca.pem`, "utf8");
  const clients: ApiClient[] = [];
  const clientWith = (token: string | undefined): ApiClient => {
    const transport = nodeTransport({ url, caPem });
    const client = new ApiClient(token === undefined ? { transport } : { transport, token });
    clients.push(client);
    return client;
  };
  const operatorToken = (await readFile(`${handoverFolder}/operator.token`, "utf8")).trim();
  const client = clientWith(operatorToken);
  const stop = async (): Promise<void> => {
    for (const each of clients) each.close();
    stopping.abort(new Error("the test is over"));
    await running;
  };
  afterTest(t, stop);
  return { home, world, url, port, caPem, caFingerprint, operatorToken, client, clientWith, stop };
}
