// An archive on its way to a machine. What has come of it is a prefix of the file: a break, of the connection or of the agent, goes on behind it.
import { createHash } from "node:crypto";
import { type Fault, isFault } from "@leeward/base";
import type { Clock, Files } from "@leeward/world";
import { DOWNLOAD_PIECE_BYTES, DOWNLOAD_RETRY_MS, DOWNLOAD_STALL_MS_MAX } from "../limits.ts";
import { upgradeDamaged } from "./upgrade-faults.ts";
import { type UpgradeOrder, upgradeFolder } from "./upgrade-record.ts";

/** Reads of a file of the config server's releases; fewer bytes than asked for at its end alone. */
export type ReadRelease = (
  wanted: { readonly file: string; readonly offset: number; readonly length: number },
  signal: AbortSignal,
) => Promise<Uint8Array>;

export interface DownloadMeans {
  readonly clock: Clock;
  readonly files: Files;
  readonly home: string;
  readonly readRelease: ReadRelease;
}

export class UpgradeDownload {
  readonly #means: DownloadMeans;

  constructor(means: DownloadMeans) {
    this.#means = means;
  }

  /**
   * Brings the whole file to HOME/upgrade/FILE, durably. A config server that cannot be asked is asked again, until nothing came for half an hour.
   * @throws Fault `upgrade-file-damaged`, what the config server refuses with, and of the file system
   */
  async bring(order: UpgradeOrder, signal: AbortSignal): Promise<void> {
    const { files, home } = this.#means;
    const folder = upgradeFolder(home);
    const path = `${folder}/${order.file}`;
    if ((await files.status(path)) === undefined) {
      await using _made = await files.open(path, "create");
      await files.syncFolder(folder);
    }
    await using handle = await files.open(path, "update");
    // What a crash left behind the last write that was synced may be anything: it is brought again when the sum is not right.
    let offset = Math.min(await handle.sizeBytes(), order.sizeBytes);
    for (let isSecond = offset === 0; ; isSecond = true) {
      await handle.truncate(offset);
      while (offset < order.sizeBytes) {
        const piece = await this.#piece({ file: order.file, offset, length: DOWNLOAD_PIECE_BYTES }, signal);
        if (piece.length === 0) throw upgradeDamaged(order.file);
        await handle.write([piece], offset);
        offset += piece.length;
      }
      await handle.datasync();
      if (offset === order.sizeBytes && (await sumOf(handle, order.sizeBytes)) === order.sha256) return;
      offset = 0;
      if (isSecond) {
        await handle.truncate(0);
        throw upgradeDamaged(order.file);
      }
    }
  }

  /** Removes whatever was brought. */
  async remove(): Promise<void> {
    const { files, home } = this.#means;
    const folder = upgradeFolder(home);
    for (const name of await files.list(folder)) if (name.endsWith(".tar.gz")) await files.remove(`${folder}/${name}`);
  }

  async #piece(wanted: Parameters<ReadRelease>[0], signal: AbortSignal): Promise<Uint8Array> {
    const { clock, readRelease } = this.#means;
    const until = clock.monotonicMicros() + DOWNLOAD_STALL_MS_MAX * 1_000;
    for (;;) {
      try {
        return await readRelease(wanted, signal);
      } catch (error) {
        if (!isTransient(error) || signal.aborted || clock.monotonicMicros() >= until) throw error;
        await clock.sleep(DOWNLOAD_RETRY_MS, signal);
      }
    }
  }
}

function isTransient(error: unknown): error is Fault {
  return isFault(error) && error.kind === "transient";
}

async function sumOf(
  handle: { read(target: Uint8Array, position: number): Promise<number> },
  sizeBytes: number,
): Promise<string> {
  const hash = createHash("sha256");
  const piece = new Uint8Array(Math.min(DOWNLOAD_PIECE_BYTES, sizeBytes));
  for (let at = 0; at < sizeBytes; ) {
    const got = await handle.read(piece, at);
    if (got === 0) break;
    hash.update(piece.subarray(0, got));
    at += got;
  }
  return hash.digest("hex");
}
