import { rm } from "node:fs/promises";
import { GiB, MiB } from "@leeward/base";
import type { BenchContext } from "../run/bench-context.ts";
import { runTool } from "../run/tool-run.ts";

/** Bytes per second that the device below the place's folder takes in a row, without the page cache, with the fsync at the end. */
export async function sequentialRate({ place, isQuick }: BenchContext): Promise<number> {
  const path = `${place.folder}/sequential`;
  const sizeBytes = isQuick ? 128 * MiB : 2 * GiB;
  const args = ["--name=sequential", `--filename=${path}`, "--rw=write", `--size=${sizeBytes}`, `--bs=${4 * MiB}`];
  const begun = performance.now();
  await runTool(place, "fio", [...args, "--direct=1", "--ioengine=libaio", "--iodepth=4", "--end_fsync=1"]);
  const seconds = (performance.now() - begun) / 1_000;
  await rm(path);
  return sizeBytes / seconds;
}
