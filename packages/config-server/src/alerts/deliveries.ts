// Brings what has become of alerts to channels: each its own, so that one that hangs keeps nobody else.
//
// Invariant: what a channel is told stands in the store as a whole message, in one transaction with up to where it was told, before its first byte leaves;
// it goes when the receiver took it. So each message arrives at least once, always under the same id and in the same words, and nothing is left out
// over a restart. Worst outcome if broken: somebody relies on being told, and is not.
import { type Fault, formatTime, isFault, MICROS_PER_MS, randomId, retryDelayMs } from "@leeward/base";
import type { Trace } from "@leeward/daemon";
import type { World } from "@leeward/world";
import { alertDeliveryFailed } from "../faults.ts";
import { ALERT_CHANNEL_LOOK_MS, ALERT_GATHER_MS } from "../limits.ts";
import type { AlertChannelRow, ChannelSettings, DeliveryRow } from "../store/alert-channel-rows.ts";
import type { Store } from "../store/store.ts";
import type { ChannelSecrets } from "./channel-secrets.ts";
import { messageOf, noticeOf, testMessage } from "./message.ts";

/** What is to be sent: a `Message` as JSON, and the channel's secret. */
export interface Parcel {
  readonly document: string;
  readonly secret: string | null;
}

/** Settles when the receiver took it, with the addresses of a mail for which it did not. */
export type Send = (target: ChannelSettings, parcel: Parcel, signal: AbortSignal) => Promise<readonly string[]>;

export interface DeliveriesOptions {
  readonly world: Pick<World, "clock" | "random">;
  readonly store: Store;
  readonly trace: Trace;
  readonly secrets: ChannelSecrets;
  readonly serverId: string;
  readonly send: Send;
  readonly failed: (channel: string) => void;
}

export class Deliveries {
  readonly #options: DeliveriesOptions;
  readonly #underWay = new Map<string, Promise<void>>();
  /** When a channel is tried again, and since when there is something to tell it; of the monotonic clock. */
  readonly #dueMicros = new Map<string, number>();
  readonly #waitsSinceMicros = new Map<string, number>();

  constructor(options: DeliveriesOptions) {
    this.#options = options;
  }

  async run(signal: AbortSignal): Promise<void> {
    const { clock } = this.#options.world;
    while (!signal.aborted) {
      this.look(signal);
      // Only the abort ends it.
      await clock.sleep(ALERT_CHANNEL_LOOK_MS, signal).catch(() => undefined);
    }
    await this.settled();
  }

