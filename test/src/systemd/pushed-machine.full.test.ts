// An agent is pushed to a virtual machine over its own sshd, as root with a key.
import { mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe } from "node:test";
import { Guest } from "../guest/guest.ts";
import { GuestImage } from "../guest/guest-image.ts";
import { guestSkip } from "../guest/guest-peers.ts";
import { runProgram } from "../guest/program.ts";
import { HOST_ADDRESS } from "../guest/qemu-arguments.ts";
import { Chain } from "../harness/chain.ts";
import { testPushedMachine } from "./pushed-machine-suite.ts";

const SSH = 22;
const DISK_BYTES = 64 * 1_024 * 1_024;
/** Everything takes some 20 times longer where the processor is emulated. */
const SECONDS_MAX = 1_200;

describe("a virtual machine that an agent is pushed to", { skip: guestSkip() }, () => {
  const stack = new AsyncDisposableStack();
  let guest: Guest;
  let chain: Chain;
  let login: readonly string[];
  let reach: readonly string[];

  before(async () => {
    const folder = await mkdtemp(join(tmpdir(), "leeward-pushed-guest-"));
    stack.defer(() => rm(folder, { recursive: true, force: true }));
    const disk = join(folder, "disk");
    await writeFile(disk, "");
    await truncate(disk, DISK_BYTES);
    const image = await GuestImage.open();
    chain = await Chain.start({ machine: "guest", reachedAt: HOST_ADDRESS });
    stack.defer(() => chain.stop({ keep: false }));
    const { api, data } = await chain.ports();
    guest = stack.use(await Guest.start({ image, disks: [{ file: disk }], memoryMib: 2_048, reachHost: [api, data] }));
    const known = await runProgram("ssh-keygen", ["-lf", image.knownHostsFile]);
    const key = ["--user", "root", "--key", image.keyFile, "--host-key", known.split(" ")[1] ?? ""];
    login = [`127.0.0.1:${guest.hostPort(SSH)}`, ...key];
    reach = ["--server", `https://${HOST_ADDRESS}:${api}`];
  });
  after(() => stack.disposeAsync());

  testPushedMachine({
    machine: () => ({
      name: "guest",
      disk: "/dev/disk/by-id/virtio-disk1",
      run: (command, options) => guest.run(command, { secondsMax: SECONDS_MAX, ...options }),
      reboot: () => guest.reboot(),
    }),
    login: () => login,
    reach: () => reach,
    operator: (...args) => chain.run(...args),
    home: () => chain.serverHome,
    secondsMax: SECONDS_MAX,
  });
});
