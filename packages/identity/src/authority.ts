// The certificate authority: the one key that says who belongs to this installation.
//
// Folder: ca.key (P-256, 0600), ca.pem, crl.pem, issued.json. They are made in this order, and issued.json last says that all are there;
// a crash before it leaves what the next open completes. What it keeps true: no certificate leaves before it stands durably in
// issued.json, so `revoke` reaches every one; a revocation holds when `revoke` settles, and is never lost: a folder with
// issued.json and without crl.pem is damaged, not new. The worst outcome of a fault here is a removed machine that is let in again.
import { MICROS_PER_MS, MICROS_PER_SECOND, Mutex } from "@leeward/base";
import type { PeerIdentity, World } from "@leeward/world";
import { AuthorityFolder } from "./authority-folder.ts";
import { alternativeNames, fingerprintOf, type Subject } from "./certificate.ts";
import { identityDamaged, requestInvalid } from "./identity-fault.ts";
import {
  AUTHORITY_SECONDS,
  BACKDATE_SECONDS,
  CERTIFICATE_SECONDS,
  PEM_CHARACTERS_MAX,
  REVOCATION_LIST_REFRESH_SECONDS,
  REVOCATION_LIST_SECONDS,
} from "./identity-limits.ts";
import type { IssuedItem } from "./issued-list.ts";
import { generateKeyPair, isKeyOfOurs, type KeyPairPem, publicPemOf, signingKeys } from "./node-key-pair.ts";
import { pemOfRevocationList } from "./revocation-list.ts";
import * as x509 from "./x509.ts";

export type AuthorityWorld = Pick<World, "clock" | "files" | "random">;

const SIGNING = { name: "ECDSA", hash: "SHA-256" } as const;
const CRL_NUMBER = "2.5.29.20";

export class Authority {
  readonly #world: AuthorityWorld;
  readonly #folder: AuthorityFolder;
  readonly #certificate: x509.X509Certificate;
  readonly #pair: KeyPairPem;
  readonly #order = new Mutex();
  #issued: readonly IssuedItem[];
  #list: x509.X509Crl;

  private constructor(made: {
    world: AuthorityWorld;
    folder: AuthorityFolder;
    pair: KeyPairPem;
    certificate: x509.X509Certificate;
    list: x509.X509Crl;
    issued: readonly IssuedItem[];
  }) {
    this.#world = made.world;
    this.#folder = made.folder;
    this.#pair = made.pair;
    this.#certificate = made.certificate;
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
      orMake: mayMake ? () => makeCertificate(world, pair) : undefined,
    });
    if (publicPemOf(certificate.publicKey.toString("pem")) !== pair.publicPem) {
      throw identityDamaged(folder, "ca.pem is not for ca.key");
    }
    const list = await files.readList(certificate, {
      orMake: mayMake ? () => makeList({ world, pair, certificate, entries: [] }) : undefined,
    });
    if (issued === undefined) await files.writeIssued([]);
    const authority = new Authority({ world, folder: files, pair, certificate, list, issued: issued ?? [] });
    await authority.refreshRevocationList();
    return authority;
  }

  /** The authority's certificate. */
  get caPem(): string {
    return pemOf(this.#certificate);
  }

  /** SHA-256 of the authority's certificate, hex. */
  get caFingerprint(): string {
    return fingerprintOf(new Uint8Array(this.#certificate.rawData));
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
      const request = await parseRequest(requestPem);
      const { serial, notBefore, notAfter } = this.#nextTerms();
      const keys = await signingKeys(this.#pair);
      const certificate = await x509.X509CertificateGenerator.create({
        serialNumber: serial,
        subject: [{ CN: [subject.id] }, { OU: [subject.role] }],
        issuer: this.#certificate.subjectName.toJSON(),
        notBefore,
        notAfter,
        publicKey: request.publicKey,
        signingKey: keys.privateKey,
        signingAlgorithm: SIGNING,
        extensions: [
          new x509.BasicConstraintsExtension(false, undefined, true),
          new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature | x509.KeyUsageFlags.keyAgreement, true),
          new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.clientAuth, x509.ExtendedKeyUsage.serverAuth]),
          new x509.SubjectAlternativeNameExtension(alternativeNames(subject)),
          await x509.AuthorityKeyIdentifierExtension.create(this.#certificate.publicKey),
          await x509.SubjectKeyIdentifierExtension.create(request.publicKey),
        ],
      });
      const { role, id } = subject;
      const item = { serial: certificate.serialNumber, role, id, notAfterMicros: notAfter.getTime() * MICROS_PER_MS };
      const kept = this.#issued.filter((each) => each.notAfterMicros > this.#world.clock.wallMicros());
      await this.#folder.writeIssued([...kept, item]);
      this.#issued = [...kept, item];
      return pemOf(certificate);
    });
  }

  /**
   * Revokes every certificate that was issued to this role and id; durable when it settles. The list has to be brought to the daemons, who
   * drop the sessions of who stands in it. Returns whether there were any.
   */
  revoke({ role, id }: Pick<PeerIdentity, "role" | "id">): Promise<boolean> {
    return this.#order.hold(async () => {
      const now = this.#world.clock.wallMicros();
      const ofIt = this.#issued.filter((item) => item.role === role && item.id === id && item.notAfterMicros > now);
      const added = ofIt.filter((item) => this.#list.findRevoked(item.serial) === null);
      if (added.length > 0) await this.#replaceList(added);
      return added.length > 0;
    });
  }

  /** Makes the revocation list anew when it is older than a day, so that it never runs out. To be called now and then. */
  refreshRevocationList(): Promise<void> {
    return this.#order.hold(async () => {
      const ageSeconds = secondsOf(this.#world) - this.#list.thisUpdate.getTime() / 1_000 - BACKDATE_SECONDS;
      if (ageSeconds > REVOCATION_LIST_REFRESH_SECONDS) await this.#replaceList([]);
    });
  }

  /** Durable before it is the present one. Entries of certificates that have expired by themselves are left out. */
  async #replaceList(added: readonly IssuedItem[]): Promise<void> {
    const now = this.#world.clock.wallMicros();
    const expired = new Set(this.#issued.filter((item) => item.notAfterMicros <= now).map((item) => item.serial));
    const entries = this.#list.entries
      .map(({ serialNumber, revocationDate }) => ({ serialNumber, revocationDate }))
      .filter((entry) => !expired.has(entry.serialNumber));
    const revocationDate = new Date(now / MICROS_PER_MS);
    const list = await makeList({
      world: this.#world,
      pair: this.#pair,
      certificate: this.#certificate,
      entries: [...entries, ...added.map(({ serial }) => ({ serialNumber: serial, revocationDate }))],
      after: this.#list,
    });
    await this.#folder.writeList(list);
    this.#list = list;
  }

  #nextTerms(): { serial: string; notBefore: Date; notAfter: Date } {
    const now = secondsOf(this.#world);
    return {
      serial: serialOf(this.#world),
      notBefore: new Date((now - BACKDATE_SECONDS) * 1_000),
      notAfter: new Date((now + CERTIFICATE_SECONDS) * 1_000),
    };
  }
}

