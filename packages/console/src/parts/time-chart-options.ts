import type Plot from "uplot";

export interface PlotLook {
  readonly width: number;
  readonly height: number;
  readonly isDark: boolean;
  /** How many lines. */
  readonly count: number;
  readonly show: (value: number) => string;
  /** Seconds since 1970, and whether the day matters. */
  readonly showTime: (seconds: number, withDay: boolean) => string;
  /** Which time the pointer is at. */
  readonly hover: (index: number | null) => void;
}

/** Lines that are told apart in light, in dark, and by who sees no colours: by their dashes. */
const STROKES = [
  ["#0b6478", "#70bacd"],
  ["#a8470a", "#ffa94d"],
  ["#6741d9", "#b197fc"],
  ["#2b7a0b", "#8ce99a"],
  ["#a61e4d", "#faa2c1"],
] as const;
const DAY_SECONDS = 86_400;
const DASHES: readonly (readonly number[])[] = [[], [6, 4], [2, 3], [10, 3, 2, 3]];

export function strokeOf(index: number, isDark: boolean): string {
  const [light, dark] = STROKES[index % STROKES.length] ?? STROKES[0];
  return isDark ? dark : light;
}

export function dashesOf(index: number): number[] {
  return [...(DASHES[index % DASHES.length] ?? [])];
}

export function plotOptions({ width, height, isDark, count, show, showTime, hover }: PlotLook): Plot.Options {
  const grid = { stroke: isDark ? "#ffffff22" : "#00000018", width: 1 };
  const axis = { stroke: isDark ? "#c9c9c9" : "#495057", grid, ticks: grid };
  return {
    width,
    height,
    legend: { show: false },
    cursor: { drag: { x: false, y: false } },
    scales: { y: { range: (_plot, _low, high) => [0, high > 0 ? high * 1.1 : 1] } },
    axes: [
      {
        ...axis,
        space: 72,
        values: (_plot, times, ...[, , step]) => times.map((each) => showTime(each, step >= DAY_SECONDS)),
      },
      { ...axis, size: 96, values: (_plot, values) => values.map(show) },
    ],
    series: [
      {},
      ...Array.from({ length: count }, (_, index) => ({
        stroke: strokeOf(index, isDark),
        dash: dashesOf(index),
        width: 2,
        spanGaps: false,
        points: { show: false },
      })),
    ],
    hooks: { setCursor: [({ cursor }) => hover(cursor.idx ?? null)] },
  };
}
