import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { Fault, MiB } from "@leeward/base";
import {
  DIGEST_BLOCK_BYTES as BLOCK,
  DIGEST_WINDOW_BYTES,
  type DiskExtent,
  digestBytesOf,
  type RequestBody,
  type ResponseBody,
} from "@leeward/proto";
import { agentDisk, eventually, type Installation, install, targetDisk } from "../testing/node-installation.ts";
import { startServer, type TestServer, temporaryFolder } from "../testing/node-test-server.ts";

/** Two windows and a short third one. */
const DISK_BYTES = 2 * DIGEST_WINDOW_BYTES + 3 * MiB;
const PARAMS = { machine: "web", disk: "data" };

interface Stage {
  readonly server: TestServer;
  readonly folder: string;
  readonly installation: Installation;
  readonly diskId: string;
}

/** A protected disk that nothing in the background looks at. */
async function staged(t: TestContext): Promise<Stage> {
  const folder = await temporaryFolder(t);
  const server = await startServer(t, `${folder}/server`);
  const installation = await install(t, server, folder);
  await server.client.call("setPolicy", { params: { name: "default" }, body: { verifyDays: 0 } });
  const body = { path: "/a", name: "data" };
  const { disk } = await server.client.call("protectDisk", { params: { machine: "web" }, body });
  const { said, tell } = installation;
  said.agentDisks = [agentDisk(disk.id, { sizeBytes: DISK_BYTES })];
  said.targetDisks = [targetDisk(disk.id, { newestPointMicros: Date.now() * 1_000 })];
  tell();
  await eventually(async () => (await server.client.call("listDisks", { query: {} })).items[0]?.state === "protected");
  return { server, folder, installation, diskId: disk.id };
}

type CompareAnswer = (window: { readonly offset: number; readonly length: number }) => {
  readonly skipped?: DiskExtent[];
  readonly differing?: DiskExtent[];
  readonly comparedBytes?: number;
};

/** Both ends as they are, but that the comparison says what `compare` does. */
function answering(compare: CompareAnswer): (body: RequestBody) => Promise<ResponseBody | undefined> {
  return async (body) => {
    if (body.kind === "replicaDigests") {
      const length = Math.max(0, Math.min(body.value.length, DISK_BYTES - body.value.offset));
      const place = { pointId: "p1", branch: "b".repeat(32), sequence: 12 };
      const digests = new Uint8Array(digestBytesOf(length));
      return { kind: "blockDigests", value: { ...place, diskBytes: DISK_BYTES, length, digests } };
    }
    if (body.kind === "recopyExtents") return { kind: "done", value: {} };
    if (body.kind !== "compareDigests") return undefined;
    const { skipped = [], differing = [], comparedBytes } = compare(body.value);
    const counted = body.value.length - skipped.reduce((sum, { length }) => sum + length, 0);
    return { kind: "comparison", value: { comparedBytes: comparedBytes ?? counted, skipped, differing } };
  };
}

function comparedOffsets({ asked }: Installation): number[] {
  return asked.flatMap((body) => (body.kind === "compareDigests" ? [body.value.offset] : []));
}

async function verified({ server }: Stage) {
  const { id } = await server.client.call("verifyDisk", { params: PARAMS });
  const again = await server.client.call("verifyDisk", { params: PARAMS });
  const first = await server.client.call("showJob", { params: { id } });
  assert.ok(again.id === id || first.state === "failed", "one that is under way is the one");
  return server.client.call("showJob", { params: { id }, query: { waitSeconds: 30 } });
}

async function told({ server }: Stage, kind: string): Promise<number> {
  const { items } = await server.client.call("listEvents", { query: {} });
  return items.filter((event) => event.kind === kind).length;
}

