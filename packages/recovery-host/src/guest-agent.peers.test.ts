import assert from "node:assert/strict";
import { promises as fs } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { PeerServer, peer } from "@leeward/nbd/testing";
import { pingGuestAgent } from "./node-guest-agent.ts";

const agent = peer("qemu-ga");

test("the guest agent of QEMU answers, also when it was left amid another's question", {
  skip: agent.skip,
}, async () => {
  const folder = await fs.mkdtemp(join(tmpdir(), "lw-agent-"));
  const socket = join(folder, "agent");
  try {
    const args = ["--method", "unix-listen", "--path", socket, "--statedir", folder, "--pidfile", join(folder, "pid")];
    await using server = await PeerServer.start(agent, args, socket);
    assert.deepEqual([await pingGuestAgent(socket, 30_000), await pingGuestAgent(socket, 30_000)], [true, true]);
    await server.kill();
    assert.equal(await pingGuestAgent(socket, 1_000), false);
  } finally {
    await fs.rm(folder, { recursive: true, force: true });
  }
});
