// Passwords are hashed with Argon2id off the main thread, few at a time: each takes memory and a core, and who asks for many must not stop replication.
import { randomBytes } from "node:crypto";
import { hash, verify } from "@node-rs/argon2";
import { tooManyRequests } from "../faults.ts";
import { PASSWORD_HASHES_AT_ONCE_MAX, PASSWORD_HASHES_WAITING_MAX } from "../limits.ts";

/** OWASP, "Password Storage Cheat Sheet": Argon2id with 19 MiB, two passes, one lane. */
const COST = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

export class Passwords {
  /** Of nobody's password: what is compared when there is none, so that it takes as long. */
  readonly #nobodys: string;
  readonly #waiting: (() => void)[] = [];
  #running = 0;
  /** How many were compared. */
  compared = 0;

  private constructor(nobodys: string) {
    this.#nobodys = nobodys;
  }

  static async open(): Promise<Passwords> {
    return new Passwords(await hash(randomBytes(32), COST));
  }

  /** In the form that Argon2 writes, with its own salt. @throws Fault `too-many-requests` */
  hashOf(password: string): Promise<string> {
    return this.#turn(() => hash(normal(password), COST));
  }

  /** Whether it is the password of `known`; without one it is as much work, and false. @throws Fault `too-many-requests` */
  matches(known: string | null, password: string): Promise<boolean> {
    return this.#turn(async () => {
      this.compared += 1;
      const matched = await verify(known ?? this.#nobodys, normal(password));
      return matched && known !== null;
    });
  }

  async #turn<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running >= PASSWORD_HASHES_AT_ONCE_MAX) {
      if (this.#waiting.length >= PASSWORD_HASHES_WAITING_MAX) throw tooManyRequests();
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#waiting.push(resolve);
      await promise;
    } else this.#running += 1;
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#running -= 1;
      else next();
    }
  }
}

/** Typed on another keyboard it is the same password. */
function normal(password: string): string {
  return password.normalize("NFKC");
}
