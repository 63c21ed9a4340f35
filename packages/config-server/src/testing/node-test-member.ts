// A member as small as one can be, but real: its own key, a certificate from a token, a session over TLS, plans stored in its home.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { TestContext } from "node:test";
import type { TokenRole } from "@leeward/api";
import { ControlSession, enrol, type PlanKind, type Plans, renewByKey, silentTrace } from "@leeward/daemon";
import { KeyStore } from "@leeward/identity";
import type { NoticeBody } from "@leeward/proto";
import { type RequestHandler, tlsNetwork } from "@leeward/wire";
import type { World } from "@leeward/world";
import { afterTest, type TestServer } from "./node-test-server.ts";

export type StatusNotice = Extract<NoticeBody, { kind: "agentStatus" | "processServerStatus" | "masterTargetStatus" }>;

export interface MemberOptions<K extends PlanKind> {
  readonly planKind: K;
  readonly role: Extract<TokenRole, "agent" | "process-server" | "master-target">;
  readonly name: string;
  readonly home: string;
  readonly status: (control: { plan: Plans[K] | undefined; version: number }) => StatusNotice;
  readonly answer?: RequestHandler;
  /** The machine whose place it takes. */
  readonly machine?: string;
  readonly softwareVersion?: string;
  readonly onSuperseded?: () => void;
  /** What its host is called. */
  readonly hostName?: string;
  /** Another world than the server's: one whose clock is ahead. */
  readonly world?: World;
}

export interface TestMember<K extends PlanKind> {
  readonly id: string;
  readonly keyStore: KeyStore;
  readonly control: ControlSession<K>;
  /** Resolves when the session's loop has ended, rejects with what ended it. */
  readonly done: Promise<void>;
  stop(): Promise<void>;
}

export async function joinServer<K extends PlanKind>(
  t: TestContext,
  server: TestServer,
  options: MemberOptions<K>,
): Promise<TestMember<K>> {
  const keyStore = await enrolledKeyStore(server, options);
  const endpoint = { host: "127.0.0.1", port: server.port };
  const control: ControlSession<K> = await ControlSession.open({
    world: options.world ?? server.world,
    trace: silentTrace,
    network: tlsNetwork({ keyStore }),
    keyStore,
    servers: [endpoint],
    renewByKey: (signal) => renewByKey({ keyStore, servers: [endpoint] }, signal),
    home: options.home,
    planKind: options.planKind,
    softwareVersion: options.softwareVersion ?? "0.1.0",
    sender: () => ({ instance: "", hostName: options.hostName ?? "", isCopy: false }),
    apply: async () => undefined,
    status: () => options.status({ plan: control.plan, version: control.appliedVersion }),
    ...(options.onSuperseded === undefined ? {} : { onSuperseded: options.onSuperseded }),
    answer: options.answer ?? (async () => ({ kind: "candidateList", value: { items: [] } })),
  });
  const stopping = new AbortController();
  const done = control.run(stopping.signal);
  const stop = async (): Promise<void> => {
    stopping.abort();
    await done;
  };
  done.catch(() => undefined);
  afterTest(t, () => stop().catch(() => undefined));
  const id = keyStore.identity?.id ?? "";
  return { id, keyStore, control, done, stop };
}

/** Enrols with a fresh token when the home has no certificate yet. */
export async function enrolledKeyStore(
  server: TestServer,
  { home, role, name, machine }: Pick<MemberOptions<PlanKind>, "home" | "role" | "name" | "machine">,
): Promise<KeyStore> {
  const { files } = server.world;
  await files.makeFolder(`${home}/identity`);
  const keyStore = await KeyStore.open(server.world, `${home}/identity`);
  if (keyStore.identity !== undefined) return keyStore;
  const { token } = await server.client.call("createToken", {
    body: { role, ...(machine === undefined ? {} : { machine }) },
  });
  const tokenFile = join(home, "token");
  await writeFile(tokenFile, `${token}\n`, { mode: 0o600 });
  const endpoint = { host: "127.0.0.1", port: server.port };
  await enrol({ files, keyStore, servers: [endpoint], tokenFile, name }, AbortSignal.timeout(10_000));
  return keyStore;
}

/** Lets a machine in that protects nothing. */
export function joinStill(
  t: TestContext,
  server: TestServer,
  { name, home }: { readonly name: string; readonly home: string },
): Promise<TestMember<"agentPlan">> {
  const still = { agentVersion: "0.1.0", bootId: "", inventoryJson: "{}", clockOffsetMicros: 0, disks: [], links: [] };
  return joinServer(t, server, {
    ...{ planKind: "agentPlan", role: "agent", name, home },
    status: ({ version }) => ({ kind: "agentStatus", value: { ...still, planVersion: version } }),
  });
}
