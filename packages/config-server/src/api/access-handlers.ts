import type { Approval, SignIn, SignInSummary, User } from "@leeward/api";
import { formatTime } from "@leeward/base";
import { signInNeeded, signInUnknown } from "../access/access-faults.ts";
import { actorOf, identityOf, type Person } from "../access/caller.ts";
import type { ByWhom } from "../access/users.ts";
import { tokenRequired } from "../faults.ts";
import type { ApprovalRow } from "../store/approval-rows.ts";
import type { SignInRow } from "../store/sign-in-rows.ts";
import type { UserRow } from "../store/user-rows.ts";
import type { Handlers } from "./handler.ts";
import { findScope } from "./lookup.ts";
import { newestPageOf, pageOf } from "./pages.ts";
import type { CallContext, Services } from "./services.ts";
import { scopeView } from "./views.ts";

type OwnRoute = "waysToSignIn" | "signIn" | "me" | "signOut" | "changePassword";
type UserRoute = "listUsers" | "createUser" | "showUser" | "setUser" | "removeUser";
type SignInRoute = "listSignIns" | "endSignIn";
type ApprovalRoute = "listApprovals" | "approve" | "refuseApproval";

/** People: who they are, who is signed in, and what needs a second one. */
export function accessHandlers(services: Services): Handlers<OwnRoute | UserRoute | SignInRoute | ApprovalRoute> {
  return {
    ...ownHandlers(services),
    ...userHandlers(services),
    ...signInHandlers(services),
    ...approvalHandlers(services),
  };
}

function ownHandlers(services: Services): Handlers<OwnRoute> {
  const { store, events, users, bearers, signIns, oidc, softwareVersion: version } = services;
  return {
    waysToSignIn: async () => {
      const local = store.users.list().some(({ kind, disabled }) => kind === "local" && !disabled);
      return { local, oidc: oidc.name === undefined ? null : { name: oidc.name }, version };
    },
    signIn: async ({ body }, { address, browser, actor }) => {
      // A name that nobody has may be a password that was typed in the wrong place.
      const known = "user" in body ? store.users.byName(body.user) : undefined;
      const what = known === undefined ? "sign-in" : `sign-in as ${known.name}`;
      const owner = await events.watching(actor, what, async () =>
        "user" in body
          ? { user: await users.check(body.user, body.password, address) }
          : { token: bearers.ofToken(body.token, address).token },
      );
      const { person, secret } = store.transaction(() => {
        const begun = signIns.begin(owner, { address, ...browserFacts(browser) });
        tellSignedIn(services, begun.person, address);
        return begun;
      });
      browser.keep(secret);
      return signInView(services, person);
    },
    me: async (_call, { person }) => signInView(services, required(person)),
    signOut: async (_call, { person, browser, actor }) => {
      const { signIn } = required(person);
      if (signIn === undefined) throw signInNeeded();
      store.signIns.end(signIn.id);
      browser.keep(null);
      events.add(actor, { severity: "info", kind: "signed-out", subject: null, message: `${actor.name} signed out.` });
      return {};
    },
    changePassword: async ({ body }, { person, browser, actor }) => {
      const { user, signIn } = required(person);
      if (user === undefined || signIn === undefined) throw signInNeeded();
      await users.changePassword(user, { ...body, keptSignIn: signIn.id }, actor);
      browser.keep(signIns.exchangeSecret(signIn));
      return {};
    },
  };
}

/** Says who signed in, as that person. */
export function tellSignedIn({ events }: Pick<Services, "events">, person: Person, address: string): void {
  const actor = actorOf(person, address);
  const subject = person.user?.name ?? person.token?.id ?? null;
  events.add(actor, { severity: "info", kind: "signed-in", subject, message: `${actor.name} signed in.` });
}

export function browserFacts({ userAgent, secret }: CallContext["browser"]): {
  readonly userAgent: string | null;
  readonly replaced: string | undefined;
} {
  return { userAgent, replaced: secret };
}

function userHandlers(services: Services): Handlers<UserRoute> {
  const { store, users } = services;
  const view = (user: UserRow): User => userView(services, user);
  return {
    listUsers: async ({ query }, { within }) =>
      pageOf(query, { within, rows: store.users.list(), key: ({ name, id }) => [name, id], view }),
    showUser: async ({ params }) => view(users.find(params.user)),
    createUser: async ({ body }, context) =>
      view(await users.create(body, findScope(store, body.scope), byWhom(context))),
    setUser: async ({ params, body: { scope, ...change } }, context) => {
      const limit = scope === undefined ? {} : { scope: findScope(store, scope) };
      return view(await users.set(params.user, { ...change, ...limit }, byWhom(context)));
    },
    removeUser: async ({ params }, context) => {
      const shown = view(users.find(params.user));
      users.remove(params.user, byWhom(context));
      return shown;
    },
  };
}

