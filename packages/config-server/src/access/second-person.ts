// What destroys is done by two people, where the installation wants that: who asks, and somebody else who approves. An approval is for one call of one
// asker, whole, and for the very things it is of, as they were; it is taken before the call is made, and given back when the call was refused.
import { createHash } from "node:crypto";
import { isFault, MICROS_PER_SECOND, randomId } from "@leeward/base";
import type { World } from "@leeward/world";
import type { Actor, EventLog } from "../events/event-log.ts";
import { APPROVAL_SECONDS, APPROVALS_KEPT_SECONDS, APPROVED_SECONDS } from "../limits.ts";
import type { ApprovalRow } from "../store/approval-rows.ts";
import type { Store } from "../store/store.ts";
import { approvalDecided, approvalUnknown, ownApproval, secondPersonNeeded } from "./access-faults.ts";
import type { Destruction } from "./destructive.ts";
import type { ByWhom } from "./users.ts";

export interface SecondPersonOptions {
  readonly world: Pick<World, "clock" | "random">;
  readonly store: Store;
  readonly events: EventLog;
}

export type ApprovalState = ApprovalRow["state"] | "expired";

export class SecondPerson {
  readonly #options: SecondPersonOptions;

  constructor(options: SecondPersonOptions) {
    this.#options = options;
  }

  get isWanted(): boolean {
    return this.#options.store.facts.get("secondPerson") === "yes";
  }

  /** Whether two of these could approve one another's calls. */
  isPossible(identities: readonly string[]): boolean {
    return identities.some((one, at) => identities.slice(at + 1).some((other) => !this.#areOne(one, other)));
  }

  /** Makes the call when somebody else has approved it, once. @throws Fault `second-person-needed`, and whatever the call throws */
  async guard<T>(
    of: { readonly action: string; readonly call: object; readonly destruction: Destruction; readonly by: ByWhom },
    work: () => Promise<T>,
  ): Promise<T> {
    const { approvals } = this.#options.store;
    const standing = this.#standing(of);
    if (standing.state !== "approved" || !approvals.use(standing.id))
      throw secondPersonNeeded(standing.id, of.destruction.summary);
    try {
      return await work();
    } catch (error) {
      // What was begun and failed is not begun again without a word.
      if (isFault(error) && error.kind === "operator") approvals.giveBack(standing.id);
      throw error;
    }
  }

  /** @throws Fault `approval-unknown`, `approval-own`, `approval-decided` */
  decide(id: string, state: "approved" | "refused", by: ByWhom): ApprovalRow {
    const { world, store } = this.#options;
    return store.transaction(() => {
      const approval = this.find(id);
      // Who asked may well take it back.
      if (state === "approved" && this.#areOne(approval.asker, by.identity)) throw ownApproval();
      const nowMicros = world.clock.wallMicros();
      const expiresMicros =
        state === "approved" ? nowMicros + APPROVED_SECONDS * MICROS_PER_SECOND : approval.expiresMicros;
      if (!store.approvals.decide(id, { state, by: by.actor.name, nowMicros, expiresMicros }))
        throw approvalDecided(this.stateOf(approval));
      const message = `What ${approval.askedBy} asked for was ${state}: ${approval.summary}`;
      this.#tell(by.actor, { kind: `approval-${state}`, approval, message });
      return this.find(id);
    });
  }

  /** @throws Fault `approval-unknown` */
  find(id: string): ApprovalRow {
    const approval = this.#options.store.approvals.byId(id);
    if (approval === undefined) throw approvalUnknown(id);
    return approval;
  }

  stateOf({ state, expiresMicros }: ApprovalRow): ApprovalState {
    const isOver = expiresMicros <= this.#options.world.clock.wallMicros();
    return isOver && (state === "open" || state === "approved") ? "expired" : state;
  }

  /** The approval of this call that is open or approved, made when there is none. */
  #standing(of: Parameters<SecondPerson["guard"]>[0]): ApprovalRow {
    const { world, store } = this.#options;
    const { action, destruction, by } = of;
    const { binds, ...told } = destruction;
    const callDigest = createHash("sha256")
      .update(`${action} ${canonical(of.call)} ${canonical(binds)}`)
      .digest("hex");
    const now = world.clock.wallMicros();
    return store.transaction(() => {
      const known = store.approvals.standing({ asker: by.identity, callDigest }, now);
      if (known !== undefined) return known;
      store.approvals.prune(now - APPROVALS_KEPT_SECONDS * MICROS_PER_SECOND);
      const id = randomId(world.random);
      const asked = { asker: by.identity, askedBy: by.actor.name, askedMicros: now };
      const expiresMicros = now + APPROVAL_SECONDS * MICROS_PER_SECOND;
      store.approvals.insert({ id, action, callDigest, ...told, ...asked, expiresMicros });
      const approval = this.find(id);
      this.#tell(by.actor, {
        kind: "approval-asked",
        approval,
        message: `A second person is asked for: ${destruction.summary}`,
      });
      return approval;
    });
  }

  /** Whether one of them is the other, or made the other or set its password, over however many steps. */
  #areOne(one: string, other: string): boolean {
    return this.#makersOf(one).has(other) || this.#makersOf(other).has(one);
  }

  /** It, who made it or set its password, who made that. */
  #makersOf(identity: string): ReadonlySet<string> {
    const { tokens, users } = this.#options.store;
    const makers = new Set([identity]);
    for (const at of makers) {
      const id = at.slice(at.indexOf(":") + 1);
      const user = at.startsWith("user:") ? users.byId(id) : undefined;
      const { creator } = user ?? tokens.byId(id) ?? { creator: null };
      for (const maker of [creator, user?.passwordSetter ?? null]) if (maker !== null) makers.add(maker);
    }
    return makers;
  }

  #tell(actor: Actor, { kind, approval, message }: { kind: string; approval: ApprovalRow; message: string }): void {
    const { id, action, subject } = approval;
    const detail = { approval: id, action };
    this.#options.events.add(actor, { severity: "warning", kind, subject, message, detail });
  }
}

/** The same text for the same call, in whatever order it names its parts. Of a password it says that there is one: not even a digest of it is kept here. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  const entries = Object.entries(value).filter(([, each]) => each !== undefined);
  const sorted = entries.toSorted(([one], [other]) => (one < other ? -1 : 1));
  const said = sorted.map(([key, each]) => `${JSON.stringify(key)}:${key === "password" ? "set" : canonical(each)}`);
  return `{${said.join(",")}}`;
}
