import { basename } from "node:path";
import { Fault } from "@leeward/base";
import { watch } from "chokidar";
import type { KeyStore } from "./key-store.ts";

const WATCHED = new Set(["certificate.pem", "ca.pem", "crl.pem"]);

/**
 * Takes over certificates and revocation lists that somebody else puts into the key store's folder, until `signal` aborts. What cannot be
 * used is told to `onFault`, and what is in force stays; undefined is told when all can be used again.
 */
export async function watchKeyStore(
  keyStore: KeyStore,
  onFault: (fault: Fault | undefined) => void,
  signal: AbortSignal,
): Promise<void> {
  const failed = Promise.withResolvers<never>();
  const watcher = watch(keyStore.folder, {
    depth: 0,
    ignoreInitial: true,
    ignored: (path, stats) => stats?.isFile() === true && !WATCHED.has(basename(path)),
  });
  let reloading = Promise.resolve();
  watcher.on("all", () => {
    reloading = reloading
      .then(() => keyStore.reload())
      .then(() => onFault(undefined))
      .catch((error: unknown) => {
        if (error instanceof Fault) onFault(error);
        else failed.reject(error);
      });
  });
  watcher.on("error", (error) => failed.reject(error));
  const { promise: aborted, resolve } = Promise.withResolvers<void>();
  signal.addEventListener("abort", () => resolve(), { once: true });
  if (signal.aborted) resolve();
  try {
    await Promise.race([aborted, failed.promise]);
  } finally {
    await watcher.close();
    await reloading;
  }
}
