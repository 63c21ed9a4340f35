// A machine with nothing of ours that an agent is pushed to, and what then becomes of it: protected, rebooted, upgraded while it is written to, and left as it was.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { cp, mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import type { ProgramOptions } from "../guest/program.ts";
import { eventually } from "../harness/eventually.ts";
import { disksOf, fieldOf } from "../harness/shapes.ts";
import { fileOf, makeRelease } from "../release/made-release.ts";

/** A machine as its administrator has it. */
export interface PushedMachine {
  /** Its host name. */
  readonly name: string;
  /** A disk of its own, which it can mount, of which nobody else writes. */
  readonly disk: string;
  run(command: string, options?: ProgramOptions): Promise<string>;
  reboot(): Promise<void>;
}

export interface PushedMachineSuite {
  readonly machine: () => PushedMachine;
  /** What names the machine and logs in to it, for `leeward machine push`. */
  readonly login: () => readonly string[];
  /** How the machine reaches the config server, where that is not as the server says itself. */
  readonly reach?: () => readonly string[];
  /** A command of the operator; its document. */
  readonly operator: (...args: readonly string[]) => Promise<unknown>;
  /** Of the management server. */
  readonly home: () => string;
  /** How long whatever has an end may take. */
  readonly secondsMax: number;
}

/** What is pushed; and what the servers are. */
const [OLDER, NEWER] = ["0.0.9", "0.1.0"];
const MOUNTED = "/srv/data";
/** Each file is whole or is not there, and the number of the newest one is written after it. */
const LOAD = `i=0; while :; do i=$((i+1)); head -c 100000 /dev/urandom > ${MOUNTED}/load.$((i % 50)); echo $i > ${MOUNTED}/new; mv ${MOUNTED}/new ${MOUNTED}/count; sync -f ${MOUNTED}; done`;
/**
 * Every path of the machine's own file systems that an installation could leave, but for what any package leaves: the records of apt, dpkg and systemd themselves, and what the
 * machine writes as it runs.
 */
const PATHS = `find / -xdev \\( -path /proc -o -path /sys -o -path /dev -o -path /run -o -path /tmp -o -path /var/tmp -o -path ${MOUNTED} -o -path /var/log -o -path /var/cache/apt -o -path /var/lib/apt \\
  -o -path /var/cache/ldconfig -o -path /var/lib/systemd -o -path '/var/lib/dpkg/*-old' -o -path '/etc/*-' -o -path /etc/.pwd.lock -o -path /etc/.updated \\) -prune -o -print | LC_ALL=C sort`;
/** Another file where the kernel's notes of a disk were begun anew. */
const NOTED = "stat -c %i /sys/fs/bpf/leeward/*/control || true";
/** Told when they may not be whole. A kernel that does not run programs for every request causes that at any time; then the disk is read anew. */
const LOST = /tracking-lost|the kernel could not note all/;
const LEFT_IN_KERNEL =
  "ls /sys/fs/bpf/leeward 2> /dev/null; ps -eo args | grep '[/]leeward/'; systemctl list-unit-files --no-legend 'leeward*'; dpkg -l 'leeward*' 2> /dev/null | grep ^i; true";

