import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { MiB } from "@leeward/base";
import { type BlockDevice, memoryDevice, openFileDevice } from "@leeward/block";
import { recordingDevice } from "@leeward/block/testing";
import { nodeClock } from "@leeward/world";
import { NbdListener } from "./node-listener.ts";
import { NbdServer } from "./server.ts";
import { type Peer, peer } from "./testing/peer.ts";
import { type PeerRun, runPeer } from "./testing/peer-process.ts";
import { formatNbdUri } from "./uri.ts";

const folder = mkdtempSync(join(tmpdir(), "leeward-peers-"));
after(() => rmSync(folder, { recursive: true, force: true }));
let names = 0;

function fresh(): string {
  names += 1;
  return join(folder, `f${names}`);
}

interface Serving extends AsyncDisposable {
  readonly uri: string;
  readonly path: string;
}

/** The device as export "disk", which is also the default. */
async function serve(device: BlockDevice): Promise<Serving> {
  const exports = {
    find: async (name: string) => (name === "disk" || name === "" ? { device, description: "a test disk" } : undefined),
    list: async () => ["disk"],
  };
  const path = fresh();
  const server = new NbdServer({ exports, clock: nodeClock });
  const listener = await NbdListener.open(server, { path });
  const uri = formatNbdUri({ address: { path }, exportName: "disk", tls: false });
  return { uri, path, [Symbol.asyncDispose]: () => listener.close() };
}

async function succeed(program: Peer, args: readonly string[]): Promise<PeerRun> {
  // nbdsh takes the first python3, and only the system's has libnbd.
  const run = await runPeer(program, args, program.name === "nbdsh" ? { PATH: "/usr/bin:/bin" } : {});
  assert.equal(run.code, 0, `${program.name} ${args.join(" ")}: ${run.stderr}${run.stdout}`);
  return run;
}

/** Bytes that look like a disk: runs of data, of zeroes, and of a pattern. */
function content(length: number): Buffer {
  const bytes = Buffer.alloc(length);
  for (let at = 0; at < length; at += 128 * 1024) {
    if ((at >> 17) % 3 === 0) continue;
    for (let index = at; index < Math.min(length, at + 100_000); index += 1)
      bytes[index] = (index * 131 + (index >> 8)) & 255;
  }
  return bytes;
}

async function contentOf(device: BlockDevice): Promise<Buffer> {
  const bytes = Buffer.alloc(device.sizeBytes);
  await device.read(0, bytes);
  return bytes;
}

const nbdinfo = peer("nbdinfo");
describe("nbdinfo", { skip: nbdinfo.skip }, () => {
  test("sees the export, its abilities and its block sizes", async () => {
    await using serving = await serve(memoryDevice(8 * MiB));
    const { stdout } = await succeed(nbdinfo, ["--json", serving.uri]);
    const expected = {
      "export-name": "disk",
      description: "a test disk",
      "export-size": 8 * MiB,
      is_read_only: false,
      can_flush: true,
      can_fua: true,
      can_trim: true,
      can_zero: true,
      can_df: true,
      can_multi_conn: true,
      can_fast_zero: false,
      block_size_minimum: 512,
      block_size_preferred: 4096,
      block_size_maximum: 32 * MiB,
    };
    assert.partialDeepStrictEqual(JSON.parse(stdout), { exports: [expected] });
  });

  test("lists exports, and knows a read-only one", async () => {
    await using serving = await serve(memoryDevice(MiB, { readOnly: true }));
    const { stdout } = await succeed(nbdinfo, ["--list", "--json", serving.uri]);
    assert.partialDeepStrictEqual(JSON.parse(stdout), { exports: [{ "export-name": "disk", is_read_only: true }] });
  });

  test("maps what is data and what is zero", async () => {
    const device = memoryDevice(600 * MiB);
    await device.write(MiB, new Uint8Array(64 * 1024).fill(1), { fua: false });
    await using serving = await serve(device);
    const { stdout } = await succeed(nbdinfo, ["--map", "--json", serving.uri]);
    assert.partialDeepStrictEqual(JSON.parse(stdout), [
      { offset: 0, length: MiB, description: "hole,zero" },
      { offset: MiB, length: 64 * 1024, description: "data" },
      { offset: MiB + 64 * 1024, length: 599 * MiB - 64 * 1024, description: "hole,zero" },
    ]);
  });
});

