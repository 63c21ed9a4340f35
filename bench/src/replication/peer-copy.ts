import { rm, writeFile } from "node:fs/promises";
import type { BenchPlace } from "../run/bench-place.ts";
import { runTool } from "../run/tool-run.ts";
import type { SourceImage } from "./source-image.ts";
import type { SshServer } from "./ssh-server.ts";

/** Seconds that rsync takes over ssh, compressing, into a file that it fsyncs. */
export async function copyByRsync(place: BenchPlace, image: SourceImage, server: SshServer): Promise<number> {
  const target = `${place.folder}/rsync.img`;
  const args = ["-Wz", "--zc=zstd", "--fsync", "-e", server.clientCommand, image.path, `${server.host}:${target}`];
  const seconds = await secondsOf(() => runTool(place, "rsync", args));
  await rm(target);
  return seconds;
}

/** Seconds that restic takes into a fresh repository in a local folder, until that is on storage. */
export async function copyByRestic(place: BenchPlace, image: SourceImage): Promise<number> {
  const repository = `${place.folder}/restic`;
  const passwordFile = `${place.folder}/restic.password`;
  await writeFile(passwordFile, "bench\n", { mode: 0o600 });
  const options = ["--repo", repository, "--password-file", passwordFile, "--no-cache", "--quiet"];
  await runTool(place, "restic", ["init", ...options]);
  const seconds = await secondsOf(async () => {
    await runTool(place, "restic", ["backup", ...options, image.path]);
    await runTool(place, "sync", ["-f", repository]);
  });
  await rm(repository, { recursive: true });
  return seconds;
}

async function secondsOf(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await work();
  return (performance.now() - begun) / 1_000;
}
