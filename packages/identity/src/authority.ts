// The certificate authority: the one key that says who belongs to this installation.
//
// Folder: ca.key (P-256, 0600), ca.pem, crl.pem, issued.json. They are made in this order, and issued.json last says that all are there;
// a crash before it leaves what the next open completes. What it keeps true: no certificate leaves before it stands durably in
// issued.json, so `revoke` reaches every one; a revocation holds when `revoke` settles, and is never lost: a folder with
// issued.json and without crl.pem is damaged, not new. The worst outcome of a fault here is a removed machine that is let in again.
import { MICROS_PER_MS, MICROS_PER_SECOND, Mutex } from "@leeward/base";
import type { PeerIdentity } from "@leeward/world";
import {
  type AuthorityWorld,
  type Issuer,
  makeAuthorityCertificate,
  makeMemberCertificate,
  makeRevocationList,
  pemOf,
  secondsOf,
} from "./authority-documents.ts";
import { AuthorityFolder } from "./authority-folder.ts";
import { fingerprintOf, parseCertificate, type Subject } from "./certificate.ts";
import { identityDamaged } from "./identity-fault.ts";
import { BACKDATE_SECONDS, HISTORY_SECONDS, REVOCATION_LIST_REFRESH_SECONDS } from "./identity-limits.ts";
import type { IssuedItem } from "./issued-list.ts";
import { generateKeyPair, publicPemOf } from "./node-key-pair.ts";
import { pemOfRevocationList } from "./revocation-list.ts";
import type { X509Crl } from "./x509.ts";

export class Authority {
  readonly #world: AuthorityWorld;
  readonly #folder: AuthorityFolder;
  readonly #issuer: Issuer;
  readonly #order = new Mutex();
  #issued: readonly IssuedItem[];
  #list: X509Crl;

  private constructor(made: {
    readonly world: AuthorityWorld;
    readonly folder: AuthorityFolder;
    readonly issuer: Issuer;
    readonly list: X509Crl;
    readonly issued: readonly IssuedItem[];
  }) {
    this.#world = made.world;
    this.#folder = made.folder;
    this.#issuer = made.issuer;
    this.#list = made.list;
    this.#issued = made.issued;
  }

  /**
   * Opens the authority in `folder`, which exists; makes it when there is none. One owner at a time.
   * @throws Fault `identity-damaged`, and what the files give
   */
  static async open(world: AuthorityWorld, folder: string): Promise<Authority> {
    const files = new AuthorityFolder(world.files, folder);
    const issued = await files.readIssued();
    const mayMake = issued === undefined;
    const pair = await files.readKey({ orMake: mayMake ? generateKeyPair : undefined });
    const certificate = await files.readCertificate({
      orMake: mayMake ? () => makeAuthorityCertificate(world, pair) : undefined,
    });
    if (publicPemOf(certificate.publicKey.toString("pem")) !== pair.publicPem) {
      throw identityDamaged(folder, "ca.pem is not for ca.key");
    }
    const issuer = { pair, certificate };
    const list = await files.readList(certificate, {
      orMake: mayMake ? () => makeRevocationList(world, issuer, { entries: [] }) : undefined,
    });
    if (issued === undefined) await files.writeIssued([]);
    const authority = new Authority({ world, folder: files, issuer, list, issued: issued ?? [] });
    await authority.refreshRevocationList();
    return authority;
  }

  /** The authority's certificate. */
  get caPem(): string {
    return pemOf(this.#issuer.certificate);
  }

  /** SHA-256 of the authority's certificate, hex. */
  get caFingerprint(): string {
    return fingerprintOf(new Uint8Array(this.#issuer.certificate.rawData));
  }

  /** The present revocation list; label `X509 CRL`. */
  get crlPem(): string {
    return pemOfRevocationList(this.#list);
  }

  /**
   * A certificate (PEM) for `subject` on the key that the request proves. Whatever else the request asks for is not looked at.
   * @throws Fault `certificate-request-invalid`, `certificate-invalid`
   */
  issue(requestPem: string, subject: Subject): Promise<string> {
    return this.#order.hold(async () => {
      const certificate = await makeMemberCertificate(this.#world, this.#issuer, { requestPem, subject });
      const { role, id } = subject;
      const item = {
        serial: certificate.serialNumber,
        role,
        id,
        notAfterMicros: certificate.notAfter.getTime() * MICROS_PER_MS,
      };
      const issued = [...this.#issued.filter((each) => !this.#isHistory(each)), item];
      await this.#folder.writeIssued(issued);
      this.#issued = issued;
      return pemOf(certificate);
    });
  }

  /**
   * Revokes every certificate that was issued to this role and id; durable when it settles. The list has to be brought to the daemons, who
   * drop the sessions of who stands in it. Returns whether there were any.
   */
  revoke({ role, id }: Pick<PeerIdentity, "role" | "id">): Promise<boolean> {
    return this.#order.hold(async () => {
      const ofIt = this.#issued.filter((item) => item.role === role && item.id === id);
      const added = ofIt.filter((item) => this.#list.findRevoked(item.serial) === null);
      if (added.length > 0) await this.#replaceList(added);
      return added.length > 0;
    });
  }

  /** Revokes one certificate (PEM) that was issued here; durable when it settles. */
  revokeOne(certificatePem: string): Promise<void> {
    const { serialNumber } = parseCertificate(certificatePem);
    return this.#order.hold(async () => {
      const added = this.#issued.filter(({ serial }) => serial === serialNumber);
      if (this.#list.findRevoked(serialNumber) === null) await this.#replaceList(added);
    });
  }

  /** Makes the revocation list anew when it is older than a day, so that it never runs out. To be called now and then. */
  refreshRevocationList(): Promise<void> {
    return this.#order.hold(async () => {
      const ageSeconds = secondsOf(this.#world) - this.#list.thisUpdate.getTime() / 1_000 - BACKDATE_SECONDS;
      if (ageSeconds > REVOCATION_LIST_REFRESH_SECONDS) await this.#replaceList([]);
    });
  }

  /** Durable before it is the present one. */
  async #replaceList(added: readonly IssuedItem[]): Promise<void> {
    const history = new Set(this.#issued.filter((item) => this.#isHistory(item)).map((item) => item.serial));
    const kept = this.#list.entries
      .map(({ serialNumber, revocationDate }) => ({ serialNumber, revocationDate }))
      .filter((entry) => !history.has(entry.serialNumber));
    const revocationDate = new Date(secondsOf(this.#world) * 1_000);
    const entries = [...kept, ...added.map(({ serial }) => ({ serialNumber: serial, revocationDate }))];
    const list = await makeRevocationList(this.#world, this.#issuer, { entries, after: this.#list });
    await this.#folder.writeList(list);
    this.#list = list;
  }

  /** Long expired: nobody takes it again, not even after a clock that was far ahead for a while has come back. */
  #isHistory({ notAfterMicros }: IssuedItem): boolean {
    return notAfterMicros / MICROS_PER_SECOND + HISTORY_SECONDS < secondsOf(this.#world);
  }
}
