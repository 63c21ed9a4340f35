import { Fault, firstOf, isFault, orAborted, Waiters } from "@leeward/base";
import type { EventReport } from "@leeward/proto";
import type { Clock } from "@leeward/world";
import type { Actor, EventLog } from "../events/event-log.ts";
import { APPEARED_DEVICES_MAX, AUTO_PROTECT_RETRY_MS } from "../limits.ts";
import type { AppearedRow } from "../store/appeared-rows.ts";
import type { MemberRow } from "../store/member-rows.ts";
import type { Store } from "../store/store.ts";
import type { Protection } from "./protection.ts";

export interface AutoProtectOptions {
  readonly clock: Clock;
  readonly store: Store;
  readonly events: EventLog;
  readonly protection: Pick<Protection, "protect">;
  /** Resolves when a member's session comes or goes. */
  readonly sessionsChanged: () => Promise<void>;
}

const ACTOR: Actor = { name: "auto-protect", address: null };

/**
 * Protects devices that appear on machines that are set to it, by the tracker, under the policy that is named. Whether a device is one that anybody
 * would want is said by its machine; what is excluded, and what is protected already, is known here. Nothing is unprotected when it goes.
 *
 * Invariant: a device that was heard of is stored, and stays so until it is protected, or an event says why it is not; over any stop of this server.
 * Worst outcome if broken: a disk that everybody thinks is protected, and is not. Order: stored with the event that tells of it → protected, durably →
 * removed. A stop before the removal finds it protected already.
 */
export class AutoProtect {
  readonly #options: AutoProtectOptions;
  readonly #waiters = new Waiters();

  constructor(options: AutoProtectOptions) {
    this.#options = options;
  }

  /** What a machine reports; anything but a device that has appeared and may be protected is passed over. In the transaction of its event. */
  take(member: MemberRow, { kind, detail }: EventReport): void {
    const path = detail["path"] ?? "";
    if (member.role !== "agent" || kind !== "device-appeared" || path === "" || detail["refusal"] !== "") return;
    const { store } = this.#options;
    const machine = store.members.byId(member.id);
    // Only while it is set to it: what appeared before is for a person to decide.
    if (!isWanted(machine, path)) return;
    if (store.appeared.countOf(member.id) >= APPEARED_DEVICES_MAX) {
      this.#notProtected(machine, path, devicesWaiting());
      return;
    }
    store.appeared.add({ machineId: member.id, path });
    this.#waiters.notify();
  }

  async run(signal: AbortSignal): Promise<void> {
    try {
      await this.#work(signal);
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  async #work(signal: AbortSignal): Promise<never> {
    const { clock, store, sessionsChanged } = this.#options;
    for (;;) {
      const appeared = this.#waiters.next();
      const sessions = sessionsChanged();
      for (const each of store.appeared.list()) {
        if (await this.#isDecided(each, signal)) store.appeared.remove(each);
      }
      if (store.appeared.list().length === 0) await orAborted(appeared, signal);
      else {
        await firstOf(signal, [
          (inner) => clock.sleep(AUTO_PROTECT_RETRY_MS, inner),
          // A machine that is away is asked when it is back; a device that is new waits for no other.
          (inner) => orAborted(Promise.race([appeared, sessions]), inner),
        ]);
      }
    }
  }

  /** Protects it; whether nothing is left to be done for it. */
  async #isDecided({ machineId, path }: AppearedRow, signal: AbortSignal): Promise<boolean> {
    const { store, protection } = this.#options;
    const machine = store.members.byId(machineId);
    if (!isWanted(machine, path)) return true;
    const request = { path, capture: "tracker", policy: machine.autoProtectPolicy } as const;
    try {
      await protection.protect(machine, request, { actor: ACTOR, signal });
      return true;
    } catch (error) {
      if (!isFault(error)) throw error;
      if (error.kind === "transient") return false;
      if (error.code === "disk-protected-already") return true;
      this.#notProtected(machine, path, error);
      return true;
    }
  }

  #notProtected({ name }: MemberRow, path: string, { code, message: why }: Fault): void {
    const message = `${path} of ${name} was not protected by itself: ${why}`;
    const detail = { path, code };
    this.#options.events.add(ACTOR, {
      severity: "warning",
      kind: "auto-protect-failed",
      subject: name,
      message,
      detail,
    });
  }
}

function devicesWaiting(): Fault {
  return new Fault({
    code: "devices-waiting",
    kind: "operator",
    message: `${APPEARED_DEVICES_MAX} others of the machine wait to be protected.`,
    remedy:
      "Find out why they wait (`leeward machine show`); protect the device with `leeward disk protect` once they do not.",
    detail: { waiting: APPEARED_DEVICES_MAX },
  });
}

function isWanted(
  machine: MemberRow | undefined,
  path: string,
): machine is MemberRow & { readonly autoProtectPolicy: string } {
  if (machine === undefined || machine.removedMicros !== null || machine.autoProtectPolicy === null) return false;
  return !machine.autoProtectExclude.some((pattern) => matches(pattern, path));
}

/** A `*` stands for any text, also none. */
function matches(pattern: string, path: string): boolean {
  const parts = pattern.split("*").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`));
  return new RegExp(`^${parts.join(".*")}$`).test(path);
}
