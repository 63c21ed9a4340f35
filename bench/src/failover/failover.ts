// How soon a failed-over machine runs, what reading through its overlay costs, and how fast history is merged behind the any-point window.
import { existsSync, readFileSync } from "node:fs";
import { copyFile, writeFile } from "node:fs/promises";
import { KiB } from "@leeward/base";
import { connectNbd, parseNbdUri } from "@leeward/nbd";
import { nodeClock } from "@leeward/world";
import { GuestImage } from "../../../test/src/guest/guest-image.ts";
import { Chain } from "../../../test/src/harness/chain.ts";
import { eventually } from "../../../test/src/harness/eventually.ts";
import type { BenchContext } from "../run/bench-context.ts";
import type { BenchPlace } from "../run/bench-place.ts";
import { dropCaches } from "../run/file-caches.ts";
import { type Row, skippedRow } from "../run/row.ts";
import { median, quantile } from "../run/statistics.ts";
import { findTool, missingTool } from "../run/tool-run.ts";
import { mergeRows } from "./merge-rate.ts";

const SUITE = "failover";
const MACHINE = "bench";
const MEMORY_MIB = 1_024;
const LOGIN = /login:/;
/** Without hardware's help a system boots in minutes on a busy machine. */
const BOOT_MS_MAX = 900_000;
const READS = 2_000;
const NEVER = new AbortController().signal;

export async function failoverSuite(context: BenchContext): Promise<readonly Row[]> {
  const merging = await mergeRows(context, SUITE);
  const missing = missingTool("qemu-system-x86_64", "nbdkit") ?? rootMissing();
  if (missing !== undefined) return [...merging, skippedRow(SUITE, "boot of a replica machine", missing)];
  const { place } = context;
  const image = await GuestImage.open();
  const { thing: chain, end } = await place.take(Chain.start({ machine: MACHINE }), (started) =>
    started.stop({ keep: false }),
  );
  await protectImage(chain, image);
  const boots = await bootsOf(context, chain, image);
  const reads = await readsOf(context, chain, image);
  await end();
  return [...boots, ...reads, ...merging];
}

function rootMissing(): string | undefined {
  return process.getuid?.() === 0 ? undefined : "a guest's image is made by root";
}

async function protectImage(chain: Chain, image: GuestImage): Promise<void> {
  const path = `${chain.sourceFolder}/root.raw`;
  await image.copyTo(path);
  const client = await chain.client();
  await client.call("protectDisk", { params: { machine: MACHINE }, body: { path, name: "root" } });
  await eventually("the disk is protected", async () => {
    const { items } = await client.call("listDisks", { query: { machine: MACHINE } });
    return items[0]?.state === "protected" ? true : undefined;
  });
  client.close();
}

async function bootsOf(context: BenchContext, chain: Chain, image: GuestImage): Promise<Row[]> {
  const { place, say, runs } = context;
  const [first, login, plain]: [number[], number[], number[]] = [[], [], []];
  for (let run = 1; run <= runs; run += 1) {
    await dropCaches();
    const replica = await bootReplica(chain);
    first.push(replica.firstSeconds);
    login.push(replica.loginSeconds);
    await dropCaches();
    plain.push(await bootPlain(place, image, run));
    say(
      `run ${run}: ${replica.firstSeconds.toFixed(2)} s to the first instruction, ${replica.loginSeconds.toFixed(1)} s to a login prompt; plain ${plain.at(-1)?.toFixed(1)} s`,
    );
  }
  const note =
    existsSync("/dev/kvm") && accelerates()
      ? "with KVM"
      : "without KVM: the processor is emulated, which is no figure of a real host; not judged";
  return [
    {
      suite: SUITE,
      name: "from the order to the first instruction",
      measured: { value: median(first), unit: "s" },
      note,
    },
    {
      suite: SUITE,
      name: "from the order to a login prompt",
      measured: { value: median(login), unit: "s" },
      against: { name: "plain QEMU", value: median(plain), unit: "s" },
      ratio: median(plain) / median(login),
      note,
    },
  ];
}

function accelerates(): boolean {
  return /\b(vmx|svm)\b/.test(readFileSync("/proc/cpuinfo", "utf8")) && !existsSync("/sys/module/kvm_pvm");
}

