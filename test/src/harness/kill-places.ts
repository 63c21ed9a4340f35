// Where a failover and its way back are just now, by what the daemons have made durable: read in one go, so that the process that is there can be killed
// before it is elsewhere.
import { readdirSync, readFileSync } from "node:fs";
import { fieldOf } from "./shapes.ts";

/** Undefined before. A busy test may see a place that is soon left only when that is over. */
export type Place = "at it" | "just after it" | undefined;

export interface KillPlacesOptions {
  readonly agentHome: string;
  readonly targetHome: string;
  readonly diskId: string;
}

export class KillPlaces {
  readonly #agentHome: string;
  readonly #diskFolder: string;
  readonly #epochs: string;
  readonly #replicas: string;

  constructor({ agentHome, targetHome, diskId }: KillPlacesOptions) {
    this.#agentHome = agentHome;
    this.#diskFolder = `${agentHome}/disks/${diskId}`;
    this.#epochs = `${targetHome}/epochs.json`;
    this.#replicas = `${targetHome}/replicas`;
  }

  /** The source is in its orderly stop, and its last point is not at the target yet. */
  stopping(): Place {
    return atIt(fieldOf(fieldOf(jsonLine(this.#fenceNote()), "stop"), "done") === false);
  }

  /** The source knows that another side has this epoch. */
  heard(epoch: number): Place {
    return atIt(Number(fieldOf(jsonLine(this.#fenceNote()), "heardEpoch")) >= epoch);
  }

  /** The target has raised the machine's epoch for this failover. */
  epochClaimed({ id, machine }: { readonly id: string; readonly machine: string }): Place {
    const known = fieldOf(fieldOf(jsonLine(this.#epochs), "machines"), machine);
    return atIt(fieldOf(known, "claim") === id);
  }

  /** The target has a record of some machine. */
  begun(): Place {
    return atIt(readdirSync(this.#replicas).length > 0);
  }

  /** The replica machine is halted, and nothing that it wrote has become history. */
  halted(failoverId: string): Place {
    return atIt(fieldOf(this.record(failoverId), "step") === "halted");
  }

  /** What the halted machine wrote becomes history: so it is from when the last point's id stands in the record. */
  absorbed(failoverId: string): Place {
    const record = this.record(failoverId);
    if (fieldOf(fieldOf(record, "halted"), "point") !== undefined) return "at it";
    return record === undefined || fieldOf(record, "step") === "removing" ? "just after it" : undefined;
  }

  /** The machine that had this record is removed. */
  removed(failoverId: string, before: unknown): Place {
    const record = this.record(failoverId);
    if (fieldOf(record, "step") === "removing") return "at it";
    const isSame = JSON.stringify(fieldOf(record, "openedIds")) === JSON.stringify(fieldOf(before, "openedIds"));
    return isSame ? undefined : "just after it";
  }

  /** The target's record of the machine. */
  record(failoverId: string): unknown {
    return jsonLine(`${this.#replicas}/${failoverId}.json`);
  }

  /** The source's disk is being written, and its first step is not on record as done. */
  beingBrought(): Place {
    const bytes = this.#broughtBytes();
    return bytes === undefined ? undefined : bytes === 0 ? "at it" : "just after it";
  }

  /** At least so many bytes are durably on the source's disk, whose replica machine runs on. */
  brought(bytes: number): Place {
    return atIt((this.#broughtBytes() ?? 0) >= bytes);
  }

  /** The source's disk has begun its branch behind what the replica machine wrote, which this failover ended. */
  branchBegun(failoverId: string): Place {
    const following = jsonLine(`${this.#diskFolder}/branch`, 2);
    return atIt(fieldOf(following, "origin") === failoverId && fieldOf(following, "parent") !== undefined);
  }

  #broughtBytes(): number | undefined {
    const head = jsonLine(`${this.#diskFolder}/reverse/record`);
    if (fieldOf(head, "written") !== true || fieldOf(head, "complete") !== false) return undefined;
    return Number(fieldOf(head, "broughtBytes"));
  }

  #fenceNote(): string {
    return `${this.#agentHome}/fence.json`;
  }
}

function atIt(isThere: boolean): Place {
  return isThere ? "at it" : undefined;
}

/** The JSON on a line of a file; undefined while there is none. */
function jsonLine(path: string, line = 0): unknown {
  const text = textOf(path).split("\n")[line] ?? "";
  return text === "" ? undefined : JSON.parse(text);
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return "";
    throw error;
  }
}
