import assert from "node:assert/strict";
import { test } from "node:test";
import { Fault, seededRandom } from "@leeward/base";
import { readFile, replaceFile } from "../files.ts";
import { simulatedClock } from "./simulated-clock.ts";
import { type SimulatedFiles, simulatedFiles } from "./simulated-files.ts";
import { crashSweep, faultSweep } from "./sweep.ts";

const SECTOR = 512;
const fill = (sectors: number, value: number): Uint8Array => new Uint8Array(sectors * SECTOR).fill(value);

async function diskWith(seed: number): Promise<SimulatedFiles> {
  const files = simulatedFiles({ random: seededRandom(seed) });
  await files.makeFolder("/home");
  await files.syncFolder("/");
  return files;
}

async function durable(files: SimulatedFiles, path: string, content: Uint8Array): Promise<void> {
  await using handle = await files.open(path, "create");
  await handle.write([content], 0);
  await handle.datasync();
  await files.syncFolder(path.slice(0, path.lastIndexOf("/")));
}

/** What `path` holds over many losses of power: each outcome once. */
async function outcomes(
  act: (files: SimulatedFiles) => Promise<void>,
  look: (files: SimulatedFiles) => Promise<string>,
) {
  const seen = new Set<string>();
  for (let seed = 0; seed < 1_000; seed += 1) {
    const files = await diskWith(seed);
    await act(files);
    seen.add(await look(files.crash()));
  }
  return seen;
}

/** Each sector by the byte that fills it, "~" when it is torn: "[1 1 0]". */
async function sectorsOf(files: SimulatedFiles): Promise<string> {
  const content = await readFile(files, "/home/a", 1 << 20);
  const sectors: string[] = [];
  for (let at = 0; at < content.length; at += SECTOR) {
    const sector = content.subarray(at, at + SECTOR);
    sectors.push(sector.every((byte) => byte === sector[0]) ? String(sector[0]) : "~");
  }
  return `[${sectors.join(" ")}]`;
}

test("what was synced survives every loss of power", async () => {
  const seen = await outcomes((files) => durable(files, "/home/a", fill(4, 7)), sectorsOf);
  assert.deepEqual([...seen], ["[7 7 7 7]"]);
});

test("what was not synced is lost, kept, or torn at sectors, in every subset", async () => {
  const seen = await outcomes(async (files) => {
    await durable(files, "/home/a", fill(3, 0));
    const handle = await files.open("/home/a", "update");
    await handle.write([fill(3, 1)], 0);
  }, sectorsOf);
  const subsets = [0, 1, 2, 3, 4, 5, 6, 7].map((bits) => `[${bits & 1} ${(bits >> 1) & 1} ${bits >> 2}]`);
  assert.deepEqual([...seen].sort(), subsets.sort());
});

test("a sector may hold an earlier write than its neighbour, but nothing that was never written", async () => {
  const seen = await outcomes(async (files) => {
    await durable(files, "/home/a", fill(2, 0));
    const handle = await files.open("/home/a", "update");
    await handle.write([fill(2, 1)], 0);
    await handle.write([fill(2, 2)], 0);
  }, sectorsOf);
  assert.equal(seen.size, 9);
  for (const outcome of seen) assert.match(outcome, /^\[[012] [012]\]$/);
});

test("the size may arrive without the data, which is then zeroes, and the data without the size, which is then gone", async () => {
  const seen = await outcomes(async (files) => {
    await durable(files, "/home/a", new Uint8Array(0));
    const handle = await files.open("/home/a", "update");
    await handle.write([fill(1, 1)], 0);
    await handle.write([fill(1, 2)], SECTOR);
  }, sectorsOf);
  for (const each of ["[]", "[1]", "[0]", "[1 2]", "[0 2]", "[0 0]", "[1 0]"]) assert.equal(seen.has(each), true, each);
  assert.equal(seen.size, 7);
});

test("no sector shows what a truncation removed", async () => {
  const seen = await outcomes(async (files) => {
    await durable(files, "/home/a", fill(2, 9));
    const handle = await files.open("/home/a", "update");
    await handle.truncate(0);
    await handle.write([fill(1, 1)], SECTOR);
  }, sectorsOf);
  assert.deepEqual([...seen].sort(), ["[0 0]", "[0 1]", "[9 9]", "[]"].sort());
});

test("a datasync covers what was written before it was called, and not what came while it was under way", async () => {
  const clock = simulatedClock();
  let lost = 0;
  for (let seed = 0; seed < 40; seed += 1) {
    const files = simulatedFiles({ random: seededRandom(seed), clock, latencyMicrosMax: 100 });
    await clock.run(async () => {
      const handle = await files.open("/a", "create");
      await files.syncFolder("/");
      await handle.write([fill(1, 1)], 0);
      await Promise.all([handle.datasync(), handle.write([fill(1, 2)], SECTOR)]);
    });
    const survivor = files.crash("none");
    const content = await clock.run(() => readFile(survivor, "/a", 1 << 20));
    assert.equal(content[0], 1);
    if (content.length === SECTOR) lost += 1;
  }
  assert.equal(lost, 40);
});

