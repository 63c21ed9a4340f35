// A daemon's own identity: key.pem (P-256, 0600, never leaves), ca.pem, crl.pem and certificate.pem in one folder.
//
// What it keeps true: the certificate is for the key, and of an authority that is trusted; an authority is added only together with one that was
// trusted before, and none is left without which the certificate would be nobody's; each file is replaced whole and durably, certificate.pem
// last, whose presence says enrolled; a revocation list is never replaced by an older one. Order: lists of all authorities of before and from now
// on → these authorities, with that of the old certificate → certificate → authorities and lists that are left. A crash between leaves a daemon that is not enrolled yet, or the old certificate
// with what is newer beside it. The worst outcome of a fault here is a daemon that trusts a stranger.
import { MICROS_PER_MS, Mutex } from "@leeward/base";
import { type PeerIdentity, readFile, replaceFile, type World } from "@leeward/world";
import {
  type Credentials,
  checkedCredentials,
  type Enrolled,
  fingerprintsOf,
  listsOfAuthorities,
  newestLists,
  overlap,
  parseAuthorities,
  parseLists,
  pemOfLists,
  type TrustedPem,
} from "./credentials.ts";
import { unwrapDataKey } from "./data-key.ts";
import { certificateInvalid, identityDamaged, notEnrolled, sealedUnreadable } from "./identity-fault.ts";
import { ENDING_SECONDS, IDENTITY_FILE_BYTES_MAX } from "./identity-limits.ts";
import { agreedSecret, generateKeyPair, type KeyPairPem, keyPairOf, signingKeys } from "./node-key-pair.ts";
import { joinPem } from "./pem-list.ts";
import { openSealed } from "./sealed-secret.ts";
import { Pkcs10CertificateRequestGenerator } from "./x509.ts";

export type KeyStoreWorld = Pick<World, "clock" | "files">;

export class KeyStore {
  readonly #world: KeyStoreWorld;
  readonly #folder: string;
  readonly #pair: KeyPairPem;
  readonly #order = new Mutex();
  readonly #listeners = new Set<() => void>();
  #enrolled: Enrolled | undefined;

  private constructor(world: KeyStoreWorld, folder: string, pair: KeyPairPem) {
    this.#world = world;
    this.#folder = folder;
    this.#pair = pair;
  }

  /**
   * Opens the key store in `folder`, which exists; makes the key when there is none. One owner at a time.
   * @throws Fault `identity-damaged`, and what the files give
   */
  static async open(world: KeyStoreWorld, folder: string): Promise<KeyStore> {
    const store = new KeyStore(world, folder, await readOrMakeKey(world, folder));
    store.#enrolled = await store.#readEnrolled();
    return store;
  }

  get folder(): string {
    return this.#folder;
  }

  /** Who this daemon is; undefined before it is enrolled. */
  get identity(): PeerIdentity | undefined {
    return this.#enrolled?.identity;
  }

  /** The public half of the daemon's key, to wrap data keys to. */
  get publicKeyPem(): string {
    return this.#pair.publicPem;
  }

  /** The private key and what the authority gave, for a TLS context. @throws Fault `not-enrolled` */
  credentials(): Credentials & { readonly keyPem: string } {
    const { certificatePem, caPem, crlPem } = this.#require();
    return { keyPem: this.#pair.privatePem, certificatePem, caPem, crlPem };
  }

  /** A request (PEM) for a certificate on this daemon's key; the authority decides for whom. */
  async createRequest(): Promise<string> {
    const request = await Pkcs10CertificateRequestGenerator.create({
      name: [{ CN: ["leeward"] }],
      keys: await signingKeys(this.#pair),
      signingAlgorithm: { name: "ECDSA", hash: "SHA-256" },
    });
    return `${request.toString("pem")}\n`;
  }

  /** Whom this daemon trusts, as SHA-256 of their certificates in hex, first the one that issues now; and which of them issued its own. */
  get trusted(): { readonly authorities: readonly string[]; readonly issuer: string } {
    const { authorities, issuer } = this.#require();
    return { authorities: fingerprintsOf(authorities), issuer: fingerprintsOf([issuer])[0] ?? "" };
  }

  /**
   * Takes a first or renewed certificate; durable when it settles.
   * @throws Fault `certificate-invalid` when it is for another key, does not hold now, is not the authority's, or no authority is one that was
   *   trusted; `revocation-list-invalid`
   */
  install(credentials: Credentials): Promise<void> {
    return this.#order.hold(async () => {
      const enrolled = await checkedCredentials(credentials, this.#pair);
      this.#requireNow(enrolled);
      const before = this.#enrolled;
      if (before !== undefined && !overlap(before.authorities, enrolled.authorities))
        throw certificateInvalid("is another authority's");
      const lists = newestLists(enrolled.authorities, enrolled.lists, before?.lists ?? []);
      await this.#store({ ...enrolled, lists, crlPem: pemOfLists(lists) });
    });
  }

  /**
   * Takes whom to trust from now on, with their revocation lists; durable when it settles.
   * @throws Fault `certificate-invalid` when none of them was trusted before, or this daemon's own certificate is of none of them;
   *   `revocation-list-invalid`, `not-enrolled`
   */
  installTrust(trusted: TrustedPem): Promise<void> {
    return this.#order.hold(async () => {
      const before = this.#require();
      const enrolled = await checkedCredentials({ ...before, ...trusted }, this.#pair);
      if (!overlap(before.authorities, enrolled.authorities)) throw certificateInvalid("is another authority's");
      const lists = newestLists(enrolled.authorities, enrolled.lists, before.lists);
      const crlPem = pemOfLists(lists);
      if (trusted.caPem === before.caPem && crlPem === before.crlPem) return;
      await this.#store({ ...enrolled, lists, crlPem });
    });
  }

