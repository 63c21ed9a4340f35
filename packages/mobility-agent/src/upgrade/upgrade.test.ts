// Upgrades on a machine that is wholly simulated: its disk, its clock, its boots, the processes on it. Whatever is cut off where, an agent runs, it is the one that is
// chosen for good, and a new order is carried out.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { anySignal, Fault, seededRandom } from "@leeward/base";
import type { UpgradeAgent } from "@leeward/proto";
import { readFile, replaceFile } from "@leeward/world";
import {
  type FileOperation,
  isSampled,
  type MortalClock,
  mortalClock,
  SAMPLE_NOTE,
  type SimulatedClock,
  type SimulatedFiles,
  simulatedClock,
  simulatedFiles,
} from "@leeward/world/testing";
import type { InstalledProgram } from "./installed-program.ts";
import { tryUpgrade } from "./trial.ts";
import { readUpgrade, type UpgradeRecord } from "./upgrade-record.ts";
import { Upgrader } from "./upgrader.ts";

const [HOME, PROGRAM] = ["/home", "/program"];
const [OLD, GOOD, BAD, STUCK] = ["0.1.0", "0.2.0", "0.3.0", "0.4.0"];
const ARCHIVE = Uint8Array.from({ length: 2_500_000 }, (_, index) => index % 253);
const NEVER = new AbortController().signal;

function orderOf(version: string, orderId: string, more: Partial<UpgradeAgent> = {}): UpgradeAgent {
  const sha256 = createHash("sha256").update(ARCHIVE).digest();
  const file = `leeward-${version}-linux-x64.tar.gz`;
  return { orderId: orderId.repeat(32), version, file, sizeBytes: ARCHIVE.length, sha256, readySeconds: 20, ...more };
}

/** As on a real machine, with files that hold a version in the place of links. */
function programOn(files: SimulatedFiles, boot: () => string): InstalledProgram & { chosen(): Promise<string> } {
  const put = (name: string, text: string): Promise<void> =>
    replaceFile(files, PROGRAM, name, new TextEncoder().encode(text));
  const get = async (name: string): Promise<string | undefined> =>
    (await files.status(`${PROGRAM}/${name}`)) === undefined
      ? undefined
      : new TextDecoder().decode(await readFile(files, `${PROGRAM}/${name}`, 100));
  const drop = async (name: string): Promise<void> => {
    if ((await files.status(`${PROGRAM}/${name}`)) !== undefined) await files.remove(`${PROGRAM}/${name}`);
    await files.syncFolder(PROGRAM);
  };
  return {
    folder: PROGRAM,
    async unpack(archive, version) {
      assert.deepEqual(await readFile(files, archive, ARCHIVE.length), ARCHIVE);
      await put(`version-${version}`, "unpacked");
    },
    examine: async (version) => ({ version, homeFormat: 1 }),
    tryOut: (version) => put("trial", `${boot()} ${version}`),
    async keep(version) {
      await put("current", version);
      await drop("trial");
    },
    putBack: () => drop("trial"),
    async prune() {
      const used = [await get("current"), (await get("trial"))?.split(" ")[1]];
      for (const name of await files.list(PROGRAM))
        if (name.startsWith("version-") && !used.includes(name.slice("version-".length))) await drop(name);
    },
    async chosen() {
      const [of, tried] = (await get("trial"))?.split(" ") ?? [];
      const version = (of === boot() ? tried : undefined) ?? (await get("current"));
      if (version === undefined) return OLD;
      assert.ok(
        version === OLD || (await get(`version-${version}`)) === "unpacked",
        `${version} is there to be started`,
      );
      return version;
    },
  };
}

interface Running {
  readonly version: string;
  readonly upgrader: Upgrader;
  readonly clock: MortalClock;
  readonly stop: AbortController;
  readonly done: Promise<void>;
}

class Machine {
  readonly clock: SimulatedClock = simulatedClock();
  files: SimulatedFiles = simulatedFiles({ random: seededRandom(1) });
  agent: Running | undefined;
  /** Versions that were started, in order. */
  readonly started: string[] = [];
  /** Codes of what agents told. */
  readonly told: string[] = [];
  isServerAway = false;
  isLaunchRefused = false;
  isInstalled = true;
  /** Starts of an agent that come to nothing. */
  startsLost = 0;
  /** Called as an agent is started anew. */
  onRestart: (() => void) | undefined;
  /** Called before each operation of any process that upgrades. */
  onOperation: ((by: "agent" | "trial", operation: FileOperation) => void) | undefined;
  #boot = 1;
  #trial: { readonly files: SimulatedFiles; readonly clock: MortalClock } | undefined;

