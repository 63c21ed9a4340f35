// The settings of a policy: in which order and in which unit they are shown, and within which limits they are taken.
import { type PolicyChange, PolicySettings } from "@leeward/api";
import type { AmountUnit } from "../../parts/amount-input.tsx";
import { tiersOf } from "./retention.ts";

export type SettingKey = keyof PolicySettings;

/** Of numbers; `zero` says that 0 has a meaning of its own. */
export const AMOUNTS = {
  pointIntervalSeconds: { unit: "seconds", zero: false },
  trackerPointIntervalSeconds: { unit: "seconds", zero: false },
  applicationPointIntervalSeconds: { unit: "seconds", zero: true },
  retentionBytesMax: { unit: "bytes", zero: true },
  copyBytesPerSecondMax: { unit: "bytesPerSecond", zero: true },
  logBytesMax: { unit: "bytes", zero: false },
  cacheBytesMax: { unit: "bytes", zero: false },
  verifyDays: { unit: "days", zero: true },
  resyncDays: { unit: "days", zero: true },
} as const satisfies Partial<Record<SettingKey, { readonly unit: AmountUnit; readonly zero: boolean }>>;

export type AmountKey = keyof typeof AMOUNTS;

/** `retention` says what `retentionSeconds` says and more, so that one of them is shown. */
export const GROUPS = [
  { name: "points", keys: ["pointIntervalSeconds", "trackerPointIntervalSeconds", "applicationPointIntervalSeconds"] },
  { name: "history", keys: ["retention", "retentionBytesMax"] },
  { name: "transfer", keys: ["codec", "copyBytesPerSecondMax", "logBytesMax", "cacheBytesMax"] },
  { name: "checking", keys: ["verifyDays", "resyncDays", "resyncWindow"] },
] as const satisfies readonly { readonly name: string; readonly keys: readonly SettingKey[] }[];

export const CODECS = ["none", "lz4", "zstd"] as const;

export function isAmount(key: SettingKey): key is AmountKey {
  return Object.hasOwn(AMOUNTS, key);
}

/** What a form holds: numbers are null while nothing is written. */
export type Draft = {
  readonly [K in SettingKey]: PolicySettings[K] extends number ? number | null : PolicySettings[K];
};

/** Which settings are not what the server takes. */
export function wrongIn(draft: Draft): readonly SettingKey[] {
  const amounts: readonly AmountKey[] = Object.keys(AMOUNTS).filter((key): key is AmountKey =>
    Object.hasOwn(AMOUNTS, key),
  );
  return [
    ...amounts.filter((key) => !isWithin(key, draft[key])),
    ...(tiersOf(draft.retention) === undefined ? (["retention"] as const) : []),
    ...(draft.resyncWindow.trim() === "" ? (["resyncWindow"] as const) : []),
  ];
}

/** The settings that the draft has otherwise than `from`; without one, all. */
export function changeOf(from: PolicySettings | undefined, draft: Draft): PolicyChange {
  const keys = GROUPS.flatMap(({ keys }) => keys as readonly SettingKey[]);
  return Object.fromEntries(keys.filter((key) => draft[key] !== from?.[key]).map((key) => [key, draft[key]]));
}

/** The least and the most that the server takes, in the base unit. */
export function limitsOf(key: AmountKey): { readonly least: number; readonly most: number; readonly whole: boolean } {
  const schema: object = PolicySettings.properties[key];
  const choices: unknown = Reflect.get(schema, "anyOf");
  const of: unknown = Array.isArray(choices) ? choices.at(-1) : schema;
  const field = (name: string): unknown => (typeof of === "object" && of !== null ? Reflect.get(of, name) : undefined);
  return {
    least: Number(field("minimum") ?? 0),
    most: Number(field("maximum") ?? Number.MAX_SAFE_INTEGER),
    whole: field("type") === "integer",
  };
}

function isWithin(key: AmountKey, value: number | null): boolean {
  if (value === null || Number.isNaN(value)) return false;
  if (value === 0 && AMOUNTS[key].zero) return true;
  const { least, most, whole } = limitsOf(key);
  return value >= least && value <= most && (!whole || Number.isInteger(value));
}
