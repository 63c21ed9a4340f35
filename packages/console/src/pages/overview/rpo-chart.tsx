import type { InstallationSamples, Machine } from "@leeward/api";
import { useAnswer } from "../../api/use-answer.ts";
import { Answered } from "../../parts/answered.tsx";
import { TimeChart, type TimeSeries } from "../../parts/time-chart.tsx";
import { useText } from "../../text/language.tsx";
import { useFormat } from "../../text/use-format.ts";
import { TEXTS } from "./texts.ts";

const LINES_MAX = 4;

/** RPO over a day, of the machines where it was highest. */
export function RpoChart({ machines }: { readonly machines: readonly Machine[] }) {
  const text = useText(TEXTS);
  const format = useFormat();
  // From when on is the server's choice: the last day, or less of it where there are very many disks.
  const samples = useAnswer("installationSamples", {}, { refreshMs: 60_000 });
  return (
    <Answered answer={samples}>
      {(data) => (
        <TimeChart label={text.rpoChart} times={data.times} series={worstOf(data, machines)} show={format.duration} />
      )}
    </Answered>
  );
}

function worstOf(samples: InstallationSamples, machines: readonly Machine[]): readonly TimeSeries[] {
  const names = new Map(machines.map(({ id, name }) => [id, name]));
  return samples.machines
    .filter(({ machine }) => names.has(machine))
    .map(({ machine, rpoSeconds }) => ({
      key: machine,
      label: names.get(machine) ?? machine,
      values: rpoSeconds,
      highest: rpoSeconds.reduce<number>((most, value) => Math.max(most, value ?? 0), 0),
    }))
    .toSorted((one, other) => other.highest - one.highest)
    .slice(0, LINES_MAX);
}
