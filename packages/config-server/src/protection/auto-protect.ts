import { isFault, Waiters } from "@leeward/base";
import type { EventReport } from "@leeward/proto";
import type { Clock } from "@leeward/world";
import type { Actor, EventLog } from "../events/event-log.ts";
import { AUTO_PROTECT_RETRY_MS } from "../limits.ts";
import type { MemberRow } from "../store/member-rows.ts";
import type { Store } from "../store/store.ts";
import type { Protection } from "./protection.ts";

export interface AutoProtectOptions {
  readonly clock: Clock;
  readonly store: Store;
  readonly events: EventLog;
  readonly protection: Pick<Protection, "protect">;
}

interface Appeared {
  readonly machineId: string;
  readonly path: string;
}

const ACTOR: Actor = { name: "auto-protect", address: null };

/**
 * Protects devices that appear on machines that are set to it, by the tracker, under the policy that is named. Whether a device is one that anybody
 * would want is said by its machine; what is excluded, and what is protected already, is known here. Nothing is unprotected when it goes.
 *
 * What was not done when the config server stops is not done later: the device is told of once, as an event, and a person may protect it.
 */
export class AutoProtect {
  readonly #options: AutoProtectOptions;
  readonly #waiters = new Waiters();
  readonly #waiting: Appeared[] = [];

  constructor(options: AutoProtectOptions) {
    this.#options = options;
  }

  /** What a machine reports; anything but a device that has appeared and may be protected is passed over. */
  take(member: MemberRow, { kind, detail }: EventReport): void {
    const path = detail["path"] ?? "";
    if (member.role !== "agent" || kind !== "device-appeared" || path === "" || detail["refusal"] !== "") return;
    this.#waiting.push({ machineId: member.id, path });
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
    for (;;) {
      await this.#waiters.until(() => this.#waiting.length > 0, signal);
      const appeared = this.#waiting.shift();
      if (appeared === undefined || (await this.#protect(appeared, signal))) continue;
      this.#waiting.push(appeared);
      await this.#options.clock.sleep(AUTO_PROTECT_RETRY_MS, signal);
    }
  }

  /** Whether nothing is left to be done for it. */
  async #protect({ machineId, path }: Appeared, signal: AbortSignal): Promise<boolean> {
    const { store, events, protection } = this.#options;
    const machine = store.members.byId(machineId);
    if (machine === undefined || machine.removedMicros !== null || machine.autoProtectPolicy === null) return true;
    if (machine.autoProtectExclude.some((pattern) => matches(pattern, path))) return true;
    const request = { path, capture: "tracker", policy: machine.autoProtectPolicy } as const;
    try {
      await protection.protect(machine, request, { actor: ACTOR, signal });
      return true;
    } catch (error) {
      if (!isFault(error)) throw error;
      if (error.kind === "transient") return false;
      if (error.code === "disk-protected-already") return true;
      const message = `${path} of ${machine.name} was not protected by itself: ${error.message}`;
      const detail = { path, code: error.code };
      events.add(ACTOR, { severity: "warning", kind: "auto-protect-failed", subject: machine.name, message, detail });
      return true;
    }
  }
}

/** A `*` stands for any text, also none. */
function matches(pattern: string, path: string): boolean {
  const parts = pattern.split("*").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`));
  return new RegExp(`^${parts.join(".*")}$`).test(path);
}
