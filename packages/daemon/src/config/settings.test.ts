import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { Fault } from "@leeward/base";
import { nodeFiles } from "@leeward/world";
import { parse } from "yaml";
import {
  flagSetting,
  LiveConfig,
  numberSetting,
  parseSettings,
  pathSetting,
  portSetting,
  sampleFile,
  settingsHelp,
  silentTrace,
  textSetting,
  textsSetting,
  watchConfig,
} from "../index.ts";

const table = {
  dataPort: portSetting({ fallback: 9443, why: "Where agents connect" }),
  cacheBytesMax: numberSetting({ unit: "bytes", fallback: 1024, min: 1, max: 2 ** 40, why: "Cache", live: true }),
  intervalSeconds: numberSetting({ unit: "seconds", fallback: 2, min: 0.5, max: 60, why: "Interval" }),
  tokenFile: pathSetting({ fallback: "", why: "Token" }),
  codec: textSetting({ fallback: "lz4", values: ["lz4", "zstd"], why: "Codec" }),
  advertise: textsSetting({ fallback: [], why: "Names" }),
  quiet: flagSetting({ fallback: false, why: "Say less" }),
};

const parsed = (document: unknown, overrides = {}): ReturnType<typeof parseSettings<typeof table>> =>
  parseSettings(table, { document, overrides, home: "/home/x" });

const refused = (code: string, key: string): ((error: unknown) => boolean) => {
  return (error) => error instanceof Fault && error.code === code && (key === "" || error.detail["key"] === key);
};

void test("the command line wins over the file, and the file over the fallback", () => {
  const values = parsed({ dataPort: 1, codec: "zstd", tokenFile: "t" }, { dataPort: "2", cacheBytesMax: "4GiB" });
  assert.deepEqual(values, {
    dataPort: 2,
    cacheBytesMax: 4 * 1024 ** 3,
    intervalSeconds: 2,
    tokenFile: "/home/x/t",
    codec: "zstd",
    advertise: [],
    quiet: false,
  });
  assert.equal(parsed({ intervalSeconds: 0.5 }).intervalSeconds, 0.5);
  assert.deepEqual(parsed(null, { advertise: ["a", "b"], quiet: "true" }).advertise, ["a", "b"]);
});

void test("a setting that does not exist or does not fit is refused by name", () => {
  assert.throws(() => parsed({ datePort: 1 }), refused("setting-unknown", "datePort"));
  assert.throws(() => parsed({ __proto__: 1, constructor: 1 }), refused("setting-unknown", "constructor"));
  assert.throws(() => parsed({ dataPort: 70_000 }), refused("setting-invalid", "dataPort"));
  assert.throws(() => parsed({ dataPort: 1.5 }), refused("setting-invalid", "dataPort"));
  assert.throws(() => parsed({ dataPort: "" }), refused("setting-invalid", "dataPort"));
  assert.throws(() => parsed({ dataPort: null }), refused("setting-invalid", "dataPort"));
  assert.throws(() => parsed({ codec: "gzip" }), refused("setting-invalid", "codec"));
  assert.throws(() => parsed({ advertise: [1] }), refused("setting-invalid", "advertise"));
  assert.throws(() => parsed({ quiet: "yes" }), refused("setting-invalid", "quiet"));
  assert.throws(() => parsed(["x"]), refused("config-invalid", ""));
});

void test("the sample file, uncommented, is the fallbacks", () => {
  const text = sampleFile(table)
    .split("\n")
    .filter((line) => /^# \w+:|^# {3}- /.test(line))
    .map((line) => line.slice(2))
    .join("\n");
  assert.deepEqual(parsed(parse(text)), { ...parsed(undefined) });
  for (const key of ["--data-port", "--cache-bytes-max"]) assert.match(settingsHelp(table), new RegExp(key));
});

async function temporaryHome(t: TestContext): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), "leeward-config-"));
  t.after(() => rm(home, { recursive: true, force: true }));
  return home;
}

void test("a bad file keeps the last good values, and a good one changes only what is live", async (t) => {
  const home = await temporaryHome(t);
  const source = { files: nodeFiles({ io: "thread-pool" }), home, table, overrides: {} };
  await writeFile(`${home}/config.yaml`, "cacheBytesMax: 10\n");
  const config = await LiveConfig.open(source, silentTrace);
  for (const bad of ["cacheBytesMax: 0", "unknownThing: 1", "a: [", "x: &a [1]\ny: *a", "[]"]) {
    await writeFile(`${home}/config.yaml`, bad);
    const told = config.changed();
    await config.reload();
    await told;
    assert.equal(config.value.cacheBytesMax, 10, bad);
    assert.ok(config.fault instanceof Fault, bad);
  }
  await writeFile(`${home}/config.yaml`, "cacheBytesMax: 20\ndataPort: 5\n");
  await config.reload();
  assert.equal(config.fault, undefined);
  assert.equal(config.value.cacheBytesMax, 20);
  assert.equal(config.value.dataPort, 9443);
  await writeFile(`${home}/config.yaml`, "dataPort: 99999\n");
  await assert.rejects(LiveConfig.open(source, silentTrace), refused("setting-invalid", "dataPort"));
});

void test("a change of the file is noticed while the daemon runs", async (t) => {
  const home = await temporaryHome(t);
  const source = { files: nodeFiles({ io: "thread-pool" }), home, table, overrides: {} };
  const config = await LiveConfig.open(source, silentTrace);
  const stop = new AbortController();
  const watching = watchConfig(config, home, stop.signal);
  const changed = config.changed();
  const writing = setInterval(() => void writeFile(`${home}/config.yaml`, "cacheBytesMax: 77\n"), 400);
  await changed;
  clearInterval(writing);
  assert.equal(config.value.cacheBytesMax, 77);
  stop.abort();
  await watching;
});
