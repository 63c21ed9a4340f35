import { Fault, formatTime, isFault, MICROS_PER_MS, MICROS_PER_SECOND, Waiters } from "@leeward/base";
import { ALWAYS, isInWindow, nextWindowChange, type TimeWindow, type TimeZone } from "@leeward/daemon";
import type { OpenSpan } from "@leeward/splitter";
import { readFile, replaceFile, type World } from "@leeward/world";
import { RESCAN_LOOK_MS_MAX } from "../limits.ts";
import type { DiskSettings } from "./disk-host.ts";

const FILE = "rescan";
const BYTES_MAX = 1_024;

export interface RescanWindowOptions {
  readonly world: Pick<World, "files" | "clock">;
  readonly settings: DiskSettings;
  /** In which the window's hours are read. */
  readonly zone: TimeZone;
}

/**
 * When a disk may be copied again as a whole: at any time when a person asked for it, or while the disk has never had a point; else in its
 * policy's window. A copy that the window's end comes upon stops where it is, and goes on from there.
 *
 * FOLDER/rescan holds as JSON what has to be known after a restart. Without it, or when it cannot be read, the disk counts as one without points: it is
 * copied at once, which disturbs, and leaves nobody without points.
 */
export class RescanWindow {
  readonly #options: RescanWindowOptions;
  readonly #changed = new Waiters();
  #window: TimeWindow;
  #noted: Noted;

  private constructor(options: RescanWindowOptions, noted: Noted) {
    this.#options = options;
    this.#window = options.settings.policy.resyncWindow ?? ALWAYS;
    this.#noted = noted;
  }

  static async open(options: RescanWindowOptions): Promise<RescanWindow> {
    return new RescanWindow(options, await read(options));
  }

  /** Resolves when a copy that waited may be allowed, or the other way round, by what somebody said. */
  changed(): Promise<void> {
    return this.#changed.next();
  }

  set(window: TimeWindow | undefined): void {
    this.#window = window ?? ALWAYS;
    this.#changed.notify();
  }

  /** Why the copy waits now; undefined when it may read the disk. */
  waits({ spanId, reason }: OpenSpan): Fault | undefined {
    const { clock } = this.#options.world;
    if (reason !== "resync" || !this.#noted.hasPoint || this.#noted.allowedSpanId === spanId) return undefined;
    const now = clock.wallMicros();
    if (isInWindow(this.#window, now, this.#options.zone)) return undefined;
    return rescanWaits(this.#options, nextWindowChange(this.#window, now, this.#options.zone));
  }

  /** How long what `waits` says holds at least, unless somebody says otherwise, ms. A clock that is set is noticed soon, too. */
  get staysMs(): number {
    const now = this.#options.world.clock.wallMicros();
    const next = nextWindowChange(this.#window, now, this.#options.zone);
    const ms = next === undefined ? RESCAN_LOOK_MS_MAX : Math.ceil((next - now) / MICROS_PER_MS);
    return Math.min(RESCAN_LOOK_MS_MAX, ms);
  }

  /** The copy may read the disk at any time, also after a restart. @throws what the files throw; until a restart it holds all the same */
  async allow({ spanId }: OpenSpan): Promise<void> {
    this.#noted = { ...this.#noted, allowedSpanId: spanId };
    this.#changed.notify();
    await this.#write();
  }

  /** The disk has had a point. Costs nothing when that is known. */
  async notePoint(): Promise<void> {
    if (this.#noted.hasPoint) return;
    this.#noted = { ...this.#noted, hasPoint: true };
    try {
      await this.#write();
    } catch (error) {
      // The next point tries again; a restart before it costs a copy at the wrong time of the day.
      if (!isFault(error)) throw error;
      this.#noted = { ...this.#noted, hasPoint: false };
    }
  }

  async #write(): Promise<void> {
    const { world, settings } = this.#options;
    await replaceFile(world.files, settings.folder, FILE, new TextEncoder().encode(JSON.stringify(this.#noted)));
  }
}

interface Noted {
  readonly hasPoint: boolean;
  /** The copy that may go on at any time; empty for none. */
  readonly allowedSpanId: string;
}

async function read({ world: { files }, settings }: RescanWindowOptions): Promise<Noted> {
  const path = `${settings.folder}/${FILE}`;
  try {
    if ((await files.status(path)) === undefined) return NOTHING;
    const parsed: unknown = JSON.parse(new TextDecoder().decode(await readFile(files, path, BYTES_MAX)));
    if (typeof parsed !== "object" || parsed === null || !("hasPoint" in parsed)) return NOTHING;
    const allowed = "allowedSpanId" in parsed ? parsed.allowedSpanId : "";
    return { hasPoint: parsed.hasPoint === true, allowedSpanId: typeof allowed === "string" ? allowed : "" };
  } catch (error) {
    if (!isFault(error) && !(error instanceof SyntaxError)) throw error;
    return NOTHING;
  }
}

const NOTHING: Noted = { hasPoint: false, allowedSpanId: "" };

function rescanWaits({ settings: { name, diskId }, zone }: RescanWindowOptions, fromMicros: number | undefined): Fault {
  const begins = fromMicros === undefined ? "when its policy allows it" : `at ${wallTime(fromMicros, zone)}`;
  return new Fault({
    code: "rescan-waits",
    kind: "operator",
    message: `${name} has to be read again as a whole, and has NO NEW POINTS until that is done. It waits for its window and begins ${begins}; \`leeward disk resync ${name} --now\` begins it now.`,
    remedy: "Run it now with `leeward disk resync --now`, or give the disk's policy another `resyncWindow` (`always`).",
    detail: { disk: diskId, from: fromMicros ?? 0 },
  });
}

/** "2026-11-23 18:00 Europe/Berlin" */
function wallTime(micros: number, zone: TimeZone): string {
  const minutes = Math.round((micros + zone.offsetMicrosAt(micros)) / (60 * MICROS_PER_SECOND));
  return `${formatTime(minutes * 60 * MICROS_PER_SECOND)
    .slice(0, 16)
    .replace("T", " ")} ${zone.name}`;
}
