import assert from "node:assert/strict";
import { test } from "node:test";
import type { EventReport } from "@leeward/proto";
import { simulatedWorld } from "@leeward/world/testing";
import { type SeenDevice, watchDevices } from "./device-watch.ts";

const HOME = "/agent";

function device(path: string): SeenDevice {
  return { path, sizeBytes: 4_096, refusal: path.startsWith("/dev/loop") ? "it is a loop device." : "" };
}

test("devices that appear are told once, over restarts too; those of the first look are not, and one that comes back is new", async () => {
  const world = simulatedWorld({ seed: 3 });
  const events: EventReport[] = [];
  let changes = 0;
  let devices = [device("/dev/sda")];
  /** Looks some times, as one life of the agent. */
  const live = async (): Promise<void> => {
    const stop = new AbortController();
    const watching = watchDevices(
      {
        ...world,
        home: HOME,
        everyMs: 1_000,
        look: async () => devices,
        onEvent: (event) => events.push(event),
        onChange: () => {
          changes += 1;
        },
      },
      stop.signal,
    );
    watching.catch(() => undefined);
    await world.clock.sleep(3_500, new AbortController().signal);
    stop.abort();
    await assert.rejects(watching);
  };
  await world.clock.run(async () => {
    await world.files.makeFolder(HOME);
    await live();
    assert.deepEqual([events, changes], [[], 0]);
    devices = [...devices, device("/dev/sdb"), device("/dev/loop7")];
    await live();
    await live();
    assert.deepEqual(
      events.map(({ kind, detail }) => [kind, detail["path"], detail["refusal"]]),
      [
        ["device-appeared", "/dev/sdb", ""],
        ["device-appeared", "/dev/loop7", "it is a loop device."],
      ],
    );
    assert.equal(changes, 1);
    devices = [device("/dev/sda")];
    await live();
    devices = [...devices, device("/dev/sdb")];
    await live();
    assert.equal(events.length, 3);
    world.files.capacityBytes = 0;
    devices = [...devices, device("/dev/sdc")];
    await live();
    world.files.capacityBytes = Number.POSITIVE_INFINITY;
    await live();
    assert.ok(events.filter(({ subject }) => subject === "/dev/sdc").length > 1, "rather twice than not at all");
  });
});