test("after a failed datasync nothing brings back what was lost, although it can still be read", async () => {
  const seen = new Set<string>();
  for (let seed = 0; seed < 60; seed += 1) {
    const files = await diskWith(seed);
    await durable(files, "/home/a", fill(2, 0));
    const handle = await files.open("/home/a", "update");
    await handle.write([fill(2, 1)], 0);
    files.onOperation = ({ kind }) => {
      if (kind === "datasync") throw new Fault({ code: "io-failed", kind: "transient", message: "" });
    };
    await assert.rejects(handle.datasync());
    files.onOperation = undefined;
    assert.equal(await sectorsOf(files), "[1 1]");
    await handle.datasync();
    seen.add(await sectorsOf(files.crash()));
  }
  assert.deepEqual([...seen].sort(), ["[0 0]", "[0 1]", "[1 0]", "[1 1]"]);
});

async function names(files: SimulatedFiles): Promise<string> {
  return (await files.list("/home")).join(" ");
}

test("names are lost or kept until their folder is synced, each for itself, a rename whole", async () => {
  const made = await outcomes(async (files) => {
    for (const name of ["a", "b"]) await (await files.open(`/home/${name}`, "create")).close();
  }, names);
  assert.deepEqual([...made].sort(), ["", "a", "a b", "b"]);

  const renamed = await outcomes(async (files) => {
    await durable(files, "/home/a", fill(1, 1));
    await files.rename("/home/a", "/home/b");
  }, names);
  assert.deepEqual([...renamed].sort(), ["a", "b"]);

  const replaced = await outcomes(
    async (files) => {
      await durable(files, "/home/a", fill(1, 1));
      await durable(files, "/home/b", fill(1, 2));
      await files.rename("/home/b", "/home/a");
    },
    async (files) => `${await names(files)} ${await sectorsOf(files)}`,
  );
  assert.deepEqual([...replaced].sort(), ["a [2]", "a b [1]"]);

  const synced = await outcomes(async (files) => {
    await durable(files, "/home/a", fill(1, 1));
    await files.rename("/home/a", "/home/b");
    await files.remove("/home/b");
    await files.syncFolder("/home");
  }, names);
  assert.deepEqual([...synced], [""]);
});

test("a file is never in two places, and never lost by a rename between folders", async () => {
  const seen = await outcomes(
    async (files) => {
      await files.makeFolder("/home/x");
      await files.syncFolder("/home");
      await durable(files, "/home/a", fill(1, 1));
      await files.rename("/home/a", "/home/x/b");
      await files.rename("/home/x/b", "/home/c");
    },
    async (files) => `${await names(files)} / ${(await files.list("/home/x")).join()}`,
  );
  assert.deepEqual([...seen].sort(), ["a x / ", "c x / ", "x / b"]);
});

test("a folder whose own name was not synced is lost with all that is in it", async () => {
  const files = await diskWith(1);
  await files.makeFolder("/home/x");
  await durable(files, "/home/x/a", fill(1, 1));
  assert.equal(await names(files.crash("none")), "");
});

test("after a loss of power nothing of before settles", async () => {
  const files = await diskWith(1);
  const handle = await files.open("/home/a", "create");
  let settled = 0;
  const note = (): void => void (settled += 1);
  void handle.write([fill(1, 1)], 0).then(note, note);
  const after = files.crash();
  void handle.read(new Uint8Array(1), 0).then(note, note);
  void files.list("/").then(note, note);
  await new Promise((resolve) => setTimeout(resolve, 5));
  assert.equal(settled, 0);
  assert.deepEqual(await after.list("/"), ["home"]);
});

test("a killed process loses nothing that was written, and takes no other process with it", async () => {
  const files = await diskWith(1);
  const other = files.share();
  const handle = await files.open("/home/a", "create");
  await handle.write([fill(2, 1)], 0);
  const otherHandle = await other.open("/home/a", "update");
  const next = files.kill();
  assert.equal(await sectorsOf(next), "[1 1]");
  await otherHandle.write([fill(1, 2)], 0);
  assert.equal(await sectorsOf(next), "[2 1]");
  await next.rename("/home/a", "/home/b");
  assert.equal(await names(other), "b");
});

test("a write that is cut off leaves some of its beginning", async () => {
  const clock = simulatedClock();
  const seen = new Set<number>();
  for (let seed = 0; seed < 80; seed += 1) {
    const files = simulatedFiles({ random: seededRandom(seed), clock, latencyMicrosMax: 100 });
    const handle = await clock.run(() => files.open("/a", "create"));
    void handle.write([fill(1, 5), fill(2, 5)], 0);
    const next = files.kill();
    const content = await clock.run(() => readFile(next, "/a", 1 << 20));
    assert.equal(
      content.every((byte) => byte === 5),
      true,
    );
    seen.add(content.length / SECTOR);
  }
  assert.deepEqual([...seen].sort(), [0, 1, 2, 3]);
});

