import { type ApiRole, allows } from "@leeward/api";
import { digestOfSecret } from "@leeward/identity";
import type { Clock } from "@leeward/world";
import type { Actor } from "../events/event-log.ts";
import { roleInsufficient, tokenRefused, tokenRequired, tooManyRequests } from "../faults.ts";
import { REFUSED_ADDRESSES_MAX, REFUSED_TOKENS_PER_MINUTE_MAX } from "../limits.ts";
import type { TokenRows } from "../store/token-rows.ts";
import { tokenStateOf } from "../store/token-rows.ts";

const MINUTE_MICROS = 60_000_000;
const HEADER = /^Bearer ([\x21-\x7e]{1,8192})$/;

/** Who holds a token of the API. */
export interface Bearer {
  readonly actor: Actor;
  readonly role: ApiRole;
}

/** Decides who may call. A stranger who tries tokens is turned away after a few, before they are looked at. */
export class Access {
  readonly #tokens: TokenRows;
  readonly #clock: Clock;
  readonly #refused = new Map<string, { sinceMicros: number; count: number }>();

  constructor(tokens: TokenRows, clock: Clock) {
    this.#tokens = tokens;
    this.#clock = clock;
  }

  /** @throws Fault `token-required`, `token-refused`, `role-insufficient`, `too-many-requests` */
  admit(header: string | undefined, needed: ApiRole, address: string): Bearer {
    if (header === undefined) throw tokenRequired();
    if (this.#refusedLately(address) >= REFUSED_TOKENS_PER_MINUTE_MAX) throw tooManyRequests();
    const bearer = this.#bearerOf(header, address);
    if (!allows(bearer.role, needed)) throw roleInsufficient(bearer.role, needed);
    return bearer;
  }

  #bearerOf(header: string, address: string): Bearer {
    const secret = secretOf(header);
    const row = secret === undefined ? undefined : this.#tokens.byDigest(digestOfSecret(secret));
    if (row === undefined) throw this.#refuse(address, "it is not one of this server's");
    const { role } = row;
    if (role !== "viewer" && role !== "operator" && role !== "administrator") {
      throw this.#refuse(address, "it is a token to enrol with, not one of the API");
    }
    const state = tokenStateOf(row, this.#clock.wallMicros());
    if (state !== "valid") throw this.#refuse(address, `it is ${state}`);
    return { role, actor: { name: `token ${row.id} (${role})`, address } };
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

/** The secret of `Bearer lw1.SECRET.CERTIFICATE`: the certificate is for the client's own use. */
function secretOf(header: string): string | undefined {
  const token = HEADER.exec(header)?.[1];
  const [prefix, secret] = token?.split(".") ?? [];
  return prefix === "lw1" && secret !== "" ? secret : undefined;
}
