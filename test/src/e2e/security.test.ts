// Who has no business here is refused, on every port and by name, and hears of it nobody but whoever reads the events; the machine that is
// protected meanwhile notices nothing, and has its newest point at the end.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { cp, mkdir, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { after, before, describe, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { ApiClient, type Event } from "@leeward/api";
import { nodeTransport } from "@leeward/api/node";
import { isFault, MiB, randomId } from "@leeward/base";
import { enrol } from "@leeward/daemon";
import { Authority, KeyStore } from "@leeward/identity";
import { testAuthority } from "@leeward/identity/testing";
import { connectNbd, parseNbdUri } from "@leeward/nbd";
import type { DiskOffer } from "@leeward/proto";
import { type Clock, nodeClock, nodeFiles, nodeRandom, type PeerRole } from "@leeward/world";
import { eventually } from "../harness/eventually.ts";
import { SplitChain } from "../harness/split-chain.ts";
import {
  type Credentials,
  credentialsIn,
  hugeFrame,
  inSession,
  knock,
  message,
  offerDisk,
  Recorder,
  sendInTls,
  sendPlain,
  UPGRADE,
} from "./intruder.ts";

const DISK_BYTES = 8 * MiB;
const EPOCH = 5;
const NEVER = new AbortController().signal;
const DAY_MICROS = 86_400_000_000;
const files = nodeFiles({ io: "thread-pool" });
const world = { clock: nodeClock, random: nodeRandom, files };

interface Port {
  readonly name: "process-server" | "master-target" | "config-server";
  readonly port: number;
}