  async make(): Promise<void> {
    for (const folder of [HOME, PROGRAM]) await this.files.makeFolder(folder);
    await this.files.syncFolder("/");
    await this.startAgent();
  }

  get bootId(): string {
    return `boot${this.#boot}`;
  }

  /** A version that is bad ends at once, one that is stuck never says that it is up. */
  async startAgent(): Promise<void> {
    if (this.agent !== undefined) return;
    const files = this.#view("agent");
    const program = programOn(files, () => this.bootId);
    const version = await program.chosen();
    this.started.push(version);
    if (version === BAD) return;
    const clock = mortalClock(this.clock);
    const upgrader = await Upgrader.open({
      ...{ clock, files, home: HOME, bootId: this.bootId, version, homeFormat: 1 },
      program: this.isInstalled ? program : undefined,
      accepts: () => true,
      readRelease: async ({ offset, length }) => {
        if (this.isServerAway) throw new Fault({ code: "server-unreachable", kind: "transient", message: "Not now." });
        return ARCHIVE.slice(offset, offset + length);
      },
      launchTrial: async () => {
        if (this.isLaunchRefused) return "Access denied";
        this.#launch();
        return "";
      },
      ifNoTrial: async (work) => (this.#trial === undefined ? work() : undefined),
      capturedDisks: () => ["d".repeat(32)],
      isConnected: () => version !== STUCK,
      onDamaged: ({ code }) => void this.told.push(code),
      onFault: ({ code }) => void this.told.push(code),
      onChange: () => undefined,
    });
    const stop = new AbortController();
    this.agent = { version, upgrader, clock, stop, done: upgrader.run(stop.signal) };
  }

  async stopAgent(): Promise<void> {
    const { agent } = this;
    if (agent === undefined) return;
    agent.stop.abort();
    await agent.done;
    if (this.agent === agent) this.agent = undefined;
  }

  /** As a manager of services does it, wholly, whoever asked. */
  async restartAgent(): Promise<boolean> {
    this.onRestart?.();
    await this.stopAgent();
    await this.#startIfIt();
    return true;
  }

  async #startIfIt(): Promise<void> {
    if (this.startsLost > 0) this.startsLost -= 1;
    else await this.startAgent();
  }

