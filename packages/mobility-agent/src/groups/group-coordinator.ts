import { MICROS_PER_MS, Mutex, type Random } from "@leeward/base";
import type { Consistency, PlannedGroup } from "@leeward/proto";
import type { Clock } from "@leeward/world";
import { GROUP_INTERVAL_MS_MIN, GROUP_SILENT_ROUNDS_MAX } from "../limits.ts";
import { REVISION_DIGITS } from "./group-member.ts";
import { makeGroupPoint, type RoundMember, type RoundOutcome } from "./group-round.ts";

/** Hex digits of a point's id. */
const POINT_ID_DIGITS = 32;
const MS_PER_SECOND = 1_000;

export interface GroupCoordinatorOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly machineId: string;
  readonly group: () => PlannedGroup | undefined;
  /** The members that can be asked now, this machine among them. */
  readonly members: () => readonly RoundMember[];
  /** When a member asked this machine for something last, of the monotonic clock. */
  readonly heardMicros: (machineId: string) => number | undefined;
  /** Told of each round that this machine led, with the members that have no part in its point. */
  readonly onRound: (outcome: RoundOutcome, missingIds: readonly string[]) => void;
  readonly onFailure: (error: unknown) => void;
}

/**
 * Makes the group's points at their interval, while it is this machine's to do so: the member with the lowest id does. The next one takes its
 * place when nothing was heard of it for three intervals, the one after that when nothing was for four, and so on; and leaves it again as soon as
 * it is heard. Two at a time do no harm: every point is valid in itself.
 */
export class GroupCoordinator {
  readonly #options: GroupCoordinatorOptions;
  readonly #alone = new Mutex();
  /** Members that did not get ready in the last round that waited for them, and were not heard since. */
  readonly #silent = new Set<string>();
  #begunMicros: number;

  constructor(options: GroupCoordinatorOptions) {
    this.#options = options;
    this.#begunMicros = options.clock.monotonicMicros();
  }

  /** The member has answered something: it is waited for again. */
  heard(machineId: string): void {
    this.#silent.delete(machineId);
  }

  /** Makes a point at each interval; rejects with the signal's reason. */
  async run(signal: AbortSignal): Promise<never> {
    this.#begunMicros = this.#options.clock.monotonicMicros();
    for (;;) {
      await this.#options.clock.sleep(this.#intervalMs(), signal);
      if (this.#isLeader()) await this.lead("crash", signal);
    }
  }

  /** One round now; undefined when the machine is in no group. */
  lead(consistency: Consistency, signal: AbortSignal): Promise<RoundOutcome | undefined> {
    return this.#alone.hold(async () => {
      const { clock, random, machineId, members, onRound, onFailure } = this.#options;
      const group = this.#options.group();
      if (group === undefined) return undefined;
      const own = group.revisionId.slice(0, REVISION_DIGITS);
      const rest = Buffer.from(random.bytes((POINT_ID_DIGITS - own.length) / 2)).toString("hex");
      const of = { pointId: `${own}${rest}`, revisionId: group.revisionId, consistency };
      const isAwaited = (id: string): boolean => id === machineId || !this.#silent.has(id);
      const outcome = await makeGroupPoint(members(), { clock, of, isAwaited, onFailure }, signal);
      for (const id of outcome.silentIds) this.#silent.add(id);
      const missing = group.members.filter((member) => !outcome.markedIds.includes(member.machineId));
      onRound(
        outcome,
        missing.map((member) => member.machineId),
      );
      return outcome;
    });
  }

  #isLeader(): boolean {
    const { machineId, members, heardMicros, clock } = this.#options;
    const lower = members().filter((member) => member.machineId < machineId);
    const patienceMs = (GROUP_SILENT_ROUNDS_MAX - 1 + lower.length) * this.#intervalMs();
    const heard = Math.max(this.#begunMicros, ...lower.map((member) => heardMicros(member.machineId) ?? 0));
    return lower.length === 0 || clock.monotonicMicros() - heard > patienceMs * MICROS_PER_MS;
  }

  #intervalMs(): number {
    return Math.max(GROUP_INTERVAL_MS_MIN, (this.#options.group()?.intervalSeconds ?? 0) * MS_PER_SECOND);
  }
}
