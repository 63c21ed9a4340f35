// One authority follows another. Steps go on by themselves as soon as every member has said that it has what the next one needs; a person may go on without
// those who have not, and they are named.
//
//   introducing: every member trusts both ──► renewing: every member has a certificate of the new one, operators had their time ──► the old one goes
//
// Invariant: the new authority issues for nobody, and the old one does not go, before all that are enrolled can live with it, but at a person's word. Each
// state is stored (`Trust`) before members hear of it; a restart goes on from there. Worst outcome if broken: a machine that nobody lets in.
import { formatTime, MICROS_PER_SECOND, Waiters } from "@leeward/base";
import type { World } from "@leeward/world";
import type { Actor, EventLog } from "../events/event-log.ts";
import { SELF } from "../events/event-log.ts";
import { rotationIncomplete, rotationNone, rotationUnderWay } from "../faults.ts";
import { ROTATION_LOOK_MS } from "../limits.ts";
import type { MemberRow } from "../store/member-rows.ts";
import type { Store } from "../store/store.ts";
import type { Trust } from "./trust.ts";

const SECONDS_PER_DAY = 86_400;

export interface RotationOptions {
  readonly world: Pick<World, "clock">;
  readonly store: Pick<Store, "members">;
  readonly trust: Pick<Trust, "successor" | "begin" | "issueByNext" | "retire">;
  readonly events: EventLog;
  /** How long operators have to take the new authority over. */
  readonly overlapDays: () => number;
  /** Brings to the members, and to who is handed it, what is to be trusted from now on. */
  readonly trustChanged: () => Promise<void>;
}

/** A member that has not got what the present step asks for. */
export type Behind = Pick<MemberRow, "id" | "role" | "name">;

export class Rotation {
  readonly #options: RotationOptions;
  readonly #changed = new Waiters();

  constructor(options: RotationOptions) {
    this.#options = options;
  }

  /** Who has not got what the present step asks for; nobody when there is none. */
  behind(): Behind[] {
    const { store, trust } = this.#options;
    const { successor } = trust;
    if (successor === undefined) return [];
    const { fingerprint, phase } = successor;
    return store.members
      .list()
      .filter(({ removedMicros }) => removedMicros === null)
      .filter(({ trusts, issuer }) =>
        phase === "introducing" ? trusts?.split(",").includes(fingerprint) !== true : issuer !== fingerprint,
      );
  }

  /** When the old authority goes by itself at the earliest; undefined when none is to go. */
  get retiresMicros(): number | undefined {
    const { trust, overlapDays } = this.#options;
    const { successor } = trust;
    return successor && successor.sinceMicros + overlapDays() * SECONDS_PER_DAY * MICROS_PER_SECOND;
  }

  /** Says that a member has something that it had not. */
  memberChanged(): void {
    this.#changed.notify();
  }

  /** Begins, or goes on without who has not been reached. @throws Fault `rotation-under-way` */
  async rotate(actor: Actor, { force }: { readonly force: boolean }): Promise<void> {
    const { successor } = this.#options.trust;
    if (successor === undefined) {
      await this.#options.trust.begin();
      await this.#tell(actor, {
        severity: "warning",
        what: "Another authority is brought in. Everybody is told of it.",
      });
    } else if (!force || successor.phase !== "introducing") throw rotationUnderWay(successor.phase);
    if (force) await this.#issueByNext(actor);
    await this.#advance();
  }

  /** Ends the old authority now. @throws Fault `rotation-none`, `rotation-incomplete` */
  async retire(actor: Actor, { force }: { readonly force: boolean }): Promise<void> {
    const { successor } = this.#options.trust;
    if (successor === undefined) throw rotationNone();
    const behind = this.behind();
    if (!force && (successor.phase === "introducing" || behind.length > 0))
      throw rotationIncomplete(behind.map(({ name }) => name));
    await this.#retire(actor);
  }

  /** Goes on whenever it can, until `signal` aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock } = this.#options.world;
    while (!signal.aborted) {
      const changed = this.#changed.next();
      await this.#advance();
      const timer = new AbortController();
      const stop = (): void => timer.abort();
      signal.addEventListener("abort", stop, { once: true });
      await Promise.race([changed, clock.sleep(ROTATION_LOOK_MS, timer.signal).catch(() => undefined)]);
      timer.abort();
      signal.removeEventListener("abort", stop);
    }
  }

  async #advance(): Promise<void> {
    const { world, trust } = this.#options;
    if (trust.successor?.phase === "introducing" && this.behind().length === 0) await this.#issueByNext(SELF);
    const isOver = world.clock.wallMicros() >= (this.retiresMicros ?? Infinity);
    if (trust.successor?.phase === "renewing" && isOver && this.behind().length === 0) await this.#retire(SELF);
  }

  async #issueByNext(actor: Actor): Promise<void> {
    const left = this.#leftOut();
    await this.#options.trust.issueByNext();
    await this.#tell(actor, {
      severity: left === "" ? "info" : "critical",
      what: `The new authority issues from now on.${left}`,
    });
  }

  async #retire(actor: Actor): Promise<void> {
    const left = this.#leftOut();
    await this.#options.trust.retire();
    await this.#tell(actor, {
      severity: left === "" ? "warning" : "critical",
      what: `The old authority is gone, and with it tokens to enrol with that were made before, and backups.${left}`,
    });
  }

  /** Empty when nobody is. */
  #leftOut(): string {
    const names = this.behind().map(({ name }) => name);
    return names.length === 0
      ? ""
      : ` Left out, until they are told by hand (\`leeward ca trust\`): ${names.join(", ")}.`;
  }

  async #tell(
    actor: Actor,
    { severity, what }: { severity: "info" | "warning" | "critical"; what: string },
  ): Promise<void> {
    const { events, trust, trustChanged, world } = this.#options;
    const detail = { successor: trust.successor?.fingerprint ?? null, at: formatTime(world.clock.wallMicros()) };
    events.add(actor, { severity, kind: "authority-changed", subject: null, message: what, detail });
    await trustChanged();
  }
}