  /** Nothing that ran goes on; what was not made durable may be lost. */
  async cutPower(): Promise<void> {
    this.agent?.clock.die();
    this.#trial?.clock.die();
    [this.agent, this.#trial] = [undefined, undefined];
    this.files = this.files.crash();
    this.#boot += 1;
    await this.startAgent();
  }

  killTrial(): void {
    this.#trial?.clock.die();
    this.#trial?.files.kill();
    this.#trial = undefined;
  }

  /** Carries an order until nothing more comes of it. */
  async order(order: UpgradeAgent): Promise<void> {
    await this.agent?.upgrader.take(order);
    await this.untilOver();
  }

  async untilOver(): Promise<UpgradeRecord | undefined> {
    for (let waited = 0; waited < 2_000; waited += 1) {
      const state = this.agent?.upgrader.status().upgrade?.state;
      if (this.agent !== undefined && (state === undefined || ["done", "returned", "failed"].includes(state)))
        return readUpgrade(this.files.share(), HOME);
      await this.clock.sleep(500, NEVER);
    }
    return assert.fail("the upgrade does not end");
  }

  chosen(): Promise<string> {
    return programOn(this.files.share(), () => this.bootId).chosen();
  }

  /** As a home's lock keeps a second one away. */
  #launch(): void {
    if (this.#trial !== undefined) return;
    const files = this.#view("trial");
    const clock = mortalClock(this.clock);
    const trial = { files, clock };
    this.#trial = trial;
    // A trial that was cut off does nothing any more, also between two of its operations.
    const asTrial = async <T>(work: () => Promise<T>): Promise<T> => {
      if (this.#trial !== trial) return new Promise<never>(() => undefined);
      const done = await work();
      return this.#trial === trial ? done : new Promise<never>(() => undefined);
    };
    const service = {
      restart: () => asTrial(() => this.restartAgent()),
      start: () => asTrial(() => this.#startIfIt()),
      isRunning: async () => this.agent !== undefined,
    };
    const means = { clock, files, home: HOME, program: programOn(files, () => this.bootId), service };
    const ended = (): void => {
      if (this.#trial === trial) this.#trial = undefined;
    };
    void tryUpgrade(means, anySignal([NEVER])).then(ended, (error: unknown) => {
      assert.ok(error instanceof Fault, String(error));
      ended();
    });
  }

  #view(by: "agent" | "trial"): SimulatedFiles {
    const view = this.files.share();
    view.onOperation = (operation) => this.onOperation?.(by, operation);
    return view;
  }
}

async function onMachine(work: (machine: Machine) => Promise<void>): Promise<void> {
  const machine = new Machine();
  await machine.clock.run(async () => {
    await machine.make();
    await work(machine);
    await machine.stopAgent();
  });
}

async function settled(machine: Machine, wanted: string): Promise<void> {
  const running = machine.agent?.version;
  assert.equal(await machine.chosen(), running, "what runs is what is started");
  const upgrade = machine.agent?.upgrader.status().upgrade;
  assert.ok(!(await machine.files.list(PROGRAM)).includes("trial"), "no trial is left");
  if (upgrade?.state === "done") assert.equal(running, wanted);
  else assert.equal(running, OLD, `the version before runs after ${upgrade?.state ?? "nothing"}`);
  if (upgrade?.state === "returned") assert.match(upgrade.code, /^upgrade-(interrupted|ended|not-up)$/);
}

void test("an agent becomes the version that it was told to, and leaves nothing of the way there", () =>
  onMachine(async (machine) => {
    await machine.order(orderOf(GOOD, "a"));
    await settled(machine, GOOD);
    assert.equal(machine.agent?.upgrader.status().upgrade?.state, "done");
    assert.deepEqual(machine.started, [OLD, GOOD]);
    assert.deepEqual(await machine.files.list(PROGRAM), ["current", `version-${GOOD}`]);
    assert.ok(!(await machine.files.list(`${HOME}/upgrade`)).some((name) => name.endsWith(".tar.gz")));
    // The same once more is done already.
    await machine.order(orderOf(GOOD, "a"));
    assert.deepEqual(machine.started, [OLD, GOOD]);
    await machine.cutPower();
    await settled(machine, GOOD);
  }));

for (const [version, code] of [
  [BAD, "upgrade-ended"],
  [STUCK, "upgrade-not-up"],
] as const) {
  void test(`the version before comes back when the new one is not up: ${code}`, () =>
    onMachine(async (machine) => {
      await machine.order(orderOf(version, "a"));
      await settled(machine, version);
      const { state, code: said } = machine.agent?.upgrader.status().upgrade ?? {};
      assert.deepEqual([state, said], ["returned", code]);
      assert.deepEqual(machine.started, [OLD, version, OLD]);
      assert.deepEqual(await machine.files.list(PROGRAM), []);
      await machine.order(orderOf(GOOD, "b"));
      await settled(machine, GOOD);
      assert.equal(machine.agent?.version, GOOD);
    }));
}

void test("the version before is started until it runs", () =>
  onMachine(async (machine) => {
    await machine.agent?.upgrader.take(orderOf(STUCK, "a"));
    while (machine.started.length < 2) await machine.clock.sleep(100, NEVER);
    machine.startsLost = 3;
    await machine.untilOver();
    await settled(machine, STUCK);
    assert.deepEqual([machine.startsLost, machine.agent?.version], [0, OLD]);
  }));

void test("a trial that dies as it has the agent started anew leaves one that runs, and is begun again", () =>
  onMachine(async (machine) => {
    machine.onRestart = () => {
      machine.onRestart = undefined;
      machine.killTrial();
    };
    await machine.order(orderOf(GOOD, "a"));
    await settled(machine, GOOD);
    assert.equal(machine.agent?.version, GOOD);
  }));

void test("a download goes on where it was broken off, and what is damaged is not unpacked", () =>
  onMachine(async (machine) => {
    machine.isServerAway = true;
    await machine.agent?.upgrader.take(orderOf(GOOD, "a"));
    await machine.clock.sleep(60_000, NEVER);
    await assert.rejects(machine.agent?.upgrader.take(orderOf(BAD, "b")) ?? Promise.resolve(), {
      code: "upgrade-under-way",
    });
    machine.isServerAway = false;
    await machine.untilOver();
    await settled(machine, GOOD);
    await machine.order(orderOf(STUCK, "c", { sha256: new Uint8Array(32) }));
    const { state, code } = machine.agent?.upgrader.status().upgrade ?? {};
    assert.deepEqual([state, code], ["failed", "upgrade-file-damaged"]);
    assert.equal(machine.agent?.version, GOOD);
  }));

void test("a record that cannot be read keeps no agent from running", () =>
  onMachine(async (machine) => {
    await machine.order(orderOf(BAD, "a"));
    machine.files.rot(`${HOME}/upgrade/record.json`, 0);
    await machine.cutPower();
    assert.deepEqual([machine.told, machine.agent?.upgrader.status()], [["upgrade-record-damaged"], {}]);
    await machine.order(orderOf(GOOD, "b"));
    await settled(machine, GOOD);
  }));

void test("an order that cannot be carried out is refused, and nothing is stored of it", () =>
  onMachine(async (machine) => {
    const upgrader = machine.agent?.upgrader;
    assert.ok(upgrader !== undefined);
    for (const [order, code] of [
      [orderOf(OLD, "a"), "upgrade-older"],
      [orderOf("0.0.9", "a"), "upgrade-older"],
      [orderOf(GOOD, "a", { file: "leeward-0.3.0-linux-x64.tar.gz" }), "upgrade-order-invalid"],
      [orderOf(GOOD, "a", { file: `../leeward-${GOOD}-linux-x64.tar.gz` }), "upgrade-order-invalid"],
    ] as const)
      await assert.rejects(upgrader.take(order), { code });
    machine.files.capacityBytes = 10_000_000;
    await assert.rejects(upgrader.take(orderOf(GOOD, "a")), { code: "upgrade-no-room" });
    assert.deepEqual(upgrader.status(), {});
  }));

void test("a trial that cannot be started is given up with what was said, and the next order is carried out", () =>
  onMachine(async (machine) => {
    machine.isLaunchRefused = true;
    await machine.order(orderOf(GOOD, "a"));
    const { state, code, message } = machine.agent?.upgrader.status().upgrade ?? {};
    assert.deepEqual([state, code], ["failed", "upgrade-not-tried"]);
    assert.match(message ?? "", /Access denied/);
    await settled(machine, GOOD);
    machine.isLaunchRefused = false;
    await machine.order(orderOf(GOOD, "b"));
    await settled(machine, GOOD);
    assert.equal(machine.agent?.version, GOOD);
  }));

void test("a version that is up stays also when the trial was killed, and no other can be started", () =>
  onMachine(async (machine) => {
    await machine.agent?.upgrader.take(orderOf(GOOD, "a"));
    machine.onRestart = () => {
      machine.killTrial();
      machine.isLaunchRefused = true;
    };
    await machine.untilOver();
    await settled(machine, GOOD);
    assert.equal(machine.agent?.upgrader.status().upgrade?.state, "done");
  }));

void test("what a boot cut off is settled also where nothing is installed any more", () =>
  onMachine(async (machine) => {
    await machine.agent?.upgrader.take(orderOf(STUCK, "a"));
    while (machine.started.length < 2) await machine.clock.sleep(100, NEVER);
    machine.isInstalled = false;
    await machine.cutPower();
    assert.equal(machine.agent?.upgrader.status().upgrade?.code, "upgrade-interrupted");
  }));

const isChange = ({ kind }: FileOperation): boolean =>
  !["status", "list", "space", "open", "read", "sizeBytes"].includes(kind);

const full = (): never => {
  throw new Fault({ code: "disk-full", kind: "transient", message: "Full." });
};

void test("a home that is full as the machine comes up keeps no agent from running, and what the boot cut off is settled later", () =>
  onMachine(async (machine) => {
    await machine.agent?.upgrader.take(orderOf(STUCK, "a"));
    while (machine.started.length < 2) await machine.clock.sleep(100, NEVER);
    machine.onOperation = (by, operation) => (by === "agent" && isChange(operation) ? full() : undefined);
    await machine.cutPower();
    assert.deepEqual([machine.agent?.version, machine.told], [OLD, ["disk-full"]]);
    await assert.rejects(machine.agent?.upgrader.take(orderOf(GOOD, "b")) ?? Promise.resolve(), { code: "disk-full" });
    await machine.clock.sleep(60_000, NEVER);
    machine.onOperation = undefined;
    await machine.untilOver();
    await machine.clock.sleep(20_000, NEVER);
    assert.equal(machine.agent?.upgrader.status().upgrade?.code, "upgrade-interrupted");
    await settled(machine, STUCK);
    await machine.order(orderOf(GOOD, "b"));
    await settled(machine, GOOD);
  }));

void test("a home that is full by the download has room again for how the upgrade ended", () =>
  onMachine(async (machine) => {
    machine.onOperation = (by, operation) => {
      if (by === "agent" && operation.kind === "write") machine.files.capacityBytes = 1_500_000;
    };
    await machine.order(orderOf(GOOD, "a"));
    machine.onOperation = undefined;
    const { state, code } = machine.agent?.upgrader.status().upgrade ?? {};
    assert.deepEqual([state, code, machine.told], ["failed", "disk-full", []]);
    assert.deepEqual(await machine.files.list(`${HOME}/upgrade`), ["record.json"]);
  }));

void test("whatever operation fails, an agent runs on, and the next order is carried out", async () => {
  for (let at = 1, isHit = true; isHit; at += 1) {
    if (!isSampled(at, 5)) continue;
    isHit = false;
    await onMachine(async (machine) => {
      let count = 0;
      machine.onOperation = (_by, operation) => {
        // What is to be started is chosen by who starts it.
        if (operation.path.startsWith(PROGRAM) && !isChange(operation)) return;
        count += 1;
        if (count === at) {
          isHit = true;
          full();
        }
      };
      await machine.order(orderOf(GOOD, "a")).catch((error: unknown) => {
        assert.ok(error instanceof Fault && error.code === "disk-full", String(error));
      });
      await machine.clock.sleep(20_000, NEVER);
      machine.onOperation = undefined;
      await machine.untilOver();
      await machine.clock.sleep(20_000, NEVER);
      await settled(machine, GOOD);
      if (machine.agent?.version !== GOOD) await machine.order(orderOf(GOOD, "b"));
      assert.equal(machine.agent?.version, GOOD, `operation ${at}`);
    });
  }
});

/** The way of an order with something cut off at its Nth operation; false once there is no such operation. */
async function cutAt(at: number, version: string, how: "power" | "trial"): Promise<boolean> {
  let isHit = false;
  await onMachine(async (machine) => {
    let count = 0;
    const cut = Promise.withResolvers<void>();
    machine.onOperation = (by) => {
      if (isHit || (how === "trial" && by !== "trial")) return;
      count += 1;
      if (count !== at) return;
      isHit = true;
      if (how === "trial") machine.killTrial();
      // The operation under way is cut off too: the power is gone before it is done.
      else cut.resolve(machine.cutPower());
    };
    // What is tidied up behind it is part of it.
    const whole = machine.order(orderOf(version, "a")).then(() => machine.clock.sleep(5_000, NEVER));
    await Promise.race([whole, cut.promise]);
    machine.onOperation = undefined;
    await machine.untilOver();
    await settled(machine, version);
    await machine.order(orderOf(version, "b")).catch((error: unknown) => {
      // It has it already.
      assert.ok(error instanceof Fault && error.code === "upgrade-older", String(error));
    });
    await settled(machine, version);
    assert.equal(machine.agent?.version, version === GOOD ? GOOD : OLD);
  });
  return isHit;
}

for (const version of [GOOD, BAD, STUCK]) {
  for (const how of ["power", "trial"] as const) {
    void test(`an upgrade to ${version} with the ${how} cut off at every moment: an agent runs, and the next order is carried out`, async () => {
      for (let at = 1; ; at += 1) {
        if (!isSampled(at, 3)) continue;
        try {
          if (!(await cutAt(at, version, how))) break;
        } catch (cause) {
          throw new Error(`operation ${at} (${SAMPLE_NOTE}): ${String(cause)}`, { cause });
        }
      }
    });
  }
}
