// A consistency group of three agents, each a process of its own, on the real chain. Applications pass a counter between the machines over NBD: each
// step is written on one machine once the step before was acknowledged on another. In every point of the group, no machine has a step while
// another lacks the one before it.
import assert from "node:assert/strict";
import { appendFile, truncate, writeFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { connectNbd, type NbdClient, parseNbdUri } from "@leeward/nbd";
import { nodeClock } from "@leeward/world";
import { Chain } from "../harness/chain.ts";
import { eventually } from "../harness/eventually.ts";
import { Daemon, leeward, leewardJson } from "../harness/leeward-process.ts";
import { diskOf, disksOf, fieldOf, openedOf } from "../harness/shapes.ts";

const DISK_BYTES = 4 << 20;
const CHAINS = 3;
const NAMES = ["web", "db", "cache"] as const;
/** A held write waits for 200 ms at most; the rest is for a machine that has much else to do. */
const WRITE_MS_MAX = 5_000;
const never = new AbortController().signal;

interface Machine {
  readonly name: string;
  readonly client: NbdClient;
  readonly pid: number;
}

let chain: Chain;
const agents: Daemon[] = [];
const machines: Machine[] = [];

before(async () => {
  chain = await Chain.start({ machine: "web" });
  await chain.agent?.stop();
  await useLoopback(chain.agentHome);
  await chain.startAgent();
  for (const name of NAMES.slice(1)) agents.push(await startAgent(name));
  for (const name of NAMES) machines.push(await protect(name));
});

after(async () => {
  for (const { client } of machines) await client[Symbol.asyncDispose]();
  for (const agent of agents) await agent.stop();
  await chain.stop({ keep: false });
});

async function useLoopback(home: string): Promise<void> {
  await appendFile(`${home}/config.yaml`, "groupListen: 127.0.0.1\ngroupPort: 0\n");
}

async function startAgent(name: string): Promise<Daemon> {
  const home = `${chain.folder}/${name}`;
  const tokenFile = `${chain.folder}/${name}.token`;
  const token = await leeward(["token", "create", "--home", chain.serverHome, "--role", "agent", "--ttl", "10m"]);
  assert.equal(token.code, 0, token.stderr);
  await writeFile(tokenFile, token.stdout, { mode: 0o600 });
  const place = ["--server", chain.server?.ready.apiUrl ?? "", "--token-file", tokenFile, "--home", home];
  await leewardJson(["agent", "register", ...place, "--name", name, "--protectable", chain.sourceFolder]);
  await useLoopback(home);
  return Daemon.start(["agent", "start", "--home", home]);
}

async function protect(name: string): Promise<Machine> {
  const path = `${chain.sourceFolder}/${name}.img`;
  await writeFile(path, "");
  await truncate(path, DISK_BYTES);
  await eventually(`${name} is online`, async () =>
    fieldOf(await chain.run("machine", "show", name), "state") === "online" ? true : undefined,
  );
  const disk = diskOf(await chain.run("disk", "protect", name, "--path", path, "--name", "data", "--timeout", "60"));
  const { address } = parseNbdUri(disk.nbdUri ?? "");
  const client = await connectNbd(address, { exportName: "", clock: nodeClock }, never);
  const agent = name === "web" ? chain.agent : agents[NAMES.indexOf(name === "db" ? "db" : "cache") - 1];
  return { name, client, pid: agent?.pid ?? 0 };
}

/** The applications; each chain writes its counter to a sector of its own. */
class Applications {
  readonly stop = new AbortController();
  slowestMs = 0;
  steps = 0;
  readonly #running: Promise<void>[];

  constructor() {
    this.#running = Array.from({ length: CHAINS }, (_, chainNumber) => this.#run(chainNumber));
  }

  async end(): Promise<void> {
    this.stop.abort();
    await Promise.all(this.#running);
  }

  async #run(chainNumber: number): Promise<void> {
    for (let step = 1; !this.stop.signal.aborted; step += 1) {
      const data = Buffer.alloc(512);
      data.writeUInt32LE(step, 0);
      const machine = machines[step % machines.length];
      assert.ok(machine !== undefined);
      const begun = performance.now();
      await machine.client.write(chainNumber * 512, data, { fua: false });
      this.slowestMs = Math.max(this.slowestMs, performance.now() - begun);
      this.steps += 1;
      await delay(chainNumber);
    }
  }
}

/** The newest step of each chain on the machine, as the point has it. */
async function stepsAt(machine: string, pointId: string): Promise<number[]> {
  const opened = openedOf(await chain.run("point", "open", machine, "data", "--at", pointId));
  const client = await connectNbd(
    parseNbdUri(opened.nbdUri).address,
    { exportName: parseNbdUri(opened.nbdUri).exportName, clock: nodeClock },
    never,
  );
  const steps: number[] = [];
  for (let each = 0; each < CHAINS; each += 1) {
    const sector = Buffer.alloc(512);
    await client.read(each * 512, sector);
    steps.push(sector.readUInt32LE(0));
  }
  await client[Symbol.asyncDispose]();
  await chain.run("point", "close", opened.id);
  return steps;
}

/** Chains go round the machines in order, so steps on them are as close as their number of machines, whatever the moment. */
async function assertOneMoment(point: unknown): Promise<void> {
  const parts = [fieldOf(point, "machines")].flat().map((part) => String(fieldOf(part, "name")));
  const id = String(fieldOf(point, "id"));
  const found = new Map<string, number[]>();
  for (const name of parts) found.set(name, await stepsAt(name, id));
  for (let each = 0; each < CHAINS; each += 1) {
    const newest = Math.max(...[...found.values()].map((steps) => steps[each] ?? 0));
    for (const [name, steps] of found) {
      const index = NAMES.findIndex((other) => other === name);
      // The last step up to the newest one that was this machine's to write.
      const expected = newest - ((((newest - index) % NAMES.length) + NAMES.length) % NAMES.length);
      const said = `${id}: ${JSON.stringify([...found])}, chain ${each} on ${name}`;
      assert.equal(steps[each], Math.max(0, expected), said);
    }
  }
}

function namesMissing(point: unknown): string[] {
  return [fieldOf(point, "missing")].flat().map((each) => String(fieldOf(each, "name")));
}

async function pointsOfGroup(): Promise<unknown[]> {
  return [fieldOf(await chain.run("group", "points", "shop"), "items")].flat();
}

test("points of three machines are of one moment, and one that is stopped is named as missing in them", async (t) => {
  const members = NAMES.flatMap((name) => ["--machine", name]);
  await chain.run("group", "set", "shop", ...members, "--interval", "1");
  await eventually("all are protected", async () =>
    disksOf(await chain.run("disk", "status")).every(({ state }) => state === "protected") ? true : undefined,
  );
  const applications = new Applications();
  try {
    await eventually("points with all machines", async () =>
      (await pointsOfGroup()).filter((point) => fieldOf(point, "complete") === true).length >= 5 ? true : undefined,
    );
    const made = await chain.run("point", "create", "--group", "shop", "--timeout", "60");
    assert.deepEqual(namesMissing(made), []);
    const calmMs = applications.slowestMs;
    const all = (await pointsOfGroup()).filter((point) => fieldOf(point, "complete") === true);
    for (const point of all.slice(-5)) await assertOneMoment(point);
    await assertOneMoment(made);

    t.diagnostic(
      `${all.length} complete points, ${applications.steps} steps; the slowest write took ${calmMs.toFixed(0)} ms`,
    );
    assert.ok(calmMs < WRITE_MS_MAX, `${calmMs} ms`);
  } finally {
    await applications.end();
  }
  await withOneStopped(t);
});

/** The others' points go on without it, and their applications' writes. */
async function withOneStopped(t: { diagnostic(text: string): void }): Promise<void> {
  const [, , last] = machines;
  assert.ok(last !== undefined && last.pid > 0);
  process.kill(last.pid, "SIGSTOP");
  let slowestMs = 0;
  try {
    const stoppedAt = new Date().toISOString();
    const without = await eventually("points without the one that is stopped", async () => {
      const data = Buffer.alloc(512, 1);
      for (const { client } of machines.slice(0, 2)) {
        for (let each = 0; each < 50; each += 1) {
          const begun = performance.now();
          await client.write(1 << 20, data, { fua: false });
          slowestMs = Math.max(slowestMs, performance.now() - begun);
        }
      }
      const points = await pointsOfGroup();
      const later = points.filter((point) => String(fieldOf(point, "time")) > stoppedAt);
      const found = later.filter((point) => namesMissing(point).join() === last.name);
      return found.length >= 3 ? found : undefined;
    });
    t.diagnostic(
      `${without.length} points without ${last.name}; the slowest write of the others took ${slowestMs.toFixed(0)} ms`,
    );
    assert.ok(slowestMs < WRITE_MS_MAX, `${slowestMs} ms`);
  } finally {
    process.kill(last.pid, "SIGCONT");
  }
  await eventually("points with all machines again", async () => {
    const newest = (await pointsOfGroup()).at(-1);
    return fieldOf(newest, "complete") === true ? true : undefined;
  });
}

test("a group that has become smaller misses nobody, and can be removed", async () => {
  const listed = await chain.run("group", "show", "shop");
  const addresses = [fieldOf(listed, "members")].flat().map((member) => String(fieldOf(member, "address")));
  assert.ok(
    addresses.every((address) => /^127\.0\.0\.1:\d+$/.test(address)),
    addresses.join(" "),
  );
  await chain.run("group", "set", "shop", "--machine", "web", "--machine", "db");
  await eventually("points of two machines that miss nobody", async () => {
    const newest = (await pointsOfGroup()).at(-1);
    const count = [fieldOf(newest, "machines")].flat().length;
    return count === 2 && fieldOf(newest, "complete") === true ? true : undefined;
  });
  await chain.run("group", "remove", "shop");
  assert.deepEqual(await chain.run("group", "list"), { items: [] });
});
