import type { AnswerOf, CallName, CallOf, CallOptions, Routes } from "@leeward/api";
import type { Fault } from "@leeward/base";
import { keepPreviousData, useMutation, useQuery } from "@tanstack/react-query";
import { useFaultNotice } from "../parts/fault-notice.tsx";
import { api, keyOf, queryClient } from "./api-context.tsx";

export type Call<N extends Asked> = CallOf<Routes[N]> & object;
export type ItemOf<A> = A extends { readonly items: readonly (infer T)[] } ? T : never;

export interface Answer<T> {
  /** Undefined until it is there. */
  readonly data: T | undefined;
  readonly fault: Fault | Error | null;
  readonly isFetching: boolean;
  /** What is there was answered to the call before; that to this one is on its way. */
  readonly isFormer: boolean;
  readonly refresh: () => void;
}

export interface AnswerOptions<T = unknown> {
  /** Not asked for while false. */
  readonly enabled?: boolean;
  /** What somebody chooses from does not change under their hand: once it is there, only `refresh` asks again. */
  readonly once?: boolean;
  /** Another call of the same place shows the answer to the former one until its own is there. */
  readonly keepsFormer?: boolean;
  /** How often it is asked for again, where notices are not enough, milliseconds; by what was answered last, where that decides. */
  readonly refreshMs?: number | ((data: T | undefined) => number);
}

/** A GET of the API, shared by all who ask for the same, and asked for again when the server says that it changed. */
export function useAnswer<N extends Asked>(
  name: N,
  call: Call<N>,
  options: AnswerOptions<AnswerOf<Routes[N]>> = {},
): Answer<AnswerOf<Routes[N]>> {
  return useKept(name, call, options, (signal) => callOf(name, call, { signal }));
}

/** All items of a list, page after page. */
export function useItems<N extends Asked>(
  name: N,
  call: Call<N>,
  options: AnswerOptions<readonly ItemOf<AnswerOf<Routes[N]>>[]> = {},
): Answer<readonly ItemOf<AnswerOf<Routes[N]>>[]> {
  return useKept(name, call, options, (signal) => everyItem(name, call, signal));
}

export interface Action<N extends Asked> {
  /** Resolves with undefined when it was refused; the user has been told. `ifMatch` is the tag of what the change was made from. */
  readonly run: (call: Call<N>, ifMatch?: string | null) => Promise<AnswerOf<Routes[N]> | undefined>;
  readonly isRunning: boolean;
  /** Of the last run. */
  readonly fault: Fault | Error | null;
  /** Shows the fault no more. */
  readonly forget: () => void;
}

/** A change by the API. What it may have changed is asked for anew; a refusal is shown, unless `quiet`. */
export function useAction<N extends Asked>(name: N, options: { readonly quiet?: boolean } = {}): Action<N> {
  const told = useFaultNotice();
  const mutation = useMutation<AnswerOf<Routes[N]>, Fault | Error, Asking<N>>({
    mutationFn: ({ call, ifMatch }) => callOf(name, call, { ...(ifMatch !== null && { ifMatch }) }),
    onSettled: () => queryClient.invalidateQueries(),
    onError: (fault) => {
      if (options.quiet !== true) told(fault);
    },
  });
  return {
    run: (call, ifMatch = null) => mutation.mutateAsync({ call, ifMatch }).catch(() => undefined),
    isRunning: mutation.isPending,
    fault: mutation.error,
    forget: mutation.reset,
  };
}

interface Asking<N extends Asked> {
  readonly call: Call<N>;
  readonly ifMatch: string | null;
}

function useKept<T>(
  name: CallName,
  call: object,
  options: AnswerOptions<T>,
  ask: (signal: AbortSignal) => Promise<T>,
): Answer<T> {
  const { refreshMs, enabled = true, once = false, keepsFormer = false } = options;
  const query = useQuery<T, Fault | Error>({
    queryKey: keyOf(name, call),
    queryFn: ({ signal }) => ask(signal),
    enabled: once ? ({ state }) => enabled && state.data === undefined : enabled,
    ...(keepsFormer && { placeholderData: keepPreviousData }),
    ...(refreshMs !== undefined && {
      refetchInterval: typeof refreshMs === "number" ? refreshMs : ({ state }) => refreshMs(state.data),
    }),
  });
  return {
    data: query.data,
    fault: query.error,
    isFetching: query.isFetching,
    isFormer: query.isPlaceholderData,
    refresh: () => void query.refetch(),
  };
}

/** Parts of files are sent by the command line alone. */
export type Asked = Exclude<CallName, "addReleasePart">;
type Calls = { readonly [N in Asked]: (call: Call<N>, options: CallOptions) => Promise<AnswerOf<Routes[N]>> };

/** The client's method of that name. */
function callOf<N extends Asked>(name: N, call: Call<N>, options: CallOptions): Promise<AnswerOf<Routes[N]>> {
  const methods: Calls = api;
  return methods[name](call, options);
}

const PAGES_MAX = 200;

async function everyItem<N extends Asked>(
  name: N,
  call: Call<N>,
  signal: AbortSignal,
): Promise<ItemOf<AnswerOf<Routes[N]>>[]> {
  const items: ItemOf<AnswerOf<Routes[N]>>[] = [];
  let after: string | null = null;
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const answer: Page<ItemOf<AnswerOf<Routes[N]>>> = await askPage(name, call, { after, signal });
    items.push(...answer.items);
    after = answer.next ?? null;
    if (after === null) break;
  }
  return items;
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly next?: string | null;
}

/** One page of a list, of at most `limit` items, behind the key `after`. */
export async function askPage<N extends Asked>(
  name: N,
  call: Call<N>,
  { limit, after, signal }: { readonly limit?: number; readonly after: string | null; readonly signal: AbortSignal },
): Promise<Page<ItemOf<AnswerOf<Routes[N]>>>> {
  const query = { ...queryOf(call), ...(limit !== undefined && { limit }), ...(after !== null && { after }) };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- ItemOf says what a page's items are; the compiler does not follow it to a name that is not known yet
  return (await callOf(name, { ...call, query }, { signal })) as Page<ItemOf<AnswerOf<Routes[N]>>>;
}

function queryOf(call: object): object {
  return "query" in call && typeof call.query === "object" && call.query !== null ? call.query : {};
}
