// A server with a database on its system disk is lost without warning, runs on at the master target, and goes back: no row that was acknowledged before the
// point is missing, none that the replica machine acknowledged, and only what differs was brought back.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { open } from "node:fs/promises";
import { after, before, describe, test } from "node:test";
import { connectNbd, parseNbdUri } from "@leeward/nbd";
import { nodeClock } from "@leeward/world";
import { Chain } from "../harness/chain.ts";
import { eventually } from "../harness/eventually.ts";
import { Daemon } from "../harness/leeward-process.ts";
import { diskOf, disksOf, fieldOf } from "../harness/shapes.ts";
import { Guest } from "./guest.ts";
import { GuestImage } from "./guest-image.ts";
import { guestSkip } from "./guest-peers.ts";
import type { GuestDisk } from "./qemu-arguments.ts";

const MACHINE = "ledger";
/** An emulated guest boots in minutes on a busy machine. */
const SLOW_MS = 1_200_000;
const DISK_BYTES = 2_048 * 1024 * 1024;
/** Of its replica machine alone. */
const ADDRESS = "192.0.2.77/24";
const LEFT_BYTES = 64 * 1024;
/** Far behind the file system, where the image has nothing. */
const LEFT_AT = DISK_BYTES - 512 * 1024;

const SCRIPT = `#!/bin/sh
ask() { runuser -u postgres -- psql -qtAX "$@"; }
until ask -c "create table if not exists ledger (n bigint primary key, noted timestamptz default now())"; do sleep 1; done
echo "addresses $(ip -o -4 address show scope global | awk '{print $4}' | xargs)" > /dev/ttyS0
echo "ledger begins at $(ask -F / -c "select count(*), coalesce(max(n), 0) from ledger")" > /dev/ttyS0
while :; do echo "insert into ledger (n) select coalesce(max(n), 0) + 1 from ledger returning n;"; sleep 0.2; done |
  ask | while read -r n; do echo "committed $n" > /dev/ttyS0; done
`;
const UNIT = `[Unit]
Requires=postgresql.service
After=postgresql.service
[Service]
ExecStart=/usr/local/bin/ledger
[Install]
WantedBy=multi-user.target
`;

