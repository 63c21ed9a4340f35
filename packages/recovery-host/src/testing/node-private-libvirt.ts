import { type ChildProcess, spawn } from "node:child_process";
import { promises as fs } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Peer, runPeer } from "@leeward/nbd/testing";
import { machineName } from "../machine-identity.ts";
import { eventually } from "./eventually.ts";

// In a mount namespace of its own: the machine's own libvirt, its domains and its users are not touched, and all that this one writes goes with it. libvirt
// wants to know the user that distributions make for it, also when it runs machines as another. A process that starts another one here takes it along.
const SCRIPT = `
  set -e
  for folder in /run/libvirt /etc/libvirt /var/lib/libvirt /var/log/libvirt /var/cache/libvirt; do
    mkdir -p "$folder"
    mount -t tmpfs tmpfs "$folder"
  done
  for kind in passwd group; do cp "/etc/$kind" "$1/$kind"; done
  echo "libvirt-qemu:x:64055:64055::/nonexistent:/usr/sbin/nologin" >> "$1/passwd"
  echo "libvirt-qemu:x:64055:" >> "$1/group"
  for kind in passwd group; do mount --bind "$1/$kind" "/etc/$kind"; done
  printf 'unix_sock_dir = "%s"\\nauth_unix_rw = "none"\\n' "$1" > "$1/libvirtd.conf"
  # As a user that may not use KVM it would find KVM gone at each look, and then ask QEMU for seconds what it can do.
  printf 'user = "root"\\ngroup = "root"\\n' > /etc/libvirt/qemu.conf
  setpriv --pdeathsig KILL virtlogd &
  exec setpriv --pdeathsig KILL libvirtd -f "$1/libvirtd.conf" -p "$1/libvirtd.pid"
`;

/** A libvirt for tests alone. Domains that are left at the end go on: its user ends them. Only root can make one. */
export class PrivateLibvirt implements AsyncDisposable {
  readonly uri: string;
  readonly #virsh: Peer;
  readonly #folder: string;
  readonly #child: ChildProcess;

  private constructor(made: { virsh: Peer; folder: string; child: ChildProcess }) {
    this.uri = `qemu+unix:///system?socket=${made.folder}/libvirt-sock`;
    this.#virsh = made.virsh;
    this.#folder = made.folder;
    this.#child = made.child;
  }

  static async start(virsh: Peer): Promise<PrivateLibvirt> {
    const folder = await fs.mkdtemp(join(tmpdir(), "lw-libvirt-"));
    const trace = await fs.open(join(folder, "trace"), "w");
    const child = spawn("unshare", ["--mount", "sh", "-c", SCRIPT, "sh", folder], {
      stdio: ["ignore", trace.fd, trace.fd],
    });
    await trace.close();
    const libvirt = new PrivateLibvirt({ virsh, folder, child });
    await eventually("libvirt answers", async () => {
      if (child.exitCode !== null) throw new Error(await fs.readFile(join(folder, "trace"), "utf8"));
      return (await libvirt.#run(["version"])) === undefined ? undefined : true;
    });
    return libvirt;
  }

  /** Domains of the machines that it knows. */
  async domainsOf(ids: readonly string[]): Promise<readonly string[]> {
    const names = (await this.#run(["list", "--all", "--name"])) ?? "libvirt does not answer";
    return ids.map(machineName).filter((name) => names.includes(name) || names.includes("not answer"));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#child.once("exit", () => resolve());
    if (this.#child.exitCode === null && this.#child.signalCode === null) this.#child.kill("SIGTERM");
    else resolve();
    await promise;
    await fs.rm(this.#folder, { recursive: true, force: true });
  }

  async #run(args: readonly string[]): Promise<string | undefined> {
    const { code, stdout } = await runPeer(this.#virsh, ["--connect", this.uri, ...args]);
    return code === 0 ? stdout : undefined;
  }
}
