import { Type } from "typebox";
import type { Route } from "../route.ts";
import { itemsBy } from "../route-scope.ts";
import {
  Approval,
  PasswordChange,
  SignIn,
  SignInOrder,
  SignInSummary,
  User,
  UserChange,
  UserOrder,
  WaysToSignIn,
} from "../shapes/access.ts";
import { pageOf, pageQuery } from "../shapes/page.ts";
import { Empty, Id } from "../shapes/schema-words.ts";

const oneUser = Type.Object({ user: Type.String({ minLength: 1, maxLength: 256, description: "name or id" }) });
const oneId = Type.Object({ id: Id });

/** People: who they are, who is signed in, and what needs a second one. The way over a provider, /v1/sign-in/oidc, is no call but a redirection. */
// biome-ignore format: one line per route reads as the table that it is.
export const ACCESS_ROUTES = {
  waysToSignIn: { method: "GET", path: "/v1/sign-in", role: "none", scope: "open", summary: "Which ways to sign in there are", status: 200, response: WaysToSignIn },
  signIn: { method: "POST", path: "/v1/sign-in", role: "none", scope: "open", summary: "Sign in with a name and a password, or with a token; sets a cookie", body: SignInOrder, status: 201, response: SignIn },
  me: { method: "GET", path: "/v1/me", role: "viewer", scope: "open", summary: "Show who calls", status: 200, response: SignIn },
  signOut: { method: "POST", path: "/v1/sign-out", role: "viewer", scope: "open", summary: "End the sign-in of who calls", status: 200, response: Empty },
  changePassword: { method: "PUT", path: "/v1/me/password", role: "viewer", scope: "open", summary: "Change one's own password; ends one's other sign-ins", body: PasswordChange, status: 200, response: Empty },
  listUsers: { method: "GET", path: "/v1/users", role: "administrator", scope: "installation", summary: "List users", query: pageQuery({}), status: 200, response: pageOf(User) },
  createUser: { method: "POST", path: "/v1/users", role: "administrator", scope: "installation", summary: "Create a user with a password", body: UserOrder, status: 201, response: User },
  showUser: { method: "GET", path: "/v1/users/:user", role: "administrator", scope: "installation", summary: "Show a user", params: oneUser, status: 200, response: User },
  setUser: { method: "PUT", path: "/v1/users/:user", role: "administrator", scope: "installation", summary: "Change a user's role, password or scope, disable or unlock one; ends the user's sign-ins", params: oneUser, body: UserChange, status: 200, response: User },
  removeUser: { method: "DELETE", path: "/v1/users/:user", role: "administrator", scope: "installation", summary: "Remove a user", params: oneUser, status: 200, response: User },
  listSignIns: { method: "GET", path: "/v1/sign-ins", role: "administrator", scope: "installation", summary: "List who is signed in", query: pageQuery({}), status: 200, response: pageOf(SignInSummary) },
  endSignIn: { method: "DELETE", path: "/v1/sign-ins/:id", role: "administrator", scope: "installation", summary: "End a sign-in", params: oneId, status: 200, response: SignInSummary },
  listApprovals: { method: "GET", path: "/v1/approvals", role: "viewer", scope: itemsBy("machine"), summary: "List what was asked of a second person, newest first", query: pageQuery({}), status: 200, response: pageOf(Approval) },
  approve: { method: "POST", path: "/v1/approvals/:id/approve", role: "administrator", scope: "installation", summary: "Approve what somebody else asked for, who can then do it once", params: oneId, status: 200, response: Approval },
  refuseApproval: { method: "POST", path: "/v1/approvals/:id/refuse", role: "administrator", scope: "installation", summary: "Refuse what was asked of a second person", params: oneId, status: 200, response: Approval },
} as const satisfies Record<string, Route>;
