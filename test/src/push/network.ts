// A network of its own for machines that are pushed to: a namespace that is its switch, in which the servers run, and one for each machine. Nothing of it reaches
// anything else.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { runProgram, tryProgram } from "../guest/program.ts";

const BRIDGE = "lwpush0";

export class MachineNetwork {
  readonly folder: string;
  readonly namespace: string;
  /** Of the servers, as machines reach them. */
  readonly address = "10.231.77.1";
  #machines = 0;

  private constructor(folder: string, namespace: string) {
    this.folder = folder;
    this.namespace = namespace;
  }

  static async start(): Promise<MachineNetwork> {
    const folder = await mkdtemp(join(tmpdir(), "leeward-push-"));
    const network = new MachineNetwork(folder, `lwpush-${process.pid}`);
    await runProgram("ip", ["netns", "add", network.namespace]);
    for (const args of [
      ["link", "set", "lo", "up"],
      ["link", "add", BRIDGE, "type", "bridge"],
      ["addr", "add", `${network.address}/24`, "dev", BRIDGE],
      ["link", "set", BRIDGE, "up"],
    ]) {
      await network.#inSwitch(args);
    }
    return network;
  }

  /** A namespace with an address on the switch. */
  async join(): Promise<{ readonly namespace: string; readonly address: string }> {
    this.#machines += 1;
    const number = this.#machines;
    const namespace = `${this.namespace}-${number}`;
    const address = `10.231.77.${10 + number}`;
    await runProgram("ip", ["netns", "add", namespace]);
    const ends = ["link", "add", `port${number}`, "type", "veth", "peer", "name", "eth0", "netns", namespace];
    await this.#inSwitch(ends);
    await this.#inSwitch(["link", "set", `port${number}`, "master", BRIDGE, "up"]);
    for (const args of [
      ["link", "set", "lo", "up"],
      ["addr", "add", `${address}/24`, "dev", "eth0"],
      ["link", "set", "eth0", "up"],
    ]) {
      await runProgram("ip", ["-n", namespace, ...args]);
    }
    return { namespace, address };
  }

  /** A program that runs another inside of the switch, where the servers are. */
  async wrapper(program: string): Promise<string> {
    const path = join(this.folder, `in-network-${basename(program)}`);
    await writeFile(path, `#!/bin/sh\nexec ip netns exec ${this.namespace} ${program} "$@"\n`, { mode: 0o755 });
    return path;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (let number = 1; number <= this.#machines; number += 1)
      await tryProgram("ip", ["netns", "del", `${this.namespace}-${number}`]);
    await tryProgram("ip", ["netns", "del", this.namespace]);
    await rm(this.folder, { recursive: true, force: true });
  }

  async #inSwitch(args: readonly string[]): Promise<void> {
    await runProgram("ip", ["-n", this.namespace, ...args]);
  }
}
