// The installation's trust, as the config server holds it: authority, recovery key, its own identity.
//
// Invariant: a certificate of a removed member stands in the revocation list, durably and in force at this server's own port, before the removal
// is answered. Folders: authority/, recovery/, identity/. The worst outcome of a fault here is a removed machine that is let in again.
import { createHash } from "node:crypto";
import { Authority, KeyStore, RecoveryKey } from "@leeward/identity";
import type { World } from "@leeward/world";
import { TRUST_CARE_MS } from "../limits.ts";
import { certificateEndMicros, namesAll } from "./node-certificate.ts";

export interface TrustOptions {
  readonly world: World;
  readonly home: string;
  readonly serverId: string;
  /** DNS names and addresses of the server's own certificate. */
  readonly names: readonly string[];
}

export interface Issued {
  readonly certificatePem: string;
  readonly caPem: string;
  readonly crlPem: string;
  readonly endMicros: number;
}

export class Trust {
  readonly #world: World;
  readonly #options: TrustOptions;
  readonly #authority: Authority;
  readonly #recoveryKey: RecoveryKey;
  readonly #keyStore: KeyStore;

  private constructor(
    options: TrustOptions,
    parts: { authority: Authority; recoveryKey: RecoveryKey; keyStore: KeyStore },
  ) {
    this.#world = options.world;
    this.#options = options;
    this.#authority = parts.authority;
    this.#recoveryKey = parts.recoveryKey;
    this.#keyStore = parts.keyStore;
  }

  /** Opens what is there, and makes what is not. @throws Fault `identity-damaged` */
  static async open(options: TrustOptions): Promise<Trust> {
    const { world, home } = options;
    for (const name of ["authority", "recovery", "identity"]) await world.files.makeFolder(`${home}/${name}`);
    await world.files.syncFolder(home);
    const authority = await Authority.open(world, `${home}/authority`);
    const recoveryKey = await RecoveryKey.open(world, `${home}/recovery`);
    const keyStore = await KeyStore.open(world, `${home}/identity`);
    const trust = new Trust(options, { authority, recoveryKey, keyStore });
    await trust.#care();
    return trust;
  }

  /** This server's own identity. */
  get keyStore(): KeyStore {
    return this.#keyStore;
  }

  get caPem(): string {
    return this.#authority.caPem;
  }

  get caFingerprint(): string {
    return this.#authority.caFingerprint;
  }

  get crlPem(): string {
    return this.#authority.crlPem;
  }

  get recoveryKey(): RecoveryKey {
    return this.#recoveryKey;
  }

  /** Names the recovery key: the digest of its public half. */
  get recoveryKeyId(): string {
    return createHash("sha256").update(this.#recoveryKey.publicKeyPem).digest("hex").slice(0, 32);
  }

  /** A certificate for a member. @throws Fault `certificate-request-invalid` */
  async issue(
    csrPem: string,
    member: { role: "agent" | "process-server" | "master-target"; id: string },
  ): Promise<Issued> {
    const certificatePem = await this.#authority.issue(csrPem, member);
    return { certificatePem, caPem: this.caPem, crlPem: this.crlPem, endMicros: certificateEndMicros(certificatePem) };
  }

  /** Revokes every certificate of the member; in force here when it settles. */
  async revoke(member: { role: "agent" | "process-server" | "master-target"; id: string }): Promise<void> {
    await this.#authority.revoke(member);
    await this.#keyStore.installRevocationList(this.crlPem);
  }

  /** Revokes one certificate, which nobody was given. */
  async revokeOne(certificatePem: string): Promise<void> {
    await this.#authority.revokeOne(certificatePem);
    await this.#keyStore.installRevocationList(this.crlPem);
  }

  /** Renews the server's own certificate and the revocation list in time, until `signal` aborts. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#world.clock.sleep(TRUST_CARE_MS, signal).catch((error: unknown) => {
        if (!signal.aborted) throw error;
      });
      if (!signal.aborted) await this.#care();
    }
  }

  async #care(): Promise<void> {
    await this.#authority.refreshRevocationList();
    const { serverId: id, names } = this.#options;
    const store = this.#keyStore;
    const fits = store.identity !== undefined && namesAll(store.credentials().certificatePem, names);
    if (fits && !store.renewalDue(this.#world.clock.wallMicros())) {
      await store.installRevocationList(this.crlPem);
      return;
    }
    const request = await store.createRequest();
    const certificatePem = await this.#authority.issue(request, { role: "config-server", id, names });
    await store.install({ certificatePem, caPem: this.caPem, crlPem: this.crlPem });
  }
}
