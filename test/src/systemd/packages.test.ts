// The packages on a clean Debian with systemd: installed by apt, enrolled, protecting a disk through the whole chain; restarted, stopped, upgraded, removed and purged, with
// everything that must stay still there.
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { after, before, describe, test } from "node:test";
import type { DebianSuite } from "../guest/debian-tree.ts";
import { eventually } from "../harness/eventually.ts";
import { isReady } from "../harness/leeward-process.ts";
import { fieldOf } from "../harness/shapes.ts";
import { fileOf, type MadeRelease, makeRelease } from "../release/made-release.ts";
import { containerSkip, SystemdContainer } from "./container.ts";

const SERVERS = ["config-server", "process-server", "master-target"] as const;
const DAEMONS = [...SERVERS, "agent"] as const;
const HOME = "--home /var/lib/leeward/config-server";
const DISK = "/srv/disk.img";
const DISK_MIB = 16;
/** The master target writes it, whose service may write to its home alone. */
const SAVED = "/var/lib/leeward/master-target/saved/disk.img";
/** What `systemd-analyze security` may say at most, of 10: the agent reads raw devices, loads eBPF and freezes file systems. */
const EXPOSURE_MAX = { server: 3, agent: 6.5 } as const;
const LIMIT_MS = 120_000;
const SUITES: readonly DebianSuite[] = process.env["LEEWARD_FULL"] === "1" ? ["trixie", "bookworm"] : ["trixie"];