const nbdcopy = peer("nbdcopy");
describe("nbdcopy", { skip: nbdcopy.skip }, () => {
  test("copies a disk in and out unchanged, over several connections", async () => {
    const image = fresh();
    const bytes = content(24 * MiB + 512);
    writeFileSync(image, bytes);
    const device = memoryDevice(bytes.length);
    await using serving = await serve(device);
    await succeed(nbdcopy, ["--flush", "--connections=4", image, serving.uri]);
    assert.equal(Buffer.compare(await contentOf(device), bytes), 0);
    const back = fresh();
    await succeed(nbdcopy, [serving.uri, back]);
    assert.equal(Buffer.compare(readFileSync(back), bytes), 0);
  });
});

const nbdsh = peer("nbdsh");
describe("nbdsh", { skip: nbdsh.skip }, () => {
  test("gets every command, flag and error as the protocol says", async () => {
    const device = recordingDevice(memoryDevice(4 * MiB));
    await using serving = await serve(device);
    const script = `
import errno
def refused(what, expected):
    try:
        what()
    except nbd.Error as error:
        assert error.errnum == expected, (error.errnum, expected)
    else:
        raise AssertionError("was not refused")
h.set_strict_mode(0)
h.pwrite(b"\\x07" * 4096, 8192, nbd.CMD_FLAG_FUA)
assert h.pread(4096, 8192) == b"\\x07" * 4096
assert h.pread(262144, 1048576) == bytes(262144)
assert h.pread(131072, 8192)[:4096] == b"\\x07" * 4096
chunks = []
h.pread_structured(131072, 0, lambda buf, off, status, err: chunks.append((off, len(buf), status)) or 0, nbd.CMD_FLAG_DF)
assert chunks == [(0, 131072, nbd.READ_DATA)], chunks
chunks.clear()
h.pread_structured(131072, 1048576, lambda buf, off, status, err: chunks.append((off, status)) or 0)
assert chunks == [(1048576, nbd.READ_HOLE)], chunks
h.zero(4096, 8192, nbd.CMD_FLAG_FUA | nbd.CMD_FLAG_NO_HOLE)
assert h.pread(4096, 8192) == bytes(4096)
h.pwrite(b"\\x08" * 4096, 8192)
h.trim(4096, 8192)
assert h.pread(4096, 8192) == bytes(4096)
h.flush()
runs = []
h.pwrite(b"\\x09" * 512, 512)
h.block_status(4194304, 0, lambda ctx, off, entries, err: runs.append((ctx, off, list(entries))) or 0)
assert runs == [("base:allocation", 0, [512, 3, 512, 0, 4193280, 3])], runs
runs.clear()
h.block_status(4194304, 0, lambda ctx, off, entries, err: runs.append(list(entries)) or 0, nbd.CMD_FLAG_REQ_ONE)
assert runs == [[512, 3]], runs
refused(lambda: h.pread(512, 4194304), errno.EINVAL)
refused(lambda: h.pwrite(bytes(512), 4194304), errno.ENOSPC)
refused(lambda: h.pwrite(bytes(100), 0), errno.EINVAL)
refused(lambda: h.zero(512, 0, nbd.CMD_FLAG_FAST_ZERO), errno.EINVAL)
refused(lambda: h.cache(512, 0), errno.EINVAL)
assert h.pread(512, 512) == b"\\x09" * 512
h.shutdown()
`;
    await succeed(nbdsh, ["--base-allocation", "-u", serving.uri, "-c", script]);
    const changes = device.calls.filter(({ operation }) => operation !== "read" && operation !== "allocation");
    assert.deepEqual(
      changes.map(({ operation, fua }) => [operation, fua]),
      [
        ["write", true],
        ["zero", true],
        ["write", false],
        ["discard", false],
        ["flush", false],
        ["write", false],
      ],
    );
  });

  test("may use the old way in: simple replies, EXPORT_NAME", async () => {
    await using serving = await serve(memoryDevice(MiB));
    const script = `
h.set_handshake_flags(0)
h.set_request_structured_replies(False)
h.connect_unix("${serving.path}")
h.pwrite(b"\\x05" * 65536, 4096)
assert h.pread(65536, 4096) == b"\\x05" * 65536
try:
    h.pread(512, 1 << 30)
except nbd.Error:
    pass
assert h.pread(512, 0) == bytes(512)
h.shutdown()
`;
    await succeed(nbdsh, ["-c", script]);
  });
});

