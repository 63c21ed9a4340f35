// The installation's trust, as the config server holds it: authority (two while one follows another), recovery key, its own identity.
//
// Invariant: a certificate of a removed member stands in the revocation list, durably and in force at this server's own port, before the removal
// is answered. This server's own certificate is of the present authority until that goes, so that whoever knows that one alone gets in. Folders:
// authority/ (authority-N/ for later ones), recovery/, identity/. The worst outcome of a fault here is a removed machine that is let in again.
import { createHash } from "node:crypto";
import { Mutex } from "@leeward/base";
import { Authority, joinPem, KeyStore, RecoveryKey, type TrustedPem } from "@leeward/identity";
import { replaceFile, type World } from "@leeward/world";
import { TRUST_CARE_MS } from "../limits.ts";
import { certificateEndMicros, namesAll } from "./node-certificate.ts";
import type { SharedTrust } from "./shared-trust.ts";
import { FIRST, folderAfter, isLeftBehind, readSuccession, type Succession, writeSuccession } from "./succession.ts";

export interface TrustOptions {
  readonly world: World;
  readonly home: string;
  readonly serverId: string;
  /** DNS names and addresses of the server's own certificate. */
  readonly names: readonly string[];
  /** What shares the trust with other servers; undefined where this server is the only one. */
  readonly shared?: SharedTrust;
}

export interface Issued {
  readonly certificatePem: string;
  readonly caPem: string;
  readonly crlPem: string;
  readonly endMicros: number;
}

type Member = { readonly role: "agent" | "process-server" | "master-target"; readonly id: string };

/** Whom members are to trust, and which of them issues: the first. */
export interface MembersTrust extends TrustedPem {
  readonly authorities: readonly string[];
}

export class Trust {
  readonly #world: World;
  readonly #options: TrustOptions;
  readonly #recoveryKey: RecoveryKey;
  readonly #keyStore: KeyStore;
  readonly #order = new Mutex();
  #succession: Succession;
  /** Whether authorities were ever changed. */
  #isFirst: boolean;
  #present: Authority;
  #next: Authority | undefined;

  private constructor(
    options: TrustOptions,
    parts: {
      succession: Succession | undefined;
      present: Authority;
      next: Authority | undefined;
      recoveryKey: RecoveryKey;
      keyStore: KeyStore;
    },
  ) {
    this.#world = options.world;
    this.#options = options;
    this.#succession = parts.succession ?? FIRST;
    this.#isFirst = parts.succession === undefined;
    this.#present = parts.present;
    this.#next = parts.next;
    this.#recoveryKey = parts.recoveryKey;
    this.#keyStore = parts.keyStore;
  }

  /** Opens what is there, and makes what is not. @throws Fault `identity-damaged` */
  static async open(options: TrustOptions): Promise<Trust> {
    const { world, home } = options;
    const { files } = world;
    const succession = await readSuccession(files, home);
    const { present, next } = succession ?? FIRST;
    for (const name of ["recovery", "identity", ...(succession === undefined ? [present] : [])])
      await files.makeFolder(`${home}/${name}`);
    await files.syncFolder(home);
    const trust = new Trust(options, {
      succession,
      present: await Authority.open(world, `${home}/${present}`),
      next: next === null ? undefined : await Authority.open(world, `${home}/${next.folder}`),
      recoveryKey: await RecoveryKey.open(world, `${home}/recovery`),
      keyStore: await KeyStore.open(world, `${home}/identity`),
    });
    await trust.#care();
    await trust.#sweep();
    await trust.#share();
    return trust;
  }

  /** This server's own identity. */
  get keyStore(): KeyStore {
    return this.#keyStore;
  }

  /** Of the authority that this server's own certificate is of: what who is to connect has to know. */
  get ownCaPem(): string {
    return this.#present.caPem;
  }

