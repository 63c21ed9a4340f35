// What the real chain says of itself over time: which stage the others wait for, who is connected to whom, which stretch of time can be recovered, the way
// of one recovery point across the daemons, and what was sampled.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import type { ApiClient, WayItem } from "@leeward/api";
import { MiB } from "@leeward/base";
import { Chain } from "../harness/chain.ts";
import { eventually } from "../harness/eventually.ts";
import { scrape } from "../harness/metrics.ts";
import { fieldOf } from "../harness/shapes.ts";

const MACHINE = "watched";
const DISK_BYTES = 48 * MiB;
/** A sample is of a whole minute, and churn takes two. */
const SAMPLES_MS_MAX = 300_000;
const STAGES: readonly WayItem["stage"][] = [
  ...(["raised", "durable", "sent", "cached", "cut", "compressed", "staged", "journaled", "recoverable"] as const),
];

describe("what the chain says of itself over time", () => {
  let chain: Chain;
  let client: ApiClient;
  let disk = "";

  before(async () => {
    chain = await Chain.start({ machine: MACHINE, environment: { LEEWARD_TRACE: "debug" } });
    client = await chain.client();
    await writeFile(`${chain.sourceFolder}/disk.img`, randomBytes(DISK_BYTES));
  });
  after(() => chain.stop({ keep: false }));

  test("the stage that the others wait for is named, and none once nothing waits", async () => {
    const server =
      (await client.call("listServers", {})).items.find(({ role }) => role === "process-server")?.name ?? "";
    await client.call("setServer", { params: { server }, body: { bandwidth: "500KB/s" } });
    const path = `${chain.sourceFolder}/disk.img`;
    const begun = await client.call("protectDisk", { params: { machine: MACHINE }, body: { path, name: "a" } });
    disk = begun.disk.id;
    const slow = await eventually(
      "the way to the target is the bottleneck, and what came before it was heard",
      async () => {
        const [item] = (await client.call("listStages", {})).items;
        const done = (item?.stages ?? []).filter(({ bytesPerSecond }) => (bytesPerSecond ?? 0) > 0);
        const isHeard = ["read", "log", "compress"].every((name) => done.some(({ stage }) => stage === name));
        return item?.bottleneck === "forward" && isHeard ? item : undefined;
      },
    );
    assert.deepEqual(
      slow.stages.map(({ stage }) => stage),
      ["read", "log", "network", "cache", "compress", "forward", "apply"],
    );
    const of = (name: string) => slow.stages.find(({ stage }) => stage === name);
    assert.ok((of("forward")?.waitingBytes ?? 0) > MiB, "cuts wait");

    await client.call("setServer", { params: { server }, body: { bandwidth: "unlimited" } });
    await eventually("the disk is protected", async () => {
      const [item] = (await client.call("listDisks", {})).items;
      return item?.state === "protected" || undefined;
    });
    await eventually("nothing waits, and the target has taken it in", async () => {
      const [item] = (await client.call("listStages", {})).items;
      return (item?.bottleneck === null && (item.stages.at(-1)?.bytesPerSecond ?? 0) > 0) || undefined;
    });
  });

  test("everybody's links are there, with what goes over them", async () => {
    const { items } = await client.call("listLinks", {});
    const kinds = items.map(({ kind, state }) => `${kind} ${state}`).toSorted();
    assert.deepEqual(kinds, ["control up", "control up", "control up", "data up", "target up"]);
    for (const { kind, bytesPerSecond } of items) {
      assert.equal(bytesPerSecond === null, kind === "control", kind);
    }
    assert.ok(items.some(({ kind, bytesPerSecond }) => kind === "data" && (bytesPerSecond ?? 0) > 0));
  });

  test("a point's way across the daemons is told by its id, in the order in which it was gone", async () => {
    const path = `${chain.sourceFolder}/disk.img`;
    const shown = await client.call("listDisks", {});
    assert.notEqual(shown.items[0]?.nbdUri, null, path);
    const point = await client.call("createPoint", { params: { machine: MACHINE }, body: {} });
    const way = await client.call("pointWay", { params: { machine: MACHINE, point: point.id } });
    assert.deepEqual(way.unknown, []);
    assert.deepEqual(new Set(way.items.map(({ stage }) => stage)), new Set(STAGES));
    const at = (stage: WayItem["stage"]): string => way.items.find((item) => item.stage === stage)?.at ?? "";
    for (const [earlier, later] of [
      ["raised", "durable"],
      ["durable", "recoverable"],
      ["cut", "compressed"],
      ["compressed", "journaled"],
      ["staged", "journaled"],
      ["journaled", "recoverable"],
    ] as const) {
      assert.ok(at(earlier) <= at(later), `${earlier} ${at(earlier)} is before ${later} ${at(later)}`);
    }
    const nothing = await client.call("pointWay", { params: { machine: MACHINE, point: "0".repeat(32) } });
    assert.deepEqual(nothing.items, []);
    assert.ok(nothing.unknown.length >= 2, "who remembers nothing of it is named");
  });

  test("the traces of all daemons, searched for a point's id, tell its way in order", async () => {
    const point = await client.call("createPoint", { params: { machine: MACHINE }, body: {} });
    const steps = ["raised", "durable", "sent", "received", "forwarded", "recoverable", "known"];
    const told = await eventually("each step is told", () => {
      const lines = [...(chain.agent?.traceOf(point.id) ?? []), ...(chain.server?.traceOf(point.id) ?? [])];
      // The event of its making names it in its message.
      const parsed = lines
        .map((line): unknown => JSON.parse(line))
        .filter((line) => fieldOf(line, "point") === point.id);
      const isWhole = steps.every((stage) => parsed.some((line) => fieldOf(line, "stage") === stage));
      return isWhole ? parsed : undefined;
    });
    const roleOf = (stage: string) =>
      told.filter((line) => fieldOf(line, "stage") === stage).map((line) => fieldOf(line, "role"));
    assert.deepEqual(
      steps.map((stage) => roleOf(stage)),
      [
        ...[["agent"], ["agent"], ["agent"], ["process-server"], ["process-server"]],
        ...[["master-target"], ["config-server"]],
      ],
    );
    const timeOf = (stage: string) =>
      String(
        fieldOf(
          told.find((line) => fieldOf(line, "stage") === stage),
          "time",
        ),
      );
    // A line is written when a step has ended: that it was sent on is told beside what follows from it.
    for (const [earlier, later] of [
      ["raised", "received"],
      ["received", "recoverable"],
      ["recoverable", "known"],
    ] as const) {
      assert.ok(timeOf(earlier) <= timeOf(later), `${earlier} ${timeOf(earlier)} is before ${later} ${timeOf(later)}`);
    }
    const { items } = await client.call("listPoints", { params: { machine: MACHINE } });
    const unasked = items.findLast(({ kind }) => kind === "auto")?.id ?? "none";
    assert.ok((chain.agent?.traceOf(unasked) ?? []).length > 0, "points that nobody asked for are told, too");
  });

  test("the timeline begins with the oldest recovery point, and ends where the newest one does", async () => {
    const { items } = await client.call("listPoints", { params: { machine: MACHINE } });
    const before = items.at(-1);
    const { disks } = await client.call("timeline", { params: { machine: MACHINE } });
    const after = (await client.call("listPoints", { params: { machine: MACHINE } })).items.at(-1);
    const [timeline] = disks;
    assert.equal(timeline?.disk, disk);
    assert.equal(timeline?.spans[0]?.from, items[0]?.time);
    const end = timeline?.spans.at(-1)?.to ?? "";
    assert.ok((before?.validUntil ?? "") <= end && end <= (after?.validUntil ?? ""), end);
    for (const span of timeline?.spans ?? []) assert.ok(span.from <= span.to);
    const [from, to] = [items[0]?.time ?? "", items[0]?.time ?? ""];
    const first = await client.call("timeline", { params: { machine: MACHINE }, query: { from, to } });
    assert.deepEqual(
      first.disks[0]?.spans.map((span) => [span.from, span.to, span.state]),
      [[from, to, "continuous"]],
    );
  });

  test("each daemon counts what the manual says, and nothing else; what failed is among it", async () => {
    const page = await readFile(join(import.meta.dirname, "../../../docs/manual/metrics.md"), "utf8");
    const [, every = "", ...sections] = page.split(/^### .*$/m);
    const namesOf = (text: string): string[] =>
      Array.from(text.matchAll(/^\| `(leeward_\w+)`/gm), ([, name = ""]) => name);
    const homes = ["config-server", "", "process-server", "master-target"].map((role) =>
      role === "" ? chain.agentHome : `${chain.serverHome}/${role}`,
    );
    assert.equal(sections.length, homes.length);
    for (const [index, home] of homes.entries()) {
      const text = await scrape(`${home}/metrics.sock`);
      const counted = Array.from(text.matchAll(/^# TYPE (leeward_\w+)/gm), ([, name = ""]) => name);
      assert.deepEqual(counted.toSorted(), [...namesOf(every), ...namesOf(sections[index] ?? "")].toSorted(), home);
    }
    const { job } = await client.call("protectDisk", { params: { machine: MACHINE }, body: { path: "/etc/passwd" } });
    await eventually("the job has failed", async () => {
      const { state } = await client.call("showJob", { params: { id: job.id } });
      return state === "failed" || undefined;
    });
    const text = await scrape(`${chain.serverHome}/config-server/metrics.sock`);
    assert.match(text, /^leeward_jobs_failed_total\{kind="protect"\} 1$/m);
    const listed = async (...filters: readonly string[]): Promise<unknown[]> =>
      [fieldOf(await chain.run("job", "list", ...filters), "items")].flat().map((item) => fieldOf(item, "id"));
    assert.deepEqual(await listed("--state", "failed", "--kind", "protect", "--machine", MACHINE), [job.id]);
    assert.ok(!(await listed("--state", "succeeded")).includes(job.id));
    assert.deepEqual(await listed("--kind", "drill"), []);
    assert.deepEqual(await listed("--state", "failed", "--since", new Date(Date.now() + 60_000).toISOString()), []);
    await assert.rejects(listed("--machine", "nobody"), /machine-unknown/);
  });

  test("what the daemons report is sampled by the minute", async () => {
    const samples = await eventually(
      "a minute with an RPO and a churn is there",
      async () => {
        const said = await client.call("listSamples", { params: { machine: MACHINE }, query: { step: 60 } });
        const [own] = said.disks;
        return own?.churnBytesPerSecond.some((value) => value !== null) === true ? said : undefined;
      },
      SAMPLES_MS_MAX,
    );
    const [own] = samples.disks;
    assert.equal(own?.disk, disk);
    assert.equal(own?.rpoSeconds.length, samples.times.length);
    assert.ok(own?.rpoSeconds.some((value) => value !== null && value < 60));
    assert.ok(own?.journalBytes.some((value) => (value ?? 0) > DISK_BYTES / 2));
    const { machines } = await client.call("installationSamples", {});
    assert.equal(machines.length, 1);
    const plan = await client.call("planProtection", {});
    assert.equal(plan.observed.diskBytes, DISK_BYTES);
    assert.equal(plan.needs.bandwidthBytesPerSecond, null, "a few minutes say nothing");
    assert.ok((plan.observed.compression ?? 0) > 0.5, "random bytes were sent");
  });

  test("what connects again after it was away is counted, at both ends, by its role", async () => {
    const countOf = async (home: string, peer: string): Promise<string | undefined> => {
      const text = await scrape(`${home}/metrics.sock`);
      return new RegExp(`^leeward_reconnects_total\\{peer="${peer}"\\} (\\d+)$`, "m").exec(text)?.[1];
    };
    const ends = [chain.agentHome, `${chain.serverHome}/config-server`, chain.targetHome];
    assert.deepEqual(
      await Promise.all(ends.map((home) => countOf(home, "process-server"))),
      ends.map(() => undefined),
    );
    await chain.killServerDaemon("process-server");
    for (const home of ends) {
      await eventually(`${home} counts the process server`, async () =>
        (await countOf(home, "process-server")) === undefined ? undefined : true,
      );
    }
    assert.equal(await countOf(chain.agentHome, "config-server"), undefined, "what stayed is not counted");
    assert.equal(await countOf(chain.targetHome, "config-server"), undefined);
  });
});
