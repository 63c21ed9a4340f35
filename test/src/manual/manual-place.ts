// Where pages of the manual are run: a folder that stands for a machine's root, with programs in front of the machine's own that stand for its services
// (bin/). Nothing outside of the folder is written, and every daemon in it is a process of its own, as a user would have it.
import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Step } from "@leeward/manual";

const BIN = fileURLToPath(new URL("bin", import.meta.url));
const CHECKOUT = fileURLToPath(new URL("../../../leeward", import.meta.url));
const LIMIT_MS = 420_000;
/** Folders of a machine's root that pages name. Homes have a shorter name here: the path of a socket has 107 bytes at most. */
const HOMES = /(?<![\w./~-])\/var\/lib\/leeward\b/g;
const OWN_PATHS = /(?<![\w./~-])\/(?=(?:etc\/leeward|srv|media|backup|root)\b)/g;

interface Said {
  readonly code: number;
  readonly output: string;
}

export class ManualPlace implements AsyncDisposable {
  readonly folder: string;
  readonly #set = new Map<string, string>();

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async make(): Promise<ManualPlace> {
    const place = new ManualPlace(await mkdtemp(join(tmpdir(), "leeward-")));
    for (const path of ["lib", "etc/leeward", "srv", "media/safe", "backup", "root", "services"])
      await mkdir(join(place.folder, path), { recursive: true });
    return place;
  }

  /** Runs what a step says. @throws with all that was printed when it does not end as it says */
  async run(step: Exclude<Step, { kind: "not-run" }>): Promise<void> {
    const { code, output } = await this.#shell(this.#placed(step.commands));
    const wanted = step.kind === "run" ? step.exit : 0;
    if (code !== wanted) throw new Error(`exit code ${code} in the place of ${wanted}:\n${output}`);
    if (step.kind === "set") {
      const value = output.trim();
      if (value === "" || value.includes("\n")) throw new Error(`${step.name} is to be one line, and is:\n${output}`);
      this.#set.set(step.name, value);
      return;
    }
    for (const text of step.prints)
      if (!output.includes(this.#placed(text))) throw new Error(`it does not print ${text}:\n${output}`);
  }

  /** What a page says in general, as it is here: paths, the server's name, and names that stand for what was printed before. */
  #placed(text: string): string {
    const api = join(this.folder, "services/api.port");
    const url = existsSync(api) ? `https://127.0.0.1:${readFileSync(api, "utf8").trim()}` : "https://dr.example.org";
    return text
      .replaceAll(/\b[A-Z]{2,}\b/g, (word) => this.#set.get(word) ?? word)
      .replaceAll("https://dr.example.org", url)
      .replaceAll("dr.example.org", "127.0.0.1")
      .replaceAll(HOMES, `${this.folder}/lib`)
      .replaceAll(OWN_PATHS, `${this.folder}/`);
  }

  #shell(commands: string): Promise<Said> {
    const { promise, resolve, reject } = Promise.withResolvers<Said>();
    const child = spawn("bash", ["-euo", "pipefail", "-c", commands], {
      cwd: this.folder,
      env: this.#environment(),
      stdio: ["ignore", "pipe", "pipe"],
      timeout: LIMIT_MS,
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (bytes) => (output += String(bytes)));
    child.once("error", reject).once("close", (code) => resolve({ code: code ?? -1, output }));
    return promise;
  }

  #environment(): NodeJS.ProcessEnv {
    const named = ["LEEWARD_SERVER", "LEEWARD_TOKEN_FILE", "LEEWARD_CA_FILE", "XDG_CONFIG_HOME"];
    const others = Object.entries(process.env).filter(([name]) => !named.includes(name));
    return {
      ...Object.fromEntries(others),
      PATH: `${BIN}:${process.env["PATH"] ?? ""}:/usr/sbin:/sbin`,
      HOME: join(this.folder, "root"),
      LEEWARD_PLACE: this.folder,
      LEEWARD_EXECUTABLE: process.env["LEEWARD_EXECUTABLE"] ?? CHECKOUT,
      LEEWARD_NODE: process.execPath,
    };
  }

  /** Ends every daemon of the place, and removes all of it. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const role of ["agent", ...readdirSync(join(this.folder, "services"))]) {
      if (existsSync(join(this.folder, "services", role, "pid"))) await this.#shell(`systemctl stop leeward-${role}`);
    }
    await rm(this.folder, { recursive: true, force: true });
  }

  /** The last lines of what its services say, for whoever looks for a fault. */
  async trace(): Promise<string> {
    const files = readdirSync(`${this.folder}/services`, { recursive: true }).map(String);
    const traces = files.filter((file) => file.endsWith("/trace"));
    const texts = traces.map(
      async (file) => `${file}:\n${(await readFile(join(this.folder, "services", file), "utf8")).slice(-3_000)}`,
    );
    return (await Promise.all(texts)).join("\n");
  }
}
