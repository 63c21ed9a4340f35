// The one way to the server: the public API, with the cookie of the user's sign-in, kept fresh by what the server says has changed.
import { ApiClient, browserTransport, type RouteName } from "@leeward/api";
import { isFault } from "@leeward/base";
import { QueryClient } from "@tanstack/react-query";
import { createContext, useContext } from "react";
import { isAway } from "./presence.ts";

/** How often an answer is asked for again by itself, beside the notices. */
export const REFRESH_MS = 30_000;

let csrfToken: string | undefined;

/** Said by the server at each sign-in; every change carries it. */
export function rememberCsrfToken(token: string | null): void {
  csrfToken = token ?? undefined;
}

export const api = new ApiClient({ transport: browserTransport({ csrfToken: () => csrfToken, isBackground: isAway }) });

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      refetchInterval: REFRESH_MS,
      retry: (count, error) => count < 2 && (!isFault(error) || error.kind === "transient"),
    },
  },
});

/** The sign-in that the pages stand on. */
export interface SignedIn {
  readonly name: string;
  readonly role: "viewer" | "operator" | "administrator";
  readonly kind: "local" | "oidc" | "token";
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
