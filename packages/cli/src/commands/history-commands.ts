import type {
  DiskSamples,
  DiskStages,
  Link,
  MachineSamples,
  PointWay,
  ProtectionPlan,
  Timeline,
  WayItem,
} from "@leeward/api";
import { allPages } from "@leeward/api/plain";
import { formatBytes, formatDuration } from "@leeward/base";
import { type Command, InvalidArgumentError } from "commander";
import { type OptionValues, type ProgramState, serverCommand } from "../leaf-command.ts";
import { fieldsOf, printDocument, printList, tableOf } from "../output.ts";
import { requireName } from "../required-argument.ts";
import { timeRangeOf, timeRangeOptions } from "../time-range.ts";

/** `leeward stages`, `links` and `planner`: what runs now, and what it needs. */
export function addHistoryCommands(program: Command, state: ProgramState): void {
  serverCommand(
    state,
    program
      .command("stages")
      .description("each disk's way stage by stage over the last minute, and which stage the others wait for")
      .option("--machine <machine>", "of this machine alone"),
    async (context, _args, options) => {
      const client = await context.client();
      const machine = options.text("machine");
      const list = await allPages((page) =>
        client.listStages({ query: { ...page, ...(machine !== undefined && { machine }) } }),
      );
      printDocument(context, list, stagesText);
    },
  );

  serverCommand(
    state,
    program.command("links").description("who is connected to whom, and what goes there"),
    async (context) => {
      const client = await context.client();
      printList(context, await allPages((page) => client.listLinks({ query: page })), LINK_COLUMNS);
    },
  );

  serverCommand(
    state,
    program
      .command("planner")
      .description("what the installation needs, from what was observed of it; with options, what it would need")
      .option("--days <days>", "how far back churn is looked at (7)", amount)
      .option("--retention-days <days>", "in the place of what the policies say", amount)
      .option("--growth <part>", "0.2 is a fifth more of everything", amount)
      .option("--machines <count>", "so many machines like these", amount)
      .option("--churn-factor <factor>", "so many times the churn", amount)
      .option("--outage-hours <hours>", "that the cache is to bridge (4)", amount)
      .option("--bandwidth <bytes>", "bytes per second for the initial copy", amount),
    async (context, _args, options) => {
      const client = await context.client();
      printDocument(context, await client.planProtection({ query: whatIf(options) }), planText);
    },
  );
}

/** `leeward machine samples` and `timeline`. */
export function addMachineHistoryCommands(machine: Command, state: ProgramState): void {
  serverCommand(
    state,
    timeRangeOptions(
      machine
        .command("samples <machine>")
        .description("what was sampled of a machine's disks: RPO, churn, log and journal; the last day unless told")
        .option("--step <seconds>", "60, 300, 900 or 3600", amount),
    ),
    async (context, args, options) => {
      const client = await context.client();
      const step = options.number("step");
      const query = { ...timeRangeOf(options), ...(step !== undefined && { step }) };
      const samples = await client.listSamples({ params: { machine: requireName(args, 0) }, query });
      printDocument(context, samples, samplesText);
    },
  );

  serverCommand(
    state,
    timeRangeOptions(
      machine.command("timeline <machine>").description("how well each stretch of a machine's time can be recovered"),
    ),
    async (context, args, options) => {
      const client = await context.client();
      const call = { params: { machine: requireName(args, 0) }, query: timeRangeOf(options) };
      printDocument(context, await client.timeline(call), timelineText);
    },
  );
}

/** `leeward point way`. */
export function addPointWayCommand(point: Command, state: ProgramState): void {
  serverCommand(
    state,
    point.command("way <machine> <point>").description("when each daemon did what with a recovery point"),
    async (context, args) => {
      const client = await context.client();
      const params = { machine: requireName(args, 0), point: requireName(args, 1) };
      printDocument(context, await client.pointWay({ params }), wayText);
    },
  );
}

function amount(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value)) throw new InvalidArgumentError("It is not a number.");
  return value;
}

const WHAT_IF = ["days", "retentionDays", "growth", "machines", "churnFactor", "outageHours", "bandwidth"] as const;