test("a full disk takes what fits, says disk-full, and takes more when space was freed", async () => {
  const files = simulatedFiles({ random: seededRandom(1), capacityBytes: 4 * 4096 });
  const handle = await files.open("/a", "create");
  await handle.write([new Uint8Array(2 * 4096).fill(1)], 0);
  await assert.rejects(handle.write([new Uint8Array(3 * 4096).fill(2)], 2 * 4096), {
    code: "disk-full",
    kind: "transient",
  });
  assert.equal(await handle.sizeBytes(), 4 * 4096);
  assert.deepEqual(await files.space("/"), { totalBytes: 4 * 4096, freeBytes: 0 });
  await handle.write([new Uint8Array(4096).fill(3)], 0);
  await handle.truncate(4096);
  assert.equal((await files.space("/")).freeBytes, 3 * 4096);
  await files.remove("/a");
  assert.equal((await files.space("/")).freeBytes, 4 * 4096);
  assert.equal((await files.crash("none").space("/")).freeBytes, 4 * 4096);
});

test("a rotten bit is there now and after a restart", async () => {
  const files = await diskWith(3);
  await durable(files, "/home/a", fill(2, 0));
  files.rot("/home/a", 700);
  const before = await readFile(files, "/home/a", 1 << 20);
  assert.deepEqual(await readFile(files.crash(), "/home/a", 1 << 20), before);
  assert.equal(before.filter((byte) => byte !== 0).length, 1);
  assert.notEqual(before[700], 0);
});

test("operations take their time and can be held up", async () => {
  const clock = simulatedClock();
  const files = simulatedFiles({ random: seededRandom(1), clock, latencyMicrosMax: 1_000 });
  files.onOperation = ({ kind }) =>
    kind === "datasync" ? clock.sleep(2_000, new AbortController().signal) : undefined;
  await clock.run(async () => {
    const handle = await files.open("/a", "create");
    assert.equal(clock.monotonicMicros() <= 2_000, true);
    await handle.datasync();
  });
  assert.equal(clock.monotonicMicros() >= 2_000_000, true);
});

test("the same seed gives the same history", async () => {
  const history = async (): Promise<string> => {
    const clock = simulatedClock();
    const files = simulatedFiles({ random: seededRandom(42), clock, latencyMicrosMax: 300 });
    const trace: string[] = [];
    await clock.run(async () => {
      const each = async (name: string): Promise<void> => {
        await using handle = await files.open(`/${name}`, "create");
        for (let round = 0; round < 5; round += 1) {
          await handle.write([fill(1, round)], round * SECTOR);
          trace.push(`${clock.monotonicMicros()} ${name}`);
        }
      };
      await Promise.all(["a", "b", "c"].map(each));
    });
    const survivor = files.crash();
    return [...trace, ...(await clock.run(() => survivor.list("/")))].join("\n");
  };
  assert.equal(await history(), await history());
});

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

async function contentOf(files: SimulatedFiles): Promise<string> {
  return new TextDecoder().decode(await readFile(files, "/home/a", 1 << 20));
}

const replacing = {
  prepare: async (files: SimulatedFiles) => {
    await files.makeFolder("/home");
    await files.syncFolder("/");
    await replaceFile(files, "/home", "a", encode("old content"));
  },
  work: (files: SimulatedFiles) => replaceFile(files, "/home", "a", encode("new")),
};

for (const cut of ["power", "process"] as const) {
  test(`a file being replaced is whole after a cut of the ${cut} anywhere, and can be replaced again`, async () => {
    const operations = await crashSweep(
      {
        ...replacing,
        verify: async (files, { done }) => {
          const content = await contentOf(files);
          assert.equal(content === "new" || (!done && content === "old content"), true, content);
          await replaceFile(files, "/home", "a", encode("again"));
          assert.equal(await contentOf(files.crash("none")), "again");
        },
      },
      { seed: 1, cut, rounds: 8 },
    );
    assert.equal(operations >= 5, true);
  });
}

test("a file being replaced is whole after a failure anywhere", async () => {
  for (const errno of ["EIO", "ENOSPC"]) {
    await faultSweep(
      {
        ...replacing,
        verify: async (files, { done }) => {
          assert.equal((await contentOf(files)) === "new" || !done, true);
          assert.match(await contentOf(files.crash()), /^(new|old content)$/);
        },
      },
      { seed: 1, errno },
    );
  }
});

test("a sweep finds the careless: replaced without datasync", async () => {
  const careless = async (files: SimulatedFiles): Promise<void> => {
    const handle = await files.open("/home/b", "create");
    await handle.write([encode("new")], 0);
    await files.rename("/home/b", "/home/a");
    await files.syncFolder("/home");
  };
  const sweep = crashSweep(
    {
      prepare: replacing.prepare,
      work: careless,
      verify: async (files) => assert.match(await contentOf(files), /^(new|old content)$/),
    },
    { seed: 1, rounds: 120 },
  );
  await assert.rejects(sweep, /operation \d+ with seed \d+/);
});