async function parseRequest(pem: string): Promise<x509.Pkcs10CertificateRequest> {
  if (pem.length > PEM_CHARACTERS_MAX) throw requestInvalid(`has ${pem.length} characters`);
  let request: x509.Pkcs10CertificateRequest;
  let proven = false;
  try {
    request = new x509.Pkcs10CertificateRequest(pem);
    proven = isKeyOfOurs(request.publicKey.toString("pem")) && (await request.verify());
  } catch (error) {
    throw requestInvalid("does not decode", error);
  }
  if (!proven) throw requestInvalid("is not for a P-256 key, or not signed by it");
  return request;
}

/**
 * The public key that a request (PEM) proves to have, as SubjectPublicKeyInfo.
 * @throws Fault `certificate-request-invalid`
 */
export async function publicPemOfRequest(pem: string): Promise<string> {
  return publicPemOf((await parseRequest(pem)).publicKey.toString("pem"));
}

async function makeCertificate(world: AuthorityWorld, pair: KeyPairPem): Promise<x509.X509Certificate> {
  const now = secondsOf(world);
  const keys = await signingKeys(pair);
  const serialNumber = serialOf(world);
  return await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber,
    name: [{ CN: [`Leeward authority ${serialNumber.slice(0, 8)}`] }],
    notBefore: new Date((now - BACKDATE_SECONDS) * 1_000),
    notAfter: new Date((now + AUTHORITY_SECONDS) * 1_000),
    keys,
    signingAlgorithm: SIGNING,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
}

interface ListOptions {
  readonly world: AuthorityWorld;
  readonly pair: KeyPairPem;
  readonly certificate: x509.X509Certificate;
  readonly entries: readonly { readonly serialNumber: string; readonly revocationDate: Date }[];
  /** The list that it replaces: its time is always after that one's. */
  readonly after?: x509.X509Crl;
}

async function makeList({ world, pair, certificate, entries, after }: ListOptions): Promise<x509.X509Crl> {
  const now = secondsOf(world);
  const earliest = after === undefined ? 0 : after.thisUpdate.getTime() / 1_000 + 1;
  const thisUpdate = Math.max(now - BACKDATE_SECONDS, earliest);
  const keys = await signingKeys(pair);
  return await x509.X509CrlGenerator.create({
    issuer: certificate.subjectName.toJSON(),
    thisUpdate: new Date(thisUpdate * 1_000),
    nextUpdate: new Date((thisUpdate + REVOCATION_LIST_SECONDS) * 1_000),
    signingAlgorithm: SIGNING,
    signingKey: keys.privateKey,
    entries: [...entries],
    extensions: [
      await x509.AuthorityKeyIdentifierExtension.create(certificate.publicKey),
      new x509.Extension(CRL_NUMBER, false, derInteger(thisUpdate)),
    ],
  });
}

/** 128 random bits whose first two are 01: positive, and of the same length always. */
function serialOf(world: AuthorityWorld): string {
  const bytes = world.random.bytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return Buffer.from(bytes).toString("hex");
}

/** A non-negative whole number as ASN.1 INTEGER. */
function derInteger(value: number): Uint8Array<ArrayBuffer> {
  const hex = value.toString(16);
  const digits = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, "hex");
  const content = (digits[0] ?? 0) >= 0x80 ? [0, ...digits] : [...digits];
  return new Uint8Array([0x02, content.length, ...content]);
}

function secondsOf(world: AuthorityWorld): number {
  return Math.floor(world.clock.wallMicros() / MICROS_PER_SECOND);
}

function pemOf(certificate: x509.X509Certificate): string {
  return `${certificate.toString("pem")}\n`;
}