void test("a difference that is not seen again is none, and one that is gone after the repair is repaired", async (t) => {
  const stage = await staged(t);
  const { installation } = stage;
  const extents = [
    { offset: BLOCK, length: BLOCK },
    { offset: 3 * BLOCK, length: BLOCK },
  ];
  let looks = 0;
  installation.script.answer = answering(({ offset }) => {
    if (offset !== 0) return {};
    looks += 1;
    // Both at first, then one; before the copy is at a point it is skipped, and equal at last.
    if (looks <= 2) return { differing: extents.slice(0, 3 - looks) };
    return looks === 3 ? { skipped: extents.slice(0, 1) } : {};
  });
  const job = await verified(stage);
  const counted = { comparedBytes: DISK_BYTES, skippedBytes: 0, differingBytes: BLOCK, repairedBytes: BLOCK };
  assert.deepEqual([job.state, job.result], ["succeeded", { disk: stage.diskId, ...counted }]);
  assert.equal(await told(stage, "replica-differs"), 1);
  const recopied = installation.asked.filter(({ kind }) => kind === "recopyExtents");
  assert.deepEqual(recopied, [
    { kind: "recopyExtents", value: { diskId: stage.diskId, branch: "b".repeat(32), extents: extents.slice(0, 1) } },
  ]);
  installation.script.answer = answering(({ offset }) => {
    looks += 1;
    return offset === 0 && looks === 6 ? { differing: extents } : {};
  });
  looks = 5;
  assert.partialDeepStrictEqual(await verified(stage), { result: { differingBytes: 0 } });
  assert.equal(await told(stage, "replica-differs"), 1, "one look alone is no alarm");
});

void test("an answer that leaves something out counts as no answer", async (t) => {
  const stage = await staged(t);
  for (const wrong of [
    { comparedBytes: 5 },
    { differing: [{ offset: DISK_BYTES, length: BLOCK }] },
    { skipped: [{ offset: 0, length: BLOCK }], differing: [{ offset: 0, length: BLOCK }] },
  ]) {
    stage.installation.script.answer = answering(() => wrong);
    assert.partialDeepStrictEqual(await verified(stage), { state: "failed", error: { code: "comparison-invalid" } });
  }
});

void test("what no point can be compared with counts as skipped, and the rest is compared", async (t) => {
  const stage = await staged(t);
  const plain = answering(() => ({}));
  stage.installation.script.answer = async (body) => {
    if (body.kind === "compareDigests" && body.value.offset === DIGEST_WINDOW_BYTES) {
      throw new Fault({ code: "log-trimmed", kind: "discontinuity", message: "It is gone." });
    }
    return plain(body);
  };
  const { result } = await verified(stage);
  assert.partialDeepStrictEqual(result, {
    comparedBytes: DISK_BYTES - DIGEST_WINDOW_BYTES,
    skippedBytes: DIGEST_WINDOW_BYTES,
    differingBytes: 0,
  });
});

void test("a pass in the background goes on after a restart where it was, and compares nothing twice", async (t) => {
  const stage = await staged(t);
  const { server, installation, folder } = stage;
  const plain = answering(() => ({}));
  const reached = Promise.withResolvers<void>();
  const held = Promise.withResolvers<undefined>();
  installation.script.answer = async (body) => {
    if (body.kind !== "replicaDigests" || body.value.offset !== DIGEST_WINDOW_BYTES) return plain(body);
    reached.resolve();
    return held.promise;
  };
  const often = { params: { name: "default" }, body: { verifyDays: 0.00001 } };
  await server.client.call("setPolicy", often);
  await reached.promise;
  const passOf = async (of: TestServer) => (await of.client.call("listDisks", { query: {} })).items[0]?.verify;
  const before = await passOf(server);
  assert.partialDeepStrictEqual(before, { doneBytes: DIGEST_WINDOW_BYTES, lastPassEndedAt: null });
  await server.stop();
  held.resolve(undefined);
  installation.asked.length = 0;
  installation.script.answer = plain;
  const next = await startServer(t, `${folder}/server`, { apiPort: String(server.port) });
  const after = await eventually(async () => {
    const pass = await passOf(next);
    return pass?.lastPassEndedAt !== null && pass;
  });
  await next.client.call("setPolicy", { ...often, body: { verifyDays: 0 } });
  assert.deepEqual(comparedOffsets(installation).slice(0, 2), [DIGEST_WINDOW_BYTES, 2 * DIGEST_WINDOW_BYTES]);
  assert.equal(after.differingBytes, 0);
});
