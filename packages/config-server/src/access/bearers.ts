import { digestOfSecret } from "@leeward/identity";
import type { Clock } from "@leeward/world";
import { tokenRefused, tooManyRequests } from "../faults.ts";
import { REFUSED_ADDRESSES_MAX, REFUSED_TOKENS_PER_MINUTE_MAX } from "../limits.ts";
import { type TokenRow, type TokenRows, tokenStateOf } from "../store/token-rows.ts";
import type { Person } from "./caller.ts";

const MINUTE_MICROS = 60_000_000;
const HEADER = /^Bearer ([\x21-\x7e]{1,8192})$/;

export interface Bearer extends Person {
  readonly token: TokenRow;
}

/** Decides whose a token of the API is. A stranger who tries tokens is turned away after a few, before they are looked at. */
export class Bearers {
  readonly #tokens: TokenRows;
  readonly #clock: Clock;
  readonly #refused = new Map<string, { sinceMicros: number; count: number }>();

  constructor(tokens: TokenRows, clock: Clock) {
    this.#tokens = tokens;
    this.#clock = clock;
  }

  /** @throws Fault `token-refused`, `too-many-requests` */
  ofHeader(header: string, address: string): Bearer {
    return this.ofToken(HEADER.exec(header)?.[1] ?? "", address);
  }

  /** @throws Fault `token-refused`, `too-many-requests` */
  ofToken(text: string, address: string): Bearer {
    if (this.#refusedLately(address) >= REFUSED_TOKENS_PER_MINUTE_MAX) throw tooManyRequests();
    const secret = secretOf(text);
    const token = secret === undefined ? undefined : this.#tokens.byDigest(digestOfSecret(secret));
    if (token === undefined) throw this.#refuse(address, "it is not one of this server's");
    const { role, scope } = token;
    if (role !== "viewer" && role !== "operator" && role !== "administrator") {
      throw this.#refuse(address, "it is a token to enrol with, not one of the API");
    }
    const state = tokenStateOf(token, this.#clock.wallMicros());
    if (state !== "valid") throw this.#refuse(address, `it is ${state}`);
    return { role, scope, token, user: undefined, signIn: undefined, csrfToken: undefined };
  }

  #refuse(address: string, why: string): Error {
    const now = this.#clock.wallMicros();
    // Forgetting all counts when there are too many lets a few more tries through, and keeps the memory bounded.
    if (this.#refused.size >= REFUSED_ADDRESSES_MAX) this.#refused.clear();
    const known = this.#refused.get(address);
    if (known === undefined || now - known.sinceMicros >= MINUTE_MICROS)
      this.#refused.set(address, { sinceMicros: now, count: 1 });
    else known.count += 1;
    return tokenRefused(why);
  }

  #refusedLately(address: string): number {
    const known = this.#refused.get(address);
    return known === undefined || this.#clock.wallMicros() - known.sinceMicros >= MINUTE_MICROS ? 0 : known.count;
  }
}

/** The secret of `lw1.SECRET.CERTIFICATE`: the certificate is for the client's own use. */
function secretOf(token: string): string | undefined {
  const [prefix, secret] = token.split(".");
  return prefix === "lw1" && secret !== "" ? secret : undefined;
}
