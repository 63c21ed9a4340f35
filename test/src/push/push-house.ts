// A management server in a network of its own, with a release to push to the machines there.
import { cp, mkdir, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { runProgram } from "../guest/program.ts";
import { Daemon, isReady, leeward } from "../harness/leeward-process.ts";
import { rootSkip } from "../harness/programs.ts";
import { makeRelease } from "../release/made-release.ts";
import { Machine, type MachineOptions } from "./machine.ts";
import { MachineNetwork } from "./network.ts";

const CHECKOUT = join(import.meta.dirname, "../../../leeward");
const PORTS = ["--api-port", "8443", "--data-port", "9443", "--target-port", "9444"];
const PROGRAMS = ["sshd", "ssh-keygen", "ip", "unshare", "nsenter", "chpasswd"];

/** Starts an agent where there is no systemd. */
export const START =
  "setsid /opt/leeward/agent/leeward agent start --home /var/lib/leeward/agent > /dev/null 2>&1 < /dev/null &";
/** Where an agent's program, state and settings are, and what a push works in. */
export const TRACES =
  "ls -A /opt /tmp /var/tmp; ls -d /var/lib/leeward /etc/leeward /usr/local/bin/leeward /etc/systemd/system/leeward-agent.service 2> /dev/null";

/** Why nothing can be pushed to machines here, or false: for the `skip` option of a test. */
export function pushSkip(): string | false {
  return rootSkip(PROGRAMS, "make network namespaces");
}

export class PushHouse {
  readonly server: Daemon;
  /** Of the server. */
  readonly home: string;
  readonly #network: MachineNetwork;
  readonly #stack: AsyncDisposableStack;

  private constructor(network: MachineNetwork, server: Daemon, stack: AsyncDisposableStack) {
    this.#network = network;
    this.server = server;
    this.home = join(network.folder, "server");
    this.#stack = stack;
  }

  static async start(): Promise<PushHouse> {
    await using stack = new AsyncDisposableStack();
    const network = stack.use(await MachineNetwork.start());
    const home = join(network.folder, "server");
    // These machines share the package database of this one, which is none of theirs: they get the archive.
    const release = await makeRelease(join(network.folder, "release"), ["--kind", "tar", "--role", "agent"]);
    // A checkout that was changed sets itself up anew, which it cannot do from inside of the network.
    await runProgram(CHECKOUT, ["--version"]);
    process.env["LEEWARD_EXECUTABLE"] = await network.wrapper(CHECKOUT);
    stack.defer(() => {
      delete process.env["LEEWARD_EXECUTABLE"];
    });
    const server = await Daemon.start(["server", "start", "--home", home, "--advertise", network.address, ...PORTS]);
    stack.defer(async () => void (await server.stop()));
    await mkdir(`${home}/process-server/packages`);
    for (const name of await readdir(release.folder))
      await cp(join(release.folder, name), `${home}/process-server/packages/${name}`);
    return new PushHouse(network, server, stack.move());
  }

  /** For whatever a test needs beside its machines. */
  get folder(): string {
    return this.#network.folder;
  }

  /** One more machine; it ends with the house. */
  async machine(options: MachineOptions): Promise<Machine> {
    return this.#stack.use(await Machine.start(this.#network, options));
  }

  /** A program that runs another in the server's network. */
  inNetwork(program: string): Promise<string> {
    return this.#network.wrapper(program);
  }

  /** A command of the operator. */
  async operator(...args: readonly string[]): Promise<{ code: number; document: unknown; stderr: string }> {
    const { code, stdout, stderr } = await leeward([...args, "--home", this.home, "--json"]);
    return { code, document: stdout === "" ? undefined : JSON.parse(stdout), stderr };
  }

  /** Of a daemon of the server, which starts again by itself. */
  async killDaemon(role: string): Promise<void> {
    const ready: unknown = JSON.parse(await readFile(`${this.home}/ready.json`, "utf8"));
    const pid = isReady(ready) ? ready.processes[role] : undefined;
    if (pid === undefined) throw new Error(`no ${role} runs`);
    process.kill(pid, "SIGKILL");
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#stack.disposeAsync();
  }
}
