import { MICROS_PER_SECOND } from "@leeward/base";
import type { EventReport } from "@leeward/proto";
import type { RefusedConnection } from "@leeward/wire";
import type { Clock } from "@leeward/world";

/** Refusals of one code that are told at once, before they are rationed. */
const BURST = 20;
/** One more of a code may be told after so long. */
const REFILL_MICROS = 60 * MICROS_PER_SECOND;
/** Codes that are counted each for itself; a peer that makes up further ones shares one count. */
const CODES_MAX = 64;
const OTHER = "other";
const TEXT_MAX = 500;

export interface Refusal {
  readonly code: string;
  /** What was asked for: "a session". */
  readonly what: string;
  readonly message: string;
  /** Where it came from. */
  readonly address: string;
  /** Role and id as the certificate proves them; undefined for a stranger. */
  readonly peer?: string | undefined;
}

interface Ration {
  left: number;
  atMicros: number;
  unsaid: number;
}

/**
 * Turns refusals into events for people. What it keeps true: strangers can ask without end, but of each code only the first ones and then one
 * a minute become events, so that they push nothing else out of the record; how many were left out stands in the next one.
 */
export class RefusalReports {
  readonly #clock: Clock;
  readonly #report: (event: EventReport) => void;
  /** Told of each, also of those that become no event. */
  readonly #count: (refusal: Pick<Refusal, "code">) => void;
  readonly #rations = new Map<string, Ration>();

  constructor(
    clock: Clock,
    report: (event: EventReport) => void,
    count: (refusal: Pick<Refusal, "code">) => void = () => undefined,
  ) {
    this.#clock = clock;
    this.#count = count;
    this.#report = report;
  }

  tell({ code, what, message, address, peer }: Refusal): void {
    const ration = this.#rationOf(code);
    // A peer makes up no further codes: what it did is named by those that there are.
    this.#count({ code: this.#rations.has(code) ? code : OTHER });
    if (ration.left < 1) {
      ration.unsaid += 1;
      return;
    }
    ration.left -= 1;
    const { unsaid } = ration;
    ration.unsaid = 0;
    const who = peer === undefined ? address : `${peer} at ${address}`;
    this.#report({
      kind: "request-refused",
      severity: "warning",
      subject: peer ?? address,
      message: `Refused: ${what} from ${who}. ${message}`.slice(0, TEXT_MAX),
      detail: {
        code,
        what,
        address,
        ...(peer !== undefined && { peer }),
        ...(unsaid > 0 && { unsaid: String(unsaid) }),
      },
    });
  }

  /** A connection that was turned away, or cut for what came over it, as the network tells it. */
  tellConnection({ code, address, reason, peer }: RefusedConnection): void {
    const name = peer === undefined ? undefined : `${peer.role} ${peer.id}`;
    this.tell({ code, what: "a connection", message: `Why: ${reason}.`, address, peer: name });
  }

  #rationOf(code: string): Ration {
    const now = this.#clock.monotonicMicros();
    const key = this.#rations.has(code) || this.#rations.size < CODES_MAX ? code : OTHER;
    const known = this.#rations.get(key) ?? { left: BURST, atMicros: now, unsaid: 0 };
    const refills = Math.floor((now - known.atMicros) / REFILL_MICROS);
    known.left = Math.min(BURST, known.left + refills);
    known.atMicros += refills * REFILL_MICROS;
    this.#rations.set(key, known);
    return known;
  }
}
