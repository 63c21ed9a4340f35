// What is said in a drill's form, and the settings that it means.
import { DRILL_CHECK_PATTERN, type DrillSettings } from "@leeward/api";
import type { MachineOrder } from "../failover/machine-order.ts";

export const CHECK_KINDS = ["console", "agent", "tcp", "http", "script"] as const;
export type CheckKind = (typeof CHECK_KINDS)[number];

export interface WrittenCheck {
  readonly kind: CheckKind;
  readonly value: string;
}

export interface DrillForm {
  readonly machine: string | null;
  readonly at: string;
  readonly checks: readonly WrittenCheck[];
  readonly timeoutSeconds: number | null;
  readonly isProved: boolean;
  readonly order: MachineOrder;
  readonly everySeconds: number | null;
  readonly window: string;
}

const HOUR_SECONDS = 3_600;
const YEAR_SECONDS = 366 * 86_400;
/** As the API has it. */
const CHECK = new RegExp(DRILL_CHECK_PATTERN);

export const NEW_DRILL: DrillForm = {
  machine: null,
  at: "latest",
  checks: [{ kind: "console", value: "" }],
  timeoutSeconds: null,
  isProved: true,
  order: {},
  everySeconds: 7 * 86_400,
  window: "outside-working-hours",
};

/** As the API writes it: `tcp:22`; undefined where it is not whole. */
export function checkText({ kind, value }: WrittenCheck): string | undefined {
  const said = value.trim();
  const text = kind === "agent" || said === "" ? kind : `${kind}:${said}`;
  return CHECK.test(text) ? text : undefined;
}

export function checkOf(text: string): WrittenCheck {
  const [kind = "", ...rest] = text.split(":");
  return { kind: CHECK_KINDS.find((each) => each === kind) ?? "console", value: rest.join(":") };
}

/** Undefined while something in it is not whole. */
export function settingsOf({ checks, timeoutSeconds, isProved, order }: DrillForm): DrillSettings | undefined {
  const texts = checks.map(checkText).filter((text) => text !== undefined);
  if (texts.length === 0 || texts.length < checks.length) return undefined;
  const { forwards: _, ...machine } = order;
  return {
    checks: texts,
    proof: isProved ? "full" : "none",
    ...(timeoutSeconds !== null && timeoutSeconds >= 1 && { timeoutSeconds: Math.round(timeoutSeconds) }),
    ...machine,
  };
}

export function isEveryRight(seconds: number | null): seconds is number {
  return seconds !== null && seconds >= HOUR_SECONDS && seconds <= YEAR_SECONDS;
}

export function formOf(settings: DrillSettings): Pick<DrillForm, "checks" | "timeoutSeconds" | "isProved" | "order"> {
  const { checks, timeoutSeconds = null, proof, ...order } = settings;
  return { checks: checks.map(checkOf), timeoutSeconds, isProved: proof !== "none", order };
}
