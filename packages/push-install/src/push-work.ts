// A step of a push, from login to logout. Whatever was checked in an earlier step is checked again: between two of them, the machine was somebody else's.
import { isFault, type Random } from "@leeward/base";
import type { Clock } from "@leeward/world";
import { COPY_MS_MAX, LOOK_MS_MAX } from "./limits.ts";
import { INSTALL, SETTLE, UNDO, UNINSTALL, UPGRADE } from "./machine/change-scripts.ts";
import { factsOf, type MachineFacts, PROBE } from "./machine/probe.ts";
import { type Asked, requireInstallable, requireRemovable, requireUpgradable } from "./machine/requirements.ts";
import { type AgentPackage, type AgentPackages, choosePackage } from "./packages/agent-packages.ts";
import { type ChangeFailure, changeFailed, packageMissing, type Undone } from "./push-faults.ts";
import type { HostAndPort, PushOrder, PushReport } from "./push-order.ts";
import { openSecureShell } from "./shell/node-secure-shell.ts";
import { RootShell } from "./shell/root-shell.ts";
import type { SecureShell, ShellResult } from "./shell/secure-shell.ts";

export interface PushMeans {
  readonly clock: Clock;
  readonly random: Random;
  readonly packages: AgentPackages;
  /** Of this installation. */
  readonly authorityPem: string;
}

interface Visit {
  readonly order: PushOrder;
  readonly means: PushMeans;
  readonly shell: SecureShell;
  readonly root: RootShell;
  readonly signal: AbortSignal;
}

/** Does the step. @throws Fault `push-…` */
export async function pushAgent(order: PushOrder, means: PushMeans, signal: AbortSignal): Promise<PushReport> {
  const { target, jump, credentials, pushId, token } = order;
  const { clock, random } = means;
  await using shell = await openSecureShell({ ...target, credentials, jump }, clock, signal);
  const { host, user } = target;
  const secrets = token === "" ? [] : [token];
  await using root = await RootShell.open({ shell, host, user, credentials, secrets, random, pushId }, signal);
  const visit = { order, means, shell, root, signal };
  switch (order.step) {
    case "look":
      return await look(visit);
    case "change":
      return await change(visit);
    case "undo":
      await undo(visit, pushId);
      return reportOf(visit, await probe(visit));
    case "settle":
      await done(visit, await run(visit, SETTLE, { push: pushId }), "push-undo-failed");
      return reportOf(visit, await probe(visit));
  }
}

async function look(visit: Visit): Promise<PushReport> {
  const { order } = visit;
  let facts = await probe(visit);
  if (order.kind !== "uninstall" && facts.push !== "" && order.stale.includes(facts.push)) {
    await undo(visit, facts.push);
    facts = await probe(visit);
  }
  if (facts.push !== "" && order.settled.includes(facts.push)) {
    await done(visit, await run(visit, SETTLE, { push: facts.push }), "push-undo-failed");
    facts = await probe(visit);
  }
  return reportOf(visit, facts, await required(visit, facts));
}

async function change(visit: Visit): Promise<PushReport> {
  const { order } = visit;
  const facts = await probe(visit);
  const chosen = await required(visit, facts);
  if (chosen === undefined) {
    await done(visit, await run(visit, UNINSTALL, {}), "push-undo-failed");
    return reportOf(visit, await probe(visit));
  }
  const file = await copied(visit, chosen);
  const values = { file, sha256: chosen.sha256, push: order.pushId, start: order.startCommand };
  if (order.kind === "upgrade") await done(visit, await run(visit, UPGRADE, values), "push-install-failed");
  else await install(visit, values);
  return reportOf(visit, await probe(visit), chosen);
}

/** The package that fits, when one is to be installed. @throws Fault */
async function required(visit: Visit, facts: MachineFacts): Promise<AgentPackage | undefined> {
  const { order, means } = visit;
  const asked = askedBy(visit);
  if (order.kind === "uninstall") {
    requireRemovable(asked, facts);
    return undefined;
  }
  const kinds: AgentPackage["kind"][] = facts.dpkg && facts.systemd ? ["deb", "tar.gz"] : ["tar.gz"];
  const replaced = facts.program?.kind;
  const isReplaced = order.kind === "upgrade" && replaced !== undefined && replaced !== "rpm";
  const fitting = isReplaced ? [replaced] : kinds;
  const chosen = choosePackage(await means.packages.list(), { version: order.version, kinds: fitting });
  // What is wrong with the machine is told before what is wrong with us.
  const size = chosen ?? { kind: "tar.gz" as const, sizeBytes: 0 };
  if (order.kind === "upgrade") requireUpgradable(asked, facts, size);
  else requireInstallable(asked, facts, size);
  if (chosen === undefined) throw packageMissing(order.version === "" ? `for ${facts.distribution}` : order.version);
  return chosen;
}