async function bootReplica(chain: Chain): Promise<{ firstSeconds: number; loginSeconds: number }> {
  const client = await chain.client();
  const begun = performance.now();
  const order = { at: "latest", memoryMib: MEMORY_MIB, cpus: 2 };
  const { failover } = await client.call("testFailover", { params: { machine: MACHINE }, body: order });
  const params = { failover: failover.id };
  const running = await eventually(
    "it runs",
    async () => {
      const shown = await client.call("showFailover", { params });
      if (shown.state === "failed") throw new Error(shown.error?.message ?? "it failed");
      return shown.startedAt === null ? undefined : shown;
    },
    BOOT_MS_MAX,
  );
  await eventually(
    "it says login",
    async () => {
      const { text } = await client.call("readReplicaConsole", { params });
      return LOGIN.test(text) ? true : undefined;
    },
    BOOT_MS_MAX,
  );
  const loginSeconds = (performance.now() - begun) / 1_000;
  const firstSeconds = (Date.parse(running.startedAt ?? "") - Date.parse(running.createdAt)) / 1_000;
  const { job } = await client.call("cleanupFailover", { params, body: {} });
  await eventually("nothing is left", async () =>
    (await client.call("showJob", { params: { id: job.id } })).endedAt === null ? undefined : true,
  );
  client.close();
  return { firstSeconds, loginSeconds };
}

/** The same machine on a raw copy of the image, until it says the same. */
async function bootPlain(place: BenchPlace, image: GuestImage, run: number): Promise<number> {
  const [disk, serial] = [`${place.folder}/plain-${run}.raw`, `${place.folder}/plain-${run}.serial`];
  await image.copyTo(disk);
  await writeFile(serial, "");
  const begun = performance.now();
  const accelerated = existsSync("/dev/kvm") && accelerates();
  const child = place.start(findTool("qemu-system-x86_64") ?? "qemu-system-x86_64", [
    ...["-machine", "q35", "-m", String(MEMORY_MIB), "-smp", "2", "-display", "none", "-nodefaults"],
    ...(accelerated ? ["-accel", "kvm", "-cpu", "host"] : ["-accel", "tcg,thread=multi", "-cpu", "max,-pku"]),
    ...["-drive", `file=${disk},format=raw,if=virtio`, "-serial", `file:${serial}`],
  ]);
  await eventually("it says login", () => (LOGIN.test(readFileSync(serial, "utf8")) ? true : undefined), BOOT_MS_MAX);
  const seconds = (performance.now() - begun) / 1_000;
  const gone = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGKILL");
  await gone;
  return seconds;
}

/** Random reads of 4 KiB, one at a time: through an overlay over a point, and of the same content as a raw file behind nbdkit. */
async function readsOf({ place, say, runs }: BenchContext, chain: Chain, image: GuestImage): Promise<Row[]> {
  const client = await chain.client();
  const body = { at: "latest", writable: true };
  const opened = await client.call("openPoint", { params: { machine: MACHINE, disk: "root" }, body });
  const [raw, socket] = [`${place.folder}/raw.img`, `${place.folder}/raw.sock`];
  await copyFile(image.file, raw);
  place.start(findTool("nbdkit") ?? "nbdkit", ["--foreground", "--unix", socket, "file", raw]);
  await eventually("nbdkit listens", () => (existsSync(socket) ? true : undefined), 10_000);
  const [overlay, plain]: [number[], number[]] = [[], []];
  for (let run = 1; run <= runs; run += 1) {
    overlay.push(await readLatency(opened.nbdUri));
    plain.push(await readLatency(`nbd+unix:///?socket=${socket}`));
    say(
      `run ${run}: median read ${overlay.at(-1)?.toFixed(3)} ms through the overlay, ${plain.at(-1)?.toFixed(3)} ms of a raw file`,
    );
  }
  await client.call("closePoint", { params: { id: opened.id } });
  client.close();
  return [
    {
      suite: SUITE,
      name: "read of 4 KiB through an overlay, median",
      measured: { value: median(overlay), unit: "ms" },
      against: { name: "raw file, nbdkit", value: median(plain), unit: "ms" },
      ratio: median(plain) / median(overlay),
      note: "one at a time, random places of the root disk, warm caches",
    },
  ];
}

async function readLatency(uri: string): Promise<number> {
  const { address, exportName } = parseNbdUri(uri);
  await using client = await connectNbd(address, { exportName, clock: nodeClock }, NEVER);
  const target = new Uint8Array(4 * KiB);
  const took: number[] = [];
  for (let read = 0; read < READS; read += 1) {
    // The same places for both, spread over the disk.
    const offset = ((read * 2_654_435_761) % (client.sizeBytes / target.length)) * target.length;
    const begun = performance.now();
    await client.read(offset, target);
    took.push(performance.now() - begun);
  }
  return quantile(took, 0.5);
}
