// Whether this host is the one whose identity the home has, or has a copy of it.
//
//   ┌────────┐ taken by the config server, or it cannot be asked ┌─────┐
//   │ asking │ ────────────────────────────────────────────────► │ own │
//   └───┬────┘                                                   └──┬──┘
//       │        refused by the config server: the other one is there  │
//       └────────────────────────────► ┌──────┐ ◄────────────────────┘
//   started on another host ─────────► │ copy │   until another identity is registered
//                                      └──────┘
//
// Invariant: nothing that this host records leaves it before it was taken, or could not be asked, and nothing ever does of a copy, also over restarts. What
// applications write is never held. Worst outcome if broken: what two hosts wrote is taken for the history of one.
import { type Fault, isFault } from "@leeward/base";
import type { Clock, Files } from "@leeward/world";
import { hostIsCopy } from "../faults.ts";
import type { ShownFault } from "../inventory/machine-faults.ts";
import { type HostFacts, isEqualHost, isSameHost } from "./host-facts.ts";
import { type HostNote, readHostNote, writeHostNote } from "./host-note.ts";

export interface OwnHostOptions {
  readonly clock: Clock;
  readonly files: Files;
  /** That of the identity. */
  readonly folder: string;
  /** Of the identity. */
  readonly machineId: string;
  readonly facts: HostFacts;
  /** Told when what may be delivered is another. */
  readonly onChange: () => void;
}

type State = { readonly kind: "asking" | "own" } | { readonly kind: "copy"; readonly shown: ShownFault };

export class OwnHost {
  readonly #options: OwnHostOptions;
  readonly #host: HostFacts;
  #state: State;

  private constructor(options: OwnHostOptions, note: HostNote) {
    this.#options = options;
    this.#host = note.host;
    const { copy } = note;
    const { machineId } = options;
    this.#state =
      copy === undefined
        ? { kind: "asking" }
        : { kind: "copy", shown: { fault: hostIsCopy(machineId, copy.message), sinceMicros: copy.sinceMicros } };
  }

  /** What is noted of the host is brought up to date, durably; on another host, that this one has a copy. */
  static async open(options: OwnHostOptions): Promise<OwnHost> {
    const { files, folder } = options;
    const before = await readHostNote(files, folder);
    const note = noteNow(before, options);
    if (before === undefined || JSON.stringify(before) !== JSON.stringify(note))
      await writeHostNote(files, folder, note);
    return new OwnHost(options, note);
  }

  get isCopy(): boolean {
    return this.#state.kind === "copy";
  }

  /** Whether what is recorded here may leave this host. */
  get mayDeliver(): boolean {
    return this.#state.kind === "own";
  }

  /** Shown for as long as this host is a copy. */
  get fault(): ShownFault | undefined {
    return this.#state.kind === "copy" ? this.#state.shown : undefined;
  }

  /** The config server takes this host for the machine; or it cannot be asked now, and the machine's peers look for themselves. */
  taken(): void {
    if (this.#state.kind !== "asking") return;
    this.#state = { kind: "own" };
    this.#options.onChange();
  }

  /** The config server says that another host has the identity, and is there. In force at once; durable when it settles, if the home can be written. */
  async refused({ message }: Pick<Fault, "message">): Promise<void> {
    if (this.#state.kind === "copy") return;
    const { clock, files, folder, facts, machineId, onChange } = this.#options;
    const sinceMicros = clock.wallMicros();
    this.#state = { kind: "copy", shown: { fault: hostIsCopy(machineId, message), sinceMicros } };
    onChange();
    try {
      await writeHostNote(files, folder, { host: this.#host, copy: { on: facts, message, sinceMicros } });
    } catch (error) {
      // It holds for this run; the next one is told the same.
      if (!isFault(error)) throw error;
    }
  }
}

/** Notes on which host an identity was made, so that a copy of a home that was never started is known, too. Durable when it settles. */
export async function noteHost(
  { files }: { readonly files: Files },
  { folder, facts }: { readonly folder: string; readonly facts: HostFacts },
): Promise<void> {
  await writeHostNote(files, folder, { host: facts });
}

function noteNow(before: HostNote | undefined, { clock, facts }: OwnHostOptions): HostNote {
  if (before === undefined) return { host: facts };
  const { host, copy } = before;
  if (copy !== undefined && holdsHere({ host, on: copy.on }, facts)) return before;
  if (isSameHost(host, facts)) return { host: facts };
  const message = "It runs on another host than the one on which its identity was used before.";
  return { host, copy: { on: facts, message, sinceMicros: clock.wallMicros() } };
}

/**
 * Whether what was noted of a copy holds on this host: another disk in it makes the copy not the machine. What another host noted on a home that came back from there
 * does not hold, also where the two are so much alike that only what is equal in all tells them apart.
 */
function holdsHere({ host, on }: { readonly host: HostFacts; readonly on: HostFacts }, facts: HostFacts): boolean {
  if (isEqualHost(on, facts)) return true;
  return isSameHost(on, facts) && !isEqualHost(host, facts);
}
