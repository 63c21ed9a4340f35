import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import koffi from "koffi";
import { serviceNotice } from "../index.ts";

void test("nobody is told where no service manager listens", async () => {
  const notice = await serviceNotice({});
  notice.tell("READY=1");
  assert.equal(notice.watchdogEveryMs, undefined);
});

void test("a service manager's socket gets each state as one datagram", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "leeward-notify-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const path = `${folder}/notify`;
  const library = koffi.load(null);
  const address = Buffer.concat([Buffer.from([1, 0]), Buffer.from(path), Buffer.from([0])]);
  const socket: (family: number, type: number, protocol: number) => number = library.func("int socket(int, int, int)");
  const bind: (fd: number, to: Uint8Array, toBytes: number) => number = library.func(
    "int bind(int, void *, unsigned int)",
  );
  const recv: (fd: number, bytes: Uint8Array, length: number, flags: number) => number = library.func(
    "long recv(int, _Out_ void *, unsigned long, int)",
  );
  const fd = socket(1, 2, 0);
  assert.equal(bind(fd, address, address.length), 0);
  const notice = await serviceNotice({ NOTIFY_SOCKET: path, WATCHDOG_USEC: "3000000" });
  assert.equal(notice.watchdogEveryMs, 1_500);
  const buffer = Buffer.alloc(64);
  for (const state of ["READY=1", "WATCHDOG=1", "STOPPING=1"]) {
    notice.tell(state);
    const length = recv(fd, buffer, buffer.length, 0x40);
    assert.equal(buffer.toString("utf8", 0, length), state);
  }
});
