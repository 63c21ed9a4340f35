// A daemon's own identity: key.pem (P-256, 0600, never leaves), ca.pem, crl.pem and certificate.pem in one folder.
//
// What it keeps true: the certificate is for the key, and the authority never changes under a daemon; each file is replaced whole and
// durably, certificate.pem last, whose presence says enrolled; a revocation list is never replaced by an older one. A crash between
// two files leaves a daemon that is not enrolled yet, or the old certificate with a newer list. The worst outcome of a fault here is a
// daemon that trusts a stranger.
import { MICROS_PER_MS, Mutex } from "@leeward/base";
import { type PeerIdentity, readFile, replaceFile, type World } from "@leeward/world";
import { parseCertificate } from "./certificate.ts";
import { type Credentials, checkedCredentials, type Enrolled, sameCertificate } from "./credentials.ts";
import { unwrapDataKey } from "./data-key.ts";
import { certificateInvalid, identityDamaged, notEnrolled } from "./identity-fault.ts";
import { IDENTITY_FILE_BYTES_MAX } from "./identity-limits.ts";
import { generateKeyPair, type KeyPairPem, keyPairOf, signingKeys } from "./node-key-pair.ts";
import { parseRevocationList } from "./revocation-list.ts";
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

  /**
   * Takes a first or renewed certificate; durable when it settles.
   * @throws Fault `certificate-invalid` when it is for another key, does not hold now, is not the authority's, or the authority changed;
   *   `revocation-list-invalid`
   */
  install(credentials: Credentials): Promise<void> {
    return this.#order.hold(async () => {
      const enrolled = await checkedCredentials(credentials, this.#pair);
      const now = this.#world.clock.wallMicros() / MICROS_PER_MS;
      const { notBefore, notAfter } = enrolled.certificate;
      if (now < notBefore.getTime() || now > notAfter.getTime()) {
        throw certificateInvalid(
          `holds from ${notBefore.toISOString()} to ${notAfter.toISOString()}, which is not now`,
        );
      }
      const before = this.#enrolled;
      if (before !== undefined && !sameCertificate(before.caPem, credentials.caPem)) {
        throw certificateInvalid("is another authority's");
      }
      const newer = before === undefined || enrolled.list.thisUpdate >= before.list.thisUpdate;
      const { list, crlPem } = newer ? enrolled : before;
      await this.#write("ca.pem", credentials.caPem);
      await this.#write("crl.pem", crlPem);
      await this.#write("certificate.pem", credentials.certificatePem);
      this.#adopt({ ...enrolled, list, crlPem });
    });
  }

  /**
   * Takes a newer revocation list, durable when it settles; one that is not newer is passed over. Returns whether it was taken.
   * @throws Fault `revocation-list-invalid`, `not-enrolled`
   */
  installRevocationList(crlPem: string): Promise<boolean> {
    return this.#order.hold(async () => {
      const enrolled = this.#require();
      const list = await parseRevocationList(crlPem, parseCertificate(enrolled.caPem));
      if (list.thisUpdate <= enrolled.list.thisUpdate) return false;
      await this.#write("crl.pem", crlPem);
      this.#adopt({ ...enrolled, list, crlPem });
      return true;
    });
  }

  /** Whether a certificate (serial in hex) stands in the present revocation list. */
  isRevoked(serial: string): boolean {
    const list = this.#enrolled?.list;
    return list !== undefined && list.findRevoked(serial.toLowerCase()) !== null;
  }

  /** Whether the certificate should be renewed: a third of its time is over, or there is none. */
  renewalDue(nowMicros: number): boolean {
    if (this.#enrolled === undefined) return true;
    const { notBefore, notAfter } = this.#enrolled.certificate;
    const begin = notBefore.getTime();
    return nowMicros / MICROS_PER_MS >= begin + (notAfter.getTime() - begin) / 3;
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

  /** Reads the files again after somebody else replaced them. @throws Fault `identity-damaged`; what is in force then stays */
  reload(): Promise<void> {
    return this.#order.hold(async () => {
      const read = await this.#readEnrolled();
      if (read === undefined) return;
      const now = this.#enrolled;
      if (now?.certificatePem === read.certificatePem && now.crlPem === read.crlPem) return;
      if (now !== undefined && !sameCertificate(now.caPem, read.caPem)) {
        throw identityDamaged(this.#folder, "ca.pem is another authority's than before");
      }
      if (now !== undefined && read.list.thisUpdate < now.list.thisUpdate) {
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

  #adopt(enrolled: Enrolled): void {
    this.#enrolled = enrolled;
    for (const listener of this.#listeners) listener();
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
      return await checkedCredentials({ certificatePem, caPem, crlPem }, this.#pair);
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
