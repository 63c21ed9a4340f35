// How much of a long test runs. With LEEWARD_FULL=1 (npm run test:full) every case; otherwise a sample of the same cases, another one
// at each run, so that many short runs see what one long run sees. A case that fails names itself, and LEEWARD_SAMPLE=N takes the
// Nth sample again; every case of a sample is one of the full run, too.

/** Whether every case runs. */
export const FULL = process.env["LEEWARD_FULL"] === "1";

/** Which sample runs. */
export const SAMPLE = Number(process.env["LEEWARD_SAMPLE"] ?? Date.now() % 720_720);

/** What makes the sample run again, for the message of a failure. */
export const SAMPLE_NOTE = FULL ? "LEEWARD_FULL=1" : `LEEWARD_SAMPLE=${SAMPLE}`;

/** Whether this case is in the sample, one in `stride` being so. */
export function isSampled(number: number, stride = 6): boolean {
  return FULL || (number + SAMPLE) % stride === 0;
}

/** Those of the cases 1 to `count` that are in the sample: one in `stride`, and one at the least. */
export function sampled(count: number, stride = 6): number[] {
  const all = Array.from({ length: count }, (_, index) => index + 1);
  return all.filter((number) => isSampled(number, Math.min(stride, count)));
}

/** How many random cases of `count` run; fast-check names the seed of one that fails. */
export function sampledRuns(count: number, stride = 6): number {
  return FULL ? count : Math.ceil(count / stride);
}
