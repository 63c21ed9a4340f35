import { closeSync, openSync, readFileSync, readSync } from "node:fs";
import { KernelLacks } from "./kernel-lacks.ts";

/** Fields of /sys/block/DISK/stat (Documentation/block/stat.rst), from 0 on. */
const WRITTEN = 6;
const DISCARDED = 13;
const TEXT_BYTES = 512;

/** What a disk has counted itself as written and discarded, since the kernel knows it. */
export class DiskCount implements Disposable {
  readonly #disk: string;
  readonly #fd: number;
  readonly #text = Buffer.alloc(TEXT_BYTES);

  private constructor(disk: string) {
    this.#disk = disk;
    this.#fd = openSync(`/sys/block/${disk}/stat`, "r");
  }

  /** @throws KernelLacks when the disk does not count */
  static open(disk: string): DiskCount {
    const count = new DiskCount(disk);
    if (count.isOn) return count;
    count[Symbol.dispose]();
    throw new KernelLacks(`the count of what is written to ${disk} (its queue/iostats is off)`);
  }

  get isOn(): boolean {
    return readFileSync(`/sys/block/${this.#disk}/queue/iostats`, "utf8").trim() !== "0";
  }

  /** Of the whole disk, in sectors. */
  read(): number {
    const length = readSync(this.#fd, this.#text, 0, TEXT_BYTES, 0);
    const fields = this.#text.toString("latin1", 0, length).trim().split(/\s+/);
    return Number(fields[WRITTEN] ?? 0) + Number(fields[DISCARDED] ?? 0);
  }

  [Symbol.dispose](): void {
    closeSync(this.#fd);
  }
}
