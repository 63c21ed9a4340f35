// A policy's settings in words, with their units.
import type { PolicySettings } from "@leeward/api";
import { useText } from "../../text/language.tsx";
import { useFormat } from "../../text/use-format.ts";
import { AMOUNTS, type AmountKey, isAmount, type SettingKey } from "./policy-settings.ts";
import { tiersOf } from "./retention.ts";
import { TEXTS } from "./texts.ts";

export interface SettingWords {
  readonly setting: (policy: PolicySettings, key: SettingKey) => string;
  readonly amount: (key: AmountKey, value: number) => string;
  readonly retention: (text: string) => string;
}

export function useSettingWords(): SettingWords {
  const text = useText(TEXTS);
  const format = useFormat();
  const retention = (written: string): string =>
    (tiersOf(written) ?? [])
      .map(({ reachSeconds, stepSeconds }) =>
        text.tier(
          stepSeconds === 0 ? text.everyPoint : text.onePer(format.duration(stepSeconds)),
          format.duration(reachSeconds),
        ),
      )
      .join("; ") || written;
  const amount = (key: AmountKey, value: number): string => {
    if (value === 0) return key === "retentionBytesMax" || key === "copyBytesPerSecondMax" ? text.noLimit : text.never;
    switch (AMOUNTS[key].unit) {
      case "seconds":
        return text.every(format.duration(value));
      case "bytes":
        return format.bytes(value);
      case "bytesPerSecond":
        return format.bytesPerSecond(value);
      case "days":
        return text.days(format.count(value));
    }
  };
  const setting = (policy: PolicySettings, key: SettingKey): string => {
    if (isAmount(key)) return amount(key, policy[key]);
    if (key === "retention") return retention(policy.retention);
    if (key === "codec") return policy.codec === "none" ? text.none : policy.codec;
    const { resyncWindow } = policy;
    return resyncWindow === "always" || resyncWindow === "outside-working-hours"
      ? text.window[resyncWindow]
      : resyncWindow;
  };
  return { setting, amount, retention };
}
