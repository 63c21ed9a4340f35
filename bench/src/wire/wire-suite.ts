import type { BenchContext } from "../run/bench-context.ts";
import type { Row } from "../run/row.ts";
import { median } from "../run/statistics.ts";
import { type WireFigures, wireThroughput } from "./throughput.ts";

const SUITE = "wire";

/** Sessions beside TLS alone. */
export async function wireSuite({ runs, say }: BenchContext): Promise<readonly Row[]> {
  const measured: WireFigures[] = [];
  for (let run = 1; run <= runs; run += 1) {
    measured.push(await wireThroughput());
    say(`run ${run}: ${measured.at(-1)?.session.megabytesPerSecond.toFixed(0)} MB/s`);
  }
  const middle = (of: (figures: WireFigures) => number): number => median(measured.map(of));
  const cpu = (name: string, of: (figures: WireFigures) => number): Row => ({
    suite: SUITE,
    name: `CPU of the ${name}`,
    measured: { value: middle(of), unit: "s/GB" },
  });
  return [
    {
      suite: SUITE,
      name: "a session, 1 MiB messages",
      measured: { value: middle(({ session }) => session.megabytesPerSecond), unit: "MB/s" },
      against: { name: "TLS alone", value: middle(({ tls }) => tls.megabytesPerSecond), unit: "MB/s" },
      ratio: middle(({ ratio }) => ratio),
    },
    cpu("session's sender", ({ session }) => session.senderCpuSecondsPerGigabyte),
    cpu("session's receiver", ({ session }) => session.receiverCpuSecondsPerGigabyte),
    cpu("TLS sender", ({ tls }) => tls.senderCpuSecondsPerGigabyte),
    cpu("TLS receiver", ({ tls }) => tls.receiverCpuSecondsPerGigabyte),
  ];
}
