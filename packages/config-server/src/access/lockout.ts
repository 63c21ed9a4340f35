// Wrong passwords, by name and by address. One is counted before it is looked at, so that many at once are not looked at before they count; and for
// names that nobody has like for users' names, so that the refusal tells nothing.
import { createHash } from "node:crypto";
import { MICROS_PER_SECOND } from "@leeward/base";
import type { Clock } from "@leeward/world";
import ipaddr from "ipaddr.js";
import {
  LOCK_SECONDS,
  LOCK_SECONDS_MAX,
  WRONG_PASSWORD_SECONDS,
  WRONG_PASSWORD_SUBJECTS_MAX,
  WRONG_PASSWORDS_FROM_ADDRESS,
  WRONG_PASSWORDS_OF_NAME,
} from "../limits.ts";
import type { Store } from "../store/store.ts";
import { foldedName } from "../store/user-rows.ts";
import type { WrongPasswords } from "../store/wrong-password-rows.ts";
import { signInLocked } from "./access-faults.ts";

export class Lockout {
  readonly #store: Pick<Store, "wrongPasswords" | "transaction">;
  readonly #clock: Clock;

  constructor(store: Pick<Store, "wrongPasswords" | "transaction">, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** Counts a password that is about to be looked at as a wrong one. @throws Fault `sign-in-locked` */
  begin(name: string, address: string): void {
    const now = this.#clock.wallMicros();
    const { wrongPasswords } = this.#store;
    const counts = [
      { subject: subjectOfName(name), free: WRONG_PASSWORDS_OF_NAME },
      { subject: subjectOfAddress(address), free: WRONG_PASSWORDS_FROM_ADDRESS },
    ];
    this.#store.transaction(() => {
      wrongPasswords.prune(now - WRONG_PASSWORD_SECONDS * MICROS_PER_SECOND, WRONG_PASSWORD_SUBJECTS_MAX);
      const lockedMicros = Math.max(...counts.map(({ subject }) => wrongPasswords.of(subject)?.lockedMicros ?? 0));
      if (lockedMicros > now) throw signInLocked(Math.ceil((lockedMicros - now) / MICROS_PER_SECOND));
      for (const { subject, free } of counts)
        wrongPasswords.put(subject, oneMore(wrongPasswords.of(subject), { free, nowMicros: now }));
    });
  }

  /** The password was right: the name's wrong ones are forgotten, and of the address this one, which was none. */
  right(name: string, address: string): void {
    const { wrongPasswords } = this.#store;
    this.forget(name);
    const subject = subjectOfAddress(address);
    const known = wrongPasswords.of(subject);
    if (known === undefined) return;
    if (known.count === 1) wrongPasswords.forget(subject);
    else wrongPasswords.put(subject, { ...known, count: known.count - 1, lockedMicros: 0 });
  }

  forget(name: string): void {
    this.#store.wrongPasswords.forget(subjectOfName(name));
  }

  /** Until when nobody is looked at who comes with the name; null when somebody is. */
  lockedUntilMicros(name: string): number | null {
    const { lockedMicros = 0 } = this.#store.wrongPasswords.of(subjectOfName(name)) ?? {};
    return lockedMicros > this.#clock.wallMicros() ? lockedMicros : null;
  }
}

function oneMore(
  known: WrongPasswords | undefined,
  { free, nowMicros }: { readonly free: number; readonly nowMicros: number },
): WrongPasswords {
  const count = (known?.count ?? 0) + 1;
  const seconds = count < free ? 0 : Math.min(LOCK_SECONDS_MAX, LOCK_SECONDS * 2 ** Math.min(count - free, 20));
  return { count, lastMicros: nowMicros, lockedMicros: seconds === 0 ? 0 : nowMicros + seconds * MICROS_PER_SECOND };
}

function subjectOfName(name: string): string {
  return `name ${createHash("sha256").update(foldedName(name)).digest("hex")}`;
}

/** Of IPv6 the network: who has one address there has them all. */
function subjectOfAddress(address: string): string {
  if (!ipaddr.isValid(address)) return `address ${address}`;
  const parsed = ipaddr.process(address);
  const network = parsed.kind() === "ipv6" ? parsed.toByteArray().slice(0, 8) : parsed.toByteArray();
  return `address ${Buffer.from(network).toString("hex")}`;
}
