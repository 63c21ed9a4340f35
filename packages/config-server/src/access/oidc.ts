// Signing in over an identity provider (OpenID Connect Core 1.0, code flow with PKCE). State, nonce and verifier all follow from one secret in a cookie of
// this browser and the time that is in it: nothing is kept here between the two steps, so that they may reach different servers.
import { createHash } from "node:crypto";
import type { Role } from "@leeward/api";
import { assert, type Fault, isFault, MICROS_PER_SECOND, randomId } from "@leeward/base";
import type { World } from "@leeward/world";
import * as client from "openid-client";
import type { EventLog } from "../events/event-log.ts";
import { OIDC_DISCOVERY_SECONDS, OIDC_MS_MAX, OIDC_SECONDS, USERS_MAX } from "../limits.ts";
import type { Store } from "../store/store.ts";
import type { UserRow } from "../store/user-rows.ts";
import { tooManyUsers } from "./access-faults.ts";
import { oidcFetch, readSecret } from "./node-oidc-fetch.ts";
import { claimOf, namesOf, parseRoleRules, roleOfClaim } from "./oidc-claims.ts";
import { oidcFailed, oidcNotSet, oidcRefused, oidcSettingInvalid } from "./oidc-faults.ts";

export interface OidcSettings {
  readonly oidcIssuer: string;
  readonly oidcClientId: string;
  readonly oidcClientSecretFile: string;
  readonly oidcName: string;
  readonly oidcScopes: string;
  readonly oidcRoleClaim: string;
  readonly oidcRoles: readonly string[];
  readonly oidcCaFile: string;
}

export interface OidcOptions {
  readonly world: Pick<World, "clock" | "random">;
  readonly store: Store;
  readonly events: EventLog;
  readonly settings: () => OidcSettings;
}

type Claims = Readonly<Record<string, unknown>>;

const SECRET_BYTES = 24;

export class Oidc {
  readonly #options: OidcOptions;
  #provider:
    | { readonly key: string; readonly sinceMicros: number; readonly configuration: client.Configuration }
    | undefined;

  constructor(options: OidcOptions) {
    this.#options = options;
  }

  /** By which people know the provider; undefined when there is none. */
  get name(): string | undefined {
    const { oidcIssuer, oidcName } = this.#options.settings();
    if (oidcIssuer === "") return undefined;
    return oidcName === "" ? (URL.parse(oidcIssuer)?.hostname ?? oidcIssuer) : oidcName;
  }

  /** Where the browser is sent, and what it has to bring back in a cookie. @throws Fault `oidc-not-set`, `oidc-setting-invalid`, `oidc-failed` */
  async begin(callbackUrl: string): Promise<{ readonly location: string; readonly secret: string }> {
    const { world, settings } = this.#options;
    const configuration = await this.#configuration();
    // 24 random bytes and 8 of the time make 43 characters, as every cookie of ours has.
    const time = new Uint8Array(8);
    new DataView(time.buffer).setBigUint64(0, BigInt(world.clock.wallMicros()));
    const secret = Buffer.from([...world.random.bytes(SECRET_BYTES), ...time]).toString("base64url");
    const location = client.buildAuthorizationUrl(configuration, {
      redirect_uri: callbackUrl,
      scope: settings().oidcScopes,
      state: derived(secret, "state"),
      nonce: derived(secret, "nonce"),
      code_challenge: await client.calculatePKCECodeChallenge(derived(secret, "verifier")),
      code_challenge_method: "S256",
    });
    return { location: location.href, secret };
  }

  /** Whom the provider vouches for, as a user of ours. @throws Fault `oidc-refused`, `oidc-not-set`, `oidc-setting-invalid`, `oidc-failed`, `users-full` */
  async finish(url: URL, secret: string | undefined): Promise<UserRow> {
    const { world, settings } = this.#options;
    if (secret === undefined) throw oidcRefused("it was not begun in this browser");
    const begunMicros = Number(
      new DataView(Uint8Array.from(Buffer.from(secret, "base64url")).buffer).getBigUint64(SECRET_BYTES),
    );
    const age = world.clock.wallMicros() - begunMicros;
    if (age < 0 || age > OIDC_SECONDS * MICROS_PER_SECOND) throw oidcRefused("it was begun too long ago");
    const configuration = await this.#configuration();
    const claims = await this.#claims(configuration, url, secret);
    const { oidcRoleClaim } = settings();
    const role = roleOfClaim(claimOf(claims, oidcRoleClaim), this.#rules());
    if (role === undefined) throw oidcRefused(`its claim ${oidcRoleClaim} has no group that has a role here`);
    return this.#userOf(configuration.serverMetadata().issuer, claims, role);
  }

  async #claims(configuration: client.Configuration, url: URL, secret: string): Promise<Claims> {
    try {
      const tokens = await client.authorizationCodeGrant(configuration, url, {
        pkceCodeVerifier: derived(secret, "verifier"),
        expectedState: derived(secret, "state"),
        expectedNonce: derived(secret, "nonce"),
        idTokenExpected: true,
      });
      const claims = tokens.claims();
      if (claims === undefined) throw oidcRefused("the provider vouched for nobody");
      if (configuration.serverMetadata().userinfo_endpoint === undefined) return claims;
      const more = await client.fetchUserInfo(configuration, tokens.access_token, claims.sub);
      // What is signed goes before what is only said.
      return { ...more, ...claims };
    } catch (error) {
      throw refusalOf(error);
    }
  }

