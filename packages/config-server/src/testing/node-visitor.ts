// Somebody at a browser, as far as the config server can tell: a cookie, what goes with it, and nothing else.
import { SignIn } from "@leeward/api";
import { assert } from "@leeward/base";
import { Check } from "typebox/value";
import { type Answer, ask, cookieOf } from "./node-ask.ts";
import type { TestServer } from "./node-test-server.ts";

export interface Visitor {
  /** As it is sent: `NAME=VALUE`. */
  readonly cookie: string;
  readonly signIn: SignIn;
  /** Calls as a page of this server does. */
  call(method: string, path: string, body?: object): Promise<Answer>;
}

type SignInWith = { readonly user: string; readonly password: string } | { readonly token: string };

export function trySignIn(
  server: Pick<TestServer, "url" | "caPem">,
  body: SignInWith,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  return ask(server, { method: "POST", path: "/v1/sign-in", body: JSON.stringify(body), headers });
}

/** Signs in, which has to work. */
export async function visit(
  server: Pick<TestServer, "url" | "caPem">,
  body: SignInWith,
  headers: Readonly<Record<string, string>> = {},
): Promise<Visitor> {
  const answer = await trySignIn(server, body, headers);
  const cookie = cookieOf(answer);
  assert(answer.status === 201 && cookie !== undefined, `signed in: ${answer.status} ${JSON.stringify(answer.body)}`);
  assert(Check(SignIn, answer.body), "an answer to a sign-in");
  return visitorOf(server, cookie, answer.body);
}

export function visitorOf(server: Pick<TestServer, "url" | "caPem">, cookie: string, signIn: SignIn): Visitor {
  const headers = { cookie, "leeward-csrf": signIn.csrfToken ?? "" };
  const call = (method: string, path: string, body?: object): Promise<Answer> =>
    ask(server, { method, path, headers, ...(body !== undefined && { body: JSON.stringify(body) }) });
  return { cookie, signIn, call };
}
