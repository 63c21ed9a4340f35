import assert from "node:assert/strict";
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { get } from "node:http";
import { get as getTls } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { Fault } from "@leeward/base";
import { Authority, KeyStore } from "@leeward/identity";
import { nodeClock, nodeCompute, nodeFiles, nodeRandom } from "@leeward/world";
import { Metrics } from "../metrics.ts";
import { countingTrace } from "../trace/counting-trace.ts";
import { silentTrace } from "../trace/trace.ts";
import { parseMetricsAddress } from "./metrics-address.ts";
import { type MetricsPort, serveMetricsPort } from "./node-metrics-port.ts";

const TOKEN = "0123456789abcdef0123456789abcdef";
const world = { clock: nodeClock, random: nodeRandom, files: nodeFiles({ io: "thread-pool" }), compute: nodeCompute() };

interface Answer {
  readonly status: number;
  readonly text: string;
}

async function started(
  t: TestContext,
  settings: Pick<MetricsPort, "listen" | "tokenFile"> & { readonly home: string },
): Promise<{ readonly port: number; readonly metrics: Metrics }> {
  const metrics = new Metrics();
  const stop = new AbortController();
  const listening = Promise.withResolvers<AddressInfo>();
  const running = serveMetricsPort({ world, metrics, ...settings, listening: listening.resolve }, stop.signal);
  running.catch(listening.reject);
  t.after(async () => {
    stop.abort();
    await running;
  });
  return { metrics, port: (await listening.promise).port };
}

async function folder(t: TestContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "leeward-metrics-"));
  t.after(() => rm(path, { recursive: true, force: true }));
  return path;
}

/** Gives the daemon of a home its certificate, and answers with that of who issued it. */
async function enrolled(home: string): Promise<string> {
  for (const name of ["authority", "identity"]) await mkdir(`${home}/${name}`);
  const authority = await Authority.open(world, `${home}/authority`);
  const store = await KeyStore.open(world, `${home}/identity`);
  const certificatePem = await authority.issue(await store.createRequest(), { role: "agent", id: "a".repeat(32) });
  await store.install({ certificatePem, caPem: authority.caPem, crlPem: authority.crlPem });
  return authority.caPem;
}

function ask(getter: typeof get, options: object): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  getter({ agent: false, ...options }, (response) => {
    let text = "";
    response.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
    response.on("error", reject).on("end", () => resolve({ status: response.statusCode ?? 0, text }));
  }).on("error", reject);
  return promise;
}

void test("on a loopback address what the daemon counts is read in plain text, failures with their code and kind", async (t) => {
  const { port, metrics } = await started(t, { home: await folder(t), listen: "127.0.0.1:0", tokenFile: "" });
  const trace = countingTrace(silentTrace, metrics).with({ disk: "d" });
  const fault = new Fault({ code: "peer-lost", kind: "transient", message: "It went." });
  trace.warn("There is no session.", { fault });
  trace.error("There is no session.", { fault });
  trace.info("It is tried again.", { fault });
  metrics.refused({ code: "peer-foreign" });
  const { status, text } = await ask(get, { host: "127.0.0.1", port, path: "/metrics" });
  assert.equal(status, 200);
  assert.ok(text.includes('leeward_faults_total{code="peer-lost",kind="transient"} 2\n'), text);
  assert.ok(text.includes('leeward_refused_total{code="peer-foreign"} 1\n'), text);
  assert.equal((await ask(get, { host: "127.0.0.1", port, path: "/other" })).status, 404);
  assert.equal((await ask(get, { host: "127.0.0.1", port, path: "/metrics", method: "POST" })).status, 405);
});

void test("on an address that others reach there is TLS with the daemon's certificate, and nothing without the token", async (t) => {
  const home = await folder(t);
  const ca = await enrolled(home);
  const tokenFile = `${home}/metrics.token`;
  await writeFile(tokenFile, `${TOKEN}\n`);
  await chmod(tokenFile, 0o600);
  const { port } = await started(t, { home, listen: "0.0.0.0:0", tokenFile });
  const place = { host: "127.0.0.1", port, path: "/metrics", ca, checkServerIdentity: () => undefined };
  const bearer = (token: string) => ({ ...place, headers: { authorization: `Bearer ${token}` } });
  assert.equal((await ask(getTls, place)).status, 401);
  assert.equal((await ask(getTls, bearer(`${TOKEN}0`))).status, 401);
  assert.deepEqual([(await ask(getTls, place)).text, (await ask(getTls, bearer(TOKEN))).status], ["", 200]);
  await assert.rejects(ask(get, { ...bearer(TOKEN) }), "no plain text there");
});

void test("an address that others reach is refused without a token, and so are a weak one and what is no address", async (t) => {
  const home = await folder(t);
  const serve = (listen: string, tokenFile: string): Promise<void> =>
    serveMetricsPort({ world, home, metrics: new Metrics(), listen, tokenFile }, AbortSignal.abort());
  await assert.rejects(serve("0.0.0.0:0", ""), { code: "metrics-token-needed" });
  await writeFile(`${home}/weak`, "short");
  await assert.rejects(serve("127.0.0.1:0", `${home}/weak`), { code: "metrics-token-weak" });
  for (const text of ["9400", "host:", "host:99999", "a b:1", "::1:9400"]) {
    assert.throws(() => parseMetricsAddress(text), { code: "metrics-address-invalid" }, text);
  }
  assert.deepEqual(parseMetricsAddress("[::1]:9400"), { host: "::1", port: 9_400, isLoopback: true });
  assert.equal(parseMetricsAddress("10.0.0.1:9400").isLoopback, false);
});
