import type { AnswerOf, CallOf, RouteName, Routes } from "@leeward/api";
import type { CallContext } from "./services.ts";

/** Routes that take or answer something else than a JSON body. */
export type SpecialRoute = "backup" | "openapi" | "addReleasePart";
export type PlainRoute = Exclude<RouteName, SpecialRoute>;

export type Handler<N extends PlainRoute> = (
  call: CallOf<Routes[N]>,
  context: CallContext,
) => Promise<AnswerOf<Routes[N]>>;

/** The handlers of some routes. */
export type Handlers<N extends PlainRoute> = { readonly [K in N]: Handler<K> };
