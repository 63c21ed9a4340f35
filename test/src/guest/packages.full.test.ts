// The packages on a machine with systemd: installed, enrolled, protecting a disk through the whole chain; restarted, stopped, upgraded, removed and purged, with
// everything that must stay still there.
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { after, before, describe, test } from "node:test";
import { eventually } from "../harness/eventually.ts";
import { isReady } from "../harness/leeward-process.ts";
import { fieldOf } from "../harness/shapes.ts";
import { fileOf, type MadeRelease, makeRelease } from "../release/made-release.ts";
import { Guest } from "./guest.ts";
import { GuestImage } from "./guest-image.ts";
import { guestSkip } from "./guest-peers.ts";

const SERVERS = ["config-server", "process-server", "master-target"] as const;
const DAEMONS = [...SERVERS, "agent"] as const;
const HOME = "--home /var/lib/leeward/config-server";
const DISK = "/srv/disk.img";
const DISK_MIB = 16;
/** The master target writes it, which may write to its own folders alone. */
const SAVED = "/var/lib/leeward/master-target/saved.img";
/** What `systemd-analyze security` may say at most, of 10: the agent reads raw devices, loads eBPF and freezes file systems. */
const EXPOSURE_MAX = { server: 3, agent: 6.5 } as const;
/** Everything takes some 20 times longer where the processor is emulated. */
const SLOW = { secondsMax: 1_200 };
const LIMIT_MS = 1_200_000;

