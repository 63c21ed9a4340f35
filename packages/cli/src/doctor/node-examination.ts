import { createServer } from "node:net";
import { availableParallelism, totalmem } from "node:os";
import { posix } from "node:path";
import { formatBytes, GiB, isFault } from "@leeward/base";
import type { Files } from "@leeward/world";
import type { CliHost } from "../command-context.ts";
import { type Finding, failed, ok, warning } from "./finding.ts";
import { clockBesideServer } from "./server-clock.ts";

const NODE_MAJOR_MIN = 24;
const MEMORY_BYTES_WANTED = GiB;
/** Free space below which a home soon stops taking anything in. */
const FREE_BYTES_WANTED = 2 * GiB;
const PORTS = { api: 443, data: 9443, target: 9444 } as const;
const TOOLS: Readonly<Record<string, string>> = {
  "qemu-img": "points cannot be saved as images, only raw",
  "qemu-system-x86_64": "no recovered machine can be started here",
  "qemu-nbd": "points cannot be saved as images, only raw, and images cannot be attached here",
};
/** 2026-01-01: no clock that is right shows an earlier time to this software. */
const WALL_MICROS_MIN = 1_767_225_600_000_000;
const SYNCHRONISED_SIGNS = [
  "/run/systemd/timesync/synchronized",
  "/run/chrony/chronyd.pid",
  "/run/chronyd.pid",
  "/var/run/ntpd.pid",
];
const MOUNTS_BYTES_MAX = 65_536;

/** Looks at this machine, and at the homes that are named: absolute folders. Nothing is changed. */
export async function examine(host: CliHost, homes: readonly string[]): Promise<Finding[]> {
  const findings = [nodeVersion(), memory(), clock(host), await clockKept(host.files), await nbdDevices(host.files)];
  for (const [tool, without] of Object.entries(TOOLS)) findings.push(await toolPresent(host, tool, without));
  for (const [name, port] of Object.entries(PORTS)) findings.push(await portFree(name, port));
  for (const home of homes)
    findings.push(...(await homeSound(host.files, home)), ...(await clockBesideServer(host, home)));
  return findings;
}

function nodeVersion(): Finding {
  const { version, platform, arch } = process;
  const text = `Node ${version} on ${platform} ${arch}`;
  const major = Number(/^v(\d+)/.exec(version)?.[1]);
  if (platform !== "linux") return failed("node", `${text}; Leeward runs on Linux.`, "Install it on a Linux machine.");
  if (major >= NODE_MAJOR_MIN) return ok("node", `${text}.`);
  return failed(
    "node",
    `${text}; Leeward needs Node ${NODE_MAJOR_MIN} or newer.`,
    `Install Node ${NODE_MAJOR_MIN} LTS.`,
  );
}

function memory(): Finding {
  const bytes = totalmem();
  const text = `${formatBytes(bytes)} of memory, ${availableParallelism()} processors.`;
  if (bytes >= MEMORY_BYTES_WANTED) return ok("memory", text);
  return warning(
    "memory",
    text,
    `Give this machine ${formatBytes(MEMORY_BYTES_WANTED)} before it becomes a management server; an agent alone needs less.`,
  );
}

function clock({ clock: wall }: CliHost): Finding {
  if (wall.wallMicros() >= WALL_MICROS_MIN) return ok("clock", "The clock shows a possible time.");
  return failed(
    "clock",
    "The clock is in the past: certificates are not valid yet.",
    "Set the clock, and keep it with chrony or systemd-timesyncd.",
  );
}

async function clockKept(files: Files): Promise<Finding> {
  for (const sign of SYNCHRONISED_SIGNS)
    if ((await files.status(sign)) !== undefined) return ok("clock-synchronised", "The clock is kept in step.");
  const remedy = "Run chrony or systemd-timesyncd, unless the hypervisor keeps the clock.";
  return warning(
    "clock-synchronised",
    "Nothing is seen to keep the clock in step; times of recovery points are only as right as it is.",
    remedy,
  );
}

