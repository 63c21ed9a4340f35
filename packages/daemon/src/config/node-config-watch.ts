import { watch } from "chokidar";
import { CONFIG_NAME } from "./config-file.ts";
import type { LiveConfig } from "./live-config.ts";
import type { SettingTable } from "./setting.ts";

/** An editor's write, rename and chmod are one change, milliseconds. */
const SETTLE_MS = 100;

/** Reloads the configuration whenever HOME/config.yaml changes, appears or goes, until `signal` aborts. */
export async function watchConfig<T extends SettingTable>(
  config: LiveConfig<T>,
  home: string,
  signal: AbortSignal,
): Promise<void> {
  const watcher = watch(home, {
    depth: 0,
    ignoreInitial: true,
    ignored: (path) => path !== home && path !== `${home}/${CONFIG_NAME}`,
    awaitWriteFinish: { stabilityThreshold: SETTLE_MS, pollInterval: SETTLE_MS / 4 },
  });
  let reloading: Promise<void> = Promise.resolve();
  const { promise: failed, reject } = Promise.withResolvers<never>();
  watcher.on("all", () => {
    reloading = reloading.then(() => config.reload()).catch(reject);
  });
  const { promise: aborted, resolve } = Promise.withResolvers<void>();
  if (signal.aborted) resolve();
  signal.addEventListener("abort", () => resolve(), { once: true });
  try {
    await Promise.race([aborted, failed]);
  } finally {
    await watcher.close();
    await reloading;
  }
}
