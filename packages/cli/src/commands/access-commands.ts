import type { Approval, User, UserChange } from "@leeward/api";
import { allPages } from "@leeward/api/plain";
import { Fault } from "@leeward/base";
import { readFile } from "@leeward/world";
import { type Command, Option } from "commander";
import type { CommandContext } from "../command-context.ts";
import { plainTime } from "../human-text.ts";
import { absolutePath, type OptionValues, type ProgramState, serverCommand } from "../leaf-command.ts";
import { fieldsOf, printDocument, printList } from "../output.ts";
import { requireName } from "../required-argument.ts";
import { scopeArgument, scopeText } from "../scope-argument.ts";

const ROLES = ["viewer", "operator", "administrator"] as const;
const PASSWORD_BYTES_MAX = 4_096;

/** `leeward user …`, `leeward sign-in …` and `leeward approval …`: people, who of them is signed in, and what needs two of them. */
export function addAccessCommands(program: Command, state: ProgramState): void {
  addUsers(program.command("user").description("people who sign in"), state);
  addSignIns(program.command("sign-in").description("who is signed in"), state);
  addApprovals(program.command("approval").description("what was asked of a second person"), state);
}

function addUsers(user: Command, state: ProgramState): void {
  serverCommand(state, user.command("list").description("list users"), async (context) => {
    const client = await context.client();
    printList(context, await allPages((page) => client.listUsers({ query: page })), {
      NAME: ({ name }) => name,
      ROLE: ({ role }) => role,
      KIND: ({ kind }) => kind,
      SCOPE: ({ scope }) => scopeText(scope),
      STATE: stateOf,
      "LAST SIGN-IN": ({ lastSignInAt }) => plainTime(lastSignInAt),
    });
  });

  serverCommand(state, user.command("show <user>").description("show one user"), async (context, args) => {
    const client = await context.client();
    printDocument(context, await client.showUser({ params: { user: requireName(args, 0) } }), describe);
  });

  const create = user
    .command("create <name>")
    .description("create a user with a password")
    .addOption(new Option("--role <role>", "what the user may do").choices([...ROLES]).makeOptionMandatory())
    .requiredOption("--password-file <file>", "a file that holds the password")
    .option("--scope <machines>", "limit the user to machines, as machine=web,machine=db");
  serverCommand(state, create, async (context, args, options) => {
    const client = await context.client();
    const role = ROLES.find((known) => known === options.text("role")) ?? "viewer";
    const password = (await passwordOf(context, options)) ?? "";
    const scope = scopeArgument(options.text("scope"));
    const body = { name: requireName(args, 0), role, password, ...(scope === undefined ? {} : { scope }) };
    printDocument(context, await client.createUser({ body }), describe);
  });

  const set = user
    .command("set <user>")
    .description("change a user, whose sign-ins end by that")
    .addOption(new Option("--role <role>", "what the user may do").choices([...ROLES]))
    .option("--password-file <file>", "a file that holds another password")
    .option("--scope <machines>", "limit the user to machines, as machine=web,machine=db; none takes the limit away")
    .addOption(new Option("--disable", "let the user in no more").conflicts("enable"))
    .option("--enable", "let a disabled user in again")
    .option("--unlock", "forget wrong passwords");
  serverCommand(state, set, async (context, args, options) => {
    const client = await context.client();
    const call = { params: { user: requireName(args, 0) }, body: await changeOf(context, options) };
    printDocument(context, await client.setUser(call), describe);
  });

  serverCommand(state, user.command("remove <user>").description("remove a user"), async (context, args) => {
    const client = await context.client();
    const removed = await client.removeUser({ params: { user: requireName(args, 0) } });
    printDocument(context, removed, ({ name }) => `Removed ${name}.`);
  });
}

async function changeOf(context: CommandContext, options: OptionValues): Promise<UserChange> {
  const role = ROLES.find((known) => known === options.text("role"));
  const password = await passwordOf(context, options);
  const scope = scopeArgument(options.text("scope"));
  const change = {
    ...(role === undefined ? {} : { role }),
    ...(password === undefined ? {} : { password }),
    ...(scope === undefined ? {} : { scope }),
    ...(options.flag("disable") ? { disabled: true } : {}),
    ...(options.flag("enable") ? { disabled: false } : {}),
    ...(options.flag("unlock") ? { unlock: true } : {}),
  };
  if (Object.keys(change).length > 0) return change;
  throw new Fault({
    code: "usage-invalid",
    kind: "operator",
    message: "Nothing was said that is to be changed.",
    remedy: "See `leeward user set --help`.",
  });
}

/** A password comes in a file, never as an argument, which others on the machine could see. */
async function passwordOf({ host }: CommandContext, options: OptionValues): Promise<string | undefined> {
  const file = options.text("passwordFile");
  if (file === undefined) return undefined;
  const bytes = await readFile(host.files, absolutePath(host, file), PASSWORD_BYTES_MAX);
  return new TextDecoder().decode(bytes).replace(/\r?\n$/, "");
}

function stateOf({ disabled, lockedUntil }: User): string {
  if (disabled) return "disabled";
  return lockedUntil === null ? "enabled" : `locked until ${plainTime(lockedUntil)}`;
}

function describe(user: User): string {
  return fieldsOf({
    user: user.name,
    id: user.id,
    role: user.role,
    kind: user.kind,
    scope: scopeText(user.scope),
    state: stateOf(user),
    created: `${plainTime(user.createdAt)} by ${user.createdBy}`,
    "last sign-in": plainTime(user.lastSignInAt),
  });
}

function addSignIns(signIn: Command, state: ProgramState): void {
  serverCommand(state, signIn.command("list").description("list who is signed in"), async (context) => {
    const client = await context.client();
    printList(context, await allPages((page) => client.listSignIns({ query: page })), {
      ID: ({ id }) => id,
      USER: ({ user }) => user,
      ROLE: ({ role }) => role,
      ADDRESS: ({ address }) => address,
      SEEN: ({ seenAt }) => plainTime(seenAt),
      ENDS: ({ expiresAt }) => plainTime(expiresAt),
    });
  });

  serverCommand(state, signIn.command("end <id>").description("sign somebody out"), async (context, args) => {
    const client = await context.client();
    const ended = await client.endSignIn({ params: { id: requireName(args, 0) } });
    printDocument(context, ended, ({ user }) => `${user} is signed out.`);
  });
}

function addApprovals(approval: Command, state: ProgramState): void {
  serverCommand(
    state,
    approval.command("list").description("list what was asked of a second person, newest first"),
    async (context) => {
      const client = await context.client();
      printList(context, await allPages((page) => client.listApprovals({ query: page })), {
        ID: ({ id }) => id,
        STATE: (item) => item.state,
        WHAT: ({ summary }) => summary,
        "ASKED BY": ({ askedBy }) => askedBy,
        UNTIL: ({ expiresAt }) => plainTime(expiresAt),
      });
    },
  );

  const approve = approval
    .command("approve <id>")
    .description("approve what somebody else asked for, who can then do it once, within an hour");
  serverCommand(state, approve, async (context, args) => {
    const client = await context.client();
    printDocument(context, await client.approve({ params: { id: requireName(args, 0) } }), decided);
  });

  serverCommand(state, approval.command("refuse <id>").description("refuse it"), async (context, args) => {
    const client = await context.client();
    printDocument(context, await client.refuseApproval({ params: { id: requireName(args, 0) } }), decided);
  });
}

function decided({ summary, state, askedBy }: Approval): string {
  return `${summary} Asked by ${askedBy}, ${state}.`;
}
