// One round: the members of a consistency group make one point of several machines.
//
//   coordinator    prepare ─► all      hold ─► all           T      mark ─► all             (release ─► who did not answer)
//   each member    ready ◄─            holds; held ◄─        │      still held: mark raised, writes go; done ◄─
//                                      ├── no write goes on ─┼────────────┤
//
// What the point promises: a write that was made because of another one, on whichever machine, is in the point only if that other one is.
//
// Why it holds. A member holds from `held` until its mark: a write that is submitted meanwhile waits, before it takes its sequence. The
// coordinator asks for marks only after every member that will be marked has said that it holds: call that instant T. Let C be a write on A, and E
// one on B that was submitted after C was acknowledged. Suppose that E is before B's mark and C after A's. C is after a mark that was
// raised after T, so C was acknowledged, and E submitted, after T. B held at T and, by what its mark promises, without a break
// until its mark: so E waited, and is after B's mark. That contradicts.
//
// A member knows for certain whether its hold lasted until its mark (MachineHold): its own timer, not the coordinator, ends it after 200 ms. One
// whose hold did not last answers `expired` and makes no point; its part is missing, and the argument is about the others. One that does
// not answer, or answers late, is left out in the same way. So each part is valid or not by itself: the coordinator may die at
// any moment, two may work at once, messages may be late or lost, and no clock is compared with another.
//
// Nothing is held while members get ready, which may take as long as a slow disk: so one that is stuck costs the others no hold.
import { firstOf, Waiters } from "@leeward/base";
import type { GroupAsk } from "@leeward/proto";
import type { Clock } from "@leeward/world";
import { GROUP_HELD_MS_MAX, GROUP_MARKED_MS_MAX, GROUP_READY_MS_MAX } from "../limits.ts";
import type { Outcome } from "./group-member.ts";

/** A member as the coordinator reaches it: another machine, or this one. */
export interface RoundMember {
  readonly machineId: string;
  /** undefined when it was not reached, or its answer is not awaited any more; it may also never settle. */
  ask(ask: GroupAsk): Promise<Outcome | undefined>;
}

export interface RoundOptions {
  readonly clock: Clock;
  readonly of: Omit<GroupAsk, "step">;
  /** Whether the member is waited for at all: one that was silent lately takes part when it happens to be as quick as the others. */
  readonly isAwaited: (machineId: string) => boolean;
  /** Told of a failure that is a mistake of ours. */
  readonly onFailure: (error: unknown) => void;
}

export interface RoundOutcome {
  readonly pointId: string;
  /** Members that raised the mark while they held. */
  readonly markedIds: readonly string[];
  /** Members that were waited for and did not get ready in time. */
  readonly silentIds: readonly string[];
}

/** Makes one point with those of the members that take part. Rejects with the signal's reason when that aborts. */
export async function makeGroupPoint(
  members: readonly RoundMember[],
  options: RoundOptions,
  signal: AbortSignal,
): Promise<RoundOutcome> {
  const round = new Round(options);
  try {
    const isAwaited = ({ machineId }: RoundMember): boolean => options.isAwaited(machineId);
    const ready = await round.gather(members, { step: "prepare", patienceMs: GROUP_READY_MS_MAX, isAwaited }, signal);
    const held = await round.gather(ready.done, { step: "hold", patienceMs: GROUP_HELD_MS_MAX }, signal);
    // From here on all of `held` hold, or will say that they did not.
    const marking = round.gather(held.done, { step: "mark", patienceMs: GROUP_MARKED_MS_MAX }, signal);
    round.release(members.filter((member) => !held.done.includes(member)));
    const marked = await marking;
    return {
      pointId: options.of.pointId,
      markedIds: marked.done.map(({ machineId }) => machineId),
      silentIds: ready.silent.map(({ machineId }) => machineId),
    };
  } catch (error) {
    round.release(members);
    throw error;
  }
}

interface Step {
  readonly step: "prepare" | "hold" | "mark";
  readonly patienceMs: number;
  readonly isAwaited?: (member: RoundMember) => boolean;
}

interface Gathered {
  readonly done: RoundMember[];
  /** Waited for, and did not answer in time. */
  readonly silent: RoundMember[];
}

class Round {
  readonly #options: RoundOptions;

  constructor(options: RoundOptions) {
    this.#options = options;
  }

  /** Asks all, and waits until those that are waited for have answered, or patience is over. */
  async gather(members: readonly RoundMember[], step: Step, signal: AbortSignal): Promise<Gathered> {
    const { clock } = this.#options;
    const isAwaited = step.isAwaited ?? (() => true);
    const answers = new Map<RoundMember, Outcome | "lost">();
    const changed = new Waiters();
    for (const member of members) {
      this.#ask(member, step.step)
        .then((outcome) => {
          answers.set(member, outcome ?? "lost");
          changed.notify();
        })
        .catch((error: unknown) => this.#options.onFailure(error));
    }
    const isComplete = (): boolean => members.every((member) => answers.has(member) || !isAwaited(member));
    await firstOf(signal, [
      (inner) => changed.until(isComplete, inner),
      (inner) => clock.sleep(step.patienceMs, inner),
    ]);
    return {
      done: members.filter((member) => answers.get(member) === "done"),
      silent: members.filter((member) => isAwaited(member) && (answers.get(member) ?? "lost") === "lost"),
    };
  }

  /** Lets go of those that have no part in the point; that is not waited for, since their own timers do the same. */
  release(members: readonly RoundMember[]): void {
    for (const member of members) {
      this.#ask(member, "release").catch((error: unknown) => this.#options.onFailure(error));
    }
  }

  #ask(member: RoundMember, step: GroupAsk["step"]): Promise<Outcome | undefined> {
    return member.ask({ ...this.#options.of, step });
  }
}
