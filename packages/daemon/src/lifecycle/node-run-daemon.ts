// The life of a daemon's process, the same for all of them:
//
//   lock the home → adopt its format → configuration → work … ready … ─ SIGTERM / SIGINT ─► abort → drain → exit 0
//
// Invariant: one process per home, and ready.json is there only while the daemon is usable. Whatever fails ends the process with
// its exit code and one error document on standard error; nothing is left half-running.
import { exitCodeOf, Fault, isFault } from "@leeward/base";
import { type Files, isWindows, type World } from "@leeward/world";
import { LiveConfig } from "../config/live-config.ts";
import { watchConfig } from "../config/node-config-watch.ts";
import type { RawSettings } from "../config/parse-settings.ts";
import type { SettingTable } from "../config/setting.ts";
import { adoptHome, type Migration } from "../home/home-format.ts";
import { lockHome } from "../home/node-home-lock.ts";
import { Metrics } from "../metrics.ts";
import { countingTrace } from "../trace/counting-trace.ts";
import { inEventLog } from "../trace/node-event-log.ts";
import { nodeTrace } from "../trace/node-trace.ts";
import { fieldsOfThrown } from "../trace/thrown-fields.ts";
import { TRACE_LEVELS, type Trace, type TraceLevel } from "../trace/trace.ts";
import { type MetricsPort, serveMetricsPort } from "./node-metrics-port.ts";
import { serveMetrics } from "./node-metrics-socket.ts";
import { type ServiceNotice, serviceNotice } from "./node-service-notice.ts";
import { listenForStop } from "./node-stop-pipe.ts";
import { type ReadyFacts, readyLine, removeReady, writeReady } from "./ready.ts";
import { together } from "./together.ts";

/** How long a daemon may take to finish what it began after it was told to stop, milliseconds. */
const DRAIN_MS_MAX = 30_000;

export interface DaemonContext<T extends SettingTable> {
  readonly home: string;
  readonly world: World;
  readonly config: LiveConfig<T>;
  readonly trace: Trace;
  readonly metrics: Metrics;
  /** Aborts when the daemon is to stop. */
  readonly signal: AbortSignal;
  /** Says that the daemon is usable: prints the ready line, writes HOME/ready.json, tells the service manager. */
  ready(facts: Partial<Omit<ReadyFacts, "role" | "pid">>): Promise<void>;
  /** Says to the service manager that it has started as it should and is not usable yet, and why: it waits for as long as that takes. */
  waiting(why: string): void;
}

export interface DaemonOptions<T extends SettingTable> {
  readonly role: string;
  /** An absolute path. */
  readonly home: string;
  /** The version of the home that this software writes. */
  readonly homeVersion: number;
  readonly migrations?: readonly Migration[];
  readonly settings: T;
  /** Settings of the command line. */
  readonly overrides: RawSettings["overrides"];
  readonly world: World;
  /** One of TRACE_LEVELS; LEEWARD_TRACE, else info, when left out. */
  readonly traceLevel?: TraceLevel;
  /** The daemon itself: returns once the signal has aborted and everything is drained. */
  readonly run: (context: DaemonContext<T>) => Promise<void>;
}

/** Runs a daemon until it is told to stop; the process ends with it. */
export async function runDaemon<T extends SettingTable>(options: DaemonOptions<T>): Promise<never> {
  const trace = await tracing(options);
  const stop = new AbortController();
  const die = (error: unknown): never => {
    trace.error("The daemon ends for a mistake of its own.", fieldsOfThrown(error));
    return process.exit(1);
  };
  process.on("uncaughtException", die).on("unhandledRejection", die);
  const onSignal = (name: string): void => {
    if (!stop.signal.aborted) trace.info("Stopping.", { signal: name });
    stop.abort(new Fault({ code: "daemon-stopping", kind: "transient", message: "The daemon is stopping." }));
    setTimeout(() => die(new Error(`Draining took longer than ${DRAIN_MS_MAX} ms.`)), DRAIN_MS_MAX).unref();
  };
  process.on("SIGTERM", onSignal).on("SIGINT", onSignal);
  try {
    await live({ ...options, trace, signal: stop.signal, onStop: () => onSignal("stop") });
    return process.exit(0);
  } catch (error) {
    if (stop.signal.aborted && error === stop.signal.reason) return process.exit(0);
    if (!isFault(error)) return die(error);
    trace.error("The daemon cannot go on.", { fault: error });
    process.stderr.write(`${JSON.stringify(errorDocument(error))}\n`);
    return process.exit(exitCodeOf(error));
  }
}

