// An agent is pushed to a Debian with systemd, sshd and a user who may use sudo with a password.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe } from "node:test";
import { runProgram } from "../guest/program.ts";
import { Daemon, leewardJson } from "../harness/leeward-process.ts";
import { LoopDisk } from "../harness/loop-disk.ts";
import { MachineNetwork } from "../push/network.ts";
import { containerSkip, SystemdContainer } from "./container.ts";
import { testPushedMachine } from "./pushed-machine-suite.ts";

const CHECKOUT = join(import.meta.dirname, "../../../leeward");
const PASSWORD = "an-unlikely 'password' $8";
const DISK_BYTES = 64 * 1_024 * 1_024;
const PREPARE = `
echo 'ada ALL=(ALL) ALL' > "$1/etc/sudoers.d/ada"; chmod 440 "$1/etc/sudoers.d/ada"
printf 'PasswordAuthentication yes\\nUsePAM no\\nUseDNS no\\n' > "$1/etc/ssh/sshd_config.d/test.conf"
printf 'ada:%s\\n' ${JSON.stringify(PASSWORD).replaceAll("$", "\\$")} | chroot "$1" chpasswd -c SHA256`;

describe("a machine that an agent is pushed to, as a user with sudo", { skip: containerSkip() }, () => {
  const stack = new AsyncDisposableStack();
  let home: string;
  let machine: SystemdContainer;
  let disk: LoopDisk;
  let login: readonly string[];

  before(async () => {
    const network = stack.use(await MachineNetwork.start());
    const { namespace, address } = await network.join();
    home = join(network.folder, "server");
    disk = stack.use(await LoopDisk.attach(join(network.folder, "disk.img"), { sizeBytes: DISK_BYTES }));
    const binds = [disk.device, "/sys/kernel/tracing"];
    machine = stack.use(
      await SystemdContainer.start({ suite: "trixie", name: "pushed", namespace, prepare: PREPARE, binds }),
    );
    await runProgram(CHECKOUT, ["--version"]);
    process.env["LEEWARD_EXECUTABLE"] = await network.wrapper(CHECKOUT);
    stack.defer(() => {
      delete process.env["LEEWARD_EXECUTABLE"];
    });
    const ports = ["--api-port", "8443", "--data-port", "9443", "--target-port", "9444"];
    await mkdir(home);
    const server = await Daemon.start(["server", "start", "--home", home, "--advertise", network.address, ...ports]);
    stack.defer(async () => void (await server.stop()));
    const password = join(network.folder, "password");
    await writeFile(password, `${PASSWORD}\n`, { mode: 0o600 });
    const hostKey = await runProgram("ssh-keygen", ["-lf", join(machine.root, "etc/ssh/ssh_host_ed25519_key.pub")]);
    login = [address, "--user", "ada", "--password-file", password, "--host-key", hostKey.split(" ")[1] ?? ""];
  });
  after(() => stack.disposeAsync());

  testPushedMachine({
    machine: () => ({
      name: "pushed",
      disk: disk.device,
      run: (command, options) => machine.run(command, options),
      reboot: () => machine.reboot(),
    }),
    login: () => login,
    operator: (...args) => leewardJson([...args, "--home", home]),
    home: () => home,
    secondsMax: 60,
  });
});
