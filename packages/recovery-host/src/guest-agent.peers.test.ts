import assert from "node:assert/strict";
import { promises as fs } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { PeerServer, peer } from "@leeward/nbd/testing";
import { nodeClock } from "@leeward/world";
import { runGuestScript } from "./guest-script.ts";
import { type AgentCommand, askGuestAgent, pingGuestAgent } from "./node-guest-agent.ts";

const agent = peer("qemu-ga");

async function withAgent(work: (socket: string, server: PeerServer) => Promise<void>): Promise<void> {
  const folder = await fs.mkdtemp(join(tmpdir(), "lw-agent-"));
  const socket = join(folder, "agent");
  try {
    const args = ["--method", "unix-listen", "--path", socket, "--statedir", folder, "--pidfile", join(folder, "pid")];
    await using server = await PeerServer.start(agent, args, socket);
    await work(socket, server);
  } finally {
    await fs.rm(folder, { recursive: true, force: true });
  }
}

test("the guest agent of QEMU answers, also when it was left amid another's question", {
  skip: agent.skip,
}, async () => {
  await withAgent(async (socket, server) => {
    assert.deepEqual([await pingGuestAgent(socket, 30_000), await pingGuestAgent(socket, 30_000)], [true, true]);
    const refused = await askGuestAgent(socket, { execute: "guest-nothing" }, 30_000);
    assert.match(refused.kind === "refused" ? refused.why : "", /guest-nothing/);
    await server.kill();
    assert.equal(await pingGuestAgent(socket, 1_000), false);
  });
});

test("a script runs inside of a machine with its environment, and its exit code and output come back; one that takes too long is ended", {
  skip: agent.skip,
}, async () => {
  await withAgent(async (socket, server) => {
    const signal = new AbortController().signal;
    const ask = (command: AgentCommand, limitMs: number) => askGuestAgent(socket, command, limitMs);
    const run = (text: string, limitSeconds: number) =>
      runGuestScript(
        { id: "ab".repeat(16), clock: nodeClock, ask, signal },
        { content: new TextEncoder().encode(text), environment: { LEEWARD_STEP: "look at it" }, limitSeconds },
      );
    assert.deepEqual(await run('#!/bin/sh\necho "$LEEWARD_STEP"; echo wrong >&2; exit 3\n', 60), {
      exitCode: 3,
      said: "look at it\nwrong",
    });
    assert.deepEqual(await run("#!/bin/sh\nread line || echo nothing\n", 60), { exitCode: 0, said: "nothing" });
    assert.equal((await run("#!/bin/sh\nsleep 600\n", 1)).exitCode, 124);
    const { said: path } = await run('#!/bin/sh\necho "$0"\n', 60);
    await assert.rejects(fs.stat(path), { code: "ENOENT" });
    await server.kill();
    await assert.rejects(run("#!/bin/sh\n", 1), { code: "guest-agent-silent" });
  });
});