function signInHandlers(services: Services): Handlers<SignInRoute> {
  const { store, events, signIns } = services;
  return {
    listSignIns: async ({ query }, { within }) => {
      const rows = signIns.list().flatMap((signIn) => summaryOf(services, signIn));
      return pageOf(query, { within, rows, key: ({ signedInAt, id }) => [signedInAt, id], view: (summary) => summary });
    },
    endSignIn: async ({ params: { id } }, { actor }) => {
      const signIn = store.signIns.byId(id);
      const [summary] = signIn === undefined ? [] : summaryOf(services, signIn);
      if (summary === undefined) throw signInUnknown(id);
      store.transaction(() => {
        store.signIns.end(id);
        const message = `The sign-in of ${summary.user} was ended.`;
        events.add(actor, { severity: "warning", kind: "sign-in-ended", subject: summary.user, message });
      });
      return summary;
    },
  };
}

function approvalHandlers({ store, secondPerson }: Services): Handlers<ApprovalRoute> {
  const view = (row: ApprovalRow): Approval => ({
    id: row.id,
    action: row.action,
    subject: row.subject,
    summary: row.summary,
    machine: row.machineId,
    askedBy: row.askedBy,
    askedAt: formatTime(row.askedMicros),
    expiresAt: formatTime(row.expiresMicros),
    state: secondPerson.stateOf(row),
    decidedBy: row.decidedBy,
    decidedAt: row.decidedMicros === null ? null : formatTime(row.decidedMicros),
  });
  return {
    listApprovals: async ({ query }, { within }) =>
      newestPageOf(query, {
        within,
        rows: (page) => store.approvals.list(page),
        microsOf: ({ askedMicros }) => askedMicros,
        view,
      }),
    approve: async ({ params }, context) => view(secondPerson.decide(params.id, "approved", byWhom(context))),
    refuseApproval: async ({ params }, context) => view(secondPerson.decide(params.id, "refused", byWhom(context))),
  };
}

export function byWhom({ actor, person }: Pick<CallContext, "actor" | "person">): ByWhom {
  return { actor, identity: identityOf(required(person)) };
}

function signInView({ signIns }: Pick<Services, "signIns">, person: Person): SignIn {
  const { user, token, signIn, role, scope, csrfToken = null } = person;
  const whose =
    user === undefined
      ? { id: null, name: `token ${token?.id ?? ""}`, kind: "token" as const }
      : { id: user.id, name: user.name, kind: user.kind };
  const end = signIn === undefined ? (token?.expiresMicros ?? null) : signIns.expiresMicros(signIn);
  return {
    id: signIn?.id ?? token?.id ?? "",
    user: whose,
    role,
    scope: scopeView(scope),
    csrfToken,
    signedInAt: signIn === undefined ? null : formatTime(signIn.signedInMicros),
    expiresAt: end === null ? null : formatTime(end),
    idleSeconds: signIn === undefined ? null : signIns.idleSeconds(),
  };
}

/** Nothing of one that has ended. */
function summaryOf({ signIns }: Services, signIn: SignInRow): SignInSummary[] {
  const owner = signIns.ownerOf(signIn);
  if (owner === undefined) return [];
  return [
    {
      id: signIn.id,
      user: owner.user?.name ?? `token ${owner.token?.id ?? ""}`,
      role: owner.role,
      address: signIn.address,
      userAgent: signIn.userAgent,
      signedInAt: formatTime(signIn.signedInMicros),
      seenAt: formatTime(signIn.seenMicros),
      expiresAt: formatTime(signIns.expiresMicros(signIn)),
    },
  ];
}

function userView({ lockout }: Services, user: UserRow): User {
  const lockedMicros = lockout.lockedUntilMicros(user.name);
  return {
    id: user.id,
    name: user.name,
    role: user.role,
    kind: user.kind,
    scope: scopeView(user.scope),
    disabled: user.disabled,
    lockedUntil: lockedMicros === null ? null : formatTime(lockedMicros),
    createdAt: formatTime(user.createdMicros),
    createdBy: user.createdBy,
    lastSignInAt: user.lastSignInMicros === null ? null : formatTime(user.lastSignInMicros),
  };
}

/** Routes with a role have a caller with one. */
function required(person: Person | undefined): Person {
  if (person === undefined) throw tokenRequired();
  return person;
}
