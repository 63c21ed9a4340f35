// What people edit, and how it is told whether somebody else has edited it since: an entity tag names what a GET answered, and after its dot the
// settings alone, which is what If-Match is about. A machine that was heard of again is answered anew, and its settings are still the same.
import { createHash } from "node:crypto";
import type {
  AlertRule,
  DrillSchedule,
  Group,
  Installation,
  Machine,
  PlanText,
  Policy,
  RecoveryPlan,
  RouteName,
} from "@leeward/api";
import { preconditionFailed } from "../faults.ts";

export const policySettings = (policy: Policy): unknown => policy;
export const groupSettings = ({ id, name, intervalSeconds, members }: Group): unknown => [
  id,
  name,
  intervalSeconds,
  members.map(({ machine }) => machine),
];
/** Each change of a plan has its time; so a plan's document has the same tag as its steps. */
export const planSettings = ({
  name,
  changedAt,
}: Pick<RecoveryPlan, "name"> & Pick<PlanText, "changedAt">): unknown => [name, changedAt];
export const machineSettings = ({ id, state, bandwidth, autoProtect, recovery, cacheAccount }: Machine): unknown => [
  id,
  state === "removed",
  bandwidth.schedule,
  autoProtect,
  recovery,
  cacheAccount && [cacheAccount.storeUrl, cacheAccount.bytesMax],
];
export const ruleSettings = ({ name, warning, critical, enabled }: AlertRule): unknown => [
  name,
  warning,
  critical,
  enabled,
];
/** Not when the next drill is due. */
export const drillScheduleSettings = ({ machine, everySeconds, window, settings, setAt }: DrillSchedule): unknown => [
  machine,
  everySeconds,
  window,
  settings,
  setAt,
];
export const installationSettings = (installation: Installation): unknown => installation;

/** What is edited by answers of these routes. */
const SETTINGS: { readonly [N in RouteName]?: (answer: never) => unknown } = {
  showPolicy: policySettings,
  setPolicy: policySettings,
  showGroup: groupSettings,
  setGroup: groupSettings,
  showRecoveryPlan: planSettings,
  readRecoveryPlan: planSettings,
  showAlertRule: ruleSettings,
  setAlertRule: ruleSettings,
  showDrillSchedule: drillScheduleSettings,
  setDrillSchedule: drillScheduleSettings,
  showMachine: machineSettings,
  setMachine: machineSettings,
  setRecovery: machineSettings,
  showInstallation: installationSettings,
  setInstallation: installationSettings,
};

/** The entity tag of an answer, quoted as the header wants it. */
export function entityTagOf(name: RouteName, answer: unknown, text: string): string {
  const settings: ((answer: never) => unknown) | undefined = SETTINGS[name];
  const content = digestOf(text);
  if (settings === undefined) return `"${content}"`;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the table holds for each route what takes its answers
  return `"${content}.${digestOf(JSON.stringify(settings(answer as never)))}"`;
}

/** Whether a header If-None-Match names the tag. */
export function isNamed(header: string | undefined, tag: string): boolean {
  return header !== undefined && (header.trim() === "*" || tagsOf(header).includes(tag));
}

/**
 * Holds a change to the settings that its caller has seen: to be called in the turn of the change, with the settings that are about to be replaced;
 * undefined where there are none.
 * @throws Fault `precondition-failed`
 */
export type RequireSeen = (settings: unknown) => void;

/** As the header If-Match says; without one, whatever there is may be replaced. */
export function requireSeen(header: string | undefined): RequireSeen {
  if (header === undefined) return () => undefined;
  return (settings) => {
    if (settings === undefined) throw preconditionFailed();
    if (header.trim() === "*") return;
    const present = digestOf(JSON.stringify(settings));
    if (!tagsOf(header).some((tag) => tag.slice(1, -1).split(".").at(-1) === present)) throw preconditionFailed();
  };
}

/** The tags that a header lists, weak ones as what they stand for. */
function tagsOf(header: string): string[] {
  return [...header.matchAll(/(?:W\/)?("[^"]*")/g)].map((match) => match[1] ?? "");
}

function digestOf(text: string): string {
  return createHash("sha256").update(text).digest("base64url").slice(0, 22);
}
