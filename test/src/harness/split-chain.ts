import { appendFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ApiClient } from "@leeward/api";
import { nodeTransport } from "@leeward/api/node";
import type { StorePlace } from "@leeward/object-store";
import { Daemon, type Finished, leeward, leewardJson } from "./leeward-process.ts";
import { freePort, TcpProxy } from "./tcp-proxy.ts";

export type DaemonName = "agent" | "process-server" | "master-target" | "config-server";

export interface SplitChainOptions {
  /** Further arguments of the master target's start. */
  readonly targetArguments?: readonly string[];
  /** The machine's data go through this container. */
  readonly cacheAccount?: Required<StorePlace>;
}

/** The chain with each daemon a process of its own that can be killed alone, and a wire that can be cut on both ways of the data. */
export class SplitChain {
  readonly folder: string;
  readonly machine = "web";
  readonly dataWire: TcpProxy;
  readonly targetWire: TcpProxy;
  readonly #daemons = new Map<DaemonName, Daemon>();
  readonly #arguments = new Map<DaemonName, readonly string[]>();

  private constructor(folder: string, wires: { data: TcpProxy; target: TcpProxy }) {
    this.folder = folder;
    this.dataWire = wires.data;
    this.targetWire = wires.target;
  }

  static async start(options: SplitChainOptions = {}): Promise<SplitChain> {
    const [apiPort, dataPort, targetPort] = [await freePort(), await freePort(), await freePort()];
    const wires = { data: await TcpProxy.start(dataPort), target: await TcpProxy.start(targetPort) };
    const chain = new SplitChain(await mkdtemp(join(tmpdir(), "leeward-split-")), wires);
    try {
      await mkdir(chain.sourceFolder);
      await chain.#begin({ apiPort, dataPort, targetPort }, options);
      return chain;
    } catch (error) {
      await chain.stop();
      throw error;
    }
  }

  get sourceFolder(): string {
    return `${this.folder}/source`;
  }

  get configHome(): string {
    return `${this.folder}/config-server`;
  }

  get agentHome(): string {
    return `${this.folder}/agent`;
  }

  get targetHome(): string {
    return `${this.folder}/master-target`;
  }

  daemon(name: DaemonName): Daemon | undefined {
    return this.#daemons.get(name);
  }

  async kill(name: DaemonName): Promise<void> {
    await this.#daemons.get(name)?.kill();
    this.#daemons.delete(name);
  }

  async restart(name: DaemonName): Promise<void> {
    this.#daemons.set(name, await Daemon.start(this.#arguments.get(name) ?? []));
  }

  /** One command against this chain's config server, as its operator. */
  command(...args: readonly string[]): Promise<Finished> {
    return leeward(args, {
      LEEWARD_SERVER: this.#daemons.get("config-server")?.ready.apiUrl ?? "",
      LEEWARD_TOKEN_FILE: `${this.configHome}/operator.token`,
      LEEWARD_CA_FILE: `${this.configHome}/ca.pem`,
    });
  }

  /** A client of the API with the operator's token; its calls fail while the config server is down. */
  async client(): Promise<ApiClient> {
    const url = this.#daemons.get("config-server")?.ready.apiUrl ?? "";
    const caPem = await readFile(`${this.configHome}/ca.pem`, "utf8");
    const token = (await readFile(`${this.configHome}/operator.token`, "utf8")).trim();
    return new ApiClient({ transport: nodeTransport({ url, caPem }), token });
  }

  /** Ends every daemon; all that they keep stays. */
  async end(): Promise<void> {
    for (const name of ["agent", "process-server", "master-target", "config-server"] as const) {
      const daemon = this.#daemons.get(name);
      // One that a test left frozen hears nothing.
      daemon?.thaw();
      await daemon?.stop();
      this.#daemons.delete(name);
    }
  }

  async stop(): Promise<void> {
    await this.end();
    this.dataWire.close();
    this.targetWire.close();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** The newest lines that each daemon traced, for whoever reads why a test failed. */
  traces(): string {
    return [...this.#daemons].map(([name, daemon]) => `--- ${name}\n${daemon.trace(25)}`).join("\n");
  }

  async #begin(
    ports: { apiPort: number; dataPort: number; targetPort: number },
    { targetArguments = [], cacheAccount }: SplitChainOptions,
  ): Promise<void> {
    const listen = ["--listen", "127.0.0.1"];
    const api = ["--api-port", String(ports.apiPort)];
    await this.#launch("config-server", ["config-server", "start", "--home", this.configHome, ...listen, ...api]);
    const server = this.#daemons.get("config-server")?.ready.apiUrl ?? "";
    const data = ["--data-port", String(ports.dataPort), "--advertise", `127.0.0.1:${this.dataWire.port}`];
    const target = ["--target-port", String(ports.targetPort), "--advertise", `127.0.0.1:${this.targetWire.port}`];
    target.push(...targetArguments);
    for (const [name, own] of [["process-server", data] as const, ["master-target", target] as const]) {
      const tokenFile = await this.#token(name);
      const home = `${this.folder}/${name}`;
      if (cacheAccount !== undefined && name === "process-server") await useStore(home, cacheAccount);
      const place = ["--home", home, "--server", server, "--token-file", tokenFile];
      await this.#launch(name, [name, "start", ...place, ...listen, ...own]);
    }
    const tokenFile = await this.#token("agent");
    const place = ["--home", this.agentHome, "--server", server, "--token-file", tokenFile];
    await leewardJson(["agent", "register", ...place, "--name", this.machine, "--protectable", this.sourceFolder]);
    if (cacheAccount !== undefined) {
      await useStore(this.agentHome, cacheAccount);
      const { code, stderr } = await this.command("machine", "set", this.machine, `cacheAccount=${cacheAccount.url}`);
      if (code !== 0) throw new Error(`no cache account: ${stderr}`);
    }
    await this.#launch("agent", ["agent", "start", "--home", this.agentHome]);
  }

  async #launch(name: DaemonName, args: readonly string[]): Promise<void> {
    this.#arguments.set(name, args);
    await this.restart(name);
  }

  async #token(role: string): Promise<string> {
    const { stdout, stderr, code } = await this.command("token", "create", "--role", role, "--ttl", "10m");
    if (code !== 0) throw new Error(`no token: ${stderr}`);
    const path = `${this.folder}/${role}.token`;
    await writeFile(path, stdout, { mode: 0o600 });
    return path;
  }
}

/** Names the store's credentials in the settings of a home. */
async function useStore(home: string, { credentialsFile, caFile }: Required<StorePlace>): Promise<void> {
  await mkdir(home, { recursive: true });
  const settings = `storeCredentialsFile: ${credentialsFile}\nstoreCaFile: ${caFile}\n`;
  await appendFile(`${home}/config.yaml`, settings, { mode: 0o600 });
}