const qemuImg = peer("qemu-img");
const qemuIo = peer("qemu-io");
describe("QEMU", { skip: qemuImg.skip !== false ? qemuImg.skip : qemuIo.skip }, () => {
  test("qemu-img converts a qcow2 image into the export and finds them equal", async () => {
    const image = fresh();
    const bytes = content(16 * MiB);
    writeFileSync(image, bytes);
    const qcow2 = fresh();
    await succeed(qemuImg, ["convert", "-f", "raw", "-O", "qcow2", image, qcow2]);
    const device = memoryDevice(16 * MiB);
    await using serving = await serve(device);
    await succeed(qemuImg, ["convert", "-n", "-f", "qcow2", "-O", "raw", qcow2, serving.uri]);
    await succeed(qemuImg, ["compare", "-f", "qcow2", "-F", "raw", qcow2, serving.uri]);
    assert.equal(Buffer.compare(await contentOf(device), bytes), 0);
    const { stdout } = await succeed(qemuImg, ["map", "--output=json", "-f", "raw", serving.uri]);
    assert.partialDeepStrictEqual(JSON.parse(stdout), [{ start: 0, zero: true }]);
  });

  test("qemu-io writes, forces, zeroes, discards and reads back", async () => {
    const path = fresh();
    writeFileSync(path, "");
    truncateSync(path, 16 * MiB);
    await using device = await openFileDevice({ path, readOnly: false, io: "thread-pool", direct: false });
    await using serving = await serve(device);
    const commands = [
      "write -P 1 0 1M",
      "write -f -P 2 64k 64k",
      "write -z 128k 64k",
      "write -z -u 192k 64k",
      "discard 256k 64k",
      "write -P 3 12345 1000",
      "flush",
      "read -P 1 32k 10k",
      "read -P 2 64k 64k",
      "read -P 0 128k 192k",
      "read -P 3 12345 1000",
      "read -P 1 512k 512k",
    ];
    await succeed(qemuIo, ["-f", "raw", ...commands.flatMap((command) => ["-c", command]), serving.uri]);
    const bytes = readFileSync(path);
    assert.ok(bytes.subarray(64 * 1024, 128 * 1024).every((byte) => byte === 2));
    assert.ok(bytes.subarray(128 * 1024, 320 * 1024).every((byte) => byte === 0));
  });
});

const fio = peer("fio");
const fioSkip =
  fio.skip !== false
    ? fio.skip
    : (await runPeer(fio, ["--enghelp"])).stdout.includes("nbd")
      ? false
      : "this fio has no NBD engine";
describe("fio", { skip: fioSkip }, () => {
  test("verifies what it wrote at random, 32 requests at a time, with trims", async () => {
    const path = fresh();
    writeFileSync(path, "");
    truncateSync(path, 64 * MiB);
    for (const io of ["inline", "thread-pool"] as const) {
      await using device = await openFileDevice({ path, readOnly: false, io, direct: false });
      await using serving = await serve(device);
      const job = ["--name=v", "--ioengine=nbd", `--uri=${serving.uri}`, "--iodepth=32", "--size=64M"];
      await succeed(fio, [
        ...job,
        "--rw=randwrite",
        "--bsrange=512-64k",
        "--verify=crc32c",
        "--verify_state_save=0",
        "--verify_fatal=1",
        "--fsync=64",
      ]);
      await succeed(fio, [...job, "--rw=randtrim", "--bs=64k", "--io_size=8M"]);
    }
  });
});