  /** The user comes to be at the first sign-in; the role is the provider's word each time. */
  #userOf(issuer: string, claims: Claims, role: Role): UserRow {
    const { world, store, events } = this.#options;
    const subject = String(claims["sub"]);
    return store.transaction(() => {
      const known = store.users.bySubject(issuer, subject);
      if (known?.disabled === true) throw oidcRefused("the user is disabled here");
      if (known !== undefined) {
        if (known.role === role) return known;
        store.users.edit(known.id, { ...known, role });
        store.signIns.endAll({ userId: known.id });
        const message = `The user ${known.name} has the role ${role} now, by the provider's word.`;
        events.add(providerActor(issuer), {
          severity: "warning",
          kind: "user-set",
          subject: known.name,
          message,
          detail: { role },
        });
        return { ...known, role };
      }
      if (store.users.list().length >= USERS_MAX) throw tooManyUsers(USERS_MAX);
      const id = randomId(world.random);
      const name = namesOf(claims, issuer).find((each) => store.users.byName(each) === undefined) ?? id;
      const made = { createdMicros: world.clock.wallMicros(), createdBy: providerActor(issuer).name, creator: null };
      store.users.insert({ id, name, kind: "oidc", role, passwordHash: null, issuer, subject, scope: null, ...made });
      const message = `The user ${name} came over the identity provider, with the role ${role}.`;
      events.add(providerActor(issuer), {
        severity: "warning",
        kind: "user-created",
        subject: name,
        message,
        detail: { role },
      });
      const user = store.users.byId(id);
      assert(user !== undefined, "a user that was put there is there");
      return user;
    });
  }

  #rules() {
    const rules = parseRoleRules(this.#options.settings().oidcRoles);
    if (rules === undefined)
      throw oidcSettingInvalid("oidcRoles", "each of them is GROUP=viewer, GROUP=operator or GROUP=administrator");
    return rules;
  }

  /** What the provider says of itself, asked again after a while, and when the settings are others. */
  async #configuration(): Promise<client.Configuration> {
    const { settings, world } = this.#options;
    const { oidcIssuer, oidcClientId, oidcClientSecretFile, oidcCaFile } = settings();
    if (oidcIssuer === "") throw oidcNotSet();
    const issuer = URL.parse(oidcIssuer);
    if (issuer?.protocol !== "https:") throw oidcSettingInvalid("oidcIssuer", "it begins with https://");
    if (oidcClientId === "")
      throw oidcSettingInvalid("oidcClientId", "it is the id that the provider gave this server");
    this.#rules();
    try {
      const secret = oidcClientSecretFile === "" ? undefined : await readSecret(oidcClientSecretFile);
      const key = createHash("sha256")
        .update(JSON.stringify([oidcIssuer, oidcClientId, secret, oidcCaFile]))
        .digest("hex");
      const now = world.clock.wallMicros();
      if (this.#provider?.key === key && now - this.#provider.sinceMicros < OIDC_DISCOVERY_SECONDS * MICROS_PER_SECOND)
        return this.#provider.configuration;
      const configuration = await client.discovery(
        issuer,
        oidcClientId,
        undefined,
        secret === undefined ? client.None() : client.ClientSecretBasic(secret),
        { [client.customFetch]: oidcFetch(oidcCaFile), timeout: OIDC_MS_MAX / 1_000 },
      );
      this.#provider = { key, sinceMicros: now, configuration };
      return configuration;
    } catch (error) {
      throw oidcFailed(oidcIssuer, error);
    }
  }
}

const providerActor = (issuer: string) => ({
  name: `provider ${URL.parse(issuer)?.hostname ?? issuer}`,
  address: null,
});

/** What comes from the secret for one use tells nothing of what comes of it for another. */
function derived(secret: string, use: "state" | "nonce" | "verifier"): string {
  return createHash("sha256").update(`leeward-oidc ${use} ${secret}`).digest("base64url");
}

function refusalOf(error: unknown): Fault {
  if (isFault(error)) return error;
  const said = error instanceof Error ? error.message : "";
  return oidcRefused(`its answer does not hold: ${said}`, error);
}
