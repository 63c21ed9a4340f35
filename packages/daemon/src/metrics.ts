import type { Fault } from "@leeward/base";
import type { PeerRole } from "@leeward/world";
import { Counter, Gauge, Histogram, Registry } from "prom-client";

export interface MetricBrief {
  /** "leeward_cache_bytes": prefix, thing, unit last. */
  readonly name: string;
  readonly help: string;
  readonly labels?: readonly string[];
}

type Labels = Readonly<Record<string, string>>;

/** What a daemon counts, for whoever watches it. Names are registered once. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #faults = this.counter({
    name: "leeward_faults_total",
    help: "Faults that were met: retried, told as an event, or standing with a disk",
    labels: ["code", "kind"],
  });
  readonly #refusals = this.counter({
    name: "leeward_refused_total",
    help: "Peers, connections and requests that were refused",
    labels: ["code"],
  });
  readonly #reconnects = this.counter({
    name: "leeward_reconnects_total",
    help: "Connections with a peer that there was one with before, since the start",
    labels: ["peer"],
  });

  /** A fault was met. */
  fault({ code, kind }: Pick<Fault, "code" | "kind">): void {
    this.#faults(1, { code, kind });
  }

  /** Somebody was refused what they asked for. */
  refused({ code }: Pick<Fault, "code">): void {
    this.#refusals(1, { code });
  }

  /** There is a connection again with a peer of that role. */
  reconnected(peer: PeerRole): void {
    this.#reconnects(1, { peer });
  }

  /** A count that only rises. */
  counter({ name, help, labels = [] }: MetricBrief): (amount: number, labels?: Labels) => void {
    const counter = new Counter({ name, help, labelNames: [...labels], registers: [this.#registry] });
    return (amount, values = {}) => counter.inc(values, amount);
  }

  /** A value that is read when somebody asks. */
  gauge({ name, help }: MetricBrief, read: () => number): void {
    const gauge: Gauge = new Gauge({ name, help, registers: [this.#registry], collect: () => gauge.set(read()) });
  }

  /** Values by their labels, which are read when somebody asks; labels that are not given then have none. */
  gauges(
    { name, help, labels = [] }: MetricBrief,
    read: () => readonly { readonly labels: Labels; readonly value: number }[],
  ): void {
    const collect = (): void => {
      gauge.reset();
      for (const each of read()) gauge.set(each.labels, each.value);
    };
    const gauge: Gauge = new Gauge({ name, help, labelNames: [...labels], registers: [this.#registry], collect });
  }

  /** A sum since the start, which is read when somebody asks and only rises. */
  total({ name, help }: MetricBrief, read: () => number): void {
    const collect = (): void => {
      total.reset();
      total.inc(read());
    };
    const total: Counter = new Counter({ name, help, registers: [this.#registry], collect });
  }

  /** How long something took, seconds. */
  seconds({ name, help, labels = [] }: MetricBrief): (seconds: number, labels?: Labels) => void {
    const buckets = [0.000_1, 0.001, 0.005, 0.025, 0.1, 0.5, 1, 5, 30, 120];
    const histogram = new Histogram({ name, help, labelNames: [...labels], buckets, registers: [this.#registry] });
    return (value, values = {}) => histogram.observe(values, value);
  }

  /** The text that Prometheus scrapes. */
  text(): Promise<string> {
    return this.#registry.metrics();
  }
}
