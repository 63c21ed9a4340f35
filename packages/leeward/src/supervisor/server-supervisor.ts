// One management server: config server, process server and master target, each a process of its own under one home.
//
//   HOME/config-server  HOME/process-server  HOME/master-target      their homes
//   HOME/ports.json     the ports of the first start, so that port 0 stays the same for those who know it
//   HOME/operator.token, HOME/ca.pem                                  copies of the config server's
//
// A child that ends unasked is started again; nothing here holds state that a child needs. The two data daemons enrol with one-time
// tokens as any other would. Stopping stops the data daemons first and the config server last, so that they can say goodbye.
import { ApiClient } from "@leeward/api";
import { nodeTransport } from "@leeward/api/node";
import { Fault, isFault, reconnectDelayMs } from "@leeward/base";
import { type ReadyFacts, type Trace, writeReady } from "@leeward/daemon";
import { readFile, replaceFile, type World } from "@leeward/world";
import { type Advertised, advertisedBy } from "./advertised.ts";
import type { ChildDaemon, StartChild } from "./child-daemon.ts";
import { type Ports, readPorts, writePorts } from "./ports.ts";

export interface ServerSupervisorOptions {
  readonly world: World;
  readonly trace: Trace;
  readonly home: string;
  readonly listen: string;
  readonly advertised: Advertised;
  readonly ports: Ports;
  readonly startChild: StartChild;
  /** Of this process. */
  readonly pid: number;
}

const DATA_ROLES = ["process-server", "master-target"] as const;
type Role = "config-server" | (typeof DATA_ROLES)[number];
const FILE_BYTES_MAX = 1 << 20;
/** Which of the ports and names is a data daemon's. */
const DAEMONS = { "process-server": "data", "master-target": "target" } as const;
/** A child that ran for this long was well; its next end begins the restart schedule anew. */
const WELL_MS = 60_000;
const AUTHORITIES_LOOK_MS = 60_000;

export class ServerSupervisor {
  readonly #options: ServerSupervisorOptions;
  readonly #children = new Map<Role, ChildDaemon>();
  #ports: Ports;

  private constructor(options: ServerSupervisorOptions, ports: Ports) {
    this.#options = options;
    this.#ports = ports;
  }

  static async open(options: ServerSupervisorOptions): Promise<ServerSupervisor> {
    return new ServerSupervisor(options, await readPorts(options.world.files, options.home, options.ports));
  }

  /** Starts all daemons, says so, and keeps them until the signal aborts; then stops them. */
  async run(signal: AbortSignal, ready: (facts: Partial<ReadyFacts>) => Promise<void>): Promise<void> {
    const { world, home } = this.#options;
    try {
      await this.#start("config-server");
      await this.#copyFromConfigServer();
      for (const role of DATA_ROLES) await this.#start(role);
      await writePorts(world.files, home, this.#ports);
      await ready(this.#facts());
      const roles: Role[] = ["config-server", ...DATA_ROLES];
      await Promise.all([...roles.map((role) => this.#keep(role, signal)), this.#followAuthorities(signal)]);
    } finally {
      await this.#stopAll();
    }
  }

  async #keep(role: Role, signal: AbortSignal): Promise<void> {
    const { clock, files } = this.#options.world;
    let attempt = 0;
    while (!signal.aborted) {
      const child = this.#children.get(role);
      const begun = clock.monotonicMicros();
      if (child !== undefined) {
        const code = await untilEndedOrAborted(child, signal);
        if (signal.aborted) return;
        this.#options.trace.warn(`The ${role} ended unasked; it is started again.`, {
          role,
          exitCode: code ?? "by a signal",
        });
        this.#children.delete(role);
      }
      attempt = clock.monotonicMicros() - begun > WELL_MS * 1_000 ? 1 : attempt + 1;
      await clock.sleep(reconnectDelayMs(attempt), signal).catch(() => undefined);
      if (signal.aborted) return;
      try {
        await this.#start(role);
        await writeReady(files, this.#options.home, { ...this.#facts(), role: "server", pid: this.#options.pid });
      } catch (error) {
        if (!isFault(error)) throw error;
        this.#options.trace.error(`The ${role} could not be started.`, { fault: error });
      }
    }
  }

  async #start(role: Role): Promise<void> {
    const { world, home, listen, startChild } = this.#options;
    const folder = `${home}/${role}`;
    const common = ["start", "--home", folder, "--listen", listen];
    const args =
      role === "config-server"
        ? [role, ...common, ...this.#reached("api")]
        : [role, ...common, ...this.#reached(DAEMONS[role]), ...(await this.#enrolment(role, folder))];
    const child = await startChild({ role, args });
    this.#children.set(role, child);
    this.#learnPorts(child.ready);
    // It has its certificate now; the token is used up, and need not lie about.
    const token = `${home}/${role}.token`;
    if ((await world.files.status(token)) !== undefined) await world.files.remove(token);
  }

  #reached(daemon: keyof Ports): string[] {
    const port = this.#ports[daemon];
    const names = advertisedBy(this.#options.advertised, daemon, port);
    return [`--${daemon}-port`, String(port), ...names.flatMap((name) => ["--advertise", name])];
  }

  /** A daemon that has no certificate yet gets a one-time token, in a file that only this user can read. */
  async #enrolment(role: (typeof DATA_ROLES)[number], folder: string): Promise<string[]> {
    const { world, home } = this.#options;
    const { files } = world;
    const url = this.#apiUrl();
    if ((await files.status(`${folder}/identity/certificate.pem`)) !== undefined) return ["--server", url];
    const token = text(await readFile(files, `${home}/operator.token`, FILE_BYTES_MAX)).trim();
    const caPem = text(await readFile(files, `${home}/ca.pem`, FILE_BYTES_MAX));
    const client = new ApiClient({ transport: nodeTransport({ url, caPem }), token });
    try {
      const made = await client.createToken({ body: { role, ttlSeconds: 600, note: "made by server start" } });
      await replaceFile(files, home, `${role}.token`, new TextEncoder().encode(made.token));
    } finally {
      client.close();
    }
    return ["--server", url, "--token-file", `${home}/${role}.token`];
  }

  /** While one authority follows another, ca.pem has both. */
  async #followAuthorities(signal: AbortSignal): Promise<void> {
    const { clock } = this.#options.world;
    while (!signal.aborted) {
      await clock.sleep(AUTHORITIES_LOOK_MS, signal).catch(() => undefined);
      if (signal.aborted) return;
      await this.#copyFromConfigServer().catch((error: unknown) => {
        if (!isFault(error)) throw error;
        this.#options.trace.warn("The authorities' certificates could not be copied.", { fault: error });
      });
    }
  }

