// A consistency group of three agents, each a process of its own, on the real chain. Applications pass a counter between the machines over NBD: each
// step is written on one machine once the step before was acknowledged on another. In every point of the group, no machine has a step while
// another lacks the one before it.
import assert from "node:assert/strict";
import { truncate, writeFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { connectNbd, type NbdClient, parseNbdUri } from "@leeward/nbd";
import { nodeClock } from "@leeward/world";
import { Chain } from "../harness/chain.ts";
import { eventually } from "../harness/eventually.ts";
import { assertOneMoment, numbersAt, startGroupAgent, useLoopback } from "../harness/group-agents.ts";
import type { Daemon } from "../harness/leeward-process.ts";
import { diskOf, disksOf, fieldOf } from "../harness/shapes.ts";

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
  for (const name of NAMES.slice(1)) agents.push(await startGroupAgent(chain, name));
  for (const name of NAMES) machines.push(await protect(name));
});

after(async () => {
  for (const { client } of machines) await client[Symbol.asyncDispose]();
  for (const agent of agents) await agent.stop();
  await chain.stop({ keep: false });
});

async function protect(name: string): Promise<Machine> {
  const path = `${chain.sourceFolder}/${name}.img`;
  await writeFile(path, "");
  await truncate(path, DISK_BYTES);
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

async function assertPointOfOneMoment(point: unknown): Promise<void> {
  const pointId = String(fieldOf(point, "id"));
  const found: number[][] = [];
  for (const machine of NAMES) found.push(await numbersAt(chain, { machine, disk: "data", pointId }, CHAINS));
  assertOneMoment(found, pointId);
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
    for (const point of all.slice(-5)) await assertPointOfOneMoment(point);
    await assertPointOfOneMoment(made);

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
