import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ApiClient } from "@leeward/api";
import { nodeTransport } from "@leeward/api/node";
import { forgetTracking } from "@leeward/tracker";
import { eventually } from "./eventually.ts";
import { Daemon, isReady, leeward, leewardJson, type ReadyDocument } from "./leeward-process.ts";
import { fieldOf } from "./shapes.ts";
import { freePort } from "./tcp-proxy.ts";

export interface ChainOptions {
  /** Of the machine that is protected. */
  readonly machine: string;
  /** What of it may be protected, beside its folder of sources. */
  readonly protectable?: readonly string[];
  /** A line for whoever watches. */
  readonly say?: (text: string) => void;
  /** Environment variables of the daemons, beside this process's own. */
  readonly environment?: NodeJS.ProcessEnv;
  /** Under which address the machine reaches this one, when it is elsewhere; then its agent is not started here. */
  readonly reachedAt?: string;
  /** What the agent is started by, when it is another one than the servers' executable. */
  readonly agentExecutable?: string;
  /** What the servers are started by, when it is another one than the agent's. */
  readonly serverExecutable?: string;
  /** Of the agent, when it is not to lie in the chain's folder. */
  readonly agentHome?: string;
}

/**
 * The whole chain as separate processes on free loopback ports, in a folder of its own: a management server, and an agent. Everything
 * is done by the command line, as a user would.
 */
export class Chain {
  readonly folder: string;
  readonly machine: string;
  readonly agentHome: string;
  readonly #protectable: readonly string[];
  readonly #say: (text: string) => void;
  readonly #environment: NodeJS.ProcessEnv;
  readonly #agentEnvironment: NodeJS.ProcessEnv;
  readonly #serverEnvironment: NodeJS.ProcessEnv;
  readonly #reachedAt: string | undefined;
  /** How each further master target is started. */
  readonly #targets = new Map<string, readonly string[]>();
  server: Daemon | undefined;
  agent: Daemon | undefined;

  private constructor(folder: string, options: ChainOptions) {
    this.folder = folder;
    this.machine = options.machine;
    this.#protectable = options.protectable ?? [];
    this.#say = options.say ?? (() => undefined);
    this.#environment = options.environment ?? {};
    this.#agentEnvironment = startedBy(options.agentExecutable, this.#environment);
    this.#serverEnvironment = startedBy(options.serverExecutable, this.#environment);
    this.#reachedAt = options.reachedAt;
    this.agentHome = options.agentHome ?? `${folder}/agent`;
  }

  /** Starts the server, enrols the agent, starts it; the server alone when the machine is elsewhere. */
  static async start(options: ChainOptions): Promise<Chain> {
    const folder = await mkdtemp(join(tmpdir(), "leeward-"));
    const chain = new Chain(folder, options);
    try {
      await mkdir(chain.sourceFolder);
      await chain.startServer();
      // At whatever hour of the week a test runs: what has to be read again is read at once.
      const client = await chain.client();
      await client.call("setPolicy", { params: { name: "default" }, body: { resyncWindow: "always" } });
      if (options.reachedAt !== undefined) return chain;
      await chain.registerAgent();
      await chain.startAgent();
      return chain;
    } catch (error) {
      await chain.stop({ keep: false });
      throw error;
    }
  }

  get serverHome(): string {
    return `${this.folder}/server`;
  }

  get targetHome(): string {
    return `${this.serverHome}/master-target`;
  }

  /** Where disks and images lie that may be protected. */
  get sourceFolder(): string {
    return `${this.folder}/source`;
  }

