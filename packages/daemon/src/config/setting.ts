import { GiB, KiB, MiB, TiB } from "@leeward/base";

interface Described {
  /** What the number counts: seconds, bytes, connections; empty where a word says nothing. */
  readonly unit: string;
  /** One line: what it is for, or why one would change it. */
  readonly why: string;
  /** A change in the file takes effect at once; otherwise at the next start. */
  readonly live: boolean;
}

export interface NumberSetting extends Described {
  readonly type: "number";
  readonly fallback: number;
  readonly min: number;
  readonly max: number;
}

export interface TextSetting extends Described {
  /** A `path` is absolute once it is parsed: a relative one is taken from the home folder. */
  readonly type: "text" | "path";
  /** Empty means none. */
  readonly fallback: string;
  /** Characters. */
  readonly min: number;
  readonly max: number;
  readonly values?: readonly string[];
}

export interface ListSetting extends Described {
  readonly type: "texts" | "paths";
  readonly fallback: readonly string[];
  /** Items. */
  readonly min: number;
  readonly max: number;
}

export interface FlagSetting extends Described {
  readonly type: "flag";
  readonly fallback: boolean;
}

export type Setting = NumberSetting | TextSetting | ListSetting | FlagSetting;

/** All settings of one daemon by key (camelCase): the one table from which parsing, help, the sample file and the manual come. */
export type SettingTable = Readonly<Record<string, Setting>>;

type ValueOf<S extends Setting> = S extends NumberSetting
  ? number
  : S extends ListSetting
    ? readonly string[]
    : S extends FlagSetting
      ? boolean
      : string;

/** The values that a table describes. */
export type SettingsOf<T extends SettingTable> = { readonly [K in keyof T]: ValueOf<T[K]> };

type Brief<S extends Setting> = Omit<S, "type" | "live" | "unit"> & { readonly live?: boolean; readonly unit?: string };

/** A number with unit and bounds; whole unless a bound has a fraction. */
export function numberSetting(brief: Brief<NumberSetting>): NumberSetting {
  return { type: "number", live: false, unit: "", ...brief };
}

/** A port: 0 takes a free one. */
export function portSetting(brief: { readonly fallback: number; readonly why: string }): NumberSetting {
  return numberSetting({ ...brief, unit: "port", min: 0, max: 65_535 });
}

export function textSetting(brief: Omit<Brief<TextSetting>, "min" | "max"> & { readonly max?: number }): TextSetting {
  return { type: "text", live: false, unit: "", min: 0, max: 4_096, ...brief };
}

/** A path; secrets are given only so, never as values. */
export function pathSetting(brief: Omit<Brief<TextSetting>, "min" | "max" | "values">): TextSetting {
  return { type: "path", live: false, unit: "", min: 0, max: 4_096, ...brief };
}

export function textsSetting(brief: Omit<Brief<ListSetting>, "min" | "max"> & { readonly max?: number }): ListSetting {
  return { type: "texts", live: false, unit: "", min: 0, max: 1_024, ...brief };
}

export function pathsSetting(brief: Omit<Brief<ListSetting>, "min" | "max"> & { readonly max?: number }): ListSetting {
  return { type: "paths", live: false, unit: "", min: 0, max: 1_024, ...brief };
}

export function flagSetting(brief: Brief<FlagSetting>): FlagSetting {
  return { type: "flag", live: false, unit: "", ...brief };
}

const SUFFIXES: Readonly<Record<string, number>> = { KiB, MiB, GiB, TiB };

/** "4GiB" as bytes, "7" as 7; undefined for what is no number. */
export function parseNumber(text: string): number | undefined {
  const match = /^(-?\d+(?:\.\d+)?)\s*([KMGT]iB)?$/.exec(text.trim());
  if (match === null) return undefined;
  return Number(match[1]) * (SUFFIXES[match[2] ?? ""] ?? 1);
}
