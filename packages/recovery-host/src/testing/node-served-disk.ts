import { type BlockDevice, memoryDevice } from "@leeward/block";
import { NbdListener, NbdServer, singleExport } from "@leeward/nbd";
import { nodeClock } from "@leeward/world";

/** A disk in memory, offered on a Unix socket. */
export class ServedDisk implements AsyncDisposable {
  readonly socket: string;
  readonly exportName: string;
  readonly device: BlockDevice;
  #listener: NbdListener | undefined;

  private constructor(device: BlockDevice, { socket, exportName }: { socket: string; exportName: string }) {
    this.device = device;
    this.socket = socket;
    this.exportName = exportName;
  }

  static async serve(content: Uint8Array, socket: string, exportName = ""): Promise<ServedDisk> {
    const device = memoryDevice(content.length);
    await device.write(0, content, { fua: false });
    const disk = new ServedDisk(device, { socket, exportName });
    await disk.offer();
    return disk;
  }

  async offer(): Promise<void> {
    const server = new NbdServer({ exports: singleExport(this.device, this.exportName), clock: nodeClock });
    this.#listener = await NbdListener.open(server, { path: this.socket });
  }

  /** As when the daemon that serves it has ended. */
  async withdraw(): Promise<void> {
    await this.#listener?.close();
    this.#listener = undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.withdraw();
    await this.device[Symbol.asyncDispose]();
  }
}
