import { Fault } from "@leeward/base";
import { PASSWORD_CHARACTERS_MIN } from "../limits.ts";
import { operator } from "../operator-fault.ts";

export const userUnknown = (nameOrId: string): Fault =>
  operator("user-unknown", `There is no user ${JSON.stringify(nameOrId)}.`, "See `leeward user list`.");

export const signInUnknown = (id: string): Fault =>
  operator(
    "sign-in-unknown",
    `There is no sign-in ${JSON.stringify(id)}.`,
    "See `leeward sign-in list`; one that has ended is forgotten.",
  );

export const approvalUnknown = (id: string): Fault =>
  operator("approval-unknown", `There is no approval ${JSON.stringify(id)}.`, "See `leeward approval list`.");

/** The same for a name that nobody has, a disabled user and a wrong password. */
export const signInRefused = (): Fault =>
  operator(
    "sign-in-refused",
    "Name and password do not belong together.",
    "Type them again; an administrator sets another password with `leeward user set NAME --password-file FILE`.",
  );

/** The same for names that nobody has. */
export const signInLocked = (seconds: number): Fault =>
  new Fault({
    code: "sign-in-locked",
    kind: "transient",
    message: "There were too many wrong passwords for this name or from this address.",
    remedy: "Wait as long as the detail says; an administrator unlocks a user with `leeward user set NAME --unlock`.",
    detail: { retryAfterSeconds: seconds },
  });

export const signInEnded = (): Fault =>
  operator("sign-in-ended", "Nobody is signed in here any more.", "Sign in again.");

export const signInNeeded = (): Fault =>
  operator(
    "sign-in-needed",
    "This is for people who are signed in; a token has neither a password nor an end of its own.",
    "Sign in with a name and a password; a token is ended by `leeward token revoke`.",
  );

export const csrfRefused = (why: string): Fault =>
  operator(
    "csrf-refused",
    `The call may not be meant by who is signed in: ${why}.`,
    "Send the header `leeward-csrf` with what /v1/me says, from a page of this server.",
  );

export const scopeInsufficient = (): Fault =>
  operator(
    "scope-insufficient",
    "This is about the whole installation, or a path on a server, and the caller is limited to some machines.",
    "Use a token or a user without a scope.",
  );

export const passwordUnfit = (why: string): Fault =>
  operator(
    "password-invalid",
    `The password is not taken: ${why}.`,
    `Choose one of at least ${PASSWORD_CHARACTERS_MIN} characters that is not the name; words in a row are good ones.`,
  );

export const passwordWrong = (): Fault =>
  operator("password-wrong", "The present password is another one.", "Type the present password again.");

export const userOfProvider = (name: string): Fault =>
  operator(
    "user-of-provider",
    `Role and password of ${name} are the identity provider's matter.`,
    "Change them there; here a user of a provider can be disabled, limited to machines, and removed.",
  );

export const lastAdministrator = (): Fault =>
  operator(
    "last-administrator",
    "Nobody would be left who may administrate this installation: no other user, and no token of that role.",
    "Make another administrator first: `leeward user create` or `leeward token create --role administrator`.",
  );

export const tooManyUsers = (max: number): Fault =>
  operator("users-full", `There are ${max} users already.`, "Remove users who do not come any more.");

export const secondPersonNeeded = (id: string, summary: string): Fault =>
  new Fault({
    code: "second-person-needed",
    kind: "operator",
    message: `${summary} This needs somebody else's approval.`,
    remedy: `Have another administrator approve it with \`leeward approval approve ${id}\`, and then do it again.`,
    detail: { approval: id },
  });

export const ownApproval = (): Fault =>
  operator(
    "approval-own",
    "Who asked for something cannot approve it, nor can a user or token that the asker made, or who made the asker's.",
    "Have another administrator decide; `leeward approval list` says who asked.",
  );

export const approvalDecided = (state: string): Fault =>
  operator("approval-decided", `The approval is ${state} already.`, "Ask again by making the call again.");

export const secondPersonAlone = (): Fault =>
  operator(
    "second-person-alone",
    "There are no two administrators who could approve one another's calls: who made the other, or set its password, is the same person.",
    "Make two administrators first, none by the other: `leeward user create` or `leeward token create --role administrator`.",
  );