describe("the packages", { skip: containerSkip() }, () => {
  let folder: string;
  let release: MadeRelease;
  let next: MadeRelease;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "leeward-packages-"));
    release = await makeRelease(join(folder, "one"), [
      ...["--kind", "tar", "--kind", "deb"],
      ...DAEMONS.flatMap((name) => ["--role", name]),
    ]);
    next = await makeRelease(join(folder, "two"), ["--kind", "deb", "--revision", "2", "--role", "master-target"]);
  });
  after(() => rm(folder, { recursive: true, force: true }));

  for (const suite of SUITES)
    describe(`on a clean Debian (${suite})`, () => {
      const stack = new AsyncDisposableStack();
      let server: SystemdContainer;

      before(async () => {
        server = stack.use(await SystemdContainer.start({ suite, name: "server" }));
        for (const name of DAEMONS) await server.copyIn(packageOf(release, name), "/root/");
        await server.run("apt-get install -y /root/leeward-*.deb && rm /root/*.deb");
      });
      after(() => stack.disposeAsync());

      /** A command of the operator, at the config server. */
      async function operator(command: string): Promise<unknown> {
        return JSON.parse(await server.run(`leeward ${command} ${HOME} --json`));
      }

      async function stateOf(name: string): Promise<string> {
        return (await server.tryRun(`systemctl is-active leeward-${name}`)).stdout.trim();
      }

      async function mainPid(name: string): Promise<number> {
        return Number(await server.run(`systemctl show --property MainPID --value leeward-${name}`));
      }

      async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
        await eventually(what, async () => ((await holds()) ? true : undefined), LIMIT_MS);
      }

      async function untilProtected(): Promise<void> {
        await until("the disk is protected", async () => {
          const machine = await operator("machine show server");
          const disks = fieldOf(machine, "disks");
          return Array.isArray(disks) && disks.some((each) => fieldOf(each, "state") === "protected");
        });
      }

      /** A point of now, saved and compared with the disk. */
      async function assertRecoverable(): Promise<void> {
        const point = fieldOf(await operator("point create server --timeout 120"), "id");
        await operator(`point save server disk --at ${String(point)} --to ${SAVED}`);
        await server.run(`cmp ${DISK} ${SAVED} && rm ${SAVED}`);
      }

      test("has what waits waiting, and nothing that failed", async () => {
        await until("the config server is up", async () => (await stateOf("config-server")) === "active");
        assert.deepEqual(await Promise.all(DAEMONS.slice(1).map(stateOf)), ["inactive", "inactive", "inactive"]);
        assert.equal((await server.run("systemctl list-units --failed --plain --no-legend 'leeward*'")).trim(), "");
        assert.equal((await server.run("leeward --version")).trim(), "0.1.0");
        assert.equal((await server.run("readlink -f /usr/bin/leeward")).trim().startsWith("/usr/lib/leeward/"), true);
      });

      test("holds every service to what it needs", async () => {
        for (const name of DAEMONS) {
          const said = await server.run(`systemd-analyze security --no-pager leeward-${name} | tail -n 1`);
          const exposure = Number(/: (\d+\.\d)/.exec(said)?.[1]);
          console.log(`leeward-${name}: exposure ${exposure}`);
          assert.ok(exposure < (name === "agent" ? EXPOSURE_MAX.agent : EXPOSURE_MAX.server), `${name}: ${said}`);
        }
      });

      test("enrols with tokens, and protects a disk", async () => {
        for (const name of ["process-server", "master-target"]) {
          await server.run(`leeward token create --role ${name} --ttl 1h ${HOME} > /root/token`);
          await server.run(`install -o leeward -m 600 /root/token /etc/leeward/${name}.token && rm /root/token`);
          await server.run(`echo 'LEEWARD_OPTIONS=--server https://127.0.0.1' >> /etc/leeward/${name}.conf`);
          await server.run(`systemctl start leeward-${name}`);
        }
        await server.run(`head -c ${DISK_MIB}M /dev/urandom > ${DISK}`);
        await server.run(`leeward token create --role agent --ttl 1h ${HOME} > /root/token`);
        const place = "--server https://127.0.0.1 --token-file /root/token --home /var/lib/leeward/agent";
        await server.run(`leeward agent register ${place} --name server --protectable ${DISK}`);
        await server.run("systemctl start leeward-agent");
        assert.deepEqual(await Promise.all(DAEMONS.map(stateOf)), ["active", "active", "active", "active"]);
        await operator(`disk protect server --path ${DISK} --name disk --timeout 120`);
        await untilProtected();
        await assertRecoverable();
      });

      test("goes on after a restart of each service, which drains", async () => {
        for (const name of DAEMONS) {
          const pid = await mainPid(name);
          await server.run(`systemctl restart leeward-${name}`);
          assert.notEqual(await mainPid(name), pid);
          const trace = await server.run(`journalctl --no-pager -u leeward-${name} _PID=${pid} -o cat | tail -n 50`);
          assert.match(trace, /"Stopping\."/);
          assert.doesNotMatch(trace, /Draining took longer|cannot go on|mistake of its own/);
        }
        await untilProtected();
        await assertRecoverable();
      });

      test("starts again what was killed", async () => {
        const pid = await mainPid("process-server");
        await server.run(`kill -KILL ${pid}`);
        await until(
          "it is up again",
          async () => (await stateOf("process-server")) === "active" && (await mainPid("process-server")) !== pid,
        );
      });

      test("keeps all state when a newer package is installed, and runs the newer program", async () => {
        const pid = await mainPid("master-target");
        await server.run("echo '# mine' >> /etc/leeward/master-target.conf");
        await server.copyIn(packageOf(next, "master-target"), "/root/");
        await server.run("dpkg -i /root/leeward-master-target_*.deb && rm /root/*.deb");
        assert.equal(await server.run("dpkg-query -W -f '${Version}' leeward-master-target"), "0.1.0-2");
        assert.notEqual(await mainPid("master-target"), pid);
        assert.equal(await stateOf("master-target"), "active");
        assert.match(await server.run("cat /etc/leeward/master-target.conf"), /--server[\s\S]*# mine/);
        await untilProtected();
        await assertRecoverable();
      });

      test("has state and configuration when a package is removed, and goes on with them when it is back", async () => {
        await server.run("dpkg -r leeward-process-server");
        assert.equal(await stateOf("process-server"), "inactive");
        await server.run(
          "test -e /etc/leeward/process-server.conf && test -e /var/lib/leeward/process-server/identity/certificate.pem",
        );
        await server.run(
          "test ! -e /usr/lib/leeward/process-server && test ! -e /usr/lib/systemd/system/leeward-process-server.service",
        );
        assert.equal((await server.run("leeward --version")).trim(), "0.1.0");
      });

      test("keeps journals and an unexported recovery key when all is purged, and says where", async () => {
        const said = await server.run(`dpkg -P ${DAEMONS.map((name) => `leeward-${name}`).join(" ")} 2>&1`);
        assert.match(said, /\/var\/lib\/leeward\/master-target\/journal/);
        assert.match(said, /\/var\/lib\/leeward\/config-server\/recovery\/recovery-private\.pem/);
        const left = await server.run(
          "ls /var/lib/leeward /etc/leeward /usr/lib/leeward /usr/bin/leeward /var/cache/leeward 2>/dev/null; true",
        );
        assert.deepEqual(
          left.split(/\s+/).filter((each) => each !== ""),
          ["/var/lib/leeward:", "config-server", "master-target"],
        );
        await server.run(`cmp ${DISK} ${DISK} && ls /var/lib/leeward/master-target/journal/*/*/CURRENT`);
        assert.equal((await server.tryRun("systemctl list-unit-files --no-legend 'leeward*'")).stdout.trim(), "");
      });

      test("gets a management server by install.sh: ready once all three daemons are, again after a kill, and gone but for its state", async () => {
        await server.copyIn(fileOf(release, /\.tar\.gz$/), "/root/leeward.tar.gz");
        await server.run("mkdir /root/leeward && tar -C /root/leeward --strip-components 1 -xzf /root/leeward.tar.gz");
        await server.run("rm /root/leeward.tar.gz && /root/leeward/install.sh -r management-server -q");
        assert.equal(await stateOf("management-server"), "active");
        const first = await processesOfServer();
        assert.deepEqual(Object.keys(first).sort(), [...SERVERS].sort());
        await server.run(`kill -KILL ${await mainPid("management-server")}`);
        await until("all of it is up again", async () => {
          if ((await stateOf("management-server")) !== "active") return false;
          const now = await processesOfServer();
          return SERVERS.every((name) => now[name] !== undefined && now[name] !== first[name]);
        });
        await server.run("/opt/leeward/management-server/install.sh -u -r management-server -q");
        await server.run("test ! -e /opt/leeward && test ! -e /usr/local/bin/leeward");
        assert.equal((await server.tryRun("systemctl list-unit-files --no-legend 'leeward*'")).stdout.trim(), "");
        assert.equal((await server.tryRun("pgrep -u leeward")).stdout, "", "none of its daemons runs on");
        await server.run("test -e /var/lib/leeward/management-server/config-server/recovery/recovery-private.pem");
      });

      async function processesOfServer(): Promise<Readonly<Record<string, number>>> {
        const said = await server.run("cat /var/lib/leeward/management-server/ready.json");
        const document: unknown = JSON.parse(said);
        assert.ok(isReady(document), said);
        return document.processes;
      }
    });
});

function packageOf(release: MadeRelease, name: string): string {
  const file = fileOf(release, new RegExp(`^leeward-${name}_.*\\.deb$`));
  assert.match(basename(file), /_amd64\.deb$/);
  return file;
}
