// The words that name a point without being one, and what is known of the point that they mean.
import type { Machine, Point } from "@leeward/api";

export const POINT_WORDS = ["latest", "latest-processed", "latest-application", "latest-group"] as const;
export type PointWord = (typeof POINT_WORDS)[number];

export function isPointWord(at: string): at is PointWord {
  return POINT_WORDS.some((word) => word === at);
}

/** The point that is meant among those that are known, which are the newest; undefined where it is not among them. */
export function pointMeant(at: string, points: readonly Point[]): Point | undefined {
  if (at === "latest" || at === "latest-processed") return points.at(-1);
  if (at === "latest-application") return points.findLast(({ consistency }) => consistency === "application");
  if (at === "latest-group") return points.findLast(({ kind }) => kind === "group");
  const moment = Date.parse(at);
  if (/^[0-9a-f]{32}$/.test(at) || Number.isNaN(moment)) return points.find(({ id }) => id === at);
  return points.findLast(({ time }) => Date.parse(time) <= moment);
}

/** Names of the machine's disks that have no part in a point. */
export function missingIn({ disks }: Point, machine: Machine): readonly string[] {
  return machine.disks
    .filter(({ id, state }) => state !== "stopped" && disks[id] === undefined)
    .map(({ name }) => name);
}