describe("a server with a database", { skip: guestSkip() }, () => {
  const stack = new AsyncDisposableStack();
  let image: GuestImage;
  let chain: Chain;
  let guest: Guest;
  let disk: GuestDisk;
  let acknowledged: number;
  let recovered: number;

  before(async () => {
    image = await GuestImage.open();
    chain = await Chain.start({ machine: MACHINE });
    stack.defer(() => chain.stop({ keep: false }));
    const path = `${chain.sourceFolder}/root.raw`;
    await image.copyTo(path);
    const made = await chain.run("disk", "protect", MACHINE, "--path", path, "--name", "root", "--timeout", "100");
    disk = guestDiskOf(diskOf(made).nbdUri ?? "");
    guest = await Guest.start({ image, boot: disk });
    stack.defer(() => guest[Symbol.asyncDispose]());
    await guest.run("cat > /usr/local/bin/ledger && chmod 755 /usr/local/bin/ledger", { input: SCRIPT });
    await guest.run("cat > /etc/systemd/system/ledger.service && systemctl enable -q --now ledger", { input: UNIT });
    await untilDiskIs("protected");
    await eventually(
      "rows are committed",
      async () => (lastRow(await guest.serial()) >= 5 ? true : undefined),
      SLOW_MS,
    );
  });
  after(() => stack.disposeAsync());

  test("killed without warning, it runs on at the master target with an address for there and every row of its point", async () => {
    acknowledged = lastRow(await guest.serial());
    await chain.run("point", "create", MACHINE, "--timeout", "300");
    await eventually(
      "more is committed",
      async () => (lastRow(await guest.serial()) > acknowledged ? true : undefined),
      SLOW_MS,
    );
    await chain.run("machine", "recovery", MACHINE, "--nic", `0:ip=${ADDRESS},gateway=192.0.2.1`);
    await guest.kill();
    await chain.killAgent();
    await eventually("the source is away", async () =>
      fieldOf(await chain.run("machine", "show", MACHINE), "state") === "online" ? undefined : true,
    );
    const order = ["failover", "unplanned", MACHINE, "--force", "--memory", "1024", "--cpus", "2", "--timeout", "600"];
    await chain.run(...order);
    const console = await consoleShows(/ledger begins at \d+\/\d+/);
    assert.match(console, new RegExp(`addresses ${ADDRESS.replaceAll(".", "\\.")}\\s`));
    const [, count, last] = /ledger begins at (\d+)\/(\d+)/.exec(console) ?? [];
    recovered = Number(last);
    assert.equal(Number(count), recovered, "no row is missing in between");
    assert.ok(recovered >= acknowledged, `${recovered} rows, and ${acknowledged} were acknowledged before the point`);
    await consoleShows(new RegExp(`committed ${recovered + 5}\\b`));
  });

  test("its source returns and writes, is brought back, and boots with all that was written since", async (context) => {
    // The source went on after the point: what it writes while nobody tells it of the failover is reverted.
    const configServer = (await chain.processes())["config-server"];
    assert.ok(configServer !== undefined);
    process.kill(configServer, "SIGSTOP");
    try {
      await startAgentAlone();
      await writeToSource().catch(() => undefined);
    } finally {
      process.kill(configServer, "SIGCONT");
    }
    await chain.untilOnline();
    await untilDiskIs("fenced");
    await chain.run("failover", "commit", MACHINE);
    await chain.run("reprotect", MACHINE, "--timeout", "1200");
    const written = lastRow(await consoleShows(/committed \d+/));
    await chain.run("failback", MACHINE, "--grace", "30", "--timeout", "1200");
    await untilDiskIs("protected");
    const left = Buffer.alloc(LEFT_BYTES);
    await using file = await open(`${chain.sourceFolder}/root.raw`, "r");
    await file.read(left, 0, LEFT_BYTES, LEFT_AT);
    assert.ok(
      left.every((byte) => byte === 0),
      "what the source wrote after its point is not there",
    );
    const [newest] = [fieldOf(await chain.run("failover", "list", MACHINE), "items")].flat();
    assert.equal(fieldOf(newest, "state"), "failed-back");

    guest = await Guest.start({ image, boot: disk });
    stack.defer(() => guest[Symbol.asyncDispose]());
    await eventually(
      "it goes on",
      async () => (/ledger begins at/.test(await guest.serial()) ? true : undefined),
      SLOW_MS,
    );
    const [, count, last] = /ledger begins at (\d+)\/(\d+)/.exec(await guest.serial()) ?? [];
    assert.doesNotMatch(await guest.serial(), /addresses .*192\.0\.2/, "the address stayed at the other site");
    assert.equal(count, last, "no row is missing in between");
    assert.ok(Number(last) >= written, `${last} rows, and the replica machine had acknowledged ${written}`);
    assert.match(await guest.run("journalctl -k -b | grep -ci 'ext4-fs error' || true"), /^0/);
    context.diagnostic(
      `${recovered} rows at the point, ${written} at the failback, ${last} found; at least ${acknowledged} were owed`,
    );
    const [way] = [fieldOf(newest, "reverse")].flat();
    assert.equal(fieldOf(way, "method"), "set");
    context.diagnostic(
      `brought back: ${String(fieldOf(way, "broughtBytes"))} bytes of a set of ${String(fieldOf(way, "setBytes"))}, on a disk of ${DISK_BYTES}`,
    );
    assert.ok(Number(fieldOf(way, "broughtBytes")) < DISK_BYTES / 4);
  });

  async function startAgentAlone(): Promise<void> {
    chain.agent = await Daemon.start(["agent", "start", "--home", chain.agentHome]);
  }

  async function writeToSource(): Promise<void> {
    if (!("nbdSocket" in disk)) return;
    const address = { path: disk.nbdSocket };
    await using client = await connectNbd(
      address,
      { exportName: disk.exportName ?? "", clock: nodeClock },
      new AbortController().signal,
    );
    await client.write(LEFT_AT, randomBytes(LEFT_BYTES), { fua: true });
  }

  async function untilDiskIs(state: string): Promise<void> {
    await eventually(
      `the disk is ${state}`,
      async () => (disksOf(await chain.run("disk", "status")).every((each) => each.state === state) ? true : undefined),
      SLOW_MS,
    );
  }

  async function consoleShows(pattern: RegExp): Promise<string> {
    return eventually(
      `the console shows ${pattern}`,
      async () => {
        const text = String(fieldOf(await chain.run("failover", "console", MACHINE), "text"));
        return pattern.test(text) ? text : undefined;
      },
      SLOW_MS,
    );
  }
});

function guestDiskOf(uri: string): GuestDisk {
  const { address, exportName } = parseNbdUri(uri);
  if (!("path" in address)) throw new Error(`${uri} is no Unix socket`);
  return { nbdSocket: address.path, exportName };
}

/** The last one that the guest said to be committed. */
function lastRow(console: string): number {
  return Number([...console.matchAll(/committed (\d+)/g)].at(-1)?.[1] ?? 0);
}
