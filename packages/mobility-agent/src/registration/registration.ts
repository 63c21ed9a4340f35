// Gives a home an identity with a one-time token. Order: key, durably ─► enrolled, durably ─► settings, where there are none. A crash in between leaves a home with which
// the same token is taken again, or one that is registered and whose settings the next registration of the same kind writes.
import { assert, Fault } from "@leeward/base";
import { enrol, serverEndpoints, type TokenSource } from "@leeward/daemon";
import { KeyStore } from "@leeward/identity";
import { forgetTracking } from "@leeward/tracker";
import { replaceFile, type World } from "@leeward/world";
import { stringify } from "yaml";
import { nextIdentityFolder, settleNewIdentity } from "../host/new-identity.ts";
import { readHostFacts } from "../host/node-host-facts.ts";
import { noteHost } from "../host/own-host.ts";

export type Registration = TokenSource & {
  /** "https://host" or "https://host:port"; several are separated by commas. */
  readonly server: string;
  /** What to call the machine; one whose place it takes has a name. */
  readonly name: string;
  /** Absolute paths; none means everything. */
  readonly protectable: readonly string[];
  /** An identity that the home has is given up, with the history that was recorded under it. */
  readonly newIdentity: boolean;
};

/** A machine's id, and the name that the server has for it. */
export interface Registered {
  readonly id: string;
  readonly name: string;
  /** Where it was registered. */
  readonly server: string;
}

/**
 * Registers the home, whose agent does not run; durable when it settles.
 * @throws Fault `already-enrolled`, `server-url-invalid`, and what `enrol` refuses with: then the home is what it was
 */
export async function registerAgent(
  world: World,
  { home, registration }: { readonly home: string; readonly registration: Registration },
  signal: AbortSignal,
): Promise<Registered> {
  const { files } = world;
  const { newIdentity } = registration;
  await files.makeFolder(home);
  // The exchange that an earlier run began is the one that is asked for.
  const isSettled = newIdentity && (await settleNewIdentity(files, home, forgetTracking));
  const isExchange =
    newIdentity && !isSettled && (await files.status(`${home}/identity/certificate.pem`)) !== undefined;
  if (isExchange) {
    const registered = await prepareExchange(world, { home, registration }, signal);
    await settleNewIdentity(files, home, forgetTracking);
    await writeFirstConfig(world, home, registration);
    return registered;
  }
  const before = await identityIn(world, `${home}/identity`);
  if (before !== undefined && !isSettled) throw alreadyEnrolled(home, before);
  const registered = await enrolIn(world, { folder: `${home}/identity`, registration }, signal);
  await writeFirstConfig(world, home, registration);
  return registered;
}

/** Gets a home another identity, with which its agent runs when it is started next; it may run meanwhile. Durable when it settles. @throws as `registerAgent` */
export function prepareExchange(
  world: World,
  { home, registration }: { readonly home: string; readonly registration: Registration },
  signal: AbortSignal,
): Promise<Registered> {
  return enrolIn(world, { folder: nextIdentityFolder(home), registration }, signal);
}

async function enrolIn(
  world: World,
  { folder, registration }: { readonly folder: string; readonly registration: Registration },
  signal: AbortSignal,
): Promise<Registered> {
  const { files } = world;
  const { server, name, protectable: _, newIdentity: __, ...token } = registration;
  const servers = serverEndpoints(server);
  await files.makeFolder(folder);
  const keyStore = await KeyStore.open(world, folder);
  const given = await enrol({ files, keyStore, servers, name, ...token }, signal);
  const { identity } = keyStore;
  assert(identity !== undefined, "who enrolled has an identity");
  await noteHost(world, { folder, facts: await readHostFacts() });
  return { id: identity.id, name: given ?? name, server };
}

async function identityIn(world: World, folder: string): Promise<string | undefined> {
  if ((await world.files.status(`${folder}/certificate.pem`)) === undefined) return undefined;
  return (await KeyStore.open(world, folder)).identity?.id;
}

/** Writes the first config.yaml of a home; one that a person has is not touched. */
async function writeFirstConfig({ files }: World, home: string, { server, protectable }: Registration): Promise<void> {
  if ((await files.status(`${home}/config.yaml`)) !== undefined) return;
  const settings = { server, ...(protectable.length === 0 ? {} : { protectable }) };
  await replaceFile(files, home, "config.yaml", new TextEncoder().encode(stringify(settings)));
}

function alreadyEnrolled(home: string, id: string): Fault {
  return new Fault({
    code: "already-enrolled",
    kind: "operator",
    message: `${home} is enrolled already, as agent ${id}.`,
    remedy:
      "Unregister it first, or use another home. If it is a copy of another machine's, give it an identity of its own: `--new-identity`.",
    detail: { home },
  });
}
