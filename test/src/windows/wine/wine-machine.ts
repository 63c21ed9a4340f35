// A Windows machine that is a folder: Wine with a drive C of its own, and disks that are image files. What runs in it is Windows' own Node and the archive of a release.
import { type ChildProcess, spawn } from "node:child_process";
import { cp, mkdir, mkdtemp, open, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { peer } from "@leeward/nbd/testing";
import { runProgram } from "../../guest/program.ts";
import { forwardingLibrary } from "./forwarding-library.ts";

/** Where Debian has Wine's 64-bit programs, which are in nobody's path. */
const FOLDER = "/usr/lib/wine";
const WINE = `${FOLDER}/wine64`;
const WINE_SERVER = `${FOLDER}/wineserver64`;
const RUN_MS_MAX = 60_000;

/** Why tests that need Wine cannot run here, or false. */
export function wineSkip(): string | false {
  return peer("../lib/wine/wine64").skip === false ? false : "wine64 is not installed";
}

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export class WineMachine implements AsyncDisposable {
  readonly #folder: string;
  readonly #environment: NodeJS.ProcessEnv;
  #program = "";
  #runs = 0;

  private constructor(folder: string) {
    this.#folder = folder;
    this.#environment = { ...process.env, WINEPREFIX: join(folder, "wine"), WINEDEBUG: "-all" };
  }

  /** With the program of an archive unpacked on its drive C, in a folder whose name is not plain. */
  static async start(archive: string): Promise<WineMachine> {
    const machine = new WineMachine(await mkdtemp(join(tmpdir(), "leeward-wine-")));
    try {
      await machine.#prepare(archive);
      return machine;
    } catch (error) {
      await machine[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Its drive C, from outside. */
  get driveC(): string {
    return join(this.#folder, "wine/drive_c");
  }

  /** Where the program lies, as Windows has it. */
  get program(): string {
    return `C:\\${this.#program}`;
  }

  /** The image is `\\.\LETTER:` from now on. */
  async addDisk(letter: string, image: string): Promise<void> {
    // The letter is a volume's, and what is behind two colons the device that it lies on.
    const link = join(this.#folder, "wine/dosdevices", letter.toLowerCase());
    await symlink(this.#folder, `${link}:`);
    await symlink(image, `${link}::`);
  }

  /** A command of the agent's to its end; what it says goes by way of files, since Wine's pipes are not ours. */
  async leeward(...args: readonly string[]): Promise<Ran> {
    return (await this.#spawned([await this.#main(), ...args])).ended;
  }

  /** A script beside the program's own, whose libraries it finds, to its end. */
  async script(content: Uint8Array, ...args: readonly string[]): Promise<Ran> {
    const main = await this.#main();
    const path = main.replace(/main\.js$/, "script.js");
    await this.put(path.slice(this.program.length + 1).replaceAll("\\", "/"), content);
    return (await this.#spawned([path, ...args])).ended;
  }

  /** A command that goes on. */
  async start(...args: readonly string[]): Promise<{ readonly ended: Promise<Ran> }> {
    const { ended } = await this.#spawned([await this.#main(), ...args], Number.POSITIVE_INFINITY);
    return { ended };
  }

  /** Puts a file beside the program. */
  async put(name: string, content: Uint8Array | string): Promise<void> {
    await writeFile(join(this.driveC, this.#program, name), content);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const how of ["-k", "-w"]) await this.#wine(WINE_SERVER, [how]).catch(() => undefined);
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #prepare(archive: string): Promise<void> {
    const unpacked = join(this.#folder, "unpacked");
    await runProgram("python3", ["-m", "zipfile", "-e", archive, unpacked]);
    // What Wine is asked first makes its folder. It says that it is Windows 7 unless told.
    await this.#wine(WINE, ["winecfg", "/v", "win10"]);
    const [name = ""] = await readdir(unpacked);
    this.#program = "Leeward Büro 日本";
    await cp(join(unpacked, name), join(this.driveC, this.#program), { recursive: true });
    // Windows 10 has it, and libraries written in Rust ask for it; Wine 8 has its like by another name.
    const random = { from: "ProcessPrng", to: "advapi32.SystemFunction036" };
    await this.#putSystem("bcryptprimitives.dll", forwardingLibrary("bcryptprimitives", random));
    await this.put("node.exe", withoutPlaceholders(await readFile(join(unpacked, name, "node.exe"))));
  }

  async #putSystem(name: string, content: Uint8Array): Promise<void> {
    await writeFile(join(this.driveC, "windows/system32", name), content);
  }

  async #main(): Promise<string> {
    const app = (await readdir(join(this.driveC, this.#program))).find((name) => name.startsWith("app-")) ?? "";
    return `${this.program}\\${app}\\main.js`;
  }

  async #spawned(args: readonly string[], msMax = RUN_MS_MAX): Promise<{ readonly ended: Promise<Ran> }> {
    this.#runs += 1;
    const outputs = ["out", "err"].map((kind) => join(this.#folder, `${this.#runs}.${kind}`));
    const handles = await Promise.all(outputs.map((path) => open(path, "w")));
    const child = spawn(WINE, [`${this.program}\\node.exe`, ...args], {
      env: this.#environment,
      cwd: this.driveC,
      stdio: ["ignore", ...handles.map(({ fd }) => fd)],
      ...(Number.isFinite(msMax) && { timeout: msMax }),
    });
    return { ended: this.#ranBy(child, outputs, handles) };
  }

  async #ranBy(child: ChildProcess, outputs: readonly string[], handles: readonly AsyncDisposable[]): Promise<Ran> {
    try {
      const code = await exitOf(child);
      const [stdout = "", stderr = ""] = await Promise.all(outputs.map((path) => readFile(path, "utf8")));
      return { code, stdout, stderr };
    } finally {
      for (const handle of handles) await handle[Symbol.asyncDispose]();
    }
  }

  async #wine(program: string, args: readonly string[]): Promise<void> {
    await mkdir(this.#folder, { recursive: true });
    const child = spawn(program, args, { env: this.#environment, stdio: "ignore", cwd: this.#folder });
    const code = await exitOf(child);
    if (code !== 0) throw new Error(`${program} ${args.join(" ")} ended with ${code}`);
  }
}

async function exitOf(child: ChildProcess): Promise<number | null> {
  const { promise, resolve, reject } = Promise.withResolvers<number | null>();
  child.once("error", reject).once("exit", resolve);
  return promise;
}

/**
 * Node as Wine 8 can run it. V8 asks by name for a function that reserves memory in parts, and does without where there is none; this Wine has it, and refuses what it is
 * for. So the name that is looked for is changed to one that is not there.
 */
function withoutPlaceholders(node: Buffer): Buffer {
  const at = node.indexOf("VirtualAlloc2\0");
  if (at === -1) throw new Error("this Node asks for no VirtualAlloc2: it may run in Wine as it is");
  const changed = Buffer.from(node);
  changed.write("VirtualAllocX", at);
  return changed;
}
