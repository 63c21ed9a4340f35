import { stat, writeFile } from "node:fs/promises";
import { eventually } from "../harness/eventually.ts";
import { LoopDisk } from "../harness/loop-disk.ts";
import { MortalProcess } from "./mortal-process.ts";
import { runProgram } from "./program.ts";

/**
 * An NBD export as a block device of this machine: nbdfuse makes a file of it, and the kernel a loop device of that. Flushes and discards go
 * through, and nothing is kept in between. Where this process serves the export, it must never wait for the device in a turn of its own.
 */
export class NbdBlockDevice implements AsyncDisposable {
  readonly disk: LoopDisk;
  readonly #fuse: MortalProcess;

  private constructor(disk: LoopDisk, fuse: MortalProcess) {
    this.disk = disk;
    this.#fuse = fuse;
  }

  /** `file` is made; what it is mounted at lies beside it. */
  static async attach(uri: string, file: string): Promise<NbdBlockDevice> {
    await writeFile(file, "");
    const fuse = await MortalProcess.start("nbdfuse", [file, uri], `${file}.trace`);
    try {
      await eventually(`${uri} is a file`, async () => {
        if (!fuse.isRunning) throw new Error(fuse.said());
        return (await stat(file)).size > 0 ? true : undefined;
      });
      return new NbdBlockDevice(await LoopDisk.attach(file, "as-it-is"), fuse);
    } catch (error) {
      await letGo(fuse, file);
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.disk.detach();
    } finally {
      await letGo(this.#fuse, this.disk.image);
    }
  }
}

/** A file that its program left behind stays mounted until it is unmounted. */
async function letGo(fuse: MortalProcess, file: string): Promise<void> {
  await fuse.kill();
  await runProgram("umount", ["--lazy", file]).catch(() => undefined);
}
