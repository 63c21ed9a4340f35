// One round: the members of a consistency group make one point of several machines.
//
//   coordinator    prepare ─► all   freeze ─► some   hold ─► all           T      mark ─► all             (release ─► who did not answer)
//   each member    ready ◄─         frozen ◄─        holds; held ◄─        │      still held: mark raised, writes go; done ◄─
//                                   ├╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌├── no write goes on ─┼────────────┤
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
// A member with disks that others write to freezes their file systems, which takes up to 2 s; it says so when it is ready, and is asked for it before
// anyone is asked to hold. So splitters hold their writes for as long as in a group without such a member. Of a frozen disk the argument holds as of
// any other: what it holds was read after it was frozen, and what is submitted later waits in the kernel until its thaw, after the mark.
// Whether it was still until the mark turns out at the thaw, for each disk, and one that was not is missing in its machine's part.
//
// Nothing is held while members get ready, which may take as long as a slow disk: so one that is stuck costs the others no hold.
import { firstOf, Waiters } from "@leeward/base";
import type { GroupAsk } from "@leeward/proto";
import type { Clock } from "@leeward/world";
import {
  GROUP_FREEZE_LEFT_MS,
  GROUP_HELD_MS_MAX,
  GROUP_MARKED_MS_MAX,
  GROUP_READY_MS_MAX,
  HOLD_MS_MAX,
} from "../limits.ts";
import type { Reply } from "./group-member.ts";

/** A member as the coordinator reaches it: another machine, or this one. */
export interface RoundMember {
  readonly machineId: string;
  /** undefined when it was not reached, or its answer is not awaited any more; it may also never settle. */
  ask(ask: GroupAsk): Promise<Reply | undefined>;
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
    const able = await round.freeze(ready.done, signal);
    const held = await round.gather(able, { step: "hold", patienceMs: GROUP_HELD_MS_MAX }, signal);
    // From here on all of `held` hold, or will say that they did not.
    const marking = round.gather([...held.done.keys()], { step: "mark", patienceMs: GROUP_MARKED_MS_MAX }, signal);
    round.release(members.filter((member) => !held.done.has(member)));
    const marked = await marking;
    return {
      pointId: options.of.pointId,
      markedIds: [...marked.done.keys()].map(({ machineId }) => machineId),
      silentIds: ready.silent.map(({ machineId }) => machineId),
    };
  } catch (error) {
    round.release(members);
    throw error;
  }
}

interface Step {
  readonly step: "prepare" | "freeze" | "hold" | "mark";
  readonly patienceMs: number;
  readonly isAwaited?: (member: RoundMember) => boolean;
}

interface Gathered {
  readonly done: ReadonlyMap<RoundMember, Reply>;
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
    const answers = new Map<RoundMember, Reply | "lost">();
    const changed = new Waiters();
    for (const member of members) {
      this.#ask(member, step.step)
        .then((reply) => {
          answers.set(member, reply ?? "lost");
          changed.notify();
        })
        .catch((error: unknown) => this.#options.onFailure(error));
    }
    const isComplete = (): boolean => members.every((member) => answers.has(member) || !isAwaited(member));
    await firstOf(signal, [
      (inner) => changed.until(isComplete, inner),
      (inner) => clock.sleep(step.patienceMs, inner),
    ]);
    const done = new Map<RoundMember, Reply>();
    for (const [member, reply] of answers) if (reply !== "lost" && reply.outcome === "done") done.set(member, reply);
    const silent = members.filter((member) => isAwaited(member) && (answers.get(member) ?? "lost") === "lost");
    return { done, silent };
  }

  /**
   * Has those freeze that have to, and waits for all of them; the others hold nothing meanwhile. Returns who can be asked to hold. One that is
   * not frozen in time is let go at once, and the others go on without it.
   */
  async freeze(ready: Gathered["done"], signal: AbortSignal): Promise<RoundMember[]> {
    const slow = [...ready.keys()].filter((member) => (ready.get(member)?.freezeMs ?? 0) > 0);
    if (slow.length === 0) return [...ready.keys()];
    const longestMs = Math.max(...slow.map((member) => ready.get(member)?.freezeMs ?? 0));
    const patienceMs = Math.max(0, Math.min(HOLD_MS_MAX, longestMs) - GROUP_FREEZE_LEFT_MS);
    const frozen = await this.gather(slow, { step: "freeze", patienceMs }, signal);
    this.release(slow.filter((member) => !frozen.done.has(member)));
    return [...ready.keys()].filter((member) => !slow.includes(member) || frozen.done.has(member));
  }

  /** Lets go of those that have no part in the point; that is not waited for, since their own timers do the same. */
  release(members: readonly RoundMember[]): void {
    for (const member of members) {
      this.#ask(member, "release").catch((error: unknown) => this.#options.onFailure(error));
    }
  }

  #ask(member: RoundMember, step: GroupAsk["step"]): Promise<Reply | undefined> {
    return member.ask({ ...this.#options.of, step });
  }
}