async function tracing({ role, traceLevel }: Pick<DaemonOptions<SettingTable>, "role" | "traceLevel">): Promise<Trace> {
  const trace = nodeTrace({ role, level: traceLevel ?? levelOf(process.env["LEEWARD_TRACE"]) });
  const source = process.env["LEEWARD_EVENT_LOG"] ?? "";
  return isWindows && source !== "" ? inEventLog(trace, source) : trace;
}

type Living<T extends SettingTable> = DaemonOptions<T> & {
  readonly trace: Trace;
  readonly signal: AbortSignal;
  readonly onStop: () => void;
};

async function live<T extends SettingTable>(options: Living<T>): Promise<void> {
  const { world, home, signal, onStop } = options;
  const metrics = new Metrics();
  const trace = countingTrace(options.trace, metrics);
  using _lock = await lockHome(home);
  await adoptHome(world.files, home, {
    role: options.role,
    version: options.homeVersion,
    migrations: options.migrations ?? [],
  });
  await removeReady(world.files, home);
  const source = { files: world.files, home, table: options.settings, overrides: options.overrides };
  const config = await LiveConfig.open(source, trace);
  const onRefused = (error: Error): void =>
    trace.warn("`stop` cannot reach this daemon; its service manager can end it.", { error: error.message });
  const notice = await serviceNotice(process.env);
  const ended = new AbortController();
  const beside = together(ended.signal, [
    (inner) => watchConfig(config, home, inner),
    (inner) => keepWatchdog({ notice, world, signal: inner }),
    (inner) => serveMetrics({ files: world.files, home, metrics }, inner),
    (inner) => serveMetricsBeside({ world, home, metrics, trace }, config.value, inner),
    (inner) => listenForStop(home, { onStop, onRefused }, inner),
  ]);
  try {
    const context = { home, world, config, trace, metrics, signal };
    await Promise.race([
      options.run({
        ...context,
        waiting: (why) => notice.tell(`READY=1\nSTATUS=${why}`),
        ready: (facts) => sayReady({ notice, files: world.files, home }, { role: options.role, ...facts }),
      }),
      beside.then(() => new Promise<never>(() => undefined)),
    ]);
  } finally {
    notice.tell("STOPPING=1");
    ended.abort();
    await beside;
    await removeReady(world.files, home);
  }
}

/** On a port too, where the configuration names one. */
async function serveMetricsBeside(
  port: Pick<MetricsPort, "world" | "home" | "metrics"> & { readonly trace: Trace },
  settings: Readonly<Record<string, unknown>>,
  signal: AbortSignal,
): Promise<void> {
  const { metricsListen: listen = "", metricsTokenFile: tokenFile = "" } = settings;
  if (typeof listen !== "string" || typeof tokenFile !== "string" || listen === "") return;
  const listening = ({ address, port: taken }: { readonly address: string; readonly port: number }): void =>
    port.trace.info("Metrics can be read.", { address, port: taken });
  await serveMetricsPort({ ...port, listen, tokenFile, listening }, signal);
}

async function sayReady(
  to: { notice: ServiceNotice; files: Files; home: string },
  facts: { role: string } & Partial<Omit<ReadyFacts, "role" | "pid">>,
): Promise<void> {
  const whole = {
    apiUrl: null,
    dataUrl: null,
    targetUrl: null,
    caFingerprint: null,
    processes: {},
    ...facts,
    pid: process.pid,
  };
  await writeReady(to.files, to.home, whole);
  process.stdout.write(`${readyLine(whole)}\n`);
  to.notice.tell("READY=1\nSTATUS=");
}

/** Tells the watchdog that this process's event loop still turns. */
async function keepWatchdog(keep: { notice: ServiceNotice; world: World; signal: AbortSignal }): Promise<void> {
  const { notice, world, signal } = keep;
  if (notice.watchdogEveryMs === undefined) return;
  while (!signal.aborted) {
    notice.tell("WATCHDOG=1");
    await world.clock.sleep(notice.watchdogEveryMs, signal).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
  }
}

function levelOf(text: string | undefined): TraceLevel {
  return TRACE_LEVELS.find((level) => level === text) ?? "info";
}

function errorDocument({ code, kind, message, remedy, detail }: Fault): object {
  return { error: { code, kind, message, remedy, detail } };
}
