// Who is signed in. The cookie's secret is made here at every sign-in and at every change of what its holder may do, never taken from who comes; of it
// only the digest is stored. Whether it still counts is asked at every call, from the user or token as they are then.
import { createHash } from "node:crypto";
import { type Fault, MICROS_PER_SECOND, randomId } from "@leeward/base";
import { digestOfSecret } from "@leeward/identity";
import type { World } from "@leeward/world";
import { SEEN_STORE_MS, SIGN_INS_EACH_MAX } from "../limits.ts";
import type { SignInOwner, SignInRow } from "../store/sign-in-rows.ts";
import type { Store } from "../store/store.ts";
import { type TokenRow, tokenStateOf } from "../store/token-rows.ts";
import type { UserRow } from "../store/user-rows.ts";
import { signInEnded } from "./access-faults.ts";
import type { Person } from "./caller.ts";

const SECRET_BYTES = 32;
const USER_AGENT_CHARACTERS_MAX = 256;
const MICROS_PER_MS = 1_000;

export interface SignInsOptions {
  readonly world: Pick<World, "clock" | "random">;
  readonly store: Store;
  readonly limits: () => { readonly signInIdleMinutes: number; readonly signInHours: number };
}

export interface NewSignIn {
  readonly person: Person;
  /** For the cookie, and nowhere else. */
  readonly secret: string;
}

export class SignIns {
  readonly #options: SignInsOptions;

  constructor(options: SignInsOptions) {
    this.#options = options;
  }

  /** Signs the owner in, in a transaction of the caller's. `replaced` is the secret of the cookie that came along. */
  begin(
    owner: { readonly user: UserRow } | { readonly token: TokenRow },
    from: { readonly address: string; readonly userAgent: string | null; readonly replaced: string | undefined },
  ): NewSignIn {
    const { world, store } = this.#options;
    const now = world.clock.wallMicros();
    this.#sweep(now);
    const replaced = from.replaced === undefined ? undefined : store.signIns.byDigest(digestOfSecret(from.replaced));
    if (replaced !== undefined) store.signIns.end(replaced.id);
    const whose: SignInOwner = "user" in owner ? { userId: owner.user.id } : { tokenId: owner.token.id };
    for (const old of store.signIns.of(whose).slice(SIGN_INS_EACH_MAX - 1)) store.signIns.end(old.id);
    const secret = this.#newSecret();
    const userAgent = from.userAgent?.slice(0, USER_AGENT_CHARACTERS_MAX) ?? null;
    const id = randomId(world.random);
    store.signIns.insert({
      ...{ userId: null, tokenId: null, ...whose },
      ...{ id, address: from.address, userAgent, signedInMicros: now, secretDigest: digestOfSecret(secret) },
    });
    if ("user" in owner) store.users.signedIn(owner.user.id, now);
    return { person: this.personOf(secret), secret };
  }

  /** Who has the secret. @throws Fault `sign-in-ended` */
  personOf(secret: string, { counts = true }: { readonly counts?: boolean } = {}): Person {
    const { world, store } = this.#options;
    const signIn = store.signIns.byDigest(digestOfSecret(secret));
    if (signIn === undefined) throw signInEnded();
    const now = world.clock.wallMicros();
    const owner = this.ownerOf(signIn);
    if (owner === undefined) throw this.#ended(signIn);
    // Seldom stored, so that a page that asks much does not write much.
    const storeMs = Math.min(SEEN_STORE_MS, (this.#idleMicros() / MICROS_PER_MS) * 0.1);
    if (counts && now - signIn.seenMicros >= storeMs * MICROS_PER_MS) store.signIns.seen(signIn.id, now);
    return { ...owner, signIn, csrfToken: csrfTokenOf(secret) };
  }

  /** Whose it is, as the user or token is now; undefined when it has ended. */
  ownerOf(signIn: SignInRow): Pick<Person, "role" | "scope" | "user" | "token"> | undefined {
    const { store, world } = this.#options;
    const now = world.clock.wallMicros();
    if (now - signIn.seenMicros >= this.#idleMicros() || now >= this.expiresMicros(signIn)) return undefined;
    const user = signIn.userId === null ? undefined : store.users.byId(signIn.userId);
    if (user !== undefined)
      return user.disabled ? undefined : { role: user.role, scope: user.scope, user, token: undefined };
    const token = signIn.tokenId === null ? undefined : store.tokens.byId(signIn.tokenId);
    if (token === undefined || tokenStateOf(token, now) !== "valid") return undefined;
    const { role, scope } = token;
    if (role !== "viewer" && role !== "operator" && role !== "administrator") return undefined;
    return { role, scope, user: undefined, token };
  }

  /** Its absolute end, whatever is called before. */
  expiresMicros({ signedInMicros, tokenId }: SignInRow): number {
    const end = signedInMicros + this.#lifeMicros();
    const token = tokenId === null ? undefined : this.#options.store.tokens.byId(tokenId);
    return Math.min(end, token?.expiresMicros ?? end);
  }

  idleSeconds(): number {
    return this.#options.limits().signInIdleMinutes * 60;
  }

  /** Those that count now, newest first. */
  list(): SignInRow[] {
    return this.#options.store.signIns.list().filter((signIn) => this.ownerOf(signIn) !== undefined);
  }

  /** The same sign-in under another secret. */
  exchangeSecret({ id }: SignInRow): string {
    const secret = this.#newSecret();
    this.#options.store.signIns.exchangeSecret(id, digestOfSecret(secret));
    return secret;
  }

  #newSecret(): string {
    return Buffer.from(this.#options.world.random.bytes(SECRET_BYTES)).toString("base64url");
  }

  #ended({ id }: SignInRow): Fault {
    this.#options.store.signIns.end(id);
    return signInEnded();
  }

  #sweep(now: number): void {
    this.#options.store.signIns.endBefore({
      signedInMicros: now - this.#lifeMicros(),
      seenMicros: now - this.#idleMicros(),
    });
  }

  #idleMicros(): number {
    return this.idleSeconds() * MICROS_PER_SECOND;
  }

  #lifeMicros(): number {
    return this.#options.limits().signInHours * 3_600 * MICROS_PER_SECOND;
  }
}

/** Follows from the cookie, so that a page that was loaded anew has it, and tells nothing of it. */
function csrfTokenOf(secret: string): string {
  return createHash("sha256").update(`leeward-csrf ${secret}`).digest("base64url");
}
