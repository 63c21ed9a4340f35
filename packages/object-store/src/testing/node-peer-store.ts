// Stores of others, as tests run them: programs of tools/stores (`npm run peers`), each in a process of its own on loopback, over TLS.
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type TestCertificate, testCertificate } from "./node-test-certificate.ts";

const MODULES = fileURLToPath(new URL("../../../../tools/stores/node_modules", import.meta.url));
const START_MS_MAX = 30_000;
/** What Azurite's documentation gives everybody; no secret. */
export const AZURITE = {
  account: "devstoreaccount1",
  accountKey: "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==",
} as const;
/** The same of s3rver. */
export const S3RVER = { accessKeyId: "S3RVER", secretAccessKey: "S3RVER", bucket: "journals" } as const;

/** Why tests cannot run a store of others, or false: for the `skip` option of a test; with LEEWARD_REQUIRE_PEERS=1 they run, and fail. */
export const peerStoreSkip: string | false =
  existsSync(MODULES) || process.env["LEEWARD_REQUIRE_PEERS"] === "1"
    ? false
    : "tools/stores is not installed: npm run peers";

/** A store of others that runs until it is disposed of. */
export class PeerStore implements AsyncDisposable {
  readonly port: number;
  readonly certificate: TestCertificate;
  /** Holds `ca.pem`, and what the test puts there. */
  readonly folder: string;
  readonly #child: ChildProcess;

  private constructor(parts: { port: number; certificate: TestCertificate; folder: string; child: ChildProcess }) {
    this.port = parts.port;
    this.certificate = parts.certificate;
    this.folder = parts.folder;
    this.#child = parts.child;
  }

  static azurite(): Promise<PeerStore> {
    return PeerStore.#start((folder) => [
      join(MODULES, "azurite/dist/src/blob/main.js"),
      ...[
        "--blobHost",
        "127.0.0.1",
        "--blobPort",
        "0",
        "--location",
        folder,
        "--silent",
        "--disableTelemetry",
        "--skipApiVersionCheck",
      ],
      ...["--cert", join(folder, "cert.pem"), "--key", join(folder, "key.pem")],
    ]);
  }

  static s3rver(): Promise<PeerStore> {
    return PeerStore.#start((folder) => [
      // Its listings of more than one page need a cipher that is switched off otherwise.
      "--openssl-legacy-provider",
      join(MODULES, "s3rver/bin/s3rver.js"),
      ...["--address", "127.0.0.1", "--port", "0", "--directory", join(folder, "objects"), "--no-vhost-buckets"],
      ...["--cert", join(folder, "cert.pem"), "--key", join(folder, "key.pem")],
      ...["--configure-bucket", S3RVER.bucket],
    ]);
  }

  /** Each says on standard output where it listens. */
  static async #start(argsIn: (folder: string) => string[]): Promise<PeerStore> {
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
      return new PeerStore({ port: await promise, certificate, folder, child });
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

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  child.once("exit", () => resolve());
  child.kill("SIGKILL");
  await promise;
}
