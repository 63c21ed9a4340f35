// The one way to the server: the public API, with the cookie of the user's sign-in, kept fresh by what the server says has changed.
import { ApiClient, browserTransport, type RouteName } from "@leeward/api";
import { isFault } from "@leeward/base";
import { QueryCache, QueryClient } from "@tanstack/react-query";
import { createContext, useContext } from "react";
import { isSignedOut } from "../app/sign-in-faults.ts";
import { isAway } from "./presence.ts";
import { rememberServerTime } from "./server-clock.ts";

/** How often an answer is asked for again by itself, beside the notices. */
export const REFRESH_MS = 30_000;

let csrfToken: string | undefined;

/** Said by the server at each sign-in; every change carries it. */
export function rememberCsrfToken(token: string | null): void {
  csrfToken = token ?? undefined;
}

export const api = new ApiClient({
  transport: browserTransport({ csrfToken: () => csrfToken, isBackground: isAway, onDate: rememberServerTime }),
});

/** What says who is signed in. */
const ME = keyOf("me", {});

export const queryClient = new QueryClient({
  queryCache: new QueryCache({
    // Whichever answer says it first: the sign-in has ended.
    onError: (error, { queryKey: [name] }) => {
      if (isSignedOut(error) && name !== ME[0]) askWhoIsSignedIn();
    },
  }),
  defaultOptions: {
    queries: {
      // A browser without a way to the internet may well have one to the server; and what could not be sent is never sent later, by itself.
      networkMode: "always",
      staleTime: 5_000,
      refetchInterval: REFRESH_MS,
      retry: (count, error) => count < 2 && (!isFault(error) || error.kind === "transient"),
    },
    mutations: { networkMode: "always" },
  },
});

/** Also tells soon whether the server answers at all. */
export function askWhoIsSignedIn(): void {
  void queryClient.invalidateQueries({ queryKey: ME });
}

/** What was answered to somebody else is not shown to who comes next. */
export function forgetAnswers(): void {
  queryClient.removeQueries({ predicate: ({ queryKey: [name] }) => name !== ME[0], type: "inactive" });
}

/** The sign-in that the pages stand on. */
export interface SignedIn {
  readonly name: string;
  readonly role: "viewer" | "operator" | "administrator";
  readonly kind: "local" | "oidc" | "token";
  /** Ids of the machines that they are limited to; null for no limit. */
  readonly scope: readonly string[] | null;
}

const SignedInContext = createContext<SignedIn | undefined>(undefined);
export const SignedInProvider = SignedInContext.Provider;

export function useSignedIn(): SignedIn {
  const signedIn = useContext(SignedInContext);
  if (signedIn === undefined) throw new Error("No page stands without a sign-in.");
  return signedIn;
}

const ROLES = ["viewer", "operator", "administrator"] as const;

/** Whether the user may do what needs `role`; what they may not do is shown disabled, with the reason. */
export function useMay(role: SignedIn["role"]): boolean {
  return ROLES.indexOf(useSignedIn().role) >= ROLES.indexOf(role);
}

/** The key of an answer, for what invalidates it. */
export function keyOf(name: RouteName, call: unknown): readonly unknown[] {
  return [name, call];
}
