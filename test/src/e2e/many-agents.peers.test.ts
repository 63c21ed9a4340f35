// Many agents with two config servers on one PostgreSQL database: the one that serves is killed while disks are being protected.
import assert from "node:assert/strict";
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { allPages, type Job } from "@leeward/api";
import { isFault } from "@leeward/base";
import { PostgresServer, postgres } from "@leeward/config-server/testing";
import { AgentLoad } from "../harness/agent-load/agent-load.ts";
import { LoadClients } from "../harness/agent-load/load-clients.ts";
import { eventually } from "../harness/eventually.ts";
import { Daemon, leeward, leewardJson } from "../harness/leeward-process.ts";
import { freePort } from "../harness/tcp-proxy.ts";

const AGENTS = process.env["LEEWARD_FULL"] === "1" ? 500 : 20;
const AT_ONCE = 4;
const LIMIT_MS = 600_000;
/** Which call the kill comes after. */
const KILLED_AFTER = Math.ceil(AGENTS / 2);

describe("two config servers under many agents", { skip: postgres.skip }, () => {
  let folder: string;
  let database: PostgresServer;
  let load: AgentLoad;
  const ports: Record<string, number> = {};
  const daemons: Daemon[] = [];

  const homeOf = (name: string): string => join(folder, name);
  const urlOf = (name: string): string => `https://127.0.0.1:${ports[name]}`;

  async function startServer(name: string): Promise<Daemon> {
    const advertise = [name, ...Object.keys(ports)].map((each) => `127.0.0.1:${ports[each]}`);
    const place = ["--home", homeOf(name), "--listen", "127.0.0.1", "--api-port", String(ports[name])];
    const args = ["config-server", "start", ...place, "--database", database.url(), "--advertise", ...advertise];
    const daemon = await Daemon.start(args);
    daemons.push(daemon);
    return daemon;
  }

  async function startOther(role: string, port: string): Promise<void> {
    const { stdout, code, stderr } = await leeward(["token", "create", "--role", role, "--home", homeOf("one")]);
    assert.equal(code, 0, stderr);
    const file = join(folder, `${role}.token`);
    await writeFile(file, stdout, { mode: 0o600 });
    const enrolment = ["--server", `${urlOf("one")},${urlOf("two")}`, "--token-file", file];
    const place = ["--home", homeOf(role), "--listen", "127.0.0.1", port, "0"];
    daemons.push(await Daemon.start([role, "start", ...place, ...enrolment]));
  }

  async function clientsOf(name: string): Promise<LoadClients> {
    const caPem = await readFile(join(homeOf("one"), "ca.pem"), "utf8");
    const token = (await readFile(join(homeOf("one"), "operator.token"), "utf8")).trim();
    return new LoadClients({ url: urlOf(name), caPem, token });
  }

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "leeward-many-"));
    await chmod(folder, 0o711);
    database = await PostgresServer.create(join(folder, "cluster"));
    for (const name of ["one", "two"]) ports[name] = await freePort();
  });
  after(async () => {
    await load?.stop();
    for (const daemon of daemons) await daemon.stop();
    await database?.[Symbol.asyncDispose]();
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  });

  test("killed while it takes orders, every agent comes to the other, and every order is carried out once", async (t) => {
    const one = await startServer("one");
    await startOther("process-server", "--data-port");
    await startOther("master-target", "--target-port");
    const backup = join(folder, "backup");
    await leewardJson(["config-server", "backup", "--to", backup, "--home", homeOf("one")]);
    const place = ["--from", backup, "--home", homeOf("two"), "--database", database.url()];
    await leewardJson(["config-server", "join", ...place]);
    const waiting = startServer("two");
    waiting.catch(() => undefined);

    const agents = join(folder, "agents");
    await mkdir(agents);
    const files = { caFile: join(homeOf("one"), "ca.pem"), tokenFile: join(homeOf("one"), "operator.token") };
    const does = { folder: agents, count: AGENTS, protects: false, serves: false };
    load = new AgentLoad({ urls: [urlOf("one"), urlOf("two")], ...files, ...does });
    await load.until("every agent has its session", ({ joined }) => joined === AGENTS, LIMIT_MS);

    using first = await clientsOf("one");
    const acknowledged = new Map<string, Job>();
    const unanswered: number[] = [];
    let killed: Promise<void> | undefined;
    let killedAt = 0;
    await eachAgent(async (number) => {
      try {
        const { job } = await protect(first, number);
        acknowledged.set(job.id, job);
      } catch (error) {
        assert.ok(killed !== undefined, String(error));
        unanswered.push(number);
      }
      if (acknowledged.size < KILLED_AFTER || killed !== undefined) return;
      killedAt = performance.now();
      killed = one.kill();
      await killed;
    });
    assert.ok(acknowledged.size >= KILLED_AFTER && unanswered.length > 0, `${acknowledged.size} were acknowledged`);
    const since = (): string => `${((performance.now() - killedAt) / 1_000).toFixed(1)} s`;

    const two = await waiting;
    t.diagnostic(`the other server answered ${since()} after the kill`);
    using second = await clientsOf("two");
    const client = second.of(0);
    const machines = await eventually(
      "every agent has a session with the other server",
      async () => {
        const { items } = await allPages((page) => client.listMachines({ query: { ...page } }));
        return items.length === AGENTS && items.every(({ state }) => state === "online") ? items : undefined;
      },
      LIMIT_MS,
    );
    t.diagnostic(`${machines.length} agents had their sessions with it ${since()} after the kill`);
    const listed = await allPages((page) => client.listJobs({ query: { kind: "protect", ...page } }));
    const running = listed.items.filter(({ state }) => state === "running").map(({ id }) => id);
    for (const id of acknowledged.keys()) assert.ok(running.includes(id), `the job ${id} is not running`);

    // What was not answered may have been done: it is asked for again, and is then refused.
    for (const number of unanswered) {
      await protect(second, number).catch((error: unknown) => {
        assert.ok(isFault(error) && error.code === "disk-protected-already", `${String(error)}\n${two.trace()}`);
      });
    }
    load.serve();
    const jobs = await eventually(
      "every job has ended",
      async () => {
        const { items } = await allPages((page) => client.listJobs({ query: { kind: "protect", ...page } }));
        return items.every(({ state }) => state !== "running" && state !== "queued") ? items : undefined;
      },
      LIMIT_MS,
    );
    t.diagnostic(`all jobs had ended ${since()} after the kill`);
    assert.deepEqual([...new Set(jobs.map(({ state }) => state))], ["succeeded"]);
    assert.equal(jobs.length, AGENTS, "one for each agent");
    const { items: disks } = await allPages((page) => client.listDisks({ query: { ...page } }));
    assert.deepEqual(disks.map(({ machine }) => machine).toSorted(), machines.map(({ id }) => id).sort());
    const query = { kind: "job-succeeded", order: "oldest" } as const;
    const { items: events } = await allPages((page) => client.listEvents({ query: { ...query, ...page } }));
    const told = events.map(({ detail }) => detail["job"]);
    assert.deepEqual(told.toSorted(), jobs.map(({ id }) => id).sort(), "each ended once");
  });
});

function protect(clients: LoadClients, number: number) {
  const call = { params: { machine: `agent-${number}` }, body: { path: "/dev/disk1" } };
  return clients.of(number).protectDisk(call, { timeoutMs: LIMIT_MS });
}

/** A few of them at a time. */
async function eachAgent(work: (number: number) => Promise<void>): Promise<void> {
  const numbers = Array.from({ length: AGENTS }, (_, number) => number).values();
  const worker = async (): Promise<void> => {
    for (const number of numbers) await work(number);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}
