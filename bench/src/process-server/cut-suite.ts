import type { BenchContext } from "../run/bench-context.ts";
import type { Row } from "../run/row.ts";
import { median } from "../run/statistics.ts";
import { type CutFigures, cutThroughput } from "./cutting.ts";

const SUITE = "process-server";

/** What a cut costs beside LZ4 alone. */
export async function cutSuite({ runs, say }: BenchContext): Promise<readonly Row[]> {
  const measured: CutFigures[] = [];
  for (let run = 1; run <= runs; run += 1) {
    measured.push(await cutThroughput());
    say(`run ${run}: ${measured.at(-1)?.megabytesPerCoreSecond.toFixed(0)} MB per core and second`);
  }
  const middle = (of: (figures: CutFigures) => number): number => median(measured.map(of));
  const unit = "s/GB";
  return [
    {
      suite: SUITE,
      name: "a cut of 4 KiB records, CPU",
      measured: { value: middle((figures) => figures.cutCpuSecondsPerGigabyte), unit },
      against: { name: "LZ4 alone", value: middle((figures) => figures.lz4CpuSecondsPerGigabyte), unit },
      ratio: middle(({ ratio }) => ratio),
      note: `${middle(({ shortening }) => shortening).toFixed(2)} times shorter`,
    },
  ];
}