async function nbdDevices(files: Files): Promise<Finding> {
  if ((await files.status("/sys/module/nbd")) !== undefined)
    return ok("nbd-module", "The kernel's NBD client is loaded.");
  const remedy =
    "Load it with `modprobe nbd` where a protected or opened disk is to appear as /dev/nbd…; QEMU and others need no module.";
  return warning("nbd-module", "The kernel's NBD client is not loaded.", remedy);
}

async function toolPresent({ files, environment }: CliHost, tool: string, without: string): Promise<Finding> {
  for (const folder of (environment["PATH"] ?? "").split(":")) {
    if (folder.startsWith("/") && (await files.status(posix.resolve(folder, tool))) !== undefined)
      return ok(tool, `${tool} is in ${folder}.`);
  }
  return warning(tool, `${tool} is not installed: ${without}.`, "Install QEMU's tools where that is wanted.");
}

async function portFree(name: string, port: number): Promise<Finding> {
  const check = `port-${port}`;
  const refusal = await refusalToListen(port);
  if (refusal === undefined) return ok(check, `Port ${port} can be listened on.`);
  const remedy = `A server that runs holds it rightly; else choose another with --${name}-port.`;
  if (refusal === "EADDRINUSE") return warning(check, `Port ${port} is in use.`, remedy);
  return warning(
    check,
    `Port ${port} may not be listened on (${refusal}).`,
    `Run the server with the right to, or choose another with --${name}-port.`,
  );
}

async function refusalToListen(port: number): Promise<string | undefined> {
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  const server = createServer();
  server.once("error", (error) =>
    resolve("code" in error && typeof error.code === "string" ? error.code : error.message),
  );
  server.listen({ port, host: "0.0.0.0", exclusive: true }, () => server.close(() => resolve(undefined)));
  return promise;
}

async function homeSound(files: Files, home: string): Promise<Finding[]> {
  const check = `home ${home}`;
  try {
    if ((await files.status(home))?.kind !== "folder") {
      return [
        warning(check, "There is no such folder.", "The first start makes it; check the path if there should be one."),
      ];
    }
    const { freeBytes, totalBytes } = await files.space(home);
    const text = `${formatBytes(freeBytes)} of ${formatBytes(totalBytes)} are free.`;
    const space =
      freeBytes >= FREE_BYTES_WANTED
        ? ok(check, text)
        : failed(check, text, `Make room: less than ${formatBytes(FREE_BYTES_WANTED)} stops replication before long.`);
    return [space, await diskInMemory(files, home)];
  } catch (error) {
    if (!isFault(error)) throw error;
    return [
      failed(check, error.message, "Run the doctor as the user that the daemon runs as, and check the folder's owner."),
    ];
  }
}

/** A home on a file system that a reboot empties loses the log and the identity. */
async function diskInMemory(files: Files, home: string): Promise<Finding> {
  const check = `storage ${home}`;
  const mounts = new TextDecoder().decode(await readWhole(files, "/proc/mounts"));
  const [, , kind] = mounts
    .split("\n")
    .map((line) => line.split(" "))
    .filter(([, at = ""]) => home === at || home.startsWith(at === "/" ? "/" : `${at}/`))
    .reduce((best, mount) => ((mount[1] ?? "").length >= (best[1] ?? "").length ? mount : best), ["", "", ""]);
  if (kind !== "tmpfs" && kind !== "ramfs")
    return ok(check, `It lies on ${kind === "" ? "an unknown file system" : kind}.`);
  return failed(check, "It lies in memory; a reboot empties it.", "Put the home on a disk.");
}

/** A file of /proc, whose size is not known before it is read. */
async function readWhole(files: Files, path: string): Promise<Uint8Array> {
  await using handle = await files.open(path, "read");
  const bytes = new Uint8Array(MOUNTS_BYTES_MAX);
  return bytes.subarray(0, await handle.read(bytes, 0));
}