  async #copyFromConfigServer(): Promise<void> {
    const { world, home } = this.#options;
    for (const name of ["ca.pem", "operator.token"]) {
      const path = `${home}/config-server/${name}`;
      if ((await world.files.status(path)) === undefined) continue;
      const content = await readFile(world.files, path, FILE_BYTES_MAX);
      const own = `${home}/${name}`;
      const isThere = (await world.files.status(own)) !== undefined;
      if (isThere && Buffer.compare(content, await readFile(world.files, own, FILE_BYTES_MAX)) === 0) continue;
      await replaceFile(world.files, home, name, content);
    }
  }

  /** Which port a daemon took that was to take a free one; a port that was given may be another than that of its URL. */
  #learnPorts({ apiUrl, dataUrl, targetUrl }: ReadyFacts): void {
    const { api, data, target } = this.#ports;
    this.#ports = {
      api: api || (portIn(apiUrl) ?? 0),
      data: data || (portIn(dataUrl) ?? 0),
      target: target || (portIn(targetUrl) ?? 0),
    };
  }

  /** As this machine reaches it: what is advertised is for others, and may lead here only from elsewhere. */
  #apiUrl(): string {
    if (this.#children.has("config-server")) return `https://${localHost(this.#options.listen)}:${this.#ports.api}`;
    throw new Fault({
      code: "daemon-not-ready",
      kind: "transient",
      message: "The config server is not up.",
      remedy: "Read the lines above in the trace, which say why it ended; it is started again by itself.",
    });
  }

  #facts(): ReadyFacts {
    const processes = Object.fromEntries([...this.#children].map(([role, child]) => [role, child.pid]));
    const readies = [...this.#children.values()].map(({ ready }) => ready);
    const first = (name: "apiUrl" | "dataUrl" | "targetUrl" | "caFingerprint"): string | null =>
      readies.map((facts) => facts[name]).find((value) => value !== null && value !== undefined) ?? null;
    return {
      role: "server",
      pid: this.#options.pid,
      apiUrl: first("apiUrl"),
      dataUrl: first("dataUrl"),
      targetUrl: first("targetUrl"),
      caFingerprint: first("caFingerprint"),
      processes,
    };
  }

  async #stopAll(): Promise<void> {
    const data = DATA_ROLES.map((role) => this.#children.get(role)).filter((child) => child !== undefined);
    for (const child of data) child.stop();
    await Promise.all(data.map((child) => child.ended));
    const configServer = this.#children.get("config-server");
    configServer?.stop();
    await configServer?.ended;
  }
}

async function untilEndedOrAborted(child: ChildDaemon, signal: AbortSignal): Promise<number | undefined> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const onAbort = (): void => resolve(undefined);
  signal.addEventListener("abort", onAbort, { once: true });
  if (signal.aborted) onAbort();
  try {
    return await Promise.race([child.ended, promise]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

function localHost(listen: string): string {
  if (listen === "0.0.0.0") return "127.0.0.1";
  if (listen === "::") return "[::1]";
  return listen.includes(":") ? `[${listen}]` : listen;
}

function portIn(url: string | null): number | undefined {
  if (url === null) return undefined;
  const parsed = URL.parse(url);
  if (parsed === null) return undefined;
  return parsed.port === "" ? 443 : Number(parsed.port);
}

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
