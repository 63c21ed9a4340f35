// Stores of others, as tests run them: programs of tools/stores (`npm run peers`), each in a process of its own on loopback, over TLS.
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { StorePlace } from "../node-open-store.ts";
import type { AzuriteLibrary } from "./azurite-container.ts";
import { type TestCertificate, testCertificate } from "./node-test-certificate.ts";

const MODULES = fileURLToPath(new URL("../../../../tools/stores/node_modules", import.meta.url));
const START_MS_MAX = 30_000;
/** What Azurite's documentation gives everybody; no secret. */
export const AZURITE = {
  account: "devstoreaccount1",
  accountKey: "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==",
} as const;
/** The same of s3rver. */
export const S3RVER = { accessKeyId: "S3RVER", secretAccessKey: "S3RVER" } as const;
/** The container or bucket that is there from the beginning. */
const BUCKET = "journals";

/** Why tests cannot run a store of others, or false: for the `skip` option of a test; with LEEWARD_REQUIRE_PEERS=1 they run, and fail. */
export const peerStoreSkip: string | false =
  existsSync(MODULES) || process.env["LEEWARD_REQUIRE_PEERS"] === "1"
    ? false
    : "tools/stores is not installed: npm run peers";

/** A store of others that runs until it is disposed of. Its one container or bucket, `journals`, is empty. */
export class PeerStore implements AsyncDisposable {
  readonly port: number;
  readonly certificate: TestCertificate;
  /** Holds `ca.pem`, `credentials.yaml`, what the store keeps, and what the test puts there. */
  readonly folder: string;
  readonly #child: ChildProcess;
  readonly #kind: "azurite" | "s3rver";
  #files = 0;

  private constructor(kind: "azurite" | "s3rver", parts: Started) {
    this.#kind = kind;
    this.port = parts.port;
    this.certificate = parts.certificate;
    this.folder = parts.folder;
    this.#child = parts.child;
  }

  static async azurite(): Promise<PeerStore> {
    const started = await PeerStore.#start((folder) => [
      join(MODULES, "azurite/dist/src/blob/main.js"),
      ...["--blobHost", "127.0.0.1", "--blobPort", "0", "--location", folder],
      // The library speaks a later version than Azurite knows, of which it uses nothing.
      ...["--silent", "--disableTelemetry", "--skipApiVersionCheck", "--disableProductStyleUrl"],
      ...["--cert", join(folder, "cert.pem"), "--key", join(folder, "key.pem")],
    ]);
    await started.credentials(`accountKey: ${AZURITE.accountKey}\n`);
    const { makeAzuriteContainer } = await import("./azurite-container.ts");
    await makeAzuriteContainer({ ...started, name: BUCKET });
    return new PeerStore("azurite", started);
  }

  static async s3rver(): Promise<PeerStore> {
    const started = await PeerStore.#start((folder) => [
      // Its listings of more than one page need a cipher that is switched off otherwise.
      "--openssl-legacy-provider",
      join(MODULES, "s3rver/bin/s3rver.js"),
      ...["--address", "127.0.0.1", "--port", "0", "--directory", join(folder, "objects"), "--no-vhost-buckets"],
      ...["--cert", join(folder, "cert.pem"), "--key", join(folder, "key.pem")],
      ...["--configure-bucket", BUCKET],
    ]);
    const { accessKeyId, secretAccessKey } = S3RVER;
    await started.credentials(`accessKeyId: ${accessKeyId}\nsecretAccessKey: ${secretAccessKey}\n`);
    return new PeerStore("s3rver", started);
  }

  /** Where openStore finds it, or a container of another name; `port` is of what stands before it. */
  place(prefix: string, { port = this.port, host = "127.0.0.1", bucket = BUCKET } = {}): Required<StorePlace> {
    const url =
      this.#kind === "azurite"
        ? `azure://${AZURITE.account}/${bucket}/${prefix}?endpoint=https://${host}:${port}/${AZURITE.account}`
        : `s3://${bucket}/${prefix}?endpoint=https://${host}:${port}&pathStyle=true`;
    const [credentialsFile, caFile] = [join(this.folder, "credentials.yaml"), join(this.folder, "ca.pem")];
    return { url, credentialsFile, caFile };
  }

  /** The library of Azure Blob on this store's container. */
  async library(): Promise<AzuriteLibrary> {
    const { azuriteLibrary } = await import("./azurite-container.ts");
    return azuriteLibrary({ port: this.port, certificate: this.certificate, name: BUCKET });
  }

  /** The same place, with a file that holds other credentials. */
  async placeWith(credentials: string, prefix: string): Promise<Required<StorePlace>> {
    this.#files += 1;
    const credentialsFile = join(this.folder, `credentials-${this.#files}.yaml`);
    await writeFile(credentialsFile, credentials, { mode: 0o600 });
    return { ...this.place(prefix), credentialsFile };
  }

  /** Each says on standard output where it listens. */
  static async #start(argsIn: (folder: string) => string[]): Promise<Started> {
    const folder = await mkdtemp(join(tmpdir(), "leeward-peer-store-"));
    const certificate = await testCertificate(folder);
    await writeFile(join(folder, "cert.pem"), certificate.cert);
    await writeFile(join(folder, "key.pem"), certificate.key);
    await writeFile(join(folder, "ca.pem"), certificate.ca);
    const child = spawn(process.execPath, argsIn(folder), { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    let said = "";
    const hear = (chunk: Buffer): void => {
      said = `${said}${chunk.toString()}`.slice(-10_000);
      const port = /listen(?:s|ing) (?:at|on) (?:https?:\/\/)?[^\s]*?:(\d+)/.exec(said)?.[1];
      if (port !== undefined) resolve(Number(port));
    };
    child.stdout.on("data", hear);
    child.stderr.on("data", hear);
    child.once("exit", (code) => reject(new Error(`the store ended (${code}): ${said}`)));
    const late = setTimeout(() => reject(new Error(`the store does not listen: ${said}`)), START_MS_MAX);
    try {
      const credentials = (text: string) => writeFile(join(folder, "credentials.yaml"), text, { mode: 0o600 });
      return { port: await promise, certificate, folder, child, credentials };
    } catch (error) {
      await end(child);
      throw error;
    } finally {
      clearTimeout(late);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await end(this.#child);
    await rm(this.folder, { recursive: true, force: true });
  }
}

interface Started {
  readonly port: number;
  readonly certificate: TestCertificate;
  readonly folder: string;
  readonly child: ChildProcess;
  /** Writes the file of them. */
  readonly credentials: (text: string) => Promise<void>;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  child.once("exit", () => resolve());
  child.kill("SIGKILL");
  await promise;
}