  /**
   * Trusts one more authority, by the word of whoever may write this folder; durable when it settles. It counts as the one that issues now, so that a
   * certificate of it is asked for. @throws Fault `certificate-invalid`, `not-enrolled`
   */
  addAuthority(pem: string): Promise<void> {
    return this.#order.hold(async () => {
      const { issuer } = this.#require();
      const [added] = parseAuthorities(pem);
      if (added === undefined || overlap([added], [issuer])) return;
      await this.#write("ca.pem", joinPem([added.toString("pem"), issuer.toString("pem")]));
      const enrolled = await this.#readEnrolled();
      if (enrolled !== undefined) this.#adopt(enrolled);
    });
  }

  /**
   * Takes newer revocation lists, durable when it settles; what is not newer is passed over. Returns whether any was taken.
   * @throws Fault `revocation-list-invalid`, `not-enrolled`
   */
  installRevocationList(crlPem: string): Promise<boolean> {
    return this.#order.hold(async () => {
      const enrolled = this.#require();
      const { authorities } = enrolled;
      const lists = newestLists(authorities, enrolled.lists, await parseLists(crlPem, authorities));
      const newer = pemOfLists(lists);
      if (newer === pemOfLists(newestLists(authorities, enrolled.lists))) return false;
      await this.#store({ ...enrolled, lists, crlPem: newer });
      return true;
    });
  }

  /** Whether no certificate of the authority with this name is taken any more. */
  isForeign(issuer: string): boolean {
    return this.#enrolled !== undefined && !this.#enrolled.authorities.some(({ subject }) => subject === issuer);
  }

  /** Whether a certificate (serial in hex) stands in the present revocation list. */
  isRevoked(serial: string): boolean {
    const lists = this.#enrolled?.lists ?? [];
    return lists.some((list) => list.findRevoked(serial.toLowerCase()) !== null);
  }

  /**
   * Whether the certificate should be renewed: a third of its time is over, it is not of the authority that issues now, it begins in times to come
   * (a clock was ahead when it was made), or there is none.
   */
  renewalDue(nowMicros: number): boolean {
    if (this.#enrolled === undefined) return true;
    const { certificate, authorities, issuer } = this.#enrolled;
    if (!overlap(authorities.slice(0, 1), [issuer])) return true;
    const [begin, end] = [certificate.notBefore.getTime(), certificate.notAfter.getTime()];
    const now = nowMicros / MICROS_PER_MS;
    return now < begin || now >= begin + (end - begin) / 3;
  }

  /**
   * Whether others may refuse this daemon, or it them, for the time alone: its certificate or a revocation list has ended or ends within two days, or it
   * has none of an authority that it trusts. False before it is enrolled.
   */
  outOfTime(nowMicros: number): boolean {
    if (this.#enrolled === undefined) return false;
    const { certificate, lists, authorities } = this.#enrolled;
    const ends = [certificate.notAfter, ...lists.map(({ nextUpdate }) => nextUpdate ?? new Date(0))];
    const soon = nowMicros / MICROS_PER_MS + ENDING_SECONDS * 1_000;
    return lists.length < authorities.length || ends.some((end) => end.getTime() <= soon);
  }

  /** When the certificate ends, in microseconds since 1970; undefined before there is one. */
  get notAfterMicros(): number | undefined {
    const end = this.#enrolled?.certificate.notAfter.getTime();
    return end === undefined ? undefined : end * MICROS_PER_MS;
  }

  /** Opens a data key that was wrapped to this daemon. @throws Fault `key-unwrap-failed` */
  unwrap(jwe: string, keyId: string): Promise<Uint8Array> {
    return unwrapDataKey(jwe, { privatePem: this.#pair.privatePem, keyId });
  }

  /** Opens a secret that was sealed to this daemon for a purpose. @throws Fault `sealed-unreadable` */
  openSealed(sealed: string, purpose: string): Promise<Uint8Array> {
    return openSealed(sealed, { privatePem: this.#pair.privatePem, purpose });
  }

  /** 32 bytes for one purpose that this daemon and the holder of the other key alone can make. @throws Fault `sealed-unreadable` when that is no key of ours */
  agreedSecret(publicPem: string, purpose: string): Uint8Array {
    try {
      return agreedSecret(this.#pair.privatePem, publicPem, purpose);
    } catch (error) {
      throw sealedUnreadable("the other end's key is none on P-256", error);
    }
  }

  /** Reads the files again after somebody else replaced them. @throws Fault `identity-damaged`; what is in force then stays */
  reload(): Promise<void> {
    return this.#order.hold(async () => {
      const read = await this.#readEnrolled();
      if (read === undefined) return;
      const now = this.#enrolled;
      if (
        now?.certificatePem === read.certificatePem &&
        now.caPem === read.caPem &&
        pemOfLists(now.lists) === pemOfLists(read.lists)
      )
        return;
      if (now !== undefined && !overlap(now.authorities, read.authorities)) {
        throw identityDamaged(this.#folder, "ca.pem is another authority's than before");
      }
      const newest = newestLists(read.authorities, read.lists, now?.lists ?? []);
      if (pemOfLists(newest) !== pemOfLists(newestLists(read.authorities, read.lists))) {
        throw identityDamaged(this.#folder, "crl.pem is older than before");
      }
      this.#adopt(read);
    });
  }

  /** Calls `listener` after each change of certificate or revocation list, until the function that it returns is called. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Makes it durable, in the order above, and goes by it. */
  async #store(enrolled: Enrolled): Promise<void> {
    const before = this.#enrolled;
    const { authorities } = enrolled;
    const left = (before?.lists ?? []).filter(({ issuer }) => !authorities.some(({ subject }) => subject === issuer));
    await this.#write("crl.pem", pemOfLists([...enrolled.lists, ...left]));
    // The certificate of before has to be of one that is trusted, until the new one is there.
    const isOrphan = before !== undefined && !overlap(authorities, [before.issuer]);
    if (isOrphan) await this.#write("ca.pem", joinPem([enrolled.caPem, before.issuer.toString("pem")]));
    else if (enrolled.caPem !== before?.caPem) await this.#write("ca.pem", enrolled.caPem);
    if (enrolled.certificatePem !== before?.certificatePem)
      await this.#write("certificate.pem", enrolled.certificatePem);
    if (isOrphan) await this.#write("ca.pem", enrolled.caPem);
    if (left.length > 0) await this.#write("crl.pem", enrolled.crlPem);
    this.#adopt(enrolled);
  }

  #adopt(enrolled: Enrolled): void {
    this.#enrolled = enrolled;
    for (const listener of this.#listeners) listener();
  }

  /** @throws Fault `certificate-invalid` */
  #requireNow({ certificate: { notBefore, notAfter } }: Enrolled): void {
    const now = this.#world.clock.wallMicros() / MICROS_PER_MS;
    if (now >= notBefore.getTime() && now <= notAfter.getTime()) return;
    const [from, to] = [notBefore.toISOString(), notAfter.toISOString()];
    throw certificateInvalid(`holds from ${from} to ${to}, which is not now`);
  }

  #require(): Enrolled {
    if (this.#enrolled === undefined) throw notEnrolled(this.#folder);
    return this.#enrolled;
  }

  async #readEnrolled(): Promise<Enrolled | undefined> {
    const certificatePem = await readText(this.#world, this.#folder, "certificate.pem");
    if (certificatePem === undefined) return undefined;
    const caPem = await readText(this.#world, this.#folder, "ca.pem");
    const crlPem = await readText(this.#world, this.#folder, "crl.pem");
    if (caPem === undefined || crlPem === undefined) {
      throw identityDamaged(this.#folder, "certificate.pem is there, but ca.pem or crl.pem is not");
    }
    try {
      return await checkedCredentials({ certificatePem, caPem, crlPem: listsOfAuthorities(crlPem, caPem) }, this.#pair);
    } catch (error) {
      throw identityDamaged(this.#folder, "its files do not fit one another", error);
    }
  }

  #write(name: string, text: string): Promise<void> {
    return replaceFile(this.#world.files, this.#folder, name, new TextEncoder().encode(text));
  }
}

async function readOrMakeKey(world: KeyStoreWorld, folder: string): Promise<KeyPairPem> {
  const text = await readText(world, folder, "key.pem");
  if (text !== undefined) {
    try {
      return keyPairOf(text);
    } catch (error) {
      throw identityDamaged(folder, "key.pem does not decode", error);
    }
  }
  if ((await world.files.status(`${folder}/certificate.pem`)) !== undefined) {
    throw identityDamaged(folder, "key.pem is missing");
  }
  const pair = generateKeyPair();
  await replaceFile(world.files, folder, "key.pem", new TextEncoder().encode(pair.privatePem));
  return pair;
}

async function readText(world: KeyStoreWorld, folder: string, name: string): Promise<string | undefined> {
  const path = `${folder}/${name}`;
  if ((await world.files.status(path)) === undefined) return undefined;
  return new TextDecoder().decode(await readFile(world.files, path, IDENTITY_FILE_BYTES_MAX));
}
