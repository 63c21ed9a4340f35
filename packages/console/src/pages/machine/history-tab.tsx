import type { DiskSamples, Machine, MachineSamples } from "@leeward/api";
import { Group, SegmentedControl, Stack } from "@mantine/core";
import { useAnswer } from "../../api/use-answer.ts";
import { Answered } from "../../parts/answered.tsx";
import { SAMPLE_RANGES, useSampleRange, useSince } from "../../parts/sample-window.ts";
import { Section } from "../../parts/section.tsx";
import { TimeChart, type TimeSeries } from "../../parts/time-chart.tsx";
import { useText } from "../../text/language.tsx";
import { useFormat } from "../../text/use-format.ts";
import { TEXTS } from "./texts.ts";

/** A few hundred samples for any range: more would be drawn on the same pixels, seconds. */
/** Minutes are kept for two days, hours for longer. */
const STEP_SECONDS = { "24h": 300, "7d": 3_600, "30d": 3_600 } as const;

/** RPO, churn and log over time. */
export function HistoryTab({ machine }: { readonly machine: Machine }) {
  const text = useText(TEXTS);
  const format = useFormat();
  const [range, setRange] = useSampleRange();
  const from = useSince(SAMPLE_RANGES[range]);
  const samples = useAnswer(
    "listSamples",
    { params: { machine: machine.id }, query: { from, step: STEP_SECONDS[range] } },
    { refreshMs: 60_000, keepsFormer: true },
  );
  return (
    <Stack gap="lg">
      <Group>
        <SegmentedControl
          aria-label={text.range}
          value={range}
          onChange={setRange}
          data={[
            { value: "24h", label: text.day },
            { value: "7d", label: text.week },
            { value: "30d", label: text.month },
          ]}
        />
      </Group>
      <Answered answer={samples}>
        {(data) => (
          <>
            <Section title={text.rpoChart}>
              <TimeChart
                label={text.rpoChart}
                times={data.times}
                series={linesOf(machine, data, "rpoSeconds")}
                show={format.duration}
              />
            </Section>
            <Section title={text.churnChart}>
              <TimeChart
                label={text.churnChart}
                times={data.times}
                series={linesOf(machine, data, "churnBytesPerSecond")}
                show={format.bytesPerSecond}
              />
            </Section>
            <Section title={text.logChart}>
              <TimeChart
                label={text.logChart}
                times={data.times}
                series={linesOf(machine, data, "logBytes")}
                show={format.bytes}
              />
            </Section>
          </>
        )}
      </Answered>
    </Stack>
  );
}

function linesOf(
  { disks }: Machine,
  samples: MachineSamples,
  figure: Exclude<keyof DiskSamples, "disk">,
): readonly TimeSeries[] {
  return samples.disks.map((sampled) => ({
    key: sampled.disk,
    label: disks.find(({ id }) => id === sampled.disk)?.name ?? sampled.disk,
    values: sampled[figure],
  }));
}
