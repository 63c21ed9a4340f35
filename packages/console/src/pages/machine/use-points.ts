import type { Point } from "@leeward/api";
import { useEffect, useState } from "react";
import { serverNowMs } from "../../api/server-clock.ts";
import { type Answer, useItems } from "../../api/use-answer.ts";

/** After so long the whole list is asked for anew, since points are thinned and deleted, milliseconds. */
const WHOLE_MS = 600_000;

/**
 * A machine's points, kept fresh without asking for thousands again with every new one: those until now once, and after that
 * those that are newer. `refresh` asks for all of them.
 */
export function usePoints(machine: string): Answer<readonly Point[]> {
  const [begun, setBegun] = useState(() => new Date(serverNowMs()).toISOString());
  const [whole, setWhole] = useState<{ readonly begun: string; readonly points: readonly Point[] } | undefined>();
  const params = { machine };
  const until = useItems("listPoints", { params, query: { to: begun } }, { enabled: whole?.begun !== begun });
  const since = useItems("listPoints", { params, query: { from: begun } });
  useEffect(() => {
    if (until.data !== undefined) setWhole({ begun, points: until.data });
  }, [until.data, begun]);
  useEffect(() => {
    const timer = setInterval(() => setBegun(new Date(serverNowMs()).toISOString()), WHOLE_MS);
    return () => clearInterval(timer);
  }, []);
  return {
    data: whole === undefined ? undefined : merged(whole.points, since.data ?? []),
    fault: until.fault ?? since.fault,
    isFetching: until.isFetching || since.isFetching,
    isFormer: until.isFormer || since.isFormer,
    refresh: () => setBegun(new Date(serverNowMs()).toISOString()),
  };
}

function merged(older: readonly Point[], newer: readonly Point[]): readonly Point[] {
  const ids = new Set(newer.map(({ id }) => id));
  return [...older.filter(({ id }) => !ids.has(id)), ...newer];
}
