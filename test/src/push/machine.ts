// A machine that is pushed to: this one's own file system under an overlay in memory, its own processes, mounts and network, and a real sshd. What is installed there is
// gone with it. It runs no systemd.
import { type ChildProcess, spawn } from "node:child_process";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { runProgram, tryProgram } from "../guest/program.ts";
import { eventually } from "../harness/eventually.ts";
import type { MachineNetwork } from "./network.ts";

export interface MachineOptions {
  readonly name: string;
  /** Of the user `ada`, who may use sudo where there is one, and of root. */
  readonly password: string;
  /** Of /opt, in MiB; enough when left out. */
  readonly optMib?: number;
  readonly osRelease?: string;
}

const START = `
set -eu
mount --make-rprivate /
mkdir -p "$folder/memory"
mount -t tmpfs tmpfs "$folder/memory"
cd "$folder/memory"
mkdir upper work root
mount -t overlay overlay -o "lowerdir=/,upperdir=upper,workdir=work" root
for each in sys dev; do mount --rbind "/$each" "root/$each"; done
mount -t proc proc root/proc
mount -t tmpfs -o size=64m tmpfs root/run
mkdir root/run/sshd
mount -t tmpfs -o "mode=755,size=$optMib" tmpfs root/opt
mount -t tmpfs -o mode=1777 tmpfs root/tmp
mount -t tmpfs -o mode=1777 tmpfs root/var/tmp
if [ -n "$osRelease" ]; then rm root/etc/os-release; printf '%s\\n' "$osRelease" > root/etc/os-release; fi
hostname "$name"
chroot root useradd --create-home --shell /bin/sh ada
printf 'root:%s\\nada:%s\\n' "$password" "$password" | chroot root chpasswd -c SHA256
if [ -d root/etc/sudoers.d ]; then echo 'ada ALL=(ALL) ALL' > root/etc/sudoers.d/ada; chmod 440 root/etc/sudoers.d/ada; fi
mkdir -p root/root/.ssh root/etc/leeward-test
cp "$folder/login.pub" root/root/.ssh/authorized_keys
chmod 700 root/root root/root/.ssh
cp "$folder/host" "$folder/host.pub" root/etc/leeward-test
cat > root/etc/leeward-test/sshd_config << END
Port 22
HostKey /etc/leeward-test/host
PermitRootLogin yes
PasswordAuthentication yes
KbdInteractiveAuthentication no
UsePAM no
PidFile none
MaxStartups 100
END
exec chroot root /usr/sbin/sshd -D -e -f /etc/leeward-test/sshd_config
`;

export class Machine {
  readonly address: string;
  /** Of its host key, as ssh-keygen has it. */
  readonly hostKey: string;
  readonly keyFile: string;
  readonly #folder: string;
  readonly #namespace: string;
  readonly #child: ChildProcess;

  private constructor(
    place: { address: string; namespace: string; folder: string; hostKey: string },
    child: ChildProcess,
  ) {
    this.address = place.address;
    this.hostKey = place.hostKey;
    this.#folder = place.folder;
    this.keyFile = join(place.folder, "login");
    this.#namespace = place.namespace;
    this.#child = child;
  }

  /** Settles when its sshd takes connections. */
  static async start(network: MachineNetwork, options: MachineOptions): Promise<Machine> {
    const { namespace, address } = await network.join();
    const folder = join(network.folder, options.name);
    await mkdir(folder);
    for (const name of ["host", "login"])
      await runProgram("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", join(folder, name)]);
    const hostKey = (await runProgram("ssh-keygen", ["-lf", join(folder, "host.pub")])).split(" ")[1] ?? "";
    const script = join(folder, "start.sh");
    await writeFile(script, START);
    const { name, password, optMib = 1_024, osRelease = "" } = options;
    const environment = { folder, name, password, optMib: `${optMib}m`, osRelease };
    const own = ["--mount", "--pid", "--uts", "--fork", "--mount-proc", "--kill-child", "sh", script];
    const child = spawn("ip", ["netns", "exec", namespace, "unshare", ...own], {
      env: { ...process.env, ...environment },
      stdio: ["ignore", "ignore", "pipe"],
    });
    const said: string[] = [];
    child.stderr.setEncoding("utf8").on("data", (text: string) => said.push(text));
    const machine = new Machine({ address, namespace, folder, hostKey }, child);
    await eventually(`the sshd of ${name} listens`, async () => {
      if (child.exitCode !== null) throw new Error(`${name} did not start: ${said.join("")}`);
      const listens = await tryProgram("ip", [
        "netns",
        "exec",
        network.namespace,
        "bash",
        "-c",
        `exec 3<> /dev/tcp/${address}/22`,
      ]);
      return listens.code === 0 ? true : undefined;
    });
    return machine;
  }

  /** Runs a command in it, as root. */
  async run(command: string): Promise<string> {
    return (await this.tryRun(command)).stdout;
  }

  async tryRun(command: string): ReturnType<typeof tryProgram> {
    const pid = await this.#insidePid();
    return tryProgram("nsenter", [
      "-t",
      pid,
      "--mount",
      "--pid",
      "--net",
      "--uts",
      "--root",
      "--wd",
      "sh",
      "-c",
      command,
    ]);
  }

  /** Its network is gone, as a machine's that is switched off. */
  async cutOff(): Promise<void> {
    await runProgram("ip", ["-n", this.#namespace, "link", "set", "eth0", "down"]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) resolve();
    else this.#child.once("exit", () => resolve());
    // The process that unshared ends all of its own with it.
    this.#child.kill("SIGKILL");
    await promise;
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** Of the sshd, as it is known outside. */
  async #insidePid(): Promise<string> {
    const of = String(this.#child.pid);
    const children = await readFile(`/proc/${of}/task/${of}/children`, "utf8");
    const [first = ""] = children.trim().split(" ");
    return first;
  }
}