  /** Of all that are trusted, first the one that issues. */
  get caPem(): string {
    return joinPem(this.#ordered().map(({ caPem }) => caPem));
  }

  get caFingerprint(): string {
    return this.#present.caFingerprint;
  }

  /** A revocation list of each. */
  get crlPem(): string {
    return joinPem(this.#ordered().map(({ crlPem }) => crlPem));
  }

  /** What members are to be asked to take; undefined where there was never but one authority, which all know by their enrolment. */
  get membersTrust(): MembersTrust | undefined {
    if (this.#isFirst) return undefined;
    const authorities = this.#ordered().map(({ caFingerprint }) => caFingerprint);
    return { caPem: this.caPem, crlPem: this.crlPem, authorities };
  }

  /** The authority that follows the present one; undefined while none does. */
  get successor():
    | { readonly fingerprint: string; readonly phase: "introducing" | "renewing"; readonly sinceMicros: number }
    | undefined {
    const { next } = this.#succession;
    if (next === null || this.#next === undefined) return undefined;
    return { fingerprint: this.#next.caFingerprint, phase: next.phase, sinceMicros: next.sinceMicros };
  }

  get recoveryKey(): RecoveryKey {
    return this.#recoveryKey;
  }

  /** Names the recovery key: the digest of its public half. */
  get recoveryKeyId(): string {
    return createHash("sha256").update(this.#recoveryKey.publicKeyPem).digest("hex").slice(0, 32);
  }

  /** A certificate for a member. @throws Fault `certificate-request-invalid` */
  async issue(csrPem: string, member: Member): Promise<Issued> {
    const [issuer = this.#present] = this.#ordered();
    const certificatePem = await issuer.issue(csrPem, member);
    await this.#share();
    return { certificatePem, caPem: this.caPem, crlPem: this.crlPem, endMicros: certificateEndMicros(certificatePem) };
  }

  /** Revokes every certificate of the member; in force here when it settles. */
  async revoke(member: Member): Promise<void> {
    for (const authority of this.#ordered()) await authority.revoke(member);
    await this.#keyStore.installRevocationList(this.#ownTrust().crlPem);
    await this.#share();
  }

  /** Revokes one certificate, which nobody was given. */
  async revokeOne(certificatePem: string): Promise<void> {
    for (const authority of this.#ordered()) await authority.revokeOne(certificatePem);
    await this.#keyStore.installRevocationList(this.#ownTrust().crlPem);
    await this.#share();
  }

  /** Makes the authority that is to follow. It issues nothing yet. Nothing is done where one follows already. */
  begin(): Promise<void> {
    return this.#order.hold(async () => {
      if (this.#succession.next !== null) return;
      const { world, home } = this.#options;
      const folder = folderAfter(this.#succession.present);
      await world.files.makeFolder(`${home}/${folder}`);
      await world.files.syncFolder(home);
      const next = await Authority.open(world, `${home}/${folder}`);
      const sinceMicros = world.clock.wallMicros();
      await this.#move({ ...this.#succession, next: { folder, phase: "introducing", sinceMicros } });
      this.#next = next;
      await this.#care();
      await this.#share();
    });
  }

  /** The authority that follows issues from now on. */
  issueByNext(): Promise<void> {
    return this.#order.hold(async () => {
      const { next } = this.#succession;
      if (next === null) return;
      await this.#move({ ...this.#succession, next: { ...next, phase: "renewing" } });
      await this.#share();
    });
  }

  /** Nobody trusts the present authority any more, and its key is erased; its certificate stays, for what it signed. */
  retire(): Promise<void> {
    return this.#order.hold(async () => {
      const { next } = this.#succession;
      if (next === null || this.#next === undefined) return;
      const { world, home } = this.#options;
      const name = `ca-retired-${this.#present.caFingerprint.slice(0, 16)}.pem`;
      await replaceFile(world.files, home, name, new TextEncoder().encode(this.#present.caPem));
      await this.#move({ present: next.folder, next: null });
      this.#present = this.#next;
      this.#next = undefined;
      await this.#care();
      await this.#sweep();
      await this.#share();
    });
  }

  /** Renews the server's own certificate and the revocation list in time, until `signal` aborts. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#world.clock.sleep(TRUST_CARE_MS, signal).catch((error: unknown) => {
        if (!signal.aborted) throw error;
      });
      if (signal.aborted) return;
      await this.#order.hold(() => this.#care());
      await this.#share();
    }
  }

  /** First the one that issues. */
  #ordered(): Authority[] {
    if (this.#next === undefined) return [this.#present];
    return this.#succession.next?.phase === "renewing" ? [this.#next, this.#present] : [this.#present, this.#next];
  }

  /** Whom this server trusts: as the members do, but that its own certificate is to be of the present one. */
  #ownTrust(): TrustedPem {
    const ordered = this.#next === undefined ? [this.#present] : [this.#present, this.#next];
    return {
      caPem: joinPem(ordered.map(({ caPem }) => caPem)),
      crlPem: joinPem(ordered.map(({ crlPem }) => crlPem)),
    };
  }

  async #move(succession: Succession): Promise<void> {
    await writeSuccession(this.#world.files, this.#options.home, succession);
    this.#succession = succession;
    this.#isFirst = false;
  }

  /** Before anybody is told of what has changed. */
  async #share(): Promise<void> {
    await this.#options.shared?.publish();
  }

  /** What an authority leaves that has gone. */
  async #sweep(): Promise<void> {
    const { world, home } = this.#options;
    for (const name of await world.files.list(home)) {
      if (isLeftBehind(name, this.#succession)) await world.files.removeFolder(`${home}/${name}`);
    }
    await world.files.syncFolder(home);
  }

  async #care(): Promise<void> {
    for (const authority of this.#ordered()) await authority.refreshRevocationList();
    const { serverId: id, names } = this.#options;
    const store = this.#keyStore;
    const fits =
      store.identity !== undefined &&
      namesAll(store.credentials().certificatePem, names) &&
      store.trusted.issuer === this.#present.caFingerprint;
    if (fits && !store.renewalDue(this.#world.clock.wallMicros())) {
      await store.installTrust(this.#ownTrust());
      return;
    }
    const request = await store.createRequest();
    const certificatePem = await this.#present.issue(request, { role: "config-server", id, names });
    await store.install({ certificatePem, ...this.#ownTrust() });
  }
}