  /** Begins what is due. */
  look(signal: AbortSignal): void {
    for (const channel of this.#options.store.alertChannels.list()) {
      if (this.#underWay.has(channel.name)) continue;
      const delivery = this.#options.store.alertChannels.deliveryOf(channel.name) ?? this.#gather(channel);
      if (delivery === undefined || !this.#isDue(channel.name)) continue;
      this.#underWay.set(
        channel.name,
        this.#attempt(channel, delivery, signal).finally(() => this.#underWay.delete(channel.name)),
      );
    }
  }

  /** Settles when what was begun has got through or failed. */
  async settled(): Promise<void> {
    await Promise.all(this.#underWay.values());
  }

  /** The channel was set, or got through: what it is to be told is tried at once. */
  retry(name: string): void {
    this.#dueMicros.delete(name);
  }

  /** Sends a message that says nothing but that it is a test. @throws what the channel throws */
  async test(channel: AlertChannelRow, signal: AbortSignal): Promise<void> {
    const { store, world } = this.#options;
    const message = testMessage(this.#head(), channel.name);
    const refused = await this.#send(channel, JSON.stringify(message), signal);
    if (refused.length > 0) throw addressesRefused(refused);
    const row = store.alertChannels.byName(channel.name);
    if (row === undefined) return;
    store.alertChannels.put({ ...row, fault: null, deliveredMicros: world.clock.wallMicros() });
    this.retry(channel.name);
  }

  /** Makes one message of all that the channel is to be told, once that has waited for more to come. */
  #gather(channel: AlertChannelRow): DeliveryRow | undefined {
    const { store, world } = this.#options;
    const now = world.clock.wallMicros();
    // Nobody is told over a channel that this channel fails.
    const untold = store.alertChannels
      .untold(channel, now)
      .filter(({ alert }) => alert.code !== "alert-channel-failed" || alert.subject !== channel.name);
    if (untold.length === 0) {
      this.#waitsSinceMicros.delete(channel.name);
      return undefined;
    }
    const since = this.#waitsSinceMicros.get(channel.name) ?? world.clock.monotonicMicros();
    this.#waitsSinceMicros.set(channel.name, since);
    if (world.clock.monotonicMicros() - since < ALERT_GATHER_MS * MICROS_PER_MS) return undefined;
    this.#waitsSinceMicros.delete(channel.name);
    const notices = untold.map(({ alert, toldNumber }) => noticeOf(alert, toldNumber, now));
    const message = messageOf(this.#head(), notices);
    const delivery = { channel: channel.name, id: message.id, document: JSON.stringify(message), attempts: 0 };
    store.transaction(() => {
      store.alertChannels.putDelivery(delivery);
      for (const { alert } of untold) {
        const { id: alertId, noticeNumber, resolvedMicros } = alert;
        store.alertChannels.putTelling(channel.name, { alertId, noticeNumber, resolved: resolvedMicros !== null });
      }
    });
    return delivery;
  }

  async #attempt(channel: AlertChannelRow, delivery: DeliveryRow, signal: AbortSignal): Promise<void> {
    const { store, world, trace, failed } = this.#options;
    const { name } = channel;
    let refused: readonly string[] = [];
    const failure = await faultOf(async () => {
      refused = await this.#send(channel, delivery.document, signal);
    });
    if (failure !== undefined && signal.aborted) return;
    // While it was being sent the channel may have been removed, or removed and made again.
    const row = store.alertChannels.byName(name);
    if (row === undefined || store.alertChannels.deliveryOf(name)?.id !== delivery.id) return;
    const fault = failure ?? (refused.length > 0 ? addressesRefused(refused) : undefined);
    if (fault !== undefined) {
      failed(name);
      trace.warn("An alert channel did not get through.", { fault, channel: name, attempt: delivery.attempts + 1 });
    }
    const nowMicros = world.clock.wallMicros();
    const standing =
      fault === undefined
        ? null
        : { code: fault.code, message: fault.message, sinceMicros: row.fault?.sinceMicros ?? nowMicros };
    if (failure === undefined) {
      this.retry(name);
      store.transaction(() => {
        store.alertChannels.removeDelivery(name);
        store.alertChannels.put({ ...row, fault: standing, deliveredMicros: nowMicros });
      });
      return;
    }
    const attempts = delivery.attempts + 1;
    this.#dueMicros.set(name, world.clock.monotonicMicros() + retryDelayMs(attempts) * MICROS_PER_MS);
    store.transaction(() => {
      store.alertChannels.putDelivery({ ...delivery, attempts });
      store.alertChannels.put({ ...row, fault: standing });
    });
  }

  async #send(channel: AlertChannelRow, document: string, signal: AbortSignal): Promise<readonly string[]> {
    const { secrets, send } = this.#options;
    const secret = await secrets.open(channel);
    return await send(await secrets.targetOf(channel), { document, secret }, signal);
  }

  #isDue(name: string): boolean {
    return this.#options.world.clock.monotonicMicros() >= (this.#dueMicros.get(name) ?? 0);
  }

  #head(): { id: string; time: string; server: string } {
    const { world, serverId } = this.#options;
    return { id: randomId(world.random), time: formatTime(world.clock.wallMicros()), server: serverId };
  }
}

const addressesRefused = (addresses: readonly string[]): Fault =>
  alertDeliveryFailed(`The mail server took the message, but not for ${addresses.join(", ")}.`);

async function faultOf(work: () => Promise<void>): Promise<Fault | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    if (isFault(error)) return error;
    return alertDeliveryFailed(error instanceof Error ? error.message : String(error));
  }
}
