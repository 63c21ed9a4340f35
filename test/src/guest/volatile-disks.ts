import { join } from "node:path";
import { type Random, seededRandom } from "@leeward/base";
import { formatNbdUri, NbdListener, NbdServer } from "@leeward/nbd";
import { nodeClock } from "@leeward/world";
import type { GuestDisk } from "./qemu-arguments.ts";
import { type PowerLoss, VolatileDisk } from "./volatile-disk.ts";

/** As a disk that turns. */
const FLUSH_MS = 10;

/** Disks of one machine, served over NBD from this process, whose power fails for all of them at one moment. */
export class VolatileDisks implements AsyncDisposable {
  readonly #disks: ReadonlyMap<string, VolatileDisk>;
  readonly #listener: NbdListener;
  readonly #socket: string;

  private constructor(disks: ReadonlyMap<string, VolatileDisk>, listener: NbdListener, socket: string) {
    this.#disks = disks;
    this.#listener = listener;
    this.#socket = socket;
  }

  /** Name → size in bytes; the socket lies in `folder`. What survives a loss of power comes of `seed`. */
  static async serve(
    sizes: Readonly<Record<string, number>>,
    { folder, seed }: { readonly folder: string; readonly seed: number },
  ): Promise<VolatileDisks> {
    const random: Random = seededRandom(seed);
    const make = (bytes: number): VolatileDisk => new VolatileDisk(bytes, random, { flushMs: FLUSH_MS });
    const disks = new Map(Object.entries(sizes).map(([name, bytes]) => [name, make(bytes)]));
    const exports = {
      find: async (name: string) => {
        const device = disks.get(name);
        return device === undefined ? undefined : { device };
      },
      list: async () => [...disks.keys()],
    };
    const socket = join(folder, "disks");
    const listener = await NbdListener.open(new NbdServer({ exports, clock: nodeClock }), { path: socket });
    return new VolatileDisks(disks, listener, socket);
  }

  get names(): string[] {
    return [...this.#disks.keys()];
  }

  /** As a guest is given them. */
  get guestDisks(): GuestDisk[] {
    return this.names.map((exportName) => ({ nbdSocket: this.#socket, exportName }));
  }

  uri(name: string): string {
    return formatNbdUri({ address: { path: this.#socket }, exportName: name, tls: false });
  }

  get(name: string): VolatileDisk {
    const disk = this.#disks.get(name);
    if (disk === undefined) throw new Error(`there is no disk ${name}`);
    return disk;
  }

  /** The power fails. */
  cut(): void {
    for (const disk of this.#disks.values()) disk.cut();
  }

  /** The machine is gone, and what is left of it is told so. */
  refuse(): void {
    for (const disk of this.#disks.values()) disk.refuse();
  }

  /** The power returns, once nobody has the disks any more. */
  async restore(): Promise<Record<string, PowerLoss>> {
    const losses: Record<string, PowerLoss> = {};
    for (const [name, disk] of this.#disks) losses[name] = await disk.restore();
    return losses;
  }

  /** Nobody is to wait for a silent disk, whatever went wrong. */
  release(): void {
    for (const disk of this.#disks.values()) if (disk.isSilent) disk.refuse();
  }

  /** All that a disk holds now. */
  async contents(name: string): Promise<Buffer> {
    const disk = this.get(name);
    const bytes = Buffer.alloc(disk.sizeBytes);
    await disk.read(0, bytes);
    return bytes;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#listener.close();
  }
}