  async startServer(): Promise<void> {
    this.#say("starting config server, process server and master target");
    const ports = ["--api-port", "0", "--data-port", "0", "--target-port", "0"];
    const args = ["server", "start", "--home", this.serverHome, "--listen", "127.0.0.1", ...ports, ...this.#reached()];
    this.server = await Daemon.start(args, this.#serverEnvironment);
  }

  /** The ports that a machine elsewhere has to reach. */
  async ports(): Promise<{ readonly api: number; readonly data: number }> {
    const document: unknown = JSON.parse(await readFile(`${this.serverHome}/ports.json`, "utf8"));
    return { api: Number(fieldOf(document, "api")), data: Number(fieldOf(document, "data")) };
  }

  /** Makes a token for an agent; the file that holds it. */
  async makeAgentToken(): Promise<string> {
    const { stdout, code, stderr } = await leeward([
      "token",
      "create",
      "--home",
      this.serverHome,
      "--role",
      "agent",
      "--ttl",
      "10m",
    ]);
    if (code !== 0) throw new Error(`no token: ${stderr}`);
    const tokenFile = `${this.folder}/agent.token`;
    await writeFile(tokenFile, stdout, { mode: 0o600 });
    return tokenFile;
  }

  /** Starts a further master target, which keeps its home, its name and its port; or starts it again. */
  async startTarget(name: string, more: readonly string[] = []): Promise<Daemon> {
    const home = `${this.folder}/${name}`;
    let args = this.#targets.get(name);
    if (args === undefined) {
      const made = await leeward(["token", "create", "--home", this.serverHome, "--role", "master-target"]);
      if (made.code !== 0) throw new Error(`no token: ${made.stderr}`);
      const tokenFile = `${this.folder}/${name}.token`;
      await writeFile(tokenFile, made.stdout, { mode: 0o600 });
      const place = ["--home", home, "--server", this.server?.ready.apiUrl ?? "", "--token-file", tokenFile];
      const listen = ["--listen", "127.0.0.1", "--target-port", String(await freePort())];
      args = ["master-target", "start", ...place, ...listen, ...more];
      await mkdir(home);
      await writeFile(`${home}/config.yaml`, `name: ${name}\n`);
      this.#targets.set(name, args);
    }
    return await Daemon.start(args, this.#serverEnvironment);
  }

  async registerAgent(): Promise<void> {
    const tokenFile = await this.makeAgentToken();
    const server = this.server?.ready.apiUrl ?? "";
    const place = ["--server", server, "--token-file", tokenFile, "--home", this.agentHome];
    await leewardJson([
      "agent",
      "register",
      ...place,
      "--name",
      this.machine,
      "--protectable",
      this.sourceFolder,
      ...this.#protectable,
    ]);
    await rm(tokenFile);
  }

  async startAgent(): Promise<void> {
    this.#say("starting the mobility agent");
    this.agent = await Daemon.start(["agent", "start", "--home", this.agentHome], this.#agentEnvironment);
    await this.untilOnline();
  }

  async untilOnline(): Promise<void> {
    await eventually("the machine is online", async () => {
      const machine = await this.run("machine", "show", this.machine);
      return typeof machine === "object" && machine !== null && Reflect.get(machine, "state") === "online"
        ? true
        : undefined;
    });
  }

  /** One command against this chain's server. */
  run(...args: readonly string[]): Promise<unknown> {
    return leewardJson([...args, "--home", this.serverHome]);
  }

  /** A client of the API with the operator's token, for whoever asks often. */
  async client(): Promise<ApiClient> {
    const url = this.server?.ready.apiUrl ?? "";
    const caPem = await readFile(`${this.serverHome}/ca.pem`, "utf8");
    const token = (await readFile(`${this.serverHome}/operator.token`, "utf8")).trim();
    return new ApiClient({ transport: nodeTransport({ url, caPem }), token });
  }

  async killAgent(): Promise<void> {
    await this.agent?.kill();
    this.agent = undefined;
  }

  /** The server's daemons as they run now; the server writes it anew whenever one was started again. */
  async processes(): Promise<ReadyDocument["processes"]> {
    const document: unknown = JSON.parse(await readFile(`${this.serverHome}/ready.json`, "utf8"));
    if (!isReady(document)) throw new Error("ready.json is not ready");
    return document.processes;
  }

  /** Ends one of the server's daemons with SIGKILL, and waits until the server has started it again. */
  async killServerDaemon(role: "config-server" | "process-server" | "master-target"): Promise<void> {
    const before = (await this.processes())[role];
    if (before === undefined) throw new Error(`no ${role} runs`);
    process.kill(before, "SIGKILL");
    await eventually(`the ${role} is started again`, async () =>
      (await this.processes())[role] !== before ? true : undefined,
    );
  }

  /** This machine's own commands take the first name of the API, and process servers reach the master target where it listens. */
  #reached(): string[] {
    if (this.#reachedAt === undefined) return [];
    return ["--advertise-api", "127.0.0.1", this.#reachedAt, "--advertise-data", this.#reachedAt];
  }

  /** Ends everything; without `keep` nothing is left behind. */
  async stop({ keep }: { readonly keep: boolean }): Promise<void> {
    await this.agent?.stop();
    await this.server?.stop();
    if (keep) return;
    await this.#loseTracking();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** What the kernel keeps of disks whose agent never comes back would note on, at every write of the machine, until its next boot. */
  async #loseTracking(): Promise<void> {
    const diskIds = await readdir(`${this.agentHome}/disks`).catch(() => []);
    for (const diskId of diskIds) await forgetTracking(diskId);
  }
}

function startedBy(executable: string | undefined, environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return executable === undefined ? environment : { ...environment, LEEWARD_EXECUTABLE: executable };
}
