// What is asked for when disks are to be protected, and what stands for and against it: all known before anything is changed.
import type { Candidate, Machine, Policy, Server } from "@leeward/api";

export const RUNGS = ["splitter", "tracker", "rescan"] as const;
export type Rung = (typeof RUNGS)[number];

/** One disk that was chosen. */
export interface DiskChoice {
  readonly path: string;
  readonly name: string;
  readonly capture: Rung;
}

export interface ProtectOrder {
  readonly disks: readonly DiskChoice[];
  readonly policy: string;
  /** Empty: chosen by the server. */
  readonly processServer: string;
  readonly masterTarget: string;
  readonly alsoTo: readonly string[];
  readonly seed: boolean;
}

/** Why a rung cannot capture a candidate; null when it can. */
export function refusalOf(candidate: Candidate, rung: Rung): string | null {
  switch (rung) {
    case "splitter":
      return candidate.refusal;
    case "tracker":
      return candidate.trackerRefusal;
    case "rescan":
      return candidate.rescanRefusal;
  }
}

/** Rungs that can capture it, the best first. */
export function rungsOf(candidate: Candidate): readonly Rung[] {
  return RUNGS.filter((rung) => refusalOf(candidate, rung) === null);
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;

export function isName(text: string): boolean {
  return NAME.test(text);
}

/** From the last part of the path, and not one of those that are taken. */
export function nameFor(path: string, taken: readonly string[]): string {
  const last = path.split(/[/\\]/).findLast((part) => part !== "") ?? "";
  const base = last
    .replaceAll(/[^A-Za-z0-9._-]/g, "-")
    .replace(/^[._-]+/, "")
    .slice(0, 60);
  const name = base === "" ? "disk" : base;
  if (!taken.includes(name)) return name;
  const number = Array.from({ length: taken.length + 1 }, (_, index) => index + 2).find(
    (each) => !taken.includes(`${name}-${each}`),
  );
  return `${name}-${number ?? 2}`;
}

export type Check =
  | { readonly about: "online" | "offline"; readonly name: string }
  | { readonly about: "there" | "gone" | "nameFree" | "nameTaken"; readonly name: string }
  | { readonly about: "refused"; readonly name: string; readonly why: string }
  | { readonly about: "policy" | "noPolicy"; readonly name: string }
  | {
      readonly about: "space" | "noSpace";
      readonly name: string;
      readonly freeBytes: number;
      readonly needBytes: number;
    }
  | { readonly about: "spaceUnknown" | "targetDown"; readonly name: string }
  | { readonly about: "noTarget" | "noLimit" }
  | { readonly about: "limit"; readonly bytesPerSecond: number; readonly seconds: number };

const WEIGHTS: Readonly<Record<Check["about"], "ok" | "warn" | "bad">> = {
  online: "ok",
  offline: "bad",
  there: "ok",
  gone: "bad",
  refused: "bad",
  nameFree: "ok",
  nameTaken: "bad",
  policy: "ok",
  noPolicy: "bad",
  space: "ok",
  noSpace: "warn",
  spaceUnknown: "warn",
  targetDown: "warn",
  noTarget: "bad",
  limit: "warn",
  noLimit: "ok",
};

/** Whether it is in order, to be known, or stands against it. */
export function weightOf({ about }: Check): "ok" | "warn" | "bad" {
  return WEIGHTS[about];
}

export interface ProtectFacts {
  readonly machine: Machine;
  readonly candidates: readonly Candidate[];
  readonly policies: readonly Policy[];
  readonly servers: readonly Server[];
}

export function checksOf(order: ProtectOrder, facts: ProtectFacts): readonly Check[] {
  const { machine, policies } = facts;
  return [
    { about: machine.state === "online" ? "online" : "offline", name: machine.name },
    ...order.disks.flatMap((disk) => diskChecks(disk, order, facts)),
    { about: policies.some(({ name }) => name === order.policy) ? "policy" : "noPolicy", name: order.policy },
    ...targetChecks(order, facts),
    limitCheck(order, facts),
  ];
}

function diskChecks({ path, name, capture }: DiskChoice, order: ProtectOrder, facts: ProtectFacts): readonly Check[] {
  const candidate = facts.candidates.find((each) => each.path === path);
  const why = candidate === undefined ? null : refusalOf(candidate, capture);
  const sameName = order.disks.filter((each) => each.name === name).length;
  const isTaken = sameName > 1 || facts.machine.disks.some((disk) => disk.name === name);
  return [
    candidate === undefined
      ? { about: "gone", name: path }
      : why === null
        ? { about: "there", name: path }
        : { about: "refused", name: path, why },
    { about: isTaken ? "nameTaken" : "nameFree", name },
  ];
}

/** Of the targets that are named; of all where the server chooses, since any may be it. */
function targetChecks(order: ProtectOrder, facts: ProtectFacts): readonly Check[] {
  const targets = facts.servers.filter(({ role, state }) => role === "master-target" && state !== "removed");
  if (targets.length === 0) return [{ about: "noTarget" }];
  const named = new Set([order.masterTarget, ...order.alsoTo]);
  const meant = targets.filter(({ id }) => named.has(id) || (order.masterTarget === "" && order.alsoTo.length === 0));
  const needBytes = sizeOf(order, facts);
  return meant.flatMap(({ name, state, freeBytes }): readonly Check[] => {
    if (state !== "online") return [{ about: "targetDown", name }];
    if (freeBytes === null) return [{ about: "spaceUnknown", name }];
    return [{ about: freeBytes >= needBytes ? "space" : "noSpace", name, freeBytes, needBytes }];
  });
}

function limitCheck(order: ProtectOrder, facts: ProtectFacts): Check {
  const { bytesPerSecond } = facts.machine.bandwidth;
  if (bytesPerSecond === null || bytesPerSecond === 0) return { about: "noLimit" };
  return { about: "limit", bytesPerSecond, seconds: sizeOf(order, facts) / bytesPerSecond };
}

function sizeOf({ disks }: ProtectOrder, { candidates }: ProtectFacts): number {
  const paths = new Set(disks.map(({ path }) => path));
  return candidates.filter(({ path }) => paths.has(path)).reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}
