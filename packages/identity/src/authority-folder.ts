import { type Files, readFile, replaceFile } from "@leeward/world";
import { identityDamaged } from "./identity-fault.ts";
import { IDENTITY_FILE_BYTES_MAX } from "./identity-limits.ts";
import { type IssuedItem, parseIssued } from "./issued-list.ts";
import { type KeyPairPem, keyPairOf } from "./node-key-pair.ts";
import { parseRevocationList, pemOfRevocationList } from "./revocation-list.ts";
import { X509Certificate, type X509Crl } from "./x509.ts";

interface OrMake<T> {
  /** Makes what is missing; undefined where it must be there. */
  readonly orMake: (() => T | Promise<T>) | undefined;
}

/** The authority's files. Each read finishes what an interrupted first start left undone, when it may. */
export class AuthorityFolder {
  readonly #files: Files;
  readonly #folder: string;

  constructor(files: Files, folder: string) {
    this.#files = files;
    this.#folder = folder;
  }

  /** undefined before the authority is wholly made. */
  async readIssued(): Promise<IssuedItem[] | undefined> {
    const text = await this.#read("issued.json");
    if (text === undefined) return undefined;
    const items = parseIssued(text);
    if (items === undefined) throw identityDamaged(this.#folder, "issued.json does not decode");
    return items;
  }

  writeIssued(items: readonly IssuedItem[]): Promise<void> {
    return this.#write("issued.json", `${JSON.stringify(items)}\n`);
  }

  readKey({ orMake }: OrMake<KeyPairPem>): Promise<KeyPairPem> {
    return this.#readOrMake("ca.key", { parse: keyPairOf, print: (pair) => pair.privatePem, orMake });
  }

  readCertificate({ orMake }: OrMake<X509Certificate>): Promise<X509Certificate> {
    const parse = (text: string): X509Certificate => new X509Certificate(text);
    return this.#readOrMake("ca.pem", { parse, print: (certificate) => `${certificate.toString("pem")}\n`, orMake });
  }

  readList(certificate: X509Certificate, { orMake }: OrMake<X509Crl>): Promise<X509Crl> {
    const parse = (text: string): Promise<X509Crl> => parseRevocationList(text, [certificate]);
    return this.#readOrMake("crl.pem", { parse, print: pemOfRevocationList, orMake });
  }

  writeList(list: X509Crl): Promise<void> {
    return this.#write("crl.pem", pemOfRevocationList(list));
  }

  async #readOrMake<T>(
    name: string,
    how: OrMake<T> & { parse: (text: string) => T | Promise<T>; print: (value: T) => string },
  ): Promise<T> {
    const text = await this.#read(name);
    if (text !== undefined) {
      try {
        return await how.parse(text);
      } catch (error) {
        throw identityDamaged(this.#folder, `${name} does not decode`, error);
      }
    }
    if (how.orMake === undefined) throw identityDamaged(this.#folder, `${name} is missing`);
    const made = await how.orMake();
    await this.#write(name, how.print(made));
    return made;
  }

  async #read(name: string): Promise<string | undefined> {
    const path = `${this.#folder}/${name}`;
    if ((await this.#files.status(path)) === undefined) return undefined;
    return new TextDecoder().decode(await readFile(this.#files, path, IDENTITY_FILE_BYTES_MAX));
  }

  #write(name: string, text: string): Promise<void> {
    return replaceFile(this.#files, this.#folder, name, new TextEncoder().encode(text));
  }
}
