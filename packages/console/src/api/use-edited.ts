// What a form is filled from. It does not change under the hand of who fills it in; its tag says which settings they saw, so that what somebody else
// has changed meanwhile is not written over.
import type { AnswerOf, CallName, CallOf, Routes, Tagged } from "@leeward/api";
import type { Fault } from "@leeward/base";
import { useQuery } from "@tanstack/react-query";
import { api, keyOf } from "./api-context.tsx";
import type { Answer } from "./use-answer.ts";

type Read = Exclude<CallName, "addReleasePart">;

export interface Edited<T> extends Answer<Tagged<T>> {
  /** Reads it anew; what has been read stays until then. */
  readonly load: () => Promise<void>;
}

/** A GET of what is to be edited, as it is when the form is opened, and from then on only when it is asked for anew. */
export function useEdited<N extends Read>(name: N, call: CallOf<Routes[N]> & object): Edited<AnswerOf<Routes[N]>> {
  const query = useQuery<Tagged<AnswerOf<Routes[N]>>, Fault | Error>({
    queryKey: [...keyOf(name, call), "edited"],
    queryFn: ({ signal }) => api.tagged(name, call, { signal }),
    enabled: ({ state }) => state.data === undefined,
    // Whoever opens the form again sees what is stored then.
    gcTime: 0,
  });
  return {
    data: query.data,
    fault: query.error,
    isFetching: query.isFetching,
    isFormer: false,
    refresh: () => void query.refetch(),
    load: async () => void (await query.refetch()),
  };
}
