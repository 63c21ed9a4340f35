/** Bytes. */
export const KiB = 1024;
/** Bytes. */
export const MiB = 1024 * KiB;
/** Bytes. */
export const GiB = 1024 * MiB;
/** Bytes. */
export const TiB = 1024 * GiB;

/** Microseconds. */
export const MICROS_PER_MS = 1_000;
/** Microseconds. */
export const MICROS_PER_SECOND = 1_000_000;

/** 3 MiB as "3.0 MiB": for people, never for scripts. */
export function formatBytes(bytes: number): string {
  const names = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];
  let value = bytes;
  let index = 0;
  while (value >= 1024 && index < names.length - 1) {
    value /= 1024;
    index += 1;
  }
  return `${index === 0 ? value : value.toFixed(1)} ${names[index]}`;
}

/** 61,200 s as "17 h", 150 s as "2.5 min": for people, never for scripts. */
export function formatDuration(seconds: number): string {
  const units = [
    { name: "d", length: 86_400, from: 172_800 },
    { name: "h", length: 3_600, from: 3_600 },
    { name: "min", length: 60, from: 60 },
  ];
  const { name, length } = units.find(({ from }) => seconds >= from) ?? { name: "s", length: 1 };
  return `${Number((seconds / length).toFixed(seconds >= 10 * length ? 0 : 1))} ${name}`;
}

/** Rounds down to a multiple of `step` (> 0). Exact up to 2^53 - 1, where bit operations are not. */
export function floorTo(value: number, step: number): number {
  return value - (value % step);
}

/** Rounds up to a multiple of `step` (> 0). */
export function ceilTo(value: number, step: number): number {
  return floorTo(value + step - 1, step);
}
