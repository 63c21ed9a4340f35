// Events as a feed: the newest come by themselves but are held back while one reads, and older ones come on demand.
import type { AnswerOf, Event, Routes } from "@leeward/api";
import { useEffect, useState } from "react";
import { api } from "../../api/api-context.tsx";
import { type Answer, useAnswer } from "../../api/use-answer.ts";

const PAGE_ITEMS = 100;

export interface EventFilter {
  readonly severity?: "info" | "warning" | "critical";
  readonly kind?: string;
  readonly actor?: string;
  readonly subject?: string;
  readonly since?: string;
  readonly until?: string;
}

export interface EventFeed {
  readonly answer: Answer<readonly Event[]>;
  /** How many wait above what is shown. */
  readonly freshCount: number;
  readonly showFresh: () => void;
  readonly hasOlder: boolean;
  readonly isFetchingOlder: boolean;
  readonly fetchOlder: () => Promise<void>;
  /** Of the last fetch of older ones. */
  readonly olderFault: Error | null;
}

/** What is known without a hole, newest first, and where it goes on. */
interface Known {
  readonly items: readonly Event[];
  readonly next: string | null;
}

/** For one filter: whoever has another one makes a feed anew. */
export function useEventFeed(filter: EventFilter): EventFeed {
  const query = { ...filter, order: "newest", limit: PAGE_ITEMS } as const;
  const newest = useAnswer("listEvents", { query });
  const [known, setKnown] = useState<Known | undefined>(undefined);
  const [shownId, setShownId] = useState<number | undefined>(undefined);
  const [isFetchingOlder, setFetchingOlder] = useState(false);
  const [olderFault, setOlderFault] = useState<Error | null>(null);

  useEffect(() => {
    const page = newest.data;
    if (page !== undefined) setKnown((before) => joined(before, page));
  }, [newest.data]);

  // While its top is in sight, what is new shows at once; further down, what one reads stays where it is.
  const topId = known?.items[0]?.id;
  useEffect(() => {
    const follow = (): void => {
      if (window.scrollY < 8) setShownId(topId);
    };
    follow();
    window.addEventListener("scroll", follow, { passive: true });
    return () => window.removeEventListener("scroll", follow);
  }, [topId]);

  const limit = shownId ?? topId ?? 0;
  const shown = known?.items.filter(({ id }) => id <= limit);
  return {
    answer: { ...newest, data: shown },
    freshCount: (known?.items.length ?? 0) - (shown?.length ?? 0),
    showFresh: () => {
      setShownId(topId);
      window.scrollTo({ top: 0 });
    },
    hasOlder: known !== undefined && known.next !== null,
    isFetchingOlder,
    olderFault,
    fetchOlder: async () => {
      const after = known?.next;
      if (after === null || after === undefined) return;
      setFetchingOlder(true);
      setOlderFault(null);
      try {
        const page = await api.call("listEvents", { query: { ...query, after } });
        setKnown((before) => ({ items: [...(before?.items ?? []), ...page.items], next: page.next }));
      } catch (error) {
        setOlderFault(error instanceof Error ? error : new Error(String(error)));
      } finally {
        setFetchingOlder(false);
      }
    },
  };
}

/** Where the newest page does not reach down to what was known, that is left: a feed has no holes. */
function joined(before: Known | undefined, page: AnswerOf<Routes["listEvents"]>): Known {
  const fresh: Known = { items: page.items, next: page.next };
  const top = before?.items[0];
  if (before === undefined || top === undefined) return fresh;
  const at = page.items.findIndex(({ id }) => id === top.id);
  return at < 0 ? fresh : { items: [...page.items.slice(0, at), ...before.items], next: before.next };
}
