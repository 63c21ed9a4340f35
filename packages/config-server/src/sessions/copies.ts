// Which members have a copy: another host that has the same key. In memory alone, since a copy comes again and again for as long as it runs.
import { MICROS_PER_SECOND } from "@leeward/base";
import type { Session } from "@leeward/wire";
import type { Clock } from "@leeward/world";
import { COPY_SECONDS } from "../limits.ts";

/** Where one of the two is. */
export interface CopyHost {
  /** Empty where it says nothing. */
  readonly hostName: string;
  readonly address: string;
}

/** A member's copy that was refused. */
export interface SeenCopy {
  readonly copy: CopyHost;
  /** Who is the member; undefined when it was away when the copy came last. */
  readonly first: CopyHost | undefined;
  readonly sinceMicros: number;
  readonly lastMicros: number;
}

export class Copies {
  readonly #clock: Clock;
  readonly #seen = new Map<string, SeenCopy>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The member's copy that came last; undefined when none has come for longer than a refused one waits. */
  of(memberId: string): SeenCopy | undefined {
    const seen = this.#seen.get(memberId);
    const isOver = seen !== undefined && this.#clock.wallMicros() - seen.lastMicros > COPY_SECONDS * MICROS_PER_SECOND;
    if (isOver) this.forget(memberId);
    return isOver ? undefined : seen;
  }

  /** A copy was refused, because `first` is there or by its own word. Returns whether nobody knew of it before. */
  note(session: Session, first: Session | undefined): boolean {
    const before = this.of(session.peer.id);
    const lastMicros = this.#clock.wallMicros();
    const copy = hostOf(session);
    const isKnown =
      before?.copy.hostName === copy.hostName && withoutPort(before.copy.address) === withoutPort(copy.address);
    this.#seen.set(session.peer.id, {
      copy,
      first: first === undefined ? undefined : hostOf(first),
      sinceMicros: isKnown ? before.sinceMicros : lastMicros,
      lastMicros,
    });
    return !isKnown;
  }

  /** There is one host less. */
  forget(memberId: string): void {
    this.#seen.delete(memberId);
  }
}

/** "web-2 at 10.0.0.2:41234", as far as it is known. */
export function nameOfHost({ hostName, address }: CopyHost): string {
  return hostName === "" ? address : `${hostName} at ${address}`;
}

function hostOf({ agreement, address }: Session): CopyHost {
  return { hostName: agreement.sender.hostName, address };
}

/** Each connection comes from another port. */
function withoutPort(address: string): string {
  return address.replace(/:\d+$/, "");
}