async function copied({ means, root, signal }: Visit, chosen: AgentPackage): Promise<string> {
  const file = `${root.folder}/package.${chosen.kind}`;
  await root.write(file, means.packages.open(chosen), signal, COPY_MS_MAX);
  return file;
}

async function install(visit: Visit, values: Readonly<Record<string, string>>): Promise<void> {
  const { order, root, signal } = visit;
  await root.write(`${root.folder}/token`, `${order.token}\n`, signal);
  const server = `https://${bracketed(order.server)}`;
  const own = { server, name: order.name, protectable: order.protectable.join("\n") };
  const result = await run(visit, INSTALL, { ...values, ...own });
  if (result.code === 0) return;
  const failure = FAILURES[result.code ?? 0] ?? "push-install-failed";
  const undone = await undoneAfter(visit);
  throw changeFailed(order.target.host, failure, { said: root.saidBy(result), undone });
}

const FAILURES: Readonly<Record<number, ChangeFailure>> = {
  20: "push-install-failed",
  21: "push-register-failed",
  22: "push-start-failed",
};

async function undoneAfter(visit: Visit): Promise<Undone> {
  try {
    await undo(visit, visit.order.pushId);
    return "yes";
  } catch (error) {
    if (!isFault(error)) throw error;
    return "no";
  }
}

async function undo(visit: Visit, pushId: string): Promise<void> {
  await done(visit, await run(visit, UNDO, { push: pushId }), "push-undo-failed");
}

async function done({ order, root }: Visit, result: ShellResult, failure: ChangeFailure): Promise<void> {
  if (result.code !== 0) {
    const started = result.code === 22 ? "push-start-failed" : failure;
    throw changeFailed(order.target.host, started, { said: root.saidBy(result) });
  }
}

function run(
  { order, root, signal }: Visit,
  text: string,
  values: Readonly<Record<string, string>>,
): Promise<ShellResult> {
  const what = `${order.kind} (${order.step})`;
  return root.run({ text, values: { folder: root.folder, ...values }, what }, signal);
}

async function probe({ order, root, signal }: Visit): Promise<MachineFacts> {
  const { server, data, target } = order;
  const values = { folder: root.folder, server: spaced(server), data: spaced(data) };
  const script = { text: PROBE, values, what: "looking at the machine", limitMs: LOOK_MS_MAX };
  return factsOf(target.host, await root.run(script, signal));
}

function spaced({ host, port }: HostAndPort): string {
  return host === "" ? "" : `${host} ${port}`;
}

function askedBy({ order, means }: Visit): Asked {
  return {
    host: order.target.host,
    pushId: order.pushId,
    nowMs: means.clock.wallMicros() / 1_000,
    server: bracketed(order.server),
    data: bracketed(order.data),
    hasStartCommand: order.startCommand !== "",
    authorityPem: means.authorityPem,
  };
}

function bracketed({ host, port }: HostAndPort): string {
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}

function reportOf({ shell, order }: Visit, facts: MachineFacts, chosen?: AgentPackage): PushReport {
  const notes: string[] = [];
  if (!facts.systemd && order.kind !== "uninstall")
    notes.push("This machine does not run systemd: nothing starts the agent after a reboot.");
  if (facts.server === "unknown" || facts.data === "unknown")
    notes.push("Whether it reaches the servers could not be tried beforehand: it has no bash, or no timeout.");
  return {
    hostKey: shell.hostKey,
    jumpHostKey: shell.jumpHostKey ?? "",
    hostname: facts.hostname,
    distribution: facts.distribution,
    kernel: facts.kernel,
    rungs: facts.rungs,
    agentVersion: facts.program?.version ?? "",
    package: chosen === undefined ? "" : chosen.file,
    serverReach: facts.server,
    dataReach: facts.data,
    notes,
  };
}
