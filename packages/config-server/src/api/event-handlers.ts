import type { Event, Severity } from "@leeward/api";
import { parseTime } from "@leeward/base";
import { namesOf } from "../access/scope.ts";
import { requestInvalid } from "../faults.ts";
import type { EventQuery } from "../store/event-rows.ts";
import type { Handlers } from "./handler.ts";
import { longPoll } from "./long-poll.ts";
import type { Services } from "./services.ts";

const EVENTS_UNLESS_TOLD = 100;
const SEVERITIES: readonly Severity[] = ["info", "warning", "critical"];

/** What happened. An event's number is its cursor, so that whoever follows begins after the last one that they saw. */
export function eventHandlers({ events, world, store }: Services): Handlers<"listEvents"> {
  return {
    listEvents: async ({ query = {} }, { signal, person }) => {
      const { since, until, severity = "info", kind, actor, subject, limit = EVENTS_UNLESS_TOLD } = query;
      const afterId = query.after === undefined ? undefined : idOf(query.after);
      const scope = person?.scope ?? null;
      const wanted: Omit<EventQuery, "order"> = {
        afterId,
        sinceMicros: since === undefined ? undefined : parseTime(since),
        untilMicros: until === undefined ? undefined : parseTime(until),
        severities: SEVERITIES.slice(SEVERITIES.indexOf(severity)),
        kind,
        actor,
        subject,
        // In the query, so that what is of others costs a limited caller's call nothing.
        machineNames: scope === null ? undefined : namesOf({ store }, scope),
        limit: limit + 1,
      };
      // Who names no place from which on to begin wants the newest: there are none after those.
      const order = query.order ?? (afterId === undefined && since === undefined ? undefined : "oldest");
      const look = (): Event[] | undefined => {
        const found =
          order === undefined
            ? lastOf(events.list({ ...wanted, order: "newest", limit }))
            : events.list({ ...wanted, order });
        return found.length > 0 ? found : undefined;
      };
      const wait = { waitSeconds: query.waitSeconds ?? 0, clock: world.clock, signal };
      const found = (await longPoll({ look, changed: () => events.added(), ...wait })) ?? [];
      const items = found.slice(0, limit);
      return { items, next: found.length > limit ? String(items.at(-1)?.id) : null };
    },
  };
}

const lastOf = (newestFirst: readonly Event[]): Event[] => newestFirst.toReversed();

function idOf(cursor: string): number {
  const id = Number(cursor);
  if (!/^\d+$/.test(cursor) || !Number.isSafeInteger(id)) throw requestInvalid("`after` is not the number of an event");
  return id;
}