/** Registers the tests; the machine and the server are there when they begin. */
export function testPushedMachine({ machine, login, reach, operator, home, secondsMax }: PushedMachineSuite): void {
  const limit = String(secondsMax);
  let before: string;
  let id: unknown;

  async function put(revision: number): Promise<void> {
    const folder = `${home()}/process-server/packages`;
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder);
    const made = `${home()}/release-${revision}`;
    const what = ["--level", "6", "--kind", "deb", "--role", "agent"];
    await makeRelease(made, [...what, "--as", OLDER, "--revision", String(revision)]);
    for (const name of await readdir(made)) await cp(join(made, name), join(folder, name));
  }

  async function only(): Promise<unknown> {
    const items = fieldOf(await operator("machine", "list"), "items");
    assert.ok(Array.isArray(items) && items.length === 1, JSON.stringify(items));
    return items[0];
  }

  async function untilProtected(): Promise<void> {
    await eventually(
      "the disk is protected",
      async () => {
        const [disk] = disksOf(await operator("disk", "status", machine().name));
        return disk?.state === "protected" ? true : undefined;
      },
      secondsMax * 1_000,
    );
  }

  /** Everything was written, and a point of now is what the disk holds. */
  async function assertRecoverable(): Promise<void> {
    // After a boot something may look into it for a moment.
    await eventually("it is not mounted", async () => {
      const left = await machine().run(`mountpoint -q ${MOUNTED} && ! umount ${MOUNTED} && echo mounted || true`);
      return left.includes("mounted") ? undefined : true;
    });
    const point = await pointOfAll();
    const saved = join(home(), "saved.img");
    await operator("point", "save", machine().name, "data", "--at", point, "--to", saved);
    const hash = createHash("sha256");
    for await (const chunk of createReadStream(saved)) hash.update(Buffer.from(chunk));
    await rm(saved);
    const there = await machine().run(`dd if=${machine().disk} iflag=direct bs=1M status=none | sha256sum`);
    assert.equal(hash.digest("hex"), there.split(" ")[0]);
    await machine().run(`mount ${machine().disk} ${MOUNTED}`);
  }

  /** A kernel that loses notes has the disk read anew, at any moment: then there is a point behind that. */
  async function pointOfAll(): Promise<string> {
    return eventually(
      "a point of all disks",
      async () => {
        await untilProtected();
        const made = await operator("point", "create", machine().name, "--timeout", limit).catch((error: unknown) => {
          if (error instanceof Error && error.message.includes("disks-not-ready")) return undefined;
          throw error;
        });
        return made === undefined ? undefined : String(fieldOf(made, "id"));
      },
      secondsMax * 1_000,
    );
  }

  async function underLoad<T>(work: () => Promise<T>): Promise<T> {
    await machine().run(`systemd-run --quiet --unit=load sh -c '${LOAD}'`);
    try {
      return await work();
    } finally {
      await machine().run("systemctl stop load");
    }
  }

  /** The kernel's notes go on, and there is no gap. False where this kernel has lost some of them: then that is told, and nothing else is known. */
  async function assertNotedOn({ noted, since }: { noted: string; since: string }): Promise<boolean> {
    const events = JSON.stringify(await operator("events", "--since", since));
    // An agent that is just being stopped has no session any more by which it could tell.
    const traced = await machine().run(
      `journalctl --unit leeward-agent --since @${Date.parse(since) / 1_000} --output cat`,
    );
    if (noted === "" || LOST.test(events) || LOST.test(traced)) return false;
    assert.equal(await machine().run(NOTED), noted, `the kernel went on noting:\n${traced}`);
    assert.doesNotMatch(events, /gap|resync|damaged/, events);
    return true;
  }

  const written = async (): Promise<number> => Number(await machine().run(`cat ${MOUNTED}/count`));

  async function pushed(kind: string, ...more: readonly string[]): Promise<void> {
    const items = fieldOf(await operator("machine", kind, ...login(), ...more, "--timeout", limit), "items");
    assert.ok(Array.isArray(items));
    assert.deepEqual(
      items.map((push) => [fieldOf(push, "state"), fieldOf(push, "error")]),
      [["done", null]],
    );
  }

  test("an agent is pushed to it, and runs as a service of its package", async () => {
    await machine().run(
      `mkfs.ext4 -q -E nodiscard ${machine().disk} && mkdir -p ${MOUNTED} && mount ${machine().disk} ${MOUNTED}`,
    );
    await put(1);
    before = await machine().run(PATHS);
    await pushed("push", ...(reach?.() ?? []));
    const found = await only();
    assert.deepEqual([fieldOf(found, "name"), fieldOf(found, "state")], [machine().name, "online"]);
    id = fieldOf(found, "id");
    const state =
      "systemctl is-active leeward-agent; systemctl is-enabled leeward-agent; dpkg-query -W -f '${Version}' leeward-agent";
    assert.equal(await machine().run(state), `active\nenabled\n${OLDER}-1`);
  });

  test("its disk is protected as it is, while it is written to", async () => {
    await underLoad(async () => {
      const where = ["--path", machine().disk, "--name", "data", "--capture", "tracker", "--timeout", limit];
      await operator("disk", "protect", machine().name, ...where);
      await untilProtected();
    });
    await assertRecoverable();
  });

  test("rebooted, it is protected again", async () => {
    await machine().run(`umount ${MOUNTED}`);
    await machine().reboot();
    await machine().run(`mount ${machine().disk} ${MOUNTED} && echo after the reboot > ${MOUNTED}/rebooted`);
    await eventually(
      "it is online",
      async () => (fieldOf(await only(), "state") === "online" ? true : undefined),
      secondsMax * 1_000,
    );
    await untilProtected();
    await assertRecoverable();
  });

  test("upgraded while it is written to, it has no gap", async () => {
    await put(2);
    const since = new Date().toISOString();
    const noted = await machine().run(NOTED);
    const copied = await underLoad(async () => {
      const count = await written();
      await pushed("upgrade");
      await untilProtected();
      await eventually(
        "it was written to",
        async () => ((await written()) > count + 3 ? true : undefined),
        secondsMax * 1_000,
      );
      const [disk]: unknown[] = disksOf(await operator("disk", "status", machine().name));
      return fieldOf(disk, "progress");
    });
    assert.equal(await machine().run("dpkg-query -W -f '${Version}' leeward-agent"), `${OLDER}-2`);
    assert.equal(fieldOf(await only(), "id"), id, "it is the same machine");
    if (await assertNotedOn({ noted, since })) assert.equal(copied, null, "nothing is copied again");
    await assertRecoverable();
  });

  test("by order of its config server it becomes another version while it is written to, with no gap", async () => {
    const made = `${home()}/release-by-order`;
    const release = await makeRelease(made, ["--level", "6", "--kind", "tar", "--role", "agent"]);
    await operator("release", "add", fileOf(release, /\.tar\.gz$/));
    const since = new Date().toISOString();
    const noted = await machine().run(NOTED);
    await underLoad(async () => {
      const count = await written();
      await operator("agent", "upgrade", machine().name, "--version", NEWER, "--ready", limit, "--timeout", limit);
      await eventually(
        "it was written to",
        async () => ((await written()) > count + 3 ? true : undefined),
        secondsMax * 1_000,
      );
    });
    const found = await only();
    assert.deepEqual([fieldOf(found, "id"), fieldOf(found, "agentVersion")], [id, NEWER]);
    assert.equal((await machine().run("HOME=/tmp leeward --version")).trim(), NEWER);
    assert.equal(await machine().run("systemctl is-active leeward-agent"), "active\n");
    await assertNotedOn({ noted, since });
    await assertRecoverable();
  });

  test("uninstalled, it is as it was before", async () => {
    await pushed("uninstall");
    assert.deepEqual(fieldOf(await operator("machine", "list"), "items"), []);
    const left = difference(before, await machine().run(PATHS));
    assert.deepEqual(left, { new: [], gone: [] });
    assert.equal(await machine().run(LEFT_IN_KERNEL), "");
    assert.equal(await machine().run(`cat ${MOUNTED}/rebooted`), "after the reboot\n");
  });
}

function difference(before: string, after: string): { readonly new: string[]; readonly gone: string[] } {
  const was = new Set(before.split("\n"));
  const is = new Set(after.split("\n"));
  return { new: [...is].filter((path) => !was.has(path)), gone: [...was].filter((path) => !is.has(path)) };
}
