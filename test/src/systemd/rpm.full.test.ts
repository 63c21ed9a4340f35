// Packages of RPM under systemd: installed, upgraded, removed. They are installed on a Debian, whose own packages rpm knows nothing of; so what they require is not asked for.
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { peer } from "@leeward/nbd/testing";
import { runProgram } from "../guest/program.ts";
import { fileOf, type MadeRelease, makeRelease } from "../release/made-release.ts";
import { containerSkip, SystemdContainer } from "./container.ts";

const ROLE = "config-server";
const UNIT = `leeward-${ROLE}`;
const HOME = `/var/lib/leeward/${ROLE}`;
const RPM = "rpm --nodeps";

describe("packages of RPM", { skip: containerSkip() || peer("rpmbuild").skip }, () => {
  const stack = new AsyncDisposableStack();
  let server: SystemdContainer;
  let first: MadeRelease;
  let second: MadeRelease;

  before(async () => {
    const folder = await mkdtemp(join(tmpdir(), "leeward-rpm-"));
    stack.defer(() => rm(folder, { recursive: true, force: true }));
    const what = ["--kind", "rpm", "--role", ROLE];
    first = await makeRelease(join(folder, "one"), [...what, "--role", "agent"]);
    second = await makeRelease(join(folder, "two"), [...what, "--revision", "2"]);
    server = stack.use(await SystemdContainer.start({ suite: "trixie", name: "server" }));
    for (const name of ["agent", ROLE]) await server.copyIn(packageOf(first, name), "/root/one/");
    await server.copyIn(packageOf(second, ROLE), "/root/two/");
  });
  after(() => stack.disposeAsync());

  const state = async (what: string): Promise<string> =>
    (await server.tryRun(`systemctl ${what} ${UNIT}`)).stdout.trim();

  test("name what they need as every distribution does, and own what is theirs alone", async () => {
    const file = packageOf(first, ROLE);
    const required = await runProgram("rpm", ["-qp", "--requires", file]);
    assert.match(required, /^libc\.so\.6\(GLIBC_2\.28\)\(64bit\)$/m);
    assert.equal(await runProgram("rpm", ["-qp", "--conflicts", file]), "leeward-management-server\n");
    const listed = (
      await runProgram("rpm", ["-qp", "--qf", "[%{FILENAMES} %{FILEUSERNAME} %{FILEMODES:perms}\\n]", file])
    )
      .trim()
      .split("\n");
    assert.deepEqual(
      listed.filter((line) => !line.includes(" root ") || /[st]|.{8}w/.test(line.split(" ")[2] ?? "")),
      [],
    );
    const folders = listed.filter((line) => / d/.test(line)).map((line) => line.split(" ")[0]);
    for (const path of ["/usr", "/usr/lib", "/etc", "/var/lib", "/usr/lib/systemd/system"])
      assert.ok(!folders.includes(path), path);
    assert.equal(
      await runProgram("rpm", ["-qp", "--configfiles", file]),
      `/etc/leeward/${ROLE}.conf\n/etc/logrotate.d/${UNIT}\n`,
    );
  });

  test("are installed beside each other, and a service starts once it is enabled", async () => {
    await server.run(`${RPM} -i /root/one/*.rpm`);
    assert.equal((await server.run("leeward --version")).trim(), "0.1.0");
    assert.equal(await state("is-active"), "inactive");
    await server.run(`systemctl enable --now ${UNIT}`);
    assert.deepEqual([await state("is-active"), await state("is-enabled")], ["active", "enabled"]);
    await server.run(`leeward status --home ${HOME} --json; test $? -le 1`);
    assert.equal(await server.run(`stat -c %U ${HOME}`), "leeward\n");
  });

  test("are upgraded: what runs is restarted, what was changed stays", async () => {
    await server.run(`echo '# mine' >> /etc/leeward/${ROLE}.conf`);
    const pid = await server.run(`systemctl show --property MainPID --value ${UNIT}`);
    await server.run(`${RPM} -U /root/two/*.rpm`);
    assert.equal(await server.run(`rpm -q ${UNIT}`), `${UNIT}-0.1.0-2.x86_64\n`);
    assert.notEqual(await server.run(`systemctl show --property MainPID --value ${UNIT}`), pid);
    assert.deepEqual([await state("is-active"), await state("is-enabled")], ["active", "enabled"]);
    assert.match(await server.run(`cat /etc/leeward/${ROLE}.conf`), /# mine/);
    assert.equal((await server.run("leeward --version")).trim(), "0.1.0");
  });

  test("are removed: the program goes, state stays, and the other package works on", async () => {
    const said = await server.tryRun(`${RPM} -e ${UNIT} 2>&1`);
    assert.equal(said.code, 0, said.stdout);
    assert.match(said.stdout, new RegExp(`${HOME} stays`));
    assert.equal(await state("is-active"), "inactive");
    await server.run(
      `test -e ${HOME}/ca.pem && test ! -e /usr/lib/leeward/${ROLE} && test ! -e /usr/lib/systemd/system/${UNIT}.service`,
    );
    assert.equal(await server.run("readlink -f /usr/bin/leeward"), "/usr/lib/leeward/agent/leeward\n");
    // As an agent leaves it that became another version by order of its config server.
    await server.run("cd /usr/lib/leeward/agent && mkdir -p versions/0.0.9 && ln -s versions/0.0.9 current");
    await server.run(`${RPM} -e leeward-agent`);
    await server.run("test ! -e /usr/bin/leeward && test ! -e /usr/lib/leeward");
  });
});

function packageOf(release: MadeRelease, name: string): string {
  return fileOf(release, new RegExp(`^leeward-${name}-\\d.*\\.x86_64\\.rpm$`));
}