describe("who has no business here", () => {
  let chain: SplitChain;
  let client: ApiClient;
  let ca: string;
  let ports: readonly Port[];
  let machineId: string;
  let disk: { readonly id: string; readonly uri: string };
  let other: { readonly store: KeyStore; readonly folder: string };
  const content = randomBytes(DISK_BYTES);
  let writes = 0;

  before(async () => {
    chain = await SplitChain.start();
    client = await chain.client();
    const apiPort = Number(new URL(chain.daemon("config-server")?.ready.apiUrl ?? "").port);
    ports = [
      { name: "process-server", port: chain.dataWire.port },
      { name: "master-target", port: chain.targetWire.port },
      { name: "config-server", port: apiPort },
    ];
    machineId = await eventually("the machine is online", async () => {
      const { items } = await client.call("listMachines", {});
      return items.find(({ name, state }) => name === chain.machine && state === "online")?.id;
    });
    ({ ca } = await credentialsIn(`${chain.folder}/agent/identity`));
    disk = await protect();
    other = await enrolled("other", "agent");
    await newPointIsRight();
  });
  after(async () => {
    client.close();
    await chain.stop();
  });

  test("no certificate, a foreign authority's, an expired and a revoked one are refused at every port", async () => {
    const foreign = (await (await testAuthority()).enrol({ role: "agent", id: machineId })).credentials();
    const removed = await enrolled("removed", "agent");
    const own = await credentialsIn(removed.folder);
    assert.equal(await knock(portOf("process-server"), own), "open", "before it is removed");
    await client.call("removeMachine", { params: { machine: removed.store.identity?.id ?? "" }, query: {} });
    const strangers: readonly (readonly [string, Credentials])[] = [
      ["none", { ca }],
      ["foreign", { key: foreign.keyPem, cert: foreign.certificatePem, ca }],
      ["expired", await expired()],
      ["revoked", own],
    ];
    for (const { name, port } of ports) {
      for (const [kind, credentials] of strangers) {
        // The revocation list comes to the servers by itself, a moment after the removal.
        await eventually(
          `${kind} is refused by ${name}`,
          async () => ((await knock(port, credentials)) === "open" ? undefined : true),
          20_000,
        );
      }
      for (const word of ["EXPIRED", "REVOKED"]) {
        await told(
          name,
          `a certificate that is ${word}`,
          ({ detail, message: text }) => detail["code"] === "certificate-refused" && text.includes(word),
        );
      }
    }
  });

  test("a removed machine's session ends, and none begins", async () => {
    const removed = await enrolled("gone", "agent");
    const server = { port: portOf("process-server"), role: "process-server", as: removed.store } as const;
    await assert.rejects(
      inSession(server, async (session) => {
        await client.call("removeMachine", { params: { machine: removed.store.identity?.id ?? "" }, query: {} });
        for await (const _ of session.messages());
        throw new Error("the session is over");
      }),
    );
    await assert.rejects(
      inSession(server, async () => undefined),
      (error) => isFault(error),
    );
  });

  test("another machine's disk is refused by name, and so is a session in another's role", async () => {
    const refused = await offerDisk(as("process-server", other.store), offerOf({ machineId }));
    assert.equal(refused.refused?.code, "disk-foreign");
    const liar = await offerDisk(
      as("process-server", other.store),
      offerOf({ machineId: other.store.identity?.id ?? "" }),
    );
    assert.equal(liar.refused?.code, "disk-foreign");
    await told(
      "process-server",
      "disk-foreign",
      ({ detail, subject }) => detail["code"] === "disk-foreign" && subject === `agent ${other.store.identity?.id}`,
    );
    await assert.rejects(offerDisk(as("master-target", other.store), offerOf({ machineId })));
    await told("master-target", "peer-foreign", ({ detail }) => detail["code"] === "peer-foreign");
  });

  test("a process server without the lease gets nothing of a disk, and stops nothing", async () => {
    const rogue = await enrolled("rogue", "process-server");
    const answer = await offerDisk(as("master-target", rogue.store), {
      ...offerOf({ machineId }),
      term: 99,
      epoch: 99,
    });
    assert.equal(answer.refused?.code, "lease-elsewhere");
    await told("master-target", "lease-elsewhere", ({ detail }) => detail["code"] === "lease-elsewhere");
    await newPointIsRight();
  });

  test("recorded bytes of a session are worth nothing", async () => {
    for (const { name, port } of ports) {
      const recorder = await Recorder.start(port);
      const member = name === "master-target" ? await processServer() : other.store;
      const offer = offerOf({ machineId });
      if (name === "config-server")
        await inSession({ port: recorder.port, role: name, as: member }, async () => undefined);
      else await offerDisk({ port: recorder.port, role: name, as: member }, { ...offer, term: 0 });
      recorder.close();
      assert.ok(recorder.recorded.length > 1_000, "a session was recorded");
      const before = await lastEvent();
      await sendPlain(port, recorder.recorded);
      await told(name, "a replay", ({ id, detail }) => id > before && detail["code"] === "connection-refused");
    }
  });

  test("garbage, and a frame that claims 4 GiB, end their connection alone", async () => {
    await processServer();
    for (const { name, port } of ports) {
      // A master target ends who is no process server before it reads a frame.
      const member = await credentialsIn(
        name === "master-target" ? `${chain.folder}/stolen-process-server` : other.folder,
      );
      const before = await lastEvent();
      await sendPlain(port, randomBytes(4_096));
      await told(name, "garbage for TLS", ({ id, detail }) => id > before && detail["code"] === "connection-refused");
      await sendInTls(port, member, [randomBytes(4_096)]);
      await sendInTls(port, member, [UPGRADE, hugeFrame()]);
      await told(name, "a frame of 4 GiB", ({ id, detail }) => id > before && detail["code"] === "frame-refused");
      const known = await lastEvent();
      await sendInTls(port, member, [UPGRADE, message(randomBytes(4_096))]);
      await told(name, "a message that is none", ({ id, kind }) => id > known && kind === "request-refused");
    }
  });

  test("a token enrols once, and not after its time", async () => {
    const { token } = await client.call("createToken", { body: { role: "agent", ttlSeconds: 600 } });
    await enrolWith(token, "first");
    await assert.rejects(
      enrolWith(token, "second"),
      (error) => isFault(error, "token-refused") && /used/.test(error.message),
    );
    const late = await client.call("createToken", { body: { role: "agent", ttlSeconds: 1 } });
    await delay(1_500);
    await assert.rejects(
      enrolWith(late.token, "late"),
      (error) => isFault(error, "token-refused") && /expired/.test(error.message),
    );
    for (const word of ["used", "expired"]) {
      await told(
        "config-server",
        `a token that is ${word}`,
        ({ detail, message: text }) => detail["code"] === "token-refused" && text.includes(word),
      );
    }
  });

  test("a path outside of what is protectable is refused by the machine, also behind a link", async () => {
    const outside = `${chain.folder}/outside.img`;
    const link = `${chain.sourceFolder}/link.img`;
    await writeFile(outside, "");
    await truncate(outside, MiB);
    await symlink(outside, link);
    for (const path of [outside, link, `${chain.sourceFolder}/../outside.img`]) {
      assert.equal(await protectionRefusal(path), "disk-not-protectable", path);
    }
    await told("config-server", "disk-not-protectable", ({ detail }) => detail["code"] === "disk-not-protectable");
  });

  test("a viewer may look and not protect, and a token to enrol with opens no API", async () => {
    const path = `${chain.sourceFolder}/disk.img`;
    for (const [role, code] of [
      ["viewer", "role-insufficient"],
      ["agent", "token-refused"],
    ] as const) {
      const { token } = await client.call("createToken", { body: { role, ttlSeconds: 600 } });
      await using stranger = await apiClient(token);
      if (role === "viewer") await stranger.client.call("listMachines", {});
      const calls = [
        stranger.client.call("protectDisk", { params: { machine: chain.machine }, body: { path } }),
        stranger.client.call("createToken", { body: { role: "administrator" } }),
        stranger.client.call("removeMachine", { params: { machine: chain.machine }, query: {} }),
        stranger.client.call("exportRecoveryKey", {}),
      ];
      await Promise.all(calls.map((call) => assert.rejects(call, (error) => isFault(error, code))));
      await told("config-server", code, ({ detail }) => detail["code"] === code);
    }
  });

  test("who comes with an older epoch than was seen is refused by process server and master target", async () => {
    const machine = await copied("agent");
    // Who comes as the machine while it is there is refused as a copy of it, whatever else he says.
    await inSession(as("config-server", machine), async () => undefined, EPOCH + 1).catch(() => undefined);
    await withoutAgent(async () => {
      await inSession(as("config-server", machine), async () => undefined, EPOCH);
      await eventually("the machine has the higher epoch", async () => {
        const { epoch } = await client.call("showMachine", { params: { machine: chain.machine } });
        return epoch === EPOCH ? true : undefined;
      });
    });
    // A process server that hears of the epoch before the machine does shuts it out until its next plan.
    await eventually("the machine takes writes", async () => {
      try {
        await newPointIsRight();
        return true;
      } catch (error) {
        if (isFault(error, "disk-read-only")) return undefined;
        throw error;
      }
    });
    const older = { ...offerOf({ machineId }), epoch: EPOCH - 1 };
    await withoutAgent(() =>
      eventually(
        "the process server knows the epoch",
        async () => {
          const answer = await offerDisk(as("process-server", machine), older);
          return answer.refused?.code === "epoch-old" ? true : undefined;
        },
        20_000,
      ),
    );
    await told("process-server", "epoch-old", ({ detail }) => detail["code"] === "epoch-old");
    const answer = await offerDisk(as("master-target", await processServer()), { ...older, term: 1 });
    assert.equal(answer.refused?.code, "epoch-old");
    await told("master-target", "epoch-old", ({ detail }) => detail["code"] === "epoch-old");
  });

  test("and the protected machine replicates as if nothing had been", async () => {
    await newPointIsRight();
    await eventually(
      "nothing is wrong with the disk",
      async () => {
        const { items } = await client.call("listDisks", { query: { machine: chain.machine } });
        const found = items.find(({ id }) => id === disk.id);
        return found?.state === "protected" && found.faults.length === 0 ? true : undefined;
      },
      20_000,
    );
  });

  /** With the machine's own agent away, and back afterwards. */
  async function withoutAgent(work: () => Promise<unknown>): Promise<void> {
    await chain.kill("agent");
    try {
      await work();
    } finally {
      await chain.restart("agent");
      await eventually("its disk takes clients", () =>
        withNbd(disk.uri, async () => undefined).then(
          () => true,
          () => undefined,
        ),
      );
    }
  }

  function portOf(name: Port["name"]): number {
    return ports.find((each) => each.name === name)?.port ?? 0;
  }

  function as(role: Port["name"], store: KeyStore): { port: number; role: PeerRole; as: KeyStore } {
    return { port: portOf(role), role, as: store };
  }

  function offerOf(of: { machineId: string }): DiskOffer {
    const geometry = { sizeBytes: DISK_BYTES, blockBytes: 512, physicalBlockBytes: 4096 };
    return { ...of, diskId: disk.id, branch: randomId(nodeRandom), ...geometry, epoch: 0, term: 0, heldFrom: 0 };
  }

  async function protect(): Promise<{ id: string; uri: string }> {
    const path = `${chain.sourceFolder}/disk.img`;
    await writeFile(path, content);
    const made = await client.call("protectDisk", { params: { machine: chain.machine }, body: { path } });
    const uri = await eventually("the disk takes clients", async () => {
      const { items } = await client.call("listDisks", { query: {} });
      return items.find(({ id, state }) => id === made.disk.id && state === "protected")?.nbdUri ?? undefined;
    });
    return { id: made.disk.id, uri };
  }

  /** Writes something, makes a point, and finds in it exactly what was written by then. */
  async function newPointIsRight(): Promise<void> {
    const bytes = randomBytes(64 * 1024);
    const offset = (writes * 192 * 1024) % (DISK_BYTES - bytes.length);
    writes += 1;
    await withNbd(disk.uri, (device) => device.write(offset, bytes, { fua: true }));
    bytes.copy(content, offset);
    const { id } = await eventually("a point", newPoint);
    const opened = await client.call("openPoint", {
      params: { machine: chain.machine, disk: disk.id },
      body: { at: id },
    });
    const found = Buffer.alloc(DISK_BYTES);
    await withNbd(opened.nbdUri, (device) => device.read(0, found));
    await client.call("closePoint", { params: { id: opened.id } });
    assert.ok(found.equals(content), "the point is the disk");
  }

  /** undefined while the machine has no session: it was just started again. */
  async function newPoint(): Promise<{ id: string } | undefined> {
    try {
      return await client.call(
        "createPoint",
        { params: { machine: chain.machine }, body: { timeoutSeconds: 60 } },
        { timeoutMs: 70_000 },
      );
    } catch (error) {
      if (isFault(error, "machine-offline")) return undefined;
      throw error;
    }
  }

  async function withNbd(
    uri: string,
    work: (device: Awaited<ReturnType<typeof connectNbd>>) => Promise<void>,
  ): Promise<void> {
    await using device = await connectNbd(
      parseNbdUri(uri).address,
      { exportName: "", clock: nodeClock },
      AbortSignal.timeout(60_000),
    );
    await work(device);
  }

  /** A member with a name of its own, enrolled as any is. */
  async function enrolled(
    name: string,
    role: "agent" | "process-server",
  ): Promise<{ store: KeyStore; folder: string }> {
    const { token } = await client.call("createToken", { body: { role, ttlSeconds: 600 } });
    return enrolWith(token, name);
  }

  async function enrolWith(token: string, name: string): Promise<{ store: KeyStore; folder: string }> {
    const folder = `${chain.folder}/${name}`;
    await mkdir(folder);
    await writeFile(`${folder}.token`, token, { mode: 0o600 });
    const store = await KeyStore.open(world, folder);
    const servers = [{ host: "127.0.0.1", port: portOf("config-server") }];
    await enrol({ files, keyStore: store, servers, tokenFile: `${folder}.token`, name }, NEVER);
    return { store, folder };
  }

  /** The identity of a daemon that runs, stolen. */
  async function copied(name: "agent" | "process-server"): Promise<KeyStore> {
    const folder = `${chain.folder}/stolen-${name}`;
    await rm(folder, { recursive: true, force: true });
    await cp(`${chain.folder}/${name}/identity`, folder, { recursive: true });
    return KeyStore.open(world, folder);
  }

  function processServer(): Promise<KeyStore> {
    return copied("process-server");
  }

  /** The protected machine's, from the right authority, and a hundred days old. */
  async function expired(): Promise<Credentials> {
    const [authorityFolder, folder] = [`${chain.folder}/old-authority`, `${chain.folder}/old-identity`];
    await cp(`${chain.configHome}/authority`, authorityFolder, { recursive: true });
    await mkdir(folder);
    const clock: Clock = {
      wallMicros: () => nodeClock.wallMicros() - 100 * DAY_MICROS,
      monotonicMicros: () => nodeClock.monotonicMicros(),
      sleep: (durationMs, signal) => nodeClock.sleep(durationMs, signal),
    };
    const authority = await Authority.open({ ...world, clock }, authorityFolder);
    const store = await KeyStore.open({ ...world, clock }, folder);
    await writeFile(
      `${folder}/certificate.pem`,
      await authority.issue(await store.createRequest(), { role: "agent", id: machineId }),
    );
    await writeFile(`${folder}/ca.pem`, authority.caPem);
    return credentialsIn(folder);
  }

  async function protectionRefusal(path: string): Promise<string | undefined> {
    try {
      const { job } = await client.call("protectDisk", { params: { machine: chain.machine }, body: { path } });
      const ended = await client.call(
        "showJob",
        { params: { id: job.id }, query: { waitSeconds: 30 } },
        { timeoutMs: 40_000 },
      );
      return ended.error?.code;
    } catch (error) {
      if (!isFault(error)) throw error;
      return error.code;
    }
  }

  async function apiClient(token: string): Promise<{ client: ApiClient } & AsyncDisposable> {
    const url = `https://127.0.0.1:${portOf("config-server")}`;
    const made = new ApiClient({ transport: nodeTransport({ url, caPem: ca }), token });
    return { client: made, [Symbol.asyncDispose]: async () => made.close() };
  }

  async function lastEvent(): Promise<number> {
    return (await allEvents()).at(-1)?.id ?? 0;
  }

  async function allEvents(): Promise<Event[]> {
    const all: Event[] = [];
    for (;;) {
      const { items } = await client.call("listEvents", {
        query: { after: String(all.at(-1)?.id ?? 0), limit: 1_000 },
      });
      if (items.length === 0) return all;
      all.push(...items);
    }
  }

  /** Waits for the event that says so; of a daemon, told by itself, or of the config server, whoever did it. */
  async function told(name: Port["name"], what: string, is: (event: Event) => boolean): Promise<void> {
    await eventually(
      `${name} tells of ${what}`,
      async () => {
        const isTold = ({ actor }: Event): boolean =>
          (name === "config-server") !== /^(process-server|master-target) /.test(actor) &&
          (name === "config-server" || actor.startsWith(`${name} `));
        return (await allEvents()).some((event) => isTold(event) && is(event)) ? true : undefined;
      },
      15_000,
    ).catch(async (error: unknown) => {
      const last = (await allEvents())
        .slice(-12)
        .map(({ actor, message: text, detail }) => `${actor}: ${text} ${JSON.stringify(detail)}`);
      throw new Error(`${String(error)}\n${last.join("\n")}`);
    });
  }
});
