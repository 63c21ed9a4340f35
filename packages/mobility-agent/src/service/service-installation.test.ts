import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { Fault, isFault } from "@leeward/base";
import { readFile, replaceFile } from "@leeward/world";
import { type SimulatedWorld, simulatedWorld } from "@leeward/world/testing";
import { type InstallationOptions, installService, removeService } from "./service-installation.ts";
import type { ServiceState, ServiceWrapper } from "./service-wrapper.ts";

const FOLDER = "/program/service";
const NEVER = new AbortController().signal;
const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

/** A service manager in memory: a service is what its files were when it was installed. */
class MemoryWrapper implements ServiceWrapper {
  installed: string | undefined;
  isRunning = false;
  /** The call that fails, counted from 1. */
  failsAt = 0;
  calls = 0;
  readonly #world: SimulatedWorld;

  constructor(world: SimulatedWorld) {
    this.#world = world;
  }

  async state(): Promise<ServiceState> {
    return this.installed === undefined ? "absent" : this.isRunning ? "running" : "stopped";
  }

  async install(): Promise<void> {
    this.#call();
    assert.equal(this.installed, undefined, "nothing is installed over what is there");
    this.installed = await textAt(this.#world, `${FOLDER}/leeward-agent.xml`);
  }

  async uninstall(): Promise<void> {
    this.#call();
    assert.equal(this.isRunning, false, "what runs is not taken out");
    this.installed = undefined;
  }

  async start(): Promise<void> {
    this.#call();
    this.isRunning = true;
  }

  async stop(): Promise<void> {
    this.#call();
    this.isRunning = false;
  }

  #call(): void {
    this.calls += 1;
    if (this.calls === this.failsAt)
      throw new Fault({ code: "service-refused", kind: "operator", message: "No.", remedy: "None." });
  }
}

const textAt = async ({ files }: SimulatedWorld, path: string): Promise<string> =>
  new TextDecoder().decode(await readFile(files, path, 1_000));

interface Given {
  readonly world: SimulatedWorld;
  readonly wrapper: MemoryWrapper;
  install(definition: string, more?: Partial<InstallationOptions>): Promise<void>;
}

async function given(): Promise<Given> {
  const world = simulatedWorld({ seed: 7 });
  const wrapper = new MemoryWrapper(world);
  await world.files.makeFolder("/brought");
  await replaceFile(world.files, "/brought", "WinSW.exe", new TextEncoder().encode("winsw"));
  const winsw = { path: "/brought/WinSW.exe", sha256: sha256("winsw").toUpperCase() };
  return {
    world,
    wrapper,
    install: (definition, more = {}) =>
      installService(
        { ...world, wrapper, folder: FOLDER, winsw, definition, isUp: async () => wrapper.isRunning, ...more },
        NEVER,
      ),
  };
}

test("a service is put in place, and replaced by a newer definition, as often as anybody likes", async () => {
  const { world, wrapper, install } = await given();
  for (const definition of ["one", "two", "two"]) {
    await install(definition);
    assert.deepEqual([wrapper.installed, wrapper.isRunning], [definition, true]);
    assert.deepEqual(await world.files.list(FOLDER), ["leeward-agent.exe", "leeward-agent.xml"]);
  }
  await removeService({ ...world, wrapper, folder: FOLDER });
  assert.equal(wrapper.installed, undefined);
  assert.deepEqual(await world.files.list(FOLDER), []);
  await removeService({ ...world, wrapper, folder: FOLDER });
});

test("another file than the one that was named is never run", async () => {
  const { wrapper, install } = await given();
  await install("one");
  const winsw = { path: "/brought/WinSW.exe", sha256: sha256("another") };
  await assert.rejects(install("two", { winsw }), (error) => isFault(error, "winsw-refused"));
  assert.deepEqual([wrapper.installed, wrapper.isRunning], ["one", true]);
});

test("whichever step of a first installation fails, there is no service and none of its files", async () => {
  for (let failsAt = 1; failsAt <= 2; failsAt += 1) {
    const { world, wrapper, install } = await given();
    wrapper.failsAt = failsAt;
    await assert.rejects(install("one"), (error) => isFault(error, "service-refused"));
    assert.equal(wrapper.installed, undefined);
    assert.deepEqual(await world.files.list(FOLDER), []);
  }
});

test("whichever step of a later installation fails, what was there is in place again, running", async () => {
  const [first, last] = [3, 6];
  for (let failsAt = first; failsAt <= last; failsAt += 1) {
    const { world, wrapper, install } = await given();
    await install("one");
    wrapper.failsAt = failsAt;
    await assert.rejects(install("two"), (error) => isFault(error, "service-refused"), String(failsAt));
    assert.deepEqual([wrapper.installed, wrapper.isRunning], ["one", true], String(failsAt));
    assert.deepEqual(await world.files.list(FOLDER), ["leeward-agent.exe", "leeward-agent.xml"]);
    assert.equal(await textAt(world, `${FOLDER}/leeward-agent.xml`), "one");
  }
});

test("an agent that does not come up gives its service's place back to the one before", async () => {
  const { world, wrapper, install } = await given();
  await install("one");
  await world.clock.run(async () => {
    await assert.rejects(install("two", { isUp: async () => false }), (error) => isFault(error, "service-not-started"));
  });
  assert.deepEqual([wrapper.installed, wrapper.isRunning], ["one", true]);
});

test("an installation that was killed with the new files in place leaves the old ones to go back to", async () => {
  const { world, wrapper, install } = await given();
  await install("one");
  await wrapper.stop();
  await wrapper.uninstall();
  for (const name of ["exe", "xml"])
    await world.files.rename(`${FOLDER}/leeward-agent.${name}`, `${FOLDER}/leeward-agent.${name}.before`);
  await replaceFile(world.files, FOLDER, "leeward-agent.xml", new TextEncoder().encode("half"));
  await install("two");
  assert.equal(wrapper.installed, "two");
  assert.deepEqual(await world.files.list(FOLDER), ["leeward-agent.exe", "leeward-agent.xml"]);
});