function whatIf(options: OptionValues): Partial<Record<(typeof WHAT_IF)[number], number>> {
  return Object.fromEntries(
    WHAT_IF.flatMap((name) => {
      const value = options.number(name);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

const LINK_COLUMNS = {
  FROM: (item: Link) => item.from,
  TO: (item: Link) => item.to,
  KIND: (item: Link) => item.kind,
  STATE: (item: Link) => item.state,
  RATE: (item: Link) => rateText(item.bytesPerSecond),
};

const SAMPLE_ROWS = 20;

function samplesText({ stepSeconds, times, disks }: MachineSamples): string {
  const texts = disks.map((disk) => {
    const rows = times.map((time, index) => ({ time, index })).slice(-SAMPLE_ROWS);
    return `${disk.disk}\n${tableOf(rows, sampleColumns(disk))}`;
  });
  const head = `Steps of ${formatDuration(stepSeconds)}; the last ${Math.min(SAMPLE_ROWS, times.length)} of ${times.length}. --json has all of them.`;
  return [head, ...texts].join("\n\n");
}

interface SampleRow {
  readonly time: string;
  readonly index: number;
}

function sampleColumns(disk: DiskSamples): Record<string, (row: SampleRow) => string> {
  const secondsText = (value: number | null | undefined): string =>
    value === null || value === undefined ? "" : formatDuration(value);
  return {
    TIME: ({ time }) => time,
    RPO: ({ index }) => secondsText(disk.rpoSeconds[index]),
    "RPO MAX": ({ index }) => secondsText(disk.rpoSecondsMax[index]),
    CHURN: ({ index }) => rateText(disk.churnBytesPerSecond[index]),
    "CHURN MAX": ({ index }) => rateText(disk.churnBytesPerSecondMax[index]),
    LOG: ({ index }) => sizeText(disk.logBytes[index]),
    JOURNAL: ({ index }) => sizeText(disk.journalBytes[index]),
  };
}

function timelineText({ disks }: Timeline): string {
  const rows = disks.flatMap(({ disk, unknown, spans }) =>
    unknown === null
      ? spans.map((span) => ({ disk, ...span, reason: span.reason ?? "" }))
      : [{ disk, from: "", to: "", state: "unknown", reason: unknown }],
  );
  if (rows.length === 0) return "none";
  return tableOf(rows, {
    DISK: ({ disk }) => disk,
    FROM: ({ from }) => from,
    TO: ({ to }) => to,
    STATE: ({ state }) => state,
    REASON: ({ reason }) => reason,
  });
}

function stagesText({ items }: { readonly items: readonly DiskStages[] }): string {
  const texts = items.map(({ disk, machine, stages, bottleneck }) => {
    const table = tableOf(stages, {
      STAGE: ({ stage }) => `${stage}${stage === bottleneck ? " *" : ""}`,
      BUSY: ({ busyFraction }) => (busyFraction === null ? "" : `${Math.round(busyFraction * 100)} %`),
      IN: ({ bytesPerSecond }) => rateText(bytesPerSecond),
      OUT: ({ outBytesPerSecond }) => rateText(outBytesPerSecond),
      WAITING: ({ waitingBytes }) => sizeText(waitingBytes),
    });
    return `${machine} ${disk}: ${bottleneck === null ? "nothing waits" : `the others wait for ${bottleneck}`}\n${table}`;
  });
  return texts.length === 0 ? "none" : texts.join("\n\n");
}

function planText({ observedSeconds, observed, needs, basis }: ProtectionPlan): string {
  const { bandwidthBytesPerSecond, bandwidthPeakBytesPerSecond, processServers, initialSeconds, ...sizes } = needs;
  const perDay = observed.churnBytesPerDay;
  const lines = fieldsOf({
    observed: `${formatDuration(observedSeconds)} of ${observed.machines} machines`,
    "churn per day": sizeText(perDay),
    compression: observed.compression === null ? "unknown" : observed.compression.toFixed(2),
    bandwidth: rateText(bandwidthBytesPerSecond),
    "bandwidth, peak": rateText(bandwidthPeakBytesPerSecond),
    retention: sizeText(sizes.retentionBytes),
    cache: sizeText(sizes.cacheBytes),
    "process servers": processServers === null ? "unknown" : String(processServers),
    "master target": sizeText(sizes.masterTargetBytes),
    "initial copy": initialSeconds === null ? "unknown" : formatDuration(initialSeconds),
  });
  return `${lines}\n\n${Object.entries(basis)
    .map(([name, text]) => `${name}: ${text}`)
    .join("\n")}`;
}

function wayText({ items, unknown }: PointWay): string {
  const table = items.length === 0 ? "none" : tableOf(items, WAY_COLUMNS);
  return [table, ...unknown.map(({ name, why }) => `${name}: ${why}`)].join("\n");
}

const WAY_COLUMNS = {
  AT: (item: WayItem) => item.at,
  DAEMON: (item: WayItem) => item.daemon,
  NAME: (item: WayItem) => item.name,
  STAGE: (item: WayItem) => item.stage,
  TOOK: (item: WayItem) => `${(item.tookSeconds * 1_000).toFixed(1)} ms`,
  DISK: (item: WayItem) => item.disk ?? "",
};

function sizeText(bytes: number | null | undefined): string {
  return bytes === null || bytes === undefined ? "unknown" : formatBytes(Math.round(bytes));
}

function rateText(rate: number | null | undefined): string {
  return rate === null || rate === undefined ? "unknown" : `${formatBytes(Math.round(rate))}/s`;
}
