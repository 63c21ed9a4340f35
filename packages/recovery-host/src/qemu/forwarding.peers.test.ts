import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { peer } from "@leeward/nbd/testing";
import { nodeClock } from "@leeward/world";
import { tcpCheck } from "../checks/node-network-checks.ts";
import { forwardedPorts, hasConnection } from "./forwarding.ts";
import { connectWhenUp } from "./node-qmp.ts";

const { skip } = peer("qemu-system-x86_64");
const GUEST_PORT = 5_432;
const GUEST_MAC = Buffer.from("525400123456", "hex");
const GUEST_IP = Buffer.of(10, 0, 2, 15);
const UP_MS_MAX = 60_000;
const FRAME_BYTES = 54;

test("a connection counts when the guest's own network has accepted it, and not when QEMU alone has", {
  skip,
}, async () => {
  await using rig = await WireRig.start();
  const options = { clock: nodeClock, signal: new AbortController().signal };
  const check = {
    endpoint: await rig.endpoint(),
    hasAccepted: async () => hasConnection(await rig.said(), GUEST_PORT),
  };
  // Nobody answers at the other end of the wire.
  const silent = await tcpCheck({ ...options, limitSeconds: 2 }, check);
  assert.equal(silent.ok, false, silent.said);
  assert.equal(
    (await tcpCheck({ ...options, limitSeconds: 2 }, { endpoint: check.endpoint })).ok,
    true,
    "QEMU accepts",
  );
  assert.equal(hasConnection(await rig.said(), GUEST_PORT), false);
  rig.answers = true;
  const answered = await tcpCheck({ ...options, limitSeconds: 60 }, check);
  assert.equal(answered.ok, true, answered.said);
});

/** QEMU's own network, as a machine has it, and the test at the place of the machine's card. */
class WireRig implements AsyncDisposable {
  /** Whether the guest's system is up: it then answers who asks for its address, and accepts what it is asked to. */
  answers = false;
  readonly #folder: string;
  readonly #wire: Socket;
  readonly #qemu: ChildProcess;

  private constructor(folder: string, wire: Socket, qemu: ChildProcess) {
    this.#folder = folder;
    this.#wire = wire;
    this.#qemu = qemu;
    wire.on("message", (frame, from) => {
      const answer = this.answers ? answerTo(frame) : undefined;
      if (answer !== undefined) wire.send(answer, from.port, from.address);
    });
  }

  static async start(): Promise<WireRig> {
    const folder = await mkdtemp(join(tmpdir(), "lw-"));
    const wire = createSocket("udp4");
    wire.bind(0, "127.0.0.1");
    await once(wire, "listening");
    const other = await freePort();
    const qemu = spawn(
      "qemu-system-x86_64",
      [
        ...["-nodefaults", "-display", "none", "-machine", "none", "-qmp", `unix:${folder}/qmp,server=on,wait=off`],
        ...["-netdev", `user,id=n0,restrict=on,hostfwd=tcp:127.0.0.1:0-:${GUEST_PORT}`],
        ...["-netdev", `socket,id=s0,udp=127.0.0.1:${wire.address().port},localaddr=127.0.0.1:${other}`],
        ...["-netdev", "hubport,id=h0,hubid=0,netdev=n0", "-netdev", "hubport,id=h1,hubid=0,netdev=s0"],
      ],
      { stdio: "ignore" },
    );
    return new WireRig(folder, wire, qemu);
  }

  async said(): Promise<string> {
    const qmp = await connectWhenUp(`${this.#folder}/qmp`, async () => this.#qemu.exitCode === null, UP_MS_MAX);
    assert.ok(qmp !== undefined, "QEMU runs");
    try {
      return String(await qmp.execute("human-monitor-command", { "command-line": "info usernet" }));
    } finally {
      await qmp[Symbol.asyncDispose]();
    }
  }

  async endpoint(): Promise<{ host: string; port: number }> {
    return { host: "127.0.0.1", port: forwardedPorts(await this.said()).get(GUEST_PORT) ?? 0 };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const exited = once(this.#qemu, "exit");
    this.#qemu.kill("SIGKILL");
    await exited;
    this.#wire.close();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

async function freePort(): Promise<number> {
  const socket = createSocket("udp4");
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  const { port } = socket.address();
  socket.close();
  return port;
}

/** As the guest's system answers a frame: ARP (RFC 826) for its address, and the first packet of a TCP connection (RFC 9293). */
function answerTo(frame: Buffer): Buffer | undefined {
  const type = frame.readUInt16BE(12);
  if (type === 0x0806 && frame.readUInt16BE(20) === 1 && frame.subarray(38, 42).equals(GUEST_IP))
    return arpReply(frame);
  const isSyn = type === 0x0800 && frame[23] === 6 && (frame[47] ?? 0) === 0x02;
  return isSyn ? synAck(frame) : undefined;
}

function arpReply(frame: Buffer): Buffer {
  const head = Buffer.concat([frame.subarray(6, 12), GUEST_MAC, Buffer.from("08060001080006040002", "hex")]);
  return Buffer.concat([head, GUEST_MAC, GUEST_IP, frame.subarray(22, 32)]);
}

function synAck(frame: Buffer): Buffer {
  const out = Buffer.alloc(FRAME_BYTES);
  out.set([...frame.subarray(6, 12), ...GUEST_MAC, 0x08, 0x00]);
  // IP: 40 bytes, TTL 64, TCP; from the guest to whoever asked.
  out.set([0x45, 0, 0, 40, 0, 0, 0, 0, 64, 6, 0, 0, ...GUEST_IP, ...frame.subarray(26, 30)], 14);
  out.writeUInt16BE(checksum(out.subarray(14, 34)), 24);
  out.set([...frame.subarray(36, 38), ...frame.subarray(34, 36)], 34);
  out.writeUInt32BE(1_000, 38);
  out.writeUInt32BE((frame.readUInt32BE(38) + 1) % 2 ** 32, 42);
  out.set([0x50, 0x12, 0xff, 0xff, 0, 0, 0, 0], 46);
  const pseudo = Buffer.concat([out.subarray(26, 34), Buffer.of(0, 6, 0, 20), out.subarray(34)]);
  out.writeUInt16BE(checksum(pseudo), 50);
  return out;
}

/** RFC 1071. */
function checksum(bytes: Buffer): number {
  let sum = 0;
  for (let at = 0; at < bytes.length; at += 2) sum += bytes.readUInt16BE(at);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}
