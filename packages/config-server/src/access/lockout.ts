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

/** How many passwords are looked at between two looks at how many counts are kept. */
const PRUNE_EVERY = 256;
const NONE: WrongPasswords = { count: 0, lastMicros: 0, lockedMicros: 0 };

export class Lockout {
  readonly #store: Pick<Store, "wrongPasswords" | "transaction">;
  readonly #clock: Clock;
  #untilPrune = 0;

  constructor(store: Pick<Store, "wrongPasswords" | "transaction">, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** Counts a password that is about to be looked at as a wrong one. @throws Fault `sign-in-locked` */
  begin(name: string, address: string): void {
    const now = this.#clock.wallMicros();
    this.#store.transaction(() => {
      this.#pruneAtTimes(now);
      const counts = countsOf(name, address).map((each) => ({ ...each, known: this.#known(each.subject) }));
      const lockedMicros = Math.max(...counts.map(({ known }) => known.lockedMicros));
      if (lockedMicros > now) throw signInLocked(Math.ceil((lockedMicros - now) / MICROS_PER_SECOND));
      for (const { subject, free, known } of counts)
        this.#store.wrongPasswords.put(subject, counted(known.count + 1, { free, lastMicros: now }));
    });
  }

  /** It was not looked at after all: nobody has learnt anything by it, and it is counted no more. */
  takeBack(name: string, address: string): void {
    const { wrongPasswords } = this.#store;
    this.#store.transaction(() => {
      for (const { subject, free } of countsOf(name, address)) {
        const { count, lastMicros } = this.#known(subject);
        if (count <= 1) wrongPasswords.forget(subject);
        else wrongPasswords.put(subject, counted(count - 1, { free, lastMicros }));
      }
    });
  }

  /** The password was right: the name's wrong ones are forgotten, and of the address this one, which was none. */
  right(name: string, address: string): void {
    const { wrongPasswords } = this.#store;
    this.forget(name);
    const subject = subjectOfAddress(address);
    const { count, lastMicros } = this.#known(subject);
    if (count <= 1) wrongPasswords.forget(subject);
    else wrongPasswords.put(subject, { count: count - 1, lastMicros, lockedMicros: 0 });
  }

  forget(name: string): void {
    this.#store.wrongPasswords.forget(subjectOfName(name));
  }

  /** Until when nobody is looked at who comes with the name; null when somebody is. */
  lockedUntilMicros(name: string): number | null {
    const { lockedMicros } = this.#known(subjectOfName(name));
    return lockedMicros > this.#clock.wallMicros() ? lockedMicros : null;
  }

  #known(subject: string): WrongPasswords {
    const known = this.#store.wrongPasswords.of(subject);
    return known === undefined || known.lastMicros < this.#forgottenMicros() ? NONE : known;
  }

  #pruneAtTimes(nowMicros: number): void {
    this.#untilPrune -= 1;
    if (this.#untilPrune > 0) return;
    this.#untilPrune = PRUNE_EVERY;
    const beforeMicros = this.#forgottenMicros();
    this.#store.wrongPasswords.prune({ beforeMicros, nowMicros, kept: WRONG_PASSWORD_SUBJECTS_MAX });
  }

  #forgottenMicros(): number {
    return this.#clock.wallMicros() - WRONG_PASSWORD_SECONDS * MICROS_PER_SECOND;
  }
}

function countsOf(name: string, address: string): readonly { readonly subject: string; readonly free: number }[] {
  return [
    { subject: subjectOfName(name), free: WRONG_PASSWORDS_OF_NAME },
    { subject: subjectOfAddress(address), free: WRONG_PASSWORDS_FROM_ADDRESS },
  ];
}

/** So many, the last one then. */
function counted(
  count: number,
  { free, lastMicros }: { readonly free: number; readonly lastMicros: number },
): WrongPasswords {
  const seconds = count < free ? 0 : Math.min(LOCK_SECONDS_MAX, LOCK_SECONDS * 2 ** Math.min(count - free, 20));
  return { count, lastMicros, lockedMicros: seconds === 0 ? 0 : lastMicros + seconds * MICROS_PER_SECOND };
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
