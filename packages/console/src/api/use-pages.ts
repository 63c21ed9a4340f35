// Lists that grow for years: the newest of one, and older ones page by page as somebody asks for them.
import type { AnswerOf, Routes } from "@leeward/api";
import type { Fault } from "@leeward/base";
import { type InfiniteData, keepPreviousData, type QueryKey, useInfiniteQuery } from "@tanstack/react-query";
import { keyOf } from "./api-context.tsx";
import { type Answer, type Asked, askPage, type Call, type ItemOf, type Page } from "./use-answer.ts";

/** How many items are asked for at once. */
const PAGE_ITEMS = 100;

export interface Pages<T> extends Answer<readonly T[]> {
  readonly hasOlder: boolean;
  readonly isFetchingOlder: boolean;
  readonly fetchOlder: () => void;
}

export interface PagesOptions<T> {
  /** How often what is shown is asked for again, milliseconds, by what was answered last. */
  readonly refreshMs: (data: readonly T[] | undefined) => number;
}

/** Of a list that comes newest first. Another call of the same place shows the answer to the former one until its own is there. */
export function usePages<N extends Asked>(
  name: N,
  call: Call<N>,
  options?: PagesOptions<ItemOf<AnswerOf<Routes[N]>>>,
): Pages<ItemOf<AnswerOf<Routes[N]>>> {
  type Item = ItemOf<AnswerOf<Routes[N]>>;
  const itemsOf = ({ pages }: InfiniteData<Page<Item>>): Item[] => pages.flatMap(({ items }) => items);
  const query = useInfiniteQuery<
    Page<Item>,
    Fault | Error,
    InfiniteData<Page<Item>, string | null>,
    QueryKey,
    string | null
  >({
    queryKey: [...keyOf(name, call), "pages"],
    queryFn: ({ pageParam, signal }) => askPage(name, call, { limit: PAGE_ITEMS, after: pageParam, signal }),
    initialPageParam: null,
    getNextPageParam: ({ next }) => next ?? null,
    placeholderData: keepPreviousData,
    ...(options !== undefined && {
      refetchInterval: ({ state }) => options.refreshMs(state.data && itemsOf(state.data)),
    }),
  });
  return {
    data: query.data && itemsOf(query.data),
    fault: query.error,
    isFetching: query.isFetching,
    isFormer: query.isPlaceholderData,
    refresh: () => void query.refetch(),
    hasOlder: query.hasNextPage,
    isFetchingOlder: query.isFetchingNextPage,
    fetchOlder: () => void query.fetchNextPage(),
  };
}
