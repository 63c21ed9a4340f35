import { anySignal, Fault } from "@leeward/base";
import type { RequestBody } from "@leeward/proto";
import { type Answers, isKnownIn, type LiveSessions, type RequestKind } from "@leeward/wire";
import type { Clock } from "@leeward/world";
import { machineOffline, masterTargetOffline } from "../faults.ts";
import { MEMBER_REQUEST_MS_MAX } from "../limits.ts";
import type { MemberRow } from "../store/member-rows.ts";

/** Asks members what only they know. Nothing of the answers is kept: the next question is asked anew. */
export class MemberRequests {
  readonly #live: LiveSessions;
  readonly #clock: Clock;

  constructor(live: LiveSessions, clock: Clock) {
    this.#live = live;
    this.#clock = clock;
  }

  isThere(member: MemberRow): boolean {
    return this.#live.has(member.id);
  }

  /** The version of a member that is there and does not know the request; undefined for all others. */
  outdatedFor(member: MemberRow, kind: RequestKind): string | undefined {
    const agreement = this.#live.of(member.id)?.agreement;
    return agreement === undefined || isKnownIn(agreement.wireVersion, kind) ? undefined : agreement.softwareVersion;
  }

  /**
   * @throws Fault `machine-offline`, `master-target-offline`, `member-timed-out`, and whatever the member says
   */
  async ask<K extends RequestKind>(
    member: MemberRow,
    body: Extract<RequestBody, { kind: K }>,
    wait: { readonly signal: AbortSignal; readonly timeoutMs?: number },
  ): Promise<Answers[K]> {
    const session = this.#live.of(member.id);
    if (session === undefined)
      throw member.role === "agent" ? machineOffline(member.name) : masterTargetOffline(member.name);
    const timeoutMs = wait.timeoutMs ?? MEMBER_REQUEST_MS_MAX;
    const timer = new AbortController();
    const done = new AbortController();
    const timedOut = this.#clock
      .sleep(timeoutMs, done.signal)
      .then(() => timer.abort(memberTimedOut(member, timeoutMs)));
    timedOut.catch(() => undefined);
    try {
      return await session.request(body, anySignal([wait.signal, timer.signal]));
    } finally {
      done.abort();
    }
  }
}

function memberTimedOut(member: MemberRow, afterMs: number): Fault {
  return new Fault({
    code: "member-timed-out",
    kind: "transient",
    message: `${member.name} did not answer within ${afterMs / 1_000} s.`,
    detail: { member: member.name },
  });
}
