import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { eventually } from "../eventually.ts";
import { fieldOf } from "../shapes.ts";

/** What the process of agents is to do. */
export interface LoadOrder {
  /** Of the config servers, the first of which enrols all of them. */
  readonly urls: readonly string[];
  readonly caFile: string;
  readonly tokenFile: string;
  /** Where the agents have their homes. */
  readonly folder: string;
  readonly count: number;
  /** Whether each has its disks protected. */
  readonly protects: boolean;
  /** Whether they serve their disks from the start on, or only once they are told: until then no disk's protecting ends. */
  readonly serves: boolean;
}

/** What it says once a second. */
export interface LoadReport {
  /** How many have enrolled, and have done what was ordered. */
  readonly joined: number;
  /** How many have a session now. */
  readonly connected: number;
  /** What each ping of the last second took, milliseconds. */
  readonly pings: readonly number[];
}

/** Many agents in a process of their own. */
export class AgentLoad {
  readonly #child: ChildProcess;
  readonly #pings: number[] = [];
  #report: LoadReport = { joined: 0, connected: 0, pings: [] };
  #said = "";
  readonly #ended: Promise<void>;

  constructor(order: LoadOrder) {
    const { urls, caFile, tokenFile, folder, count, protects, serves } = order;
    const places = ["--caFile", caFile, "--tokenFile", tokenFile, "--folder", folder, "--count", String(count)];
    const does = [...(protects ? ["--protects"] : []), ...(serves ? ["--serves"] : [])];
    const args = [join(import.meta.dirname, "main.ts"), ...urls.flatMap((url) => ["--url", url]), ...places, ...does];
    this.#child = spawn(process.execPath, args, { stdio: ["pipe", "pipe", "pipe"] });
    this.#ended = new Promise((resolve) => this.#child.once("exit", () => resolve()).once("error", () => resolve()));
    const { stdout, stderr } = this.#child;
    stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#said += text;
    });
    if (stdout !== null) createInterface(stdout).on("line", (line) => this.#take(reportOf(line)));
  }

  /** The newest. */
  get report(): LoadReport {
    return this.#report;
  }

  /** How long the pings took since the last call, milliseconds. */
  takePings(): number[] {
    return this.#pings.splice(0);
  }

  /** Resolves with the first report for which that holds; rejects with what the process said when it has ended. */
  until(what: string, holds: (report: LoadReport) => boolean, limitMs?: number): Promise<LoadReport> {
    const probe = (): LoadReport | undefined => {
      const { exitCode, signalCode } = this.#child;
      if (exitCode !== null || signalCode !== null) throw new Error(`the agents' process ended: ${this.#said}`);
      return holds(this.#report) ? this.#report : undefined;
    };
    return eventually(what, probe, limitMs);
  }

  /** From now on they serve what is protected of them. */
  serve(): void {
    this.#child.stdin?.write("serve\n");
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) this.#child.kill("SIGTERM");
    await this.#ended;
  }

  #take(report: LoadReport): void {
    this.#report = report;
    this.#pings.push(...report.pings);
  }
}

function reportOf(line: string): LoadReport {
  const said: unknown = JSON.parse(line);
  const pings = fieldOf(said, "pings");
  return {
    joined: Number(fieldOf(said, "joined")),
    connected: Number(fieldOf(said, "connected")),
    pings: Array.isArray(pings) ? pings.map(Number) : [],
  };
}
