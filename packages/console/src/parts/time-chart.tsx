// Figures over time: drawn by uPlot for who sees them, and as a table for everybody. What was not known is a hole in the line.
import { Box, Button, Group, Text, useComputedColorScheme } from "@mantine/core";
import { useElementSize } from "@mantine/hooks";
import { IconChartLine, IconTable } from "@tabler/icons-react";
import { useEffect, useMemo, useRef, useState } from "react";
import Plot from "uplot";
import { type Language, textsOf, useLanguage, useText } from "../text/language.tsx";
import { useFormat } from "../text/use-format.ts";
import { DataTable } from "./data-table.tsx";
import { dashesOf, type PlotLook, plotOptions, strokeOf } from "./time-chart-options.ts";

const TEXTS = textsOf({
  en: {
    asTable: "Show as a table",
    asChart: "Show as a chart",
    time: "Time",
    unknown: "Nothing was measured in this time.",
    newest: "newest",
  },
  ko: {
    asTable: "표로 보기",
    asChart: "차트로 보기",
    time: "시각",
    unknown: "이 기간에는 측정된 값이 없습니다.",
    newest: "최신",
  },
});

export interface TimeSeries {
  readonly key: string;
  readonly label: string;
  /** One for each time; null where it is not known. */
  readonly values: readonly (number | null)[];
}

export interface TimeChartProps {
  /** What is shown, in which unit. */
  readonly label: string;
  /** RFC 3339, ascending. */
  readonly times: readonly string[];
  readonly series: readonly TimeSeries[];
  readonly show: (value: number | null | undefined) => string;
  /** Of the drawing, pixels. */
  readonly height?: number;
}

export function TimeChart(props: TimeChartProps) {
  const text = useText(TEXTS);
  const [isTable, setTable] = useState(false);
  const hasValues = props.series.some(({ values }) => values.some((value) => value !== null));
  if (!hasValues) return <Text c="dimmed">{text.unknown}</Text>;
  const Icon = isTable ? IconChartLine : IconTable;
  return (
    <Box component="figure" m={0} aria-label={props.label}>
      {isTable ? <Figures {...props} /> : <Drawing {...props} />}
      <Group justify="flex-end" mt={4}>
        <Button
          size="compact-xs"
          variant="subtle"
          leftSection={<Icon aria-hidden size={14} />}
          onClick={() => setTable(!isTable)}
          aria-label={`${isTable ? text.asChart : text.asTable}: ${props.label}`}
        >
          {isTable ? text.asChart : text.asTable}
        </Button>
      </Group>
    </Box>
  );
}

function Drawing({ label, times, series, show, height = 180 }: TimeChartProps) {
  const { ref, width } = useElementSize();
  const host = useRef<HTMLDivElement>(null);
  const isDark = useComputedColorScheme() === "dark";
  const [at, setAt] = useState<number | null>(null);
  const data = useMemo<Plot.AlignedData>(
    () => [times.map((time) => Date.parse(time) / 1_000), ...series.map(({ values }) => [...values])],
    [times, series],
  );
  const { language } = useLanguage();
  const names = series.map(({ key }) => key).join("\n");
  useEffect(() => {
    if (host.current === null || width === 0) return undefined;
    const look: PlotLook = {
      width,
      height,
      isDark,
      count: names.split("\n").length,
      show,
      showTime: timeTextOf(language),
      hover: setAt,
    };
    const plot = new Plot(plotOptions(look), data, host.current);
    return () => plot.destroy();
  }, [width, height, isDark, names, show, language, data]);
  return (
    <Box ref={ref}>
      <Box ref={host} mih={height} role="img" aria-label={label} />
      <Legend series={series} show={show} times={times} at={at} isDark={isDark} />
    </Box>
  );
}

function timeTextOf(language: Language): PlotLook["showTime"] {
  const hour = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const day = new Intl.DateTimeFormat(language, { month: "short", day: "numeric" });
  return (seconds, withDay) => (withDay ? day : hour).format(seconds * 1_000);
}

interface LegendProps extends Pick<TimeChartProps, "series" | "show" | "times"> {
  readonly at: number | null;
  readonly isDark: boolean;
}

/** Each line's name, and its figure where the pointer is; else the newest one. */
function Legend({ series, show, times, at, isDark }: LegendProps) {
  const text = useText(TEXTS);
  const format = useFormat();
  return (
    <Group gap="md" mt={4}>
      <Text size="xs" c="dimmed">
        {at === null ? text.newest : format.time(times[at])}
      </Text>
      {series.map(({ key, label, values }, index) => (
        <Group key={key} gap={6} wrap="nowrap">
          <svg width={24} height={8} aria-hidden="true">
            <line
              x1={0}
              x2={24}
              y1={4}
              y2={4}
              stroke={strokeOf(index, isDark)}
              strokeWidth={2}
              strokeDasharray={dashesOf(index).join(" ")}
            />
          </svg>
          <Text size="xs" className="breakable">
            {label}: {show(at === null ? values.findLast((value) => value !== null) : values[at])}
          </Text>
        </Group>
      ))}
    </Group>
  );
}

function Figures({ label, times, series, show }: TimeChartProps) {
  const text = useText(TEXTS);
  const format = useFormat();
  const rows = times.map((time, index) => ({ time, index })).toReversed();
  return (
    <DataTable
      label={label}
      rows={rows}
      keyOf={({ time }) => time}
      rowsPerPage={12}
      empty={null}
      columns={[
        { key: "time", title: text.time, show: ({ time }) => format.time(time), order: ({ time }) => time },
        ...series.map((each) => ({
          key: each.key,
          title: each.label,
          align: "right" as const,
          show: ({ index }: { readonly index: number }) => show(each.values[index]),
          order: ({ index }: { readonly index: number }) => each.values[index] ?? null,
        })),
      ]}
    />
  );
}
