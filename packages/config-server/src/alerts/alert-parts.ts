import { advertisedName, type LiveConfig, type Metrics, type Trace } from "@leeward/daemon";
import type { World } from "@leeward/world";
import type { ConfigServerSettings } from "../config.ts";
import type { EventLog } from "../events/event-log.ts";
import type { Condition } from "../health/condition.ts";
import { UploadDelays } from "../health/upload-delays.ts";
import type { Reports } from "../sessions/reports.ts";
import type { Store } from "../store/store.ts";
import { AlertEngine } from "./alert-engine.ts";
import { Alerts } from "./alerts.ts";
import { ChannelSecrets } from "./channel-secrets.ts";
import { systemResolve } from "./channels/node-reach.ts";
import { nodeSend } from "./channels/node-send.ts";
import { parseAllowed } from "./channels/reach.ts";
import { Channels } from "./channels.ts";
import { Deliveries } from "./deliveries.ts";
import { webhookHost } from "./webhook-url.ts";

/** What alerts rest on. */
export interface AlertParts {
  readonly alerts: Alerts;
  readonly alertChannels: Channels;
  readonly channelSecrets: ChannelSecrets;
  readonly uploadDelays: UploadDelays;
}

export interface AlertMeans {
  readonly world: World;
  readonly trace: Trace;
  readonly store: Store;
  readonly events: EventLog;
  readonly reports: Reports;
  readonly home: string;
  readonly serverId: string;
  readonly config: LiveConfig<ConfigServerSettings>;
  readonly metrics: Metrics;
  readonly isOnline: (memberId: string) => boolean;
}

/** @throws Fault `channels-may-reach-invalid` */
export function alertParts(means: AlertMeans, conditions: () => Promise<readonly Condition[]>): AlertParts {
  const { world, store, events, home, config, metrics, reports } = means;
  const { clock } = world;
  const secrets = new ChannelSecrets({ world, home });
  const failures = metrics.counter({
    name: "leeward_alert_delivery_failures_total",
    help: "Attempts to tell an alert channel that failed",
    labels: ["channel"],
  });
  const send = nodeSend({
    allowed: parseAllowed(allowedIn(config.value)),
    resolve: systemResolve,
    ownEndpoints: () => ownEndpoints(config.value),
  });
  const failed = (channel: string): void => failures(1, { channel });
  const deliveries = new Deliveries({ ...means, secrets, send, failed });
  const uploadDelays = new UploadDelays(clock);
  metrics.gauges({ name: "leeward_alerts_open", help: "Alerts that stand", labels: ["severity", "rule"] }, () =>
    store.alerts.counts().map(({ severity, rule, count }) => ({ labels: { severity, rule }, value: count })),
  );
  const noted = (): Promise<readonly Condition[]> => {
    uploadDelays.note(uploadsIn(store, reports));
    return conditions();
  };
  const engine = new AlertEngine(means);
  return {
    alerts: new Alerts({ clock, store, events, engine, deliveries, conditions: noted }),
    alertChannels: new Channels({ clock, store, events, secrets, deliveries }),
    channelSecrets: secrets,
    uploadDelays,
  };
}

/** How far each disk is at its process server, as far as that has said it. */
function uploadsIn(store: Store, reports: Reports): Parameters<UploadDelays["note"]>[0] {
  const servers = store.members
    .list()
    .filter(({ role, removedMicros }) => role === "process-server" && removedMicros === null);
  return servers.flatMap(({ id }) => {
    const status = reports.of(id)?.status;
    return status?.kind === "processServerStatus" ? status.value.disks : [];
  });
}

function allowedIn({ channelsMayReach, webhookUrl }: LiveConfig<ConfigServerSettings>["value"]): string[] {
  const host = webhookHost(webhookUrl);
  return host === undefined ? [...channelsMayReach] : [...channelsMayReach, host];
}

function ownEndpoints({ advertise, apiPort }: LiveConfig<ConfigServerSettings>["value"]): string[] {
  return advertise.map(advertisedName).map(({ host, port = apiPort }) => `${host.toLowerCase()}:${port}`);
}
