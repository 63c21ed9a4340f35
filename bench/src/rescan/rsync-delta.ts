import type { BenchPlace } from "../run/bench-place.ts";
import { runTool } from "../run/tool-run.ts";

export interface DeltaCopy {
  readonly seconds: number;
  /** Both ways: what differs, and the checksums by which that is found. */
  readonly sentBytes: number;
}

/** Makes `replica` equal to `image` by rsync's own search for what differs, without believing size and time; it fsyncs. */
export async function copyDelta(place: BenchPlace, image: string, replica: string): Promise<DeltaCopy> {
  const begun = performance.now();
  const args = ["--inplace", "--no-whole-file", "--ignore-times", "--fsync", "--stats", image, replica];
  const said = await runTool(place, "rsync", args);
  const seconds = (performance.now() - begun) / 1_000;
  return { seconds, sentBytes: bytesAfter(said, "Total bytes sent:") + bytesAfter(said, "Total bytes received:") };
}

function bytesAfter(said: string, name: string): number {
  const digits = said
    .split("\n")
    .find((line) => line.startsWith(name))
    ?.replaceAll(/\D/g, "");
  if (digits === undefined || digits === "") throw new Error(`rsync does not say '${name}'`);
  return Number(digits);
}
