import assert from "node:assert/strict";
import { test } from "node:test";
import { type SimulatedWorld, simulatedWorld } from "@leeward/world/testing";
import type { HostFacts } from "./host-facts.ts";
import { writeHostNote } from "./host-note.ts";
import { nextIdentityFolder, settleNewIdentity } from "./new-identity.ts";
import { OwnHost } from "./own-host.ts";

const HOME = "/agent";
const FOLDER = `${HOME}/identity`;
const HOST: HostFacts = { machineId: "a".repeat(32), productUuid: "u1", disks: ["serial 1"] };
const OTHER: HostFacts = { ...HOST, productUuid: "u2", disks: ["serial 2"] };
const REFUSAL = { message: "It is rack-1 at 10.0.0.1." };

async function home(): Promise<SimulatedWorld> {
  const world = simulatedWorld({ seed: 3 });
  await world.files.makeFolder(FOLDER);
  return world;
}

function started(
  { clock, files }: SimulatedWorld,
  facts: HostFacts,
  onChange: () => void = () => undefined,
): Promise<OwnHost> {
  return OwnHost.open({ clock, files, folder: FOLDER, machineId: "m1", facts, onChange });
}

test("nothing leaves a host before it was taken, or could not be asked", async () => {
  const world = await home();
  let changes = 0;
  const host = await started(world, HOST, () => (changes += 1));
  assert.deepEqual([host.mayDeliver, host.isCopy, host.fault], [false, false, undefined]);
  host.taken();
  host.taken();
  assert.deepEqual([host.mayDeliver, host.isCopy, changes], [true, false, 1]);
});

test("a home on another host is a copy from its start, whatever it is told, and stays one", async () => {
  const world = await home();
  await started(world, HOST);
  for (let start = 0; start < 2; start += 1) {
    const copy = await started(world, OTHER);
    copy.taken();
    assert.deepEqual([copy.mayDeliver, copy.isCopy, copy.fault?.fault.code], [false, true, "identity-copied"]);
  }
});

test("new hardware in the same host is noted, one piece after the other", async () => {
  const world = await home();
  await started(world, HOST);
  for (const facts of [{ ...HOST, productUuid: "u2" }, OTHER])
    assert.equal((await started(world, facts)).isCopy, false);
  assert.equal((await started(world, HOST)).isCopy, true, "what it was before is another host by now");
});

test("who was refused is a copy also when it starts again, and when the other one is gone", async () => {
  const world = await home();
  const host = await started(world, HOST);
  host.taken();
  await host.refused(REFUSAL);
  assert.equal(host.mayDeliver, false);
  const again = await started(world, HOST);
  again.taken();
  assert.equal(again.mayDeliver, false);
  assert.match(again.fault?.fault.message ?? "", /rack-1 at 10\.0\.0\.1/);
});

test("what a replica machine noted on the home does not hold where it came from", async () => {
  const world = await home();
  await started(world, HOST);
  assert.equal((await started(world, OTHER)).isCopy, true);
  const back = await started(world, HOST);
  back.taken();
  assert.equal(back.mayDeliver, true);
});

test("who was refused stays a copy when a disk is added to it, taken away, or put back, and when its board is another", async () => {
  const world = await home();
  const host = await started(world, HOST);
  await host.refused(REFUSAL);
  const [more, other] = [["serial 1", "serial 2"], ["serial 3"]];
  for (const facts of [{ ...HOST, disks: more }, { ...HOST, disks: other }, HOST, { ...HOST, productUuid: "u2" }]) {
    const again = await started(world, facts);
    again.taken();
    assert.deepEqual([again.mayDeliver, again.isCopy], [false, true], JSON.stringify(facts));
    assert.match(again.fault?.fault.message ?? "", /rack-1/);
  }
});

test("a home that comes back to the first host is the machine, also from one that has the same board", async () => {
  const world = await home();
  await writeHostNote(world.files, FOLDER, {
    host: HOST,
    copy: { on: { ...HOST, disks: ["serial 2"] }, message: REFUSAL.message, sinceMicros: 1 },
  });
  assert.equal((await started(world, HOST)).isCopy, false);
});

test("a refusal holds also where it cannot be written", async () => {
  const world = await home();
  const host = await started(world, HOST);
  host.taken();
  await world.files.removeFolder(HOME);
  await host.refused(REFUSAL);
  assert.deepEqual([host.mayDeliver, host.isCopy], [false, true]);
});

test("a note that does not decode locks nobody out", async () => {
  const world = await home();
  await started(world, HOST);
  world.files.rot(`${FOLDER}/host.json`, 1);
  assert.equal((await started(world, OTHER)).isCopy, false);
  assert.equal((await started(world, HOST)).isCopy, true, "it was written anew");
});

test("history goes with an identity, only once the next one is there, and wherever that is stopped it goes on", async () => {
  const world = await home();
  const { files } = world;
  const put = async (path: string): Promise<void> => {
    await using file = await files.open(path, "create");
    await file.write([Buffer.from("x")], 0);
  };
  for (const folder of ["disks", "disks/d", "hooks"]) await files.makeFolder(`${HOME}/${folder}`);
  for (const path of ["plan.bin", "identity/key.pem", "config.yaml"]) await put(`${HOME}/${path}`);
  await files.makeFolder(nextIdentityFolder(HOME));
  await put(`${nextIdentityFolder(HOME)}/key.pem`);
  const forgotten: string[] = [];
  const forgetDisk = async (diskId: string) => forgotten.push(diskId);
  assert.equal(await settleNewIdentity(files, HOME, forgetDisk), false, "it is not enrolled yet");
  assert.ok(await files.status(`${HOME}/plan.bin`));
  await put(`${nextIdentityFolder(HOME)}/certificate.pem`);
  assert.deepEqual(forgotten, [], "the first identity's disks are noted by the kernel until then");
  // An exchange that was stopped in its midst.
  await files.removeFolder(`${HOME}/disks/d`);
  await files.makeFolder(`${HOME}/disks/e`);
  assert.equal(await settleNewIdentity(files, HOME, forgetDisk), true);
  assert.deepEqual(forgotten, ["e"], "the kernel notes nothing any more");
  assert.deepEqual((await files.list(HOME)).sort(), ["config.yaml", "hooks", "identity"]);
  assert.deepEqual((await files.list(FOLDER)).sort(), ["certificate.pem", "key.pem"]);
  assert.equal(await settleNewIdentity(files, HOME, forgetDisk), false);
});