describe("a guest with the packages", { skip: guestSkip() }, () => {
  const stack = new AsyncDisposableStack();
  let guest: Guest;
  let next: MadeRelease;
  let archive: string;

  before(async () => {
    const folder = await mkdtemp(join(tmpdir(), "leeward-packages-guest-"));
    stack.defer(() => rm(folder, { recursive: true, force: true }));
    const roles = DAEMONS.flatMap((name) => ["--role", name]);
    const release = await makeRelease(join(folder, "one"), ["--level", "6", ...roles]);
    next = await makeRelease(join(folder, "two"), ["--level", "6", "--revision", "2", "--role", "master-target"]);
    archive = fileOf(release, /\.tar\.gz$/);
    guest = await Guest.start({ image: await GuestImage.open(), memoryMib: 2_048 });
    stack.defer(() => guest[Symbol.asyncDispose]());
    for (const name of DAEMONS) await guest.copyIn(packageOf(release, name), "/root/", SLOW);
    await guest.run(
      `dpkg -i ${DAEMONS.map((name) => `/root/leeward-${name}_*.deb`).join(" ")} && rm /root/*.deb`,
      SLOW,
    );
  });
  after(() => stack.disposeAsync());

  /** A command of the operator, at the config server. */
  async function operator(command: string): Promise<unknown> {
    return JSON.parse(await guest.run(`leeward ${command} ${HOME} --json`, SLOW));
  }

  async function stateOf(name: string): Promise<string> {
    return (await guest.tryRun(`systemctl is-active leeward-${name}`)).stdout.trim();
  }

  async function mainPid(name: string): Promise<number> {
    return Number(await guest.run(`systemctl show --property MainPID --value leeward-${name}`));
  }

  async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
    await eventually(what, async () => ((await holds()) ? true : undefined), LIMIT_MS);
  }

  async function untilProtected(): Promise<void> {
    await until("the disk is protected", async () => {
      const machine = await operator("machine show guest");
      const disks = fieldOf(machine, "disks");
      return Array.isArray(disks) && disks.some((each) => fieldOf(each, "state") === "protected");
    });
  }

  /** A point of now, saved and compared with the disk. */
  async function assertRecoverable(): Promise<void> {
    const point = fieldOf(await operator("point create guest --timeout 900"), "id");
    await operator(`point save guest disk --at ${String(point)} --to ${SAVED}`);
    await guest.run(`cmp ${DISK} ${SAVED} && rm ${SAVED}`, SLOW);
  }

  test("has what waits waiting, and nothing that failed", async () => {
    await until("the config server is up", async () => (await stateOf("config-server")) === "active");
    assert.deepEqual(await Promise.all(DAEMONS.slice(1).map(stateOf)), ["inactive", "inactive", "inactive"]);
    assert.equal((await guest.run("systemctl list-units --failed --plain --no-legend 'leeward*'")).trim(), "");
    assert.equal((await guest.run("leeward --version", SLOW)).trim(), "0.1.0");
    assert.equal((await guest.run("readlink -f /usr/bin/leeward")).trim().startsWith("/usr/lib/leeward/"), true);
  });

  test("holds every service to what it needs", async () => {
    for (const name of DAEMONS) {
      const said = await guest.run(`systemd-analyze security --no-pager leeward-${name} | tail -n 1`, SLOW);
      const exposure = Number(/: (\d+\.\d)/.exec(said)?.[1]);
      console.log(`leeward-${name}: exposure ${exposure}`);
      assert.ok(exposure < (name === "agent" ? EXPOSURE_MAX.agent : EXPOSURE_MAX.server), `${name}: ${said}`);
    }
  });

  test("enrols with tokens, and protects a disk", async () => {
    // The guest's disk has less room than a master target keeps free.
    await guest.run("install -d -o leeward -g leeward -m 700 /var/lib/leeward/master-target");
    await guest.run("echo 'reserveBytes: 67108864' > /var/lib/leeward/master-target/config.yaml");
    for (const name of ["process-server", "master-target"]) {
      await guest.run(`leeward token create --role ${name} --ttl 1h ${HOME} > /root/token`, SLOW);
      await guest.run(`install -o leeward -m 600 /root/token /etc/leeward/${name}.token && rm /root/token`);
      await guest.run(`echo 'LEEWARD_OPTIONS=--server https://127.0.0.1' >> /etc/leeward/${name}.conf`);
      await guest.run(`systemctl start leeward-${name}`, SLOW);
    }
    await guest.run(`head -c ${DISK_MIB}M /dev/urandom > ${DISK}`);
    await guest.run(`leeward token create --role agent --ttl 1h ${HOME} > /root/token`, SLOW);
    const place = "--server https://127.0.0.1 --token-file /root/token --home /var/lib/leeward/agent";
    await guest.run(`leeward agent register ${place} --name guest --protectable ${DISK}`, SLOW);
    await guest.run("systemctl start leeward-agent", SLOW);
    assert.deepEqual(await Promise.all(DAEMONS.map(stateOf)), ["active", "active", "active", "active"]);
    await operator(`disk protect guest --path ${DISK} --name disk --timeout 900`);
    await untilProtected();
    await assertRecoverable();
  });

  test("goes on after a restart of each service, which drains", async () => {
    for (const name of DAEMONS) {
      const pid = await mainPid(name);
      await guest.run(`systemctl restart leeward-${name}`, SLOW);
      assert.notEqual(await mainPid(name), pid);
      const trace = await guest.run(`journalctl --no-pager -u leeward-${name} _PID=${pid} -o cat | tail -n 50`);
      assert.match(trace, /"Stopping\."/);
      assert.doesNotMatch(trace, /Draining took longer|cannot go on|mistake of its own/);
    }
    await untilProtected();
    await assertRecoverable();
  });

  test("starts again what was killed", async () => {
    const pid = await mainPid("process-server");
    await guest.run(`kill -KILL ${pid}`);
    await until(
      "it is up again",
      async () => (await stateOf("process-server")) === "active" && (await mainPid("process-server")) !== pid,
    );
  });

  test("keeps all state when a newer package is installed, and runs the newer program", async () => {
    const pid = await mainPid("master-target");
    await guest.run("echo '# mine' >> /etc/leeward/master-target.conf");
    await guest.copyIn(packageOf(next, "master-target"), "/root/", SLOW);
    await guest.run("dpkg -i /root/leeward-master-target_*.deb && rm /root/*.deb", SLOW);
    assert.equal(await guest.run("dpkg-query -W -f '${Version}' leeward-master-target"), "0.1.0-2");
    assert.notEqual(await mainPid("master-target"), pid);
    assert.equal(await stateOf("master-target"), "active");
    assert.match(await guest.run("cat /etc/leeward/master-target.conf"), /--server[\s\S]*# mine/);
    await untilProtected();
    await assertRecoverable();
  });

  test("has state and configuration when a package is removed, and goes on with them when it is back", async () => {
    await guest.run("dpkg -r leeward-process-server", SLOW);
    assert.equal(await stateOf("process-server"), "inactive");
    await guest.run(
      "test -e /etc/leeward/process-server.conf && test -e /var/lib/leeward/process-server/identity/certificate.pem",
    );
    await guest.run(
      "test ! -e /usr/lib/leeward/process-server && test ! -e /usr/lib/systemd/system/leeward-process-server.service",
    );
    assert.equal((await guest.run("leeward --version", SLOW)).trim(), "0.1.0");
  });

  test("keeps journals and an unexported recovery key when all is purged, and says where", async () => {
    const said = await guest.run(`dpkg -P ${DAEMONS.map((name) => `leeward-${name}`).join(" ")} 2>&1`, SLOW);
    assert.match(said, /\/var\/lib\/leeward\/master-target\/journal/);
    assert.match(said, /\/var\/lib\/leeward\/config-server\/recovery\/recovery-private\.pem/);
    const left = await guest.run(
      "ls /var/lib/leeward /etc/leeward /usr/lib/leeward /usr/bin/leeward /var/cache/leeward 2>/dev/null; true",
    );
    assert.deepEqual(
      left.split(/\s+/).filter((each) => each !== ""),
      ["/var/lib/leeward:", "config-server", "master-target"],
    );
    await guest.run(`cmp ${DISK} ${DISK} && ls /var/lib/leeward/master-target/journal/*/*/CURRENT`);
    assert.equal((await guest.run("systemctl list-unit-files --no-legend 'leeward*'")).trim(), "");
  });

  test("gets a management server by install.sh: ready once all three daemons are, again after a kill, and gone but for its state", async () => {
    await guest.copyIn(archive, "/root/leeward.tar.gz", SLOW);
    await guest.run("mkdir /root/leeward && tar -C /root/leeward --strip-components 1 -xzf /root/leeward.tar.gz", SLOW);
    await guest.run("rm /root/leeward.tar.gz && /root/leeward/install.sh -r management-server -q", SLOW);
    assert.equal(await stateOf("management-server"), "active");
    const first = await processesOfServer();
    assert.deepEqual(Object.keys(first).sort(), [...SERVERS].sort());
    await guest.run(`kill -KILL ${await mainPid("management-server")}`);
    await until("all of it is up again", async () => {
      if ((await stateOf("management-server")) !== "active") return false;
      const now = await processesOfServer();
      return SERVERS.every((name) => now[name] !== undefined && now[name] !== first[name]);
    });
    await guest.run("/opt/leeward/management-server/install.sh -u -r management-server -q", SLOW);
    await guest.run("test ! -e /opt/leeward && test ! -e /usr/local/bin/leeward");
    assert.equal((await guest.run("systemctl list-unit-files --no-legend 'leeward*'")).trim(), "");
    assert.equal((await guest.tryRun("pgrep -u leeward")).stdout, "", "none of its daemons runs on");
    await guest.run("test -e /var/lib/leeward/management-server/config-server/recovery/recovery-private.pem");
  });

  async function processesOfServer(): Promise<Readonly<Record<string, number>>> {
    const said = await guest.run("cat /var/lib/leeward/management-server/ready.json");
    const document: unknown = JSON.parse(said);
    assert.ok(isReady(document), said);
    return document.processes;
  }
});

function packageOf(release: MadeRelease, name: string): string {
  const file = fileOf(release, new RegExp(`^leeward-${name}_.*\\.deb$`));
  assert.match(basename(file), /_amd64\.deb$/);
  return file;
}
