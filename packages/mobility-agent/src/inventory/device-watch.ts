import { isFault } from "@leeward/base";
import type { EventReport } from "@leeward/proto";
import { type Clock, type Files, readFile, replaceFile } from "@leeward/world";

const FILE = "devices";
const BYTES_MAX = 1024 * 1024;

/** A block device of the machine. */
export interface SeenDevice {
  readonly path: string;
  readonly sizeBytes: number;
  /** Empty when it could be protected without anybody's asking; else why not. */
  readonly refusal: string;
}

export interface DeviceWatchOptions {
  readonly clock: Clock;
  readonly files: Files;
  readonly home: string;
  readonly look: () => Promise<readonly SeenDevice[]>;
  readonly everyMs: number;
  readonly onEvent: (event: EventReport) => void;
  /** Told when a device came or went: a disk that waits for it may be tried. */
  readonly onChange: () => void;
}

/**
 * Tells of each block device that appears, once: `device-appeared`, by which the config server may protect it.
 *
 * HOME/devices names, one on each line, those that are known; the ones that are there at the first look are. It is written after a device was told
 * of, so a kill in between tells of it twice, and never not at all. One that goes is forgotten: when it comes back it is new.
 */
export async function watchDevices(options: DeviceWatchOptions, signal: AbortSignal): Promise<never> {
  let known = await readKnown(options);
  let isWritten = known !== undefined;
  for (;;) {
    const seen = await options.look();
    const paths = seen.map(({ path }) => path);
    const appeared = known === undefined ? [] : seen.filter(({ path }) => known?.includes(path) === false);
    for (const device of appeared) options.onEvent(appearedEvent(device));
    const isOther = known?.join("\n") !== paths.join("\n");
    if (known !== undefined && isOther) options.onChange();
    known = paths;
    if (isOther || !isWritten) isWritten = await writeKnown(options, paths);
    await options.clock.sleep(options.everyMs, signal);
  }
}

async function readKnown({ files, home }: DeviceWatchOptions): Promise<readonly string[] | undefined> {
  const path = `${home}/${FILE}`;
  try {
    if ((await files.status(path)) === undefined) return undefined;
    return new TextDecoder()
      .decode(await readFile(files, path, BYTES_MAX))
      .split("\n")
      .filter(Boolean);
  } catch (error) {
    // As at the first look: nothing that is there now is new.
    if (!isFault(error)) throw error;
    return undefined;
  }
}

/** Whether it is durable; a later start tells again of what was not. */
async function writeKnown({ files, home }: DeviceWatchOptions, paths: readonly string[]): Promise<boolean> {
  try {
    await replaceFile(files, home, FILE, new TextEncoder().encode(`${paths.join("\n")}\n`));
    return true;
  } catch (error) {
    if (!isFault(error)) throw error;
    return false;
  }
}

function appearedEvent({ path, sizeBytes, refusal }: SeenDevice): EventReport {
  const why = refusal === "" ? "" : ` It is not protected by itself: ${refusal}`;
  return {
    kind: "device-appeared",
    subject: path,
    message: `The device ${path} (${sizeBytes} bytes) has appeared.${why}`,
    detail: { path, sizeBytes: String(sizeBytes), refusal },
    severity: "info",
  };
}
