// A guest's file system as a file of this machine: served on a socket of its own, shown by nbdfuse, changed by e2fsck and debugfs as ordinary programs.
// This machine's kernel passes bytes on, and reads nothing of what lies there.
import { existsSync, promises as fs } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import type { BlockDevice } from "@leeward/block";
import { NbdListener, NbdServer, singleExport } from "@leeward/nbd";
import type { Clock } from "@leeward/world";
import { GUEST_MOUNT_MS_MAX, GUEST_TOOL_MS_MAX } from "../limits.ts";
import { guestDamaged, guestToolsMissing } from "./guest-faults.ts";
import type { GuestFileSystem, GuestFileSystems, WrittenFile } from "./guest-file-system.ts";
import { runTool, spawnTool } from "./node-guest-tools.ts";

const SOCKET = "s";
const MOUNT = "m";
const FILE = "disk";
const COMMANDS = "commands";
const LOOK_MS = 20;
/** e2fsck: nothing was wrong, or it was mended; more than that was not. */
const MENDED_MAX = 3;

/** In a folder for each machine below `above`, which exists. */
export function guestFileSystems(clock: Clock, above: string): GuestFileSystems {
  const folderOf = (id: string): string => `${above}/${id}`;
  return {
    open: async (device, id) => {
      await sweep(folderOf(id));
      return ShownFileSystem.open({ device, clock, folder: folderOf(id) });
    },
    sweep: (id) => sweep(folderOf(id)),
  };
}

interface Shown {
  readonly folder: string;
  readonly listener: NbdListener;
  readonly child: ReturnType<typeof spawnTool>;
  readonly ended: Promise<void>;
  readonly device: BlockDevice;
}

class ShownFileSystem implements GuestFileSystem {
  readonly #shown: Shown;

  private constructor(shown: Shown) {
    this.#shown = shown;
  }

  static async open(of: {
    readonly device: BlockDevice;
    readonly clock: Clock;
    readonly folder: string;
  }): Promise<ShownFileSystem> {
    const { device, clock, folder } = of;
    await fs.mkdir(`${folder}/${MOUNT}`, { recursive: true, mode: 0o700 });
    const path = `${folder}/${SOCKET}`;
    const listener = await NbdListener.open(new NbdServer({ exports: singleExport(device), clock }), { path });
    const uri = `nbd+unix:///?socket=${encodeURIComponent(path)}`;
    const child = spawnTool("nbdfuse", [`${folder}/${MOUNT}/${FILE}`, uri], folder);
    const { promise: ended, resolve } = Promise.withResolvers<void>();
    let said = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => (said = (said + text).slice(-1_000)));
    child.stdout.resume();
    child.once("close", () => resolve()).once("error", () => resolve());
    const system = new ShownFileSystem({ folder, listener, child, ended, device });
    try {
      await untilShown(`${folder}/${MOUNT}/${FILE}`, child, () => said);
    } catch (error) {
      await system[Symbol.asyncDispose]();
      throw error;
    }
    return system;
  }

  async repair(): Promise<void> {
    const { code, said } = await this.#run("e2fsck", ["-p", `${MOUNT}/${FILE}`]);
    if (code === null || code > MENDED_MAX) throw guestDamaged(said);
  }

  async write(files: readonly WrittenFile[]): Promise<string> {
    const { folder } = this.#shown;
    const lines: string[] = [];
    for (const [index, file] of files.entries()) {
      const source = `file${index}`;
      await fs.writeFile(`${folder}/${source}`, file.content, { mode: 0o600 });
      lines.push(...commandsFor(file, source));
    }
    await fs.writeFile(`${folder}/${COMMANDS}`, `${lines.join("\n")}\n`);
    const { said } = await this.#run("debugfs", ["-w", "-f", COMMANDS, `${MOUNT}/${FILE}`]);
    return said;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { child, ended, listener, folder, device } = this.#shown;
    child.kill("SIGTERM");
    const over = new AbortController();
    await Promise.race([ended, delay(GUEST_MOUNT_MS_MAX, undefined, { signal: over.signal }).catch(() => undefined)]);
    over.abort();
    child.kill("SIGKILL");
    await listener.close();
    await device.flush();
    await sweep(folder);
  }

  #run(program: string, args: readonly string[]) {
    return runTool(program, args, { folder: this.#shown.folder, limitMs: GUEST_TOOL_MS_MAX });
  }
}

/** debugfs goes on after what it could not do, and ends well: whoever asked looks for the file. */
function commandsFor({ folderInode, newFolders, name, replaces, mode }: WrittenFile, source: string): string[] {
  return [
    `cd <${folderInode}>`,
    ...newFolders.flatMap((folder) => [`mkdir ${folder}`, `cd ${folder}`]),
    ...(replaces ? [`rm ${name}`] : []),
    `write ${source} ${name}`,
    `set_inode_field ${name} mode 0100${mode.toString(8).padStart(3, "0")}`,
  ];
}

async function untilShown(path: string, child: Shown["child"], said: () => string): Promise<void> {
  const tries = GUEST_MOUNT_MS_MAX / LOOK_MS;
  for (let count = 0; count < tries && child.exitCode === null; count += 1) {
    if (existsSync(path)) return;
    await delay(LOOK_MS);
  }
  throw guestToolsMissing(`\`nbdfuse\` does not show them as a file (${said().trim() || "it said nothing"})`);
}

/** A daemon that was killed may have left it there; nbdfuse ends with it, and mostly takes its mount along. */
async function sweep(folder: string): Promise<void> {
  if (!existsSync(folder)) return;
  const mounts = await fs.readFile("/proc/self/mountinfo", "utf8");
  if (mounts.split("\n").some((line) => line.split(" ")[4] === `${folder}/${MOUNT}`)) {
    const limits = { folder: "/", limitMs: GUEST_TOOL_MS_MAX };
    const [program, args] =
      process.getuid?.() === 0 ? (["umount", ["--lazy"]] as const) : (["fusermount3", ["-u", "-z"]] as const);
    await runTool(program, [...args, `${folder}/${MOUNT}`], limits);
  }
  // Without descending: what is mounted is not ours to remove.
  await fs.rmdir(`${folder}/${MOUNT}`).catch(ignoreMissing);
  for (const name of await fs.readdir(folder)) await fs.rm(`${folder}/${name}`);
  await fs.rmdir(folder);
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== "ENOENT") throw error;
}
