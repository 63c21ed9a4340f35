// Alerts on virtual time and a real store: what holds is what a test says, and what is sent is what a receiver in memory got.
import type { TestContext } from "node:test";
import { silentTrace } from "@leeward/daemon";
import { nodeFiles, type World } from "@leeward/world";
import { simulatedWorld } from "@leeward/world/testing";
import { AlertEngine } from "../alerts/alert-engine.ts";
import { Alerts } from "../alerts/alerts.ts";
import { ChannelSecrets } from "../alerts/channel-secrets.ts";
import { parseMessage } from "../alerts/channels/message-text.ts";
import { Channels } from "../alerts/channels.ts";
import { Deliveries, type Parcel } from "../alerts/deliveries.ts";
import type { Message } from "../alerts/message.ts";
import { type Actor, EventLog } from "../events/event-log.ts";
import type { Condition } from "../health/condition.ts";
import type { Store } from "../store/store.ts";
import { temporaryFolder } from "./node-test-server.ts";
import { openTestStore } from "./node-test-state.ts";

export const ADA: Actor = { name: "Ada", address: null };
const LOOK_MS = 5_000;

export interface AlertStage {
  readonly store: Store;
  readonly alerts: Alerts;
  readonly channels: Channels;
  readonly secrets: ChannelSecrets;
  /** What the receivers got, in the order in which it came. */
  readonly got: Message[];
  readonly nowMicros: () => number;
  /** What holds, who is heard, and what a receiver makes of what comes. */
  readonly said: {
    conditions: readonly Condition[];
    isOnline: boolean;
    receive: (parcel: Parcel) => Promise<readonly string[] | undefined>;
  };
  /** Virtual time goes on, with a look and a telling every 5 s. */
  readonly pass: (seconds: number) => Promise<void>;
  /** Ends what runs as a crash would, and begins anew on the same store. */
  readonly restart: () => AlertStage;
}

/** What holds of a machine. */
export function machineCondition(code: string, more: Partial<Condition> = {}): Condition {
  const { subject = "web" } = more;
  return {
    ...{ subjectKind: "machine", subjectId: `id of ${subject}`, machineId: `id of ${subject}`, subject },
    ...{ restsOn: [`id of ${subject}`], code, severity: "warning", since: null },
    ...{ message: `${code} of ${subject}`, remedy: "Mend it." },
    ...more,
  };
}

export async function alertStage(t: TestContext): Promise<AlertStage> {
  const folder = await temporaryFolder(t);
  const store = await openTestStore(folder);
  t.after(() => store[Symbol.dispose]());
  const { clock, random } = simulatedWorld({ seed: 1 });
  const world: Pick<World, "clock" | "random" | "files"> = { clock, random, files: nodeFiles({ io: "thread-pool" }) };
  const events = new EventLog({ rows: store.events, clock, trace: silentTrace, kept: () => 10_000 });
  const got: Message[] = [];
  const said: AlertStage["said"] = { conditions: [], isOnline: true, receive: async () => undefined };
  const secrets = new ChannelSecrets({ world, home: folder });
  const begin = (): AlertStage => {
    const life = new AbortController();
    const engine = new AlertEngine({ world, store, events, isOnline: () => said.isOnline });
    const send = async (_: unknown, parcel: Parcel): Promise<readonly string[]> => {
      const refused = await said.receive(parcel);
      if (!life.signal.aborted) got.push(parseMessage(parcel.document));
      return refused ?? [];
    };
    const means = { world, store, trace: silentTrace, secrets, serverId: "s1", failed: () => undefined };
    const deliveries = new Deliveries({ ...means, send });
    const conditions = async (): Promise<readonly Condition[]> => said.conditions;
    const look = async (): Promise<void> => {
      engine.take(said.conditions);
      deliveries.look(life.signal);
      // Secrets are opened outside of virtual time.
      await deliveries.settled();
    };
    return {
      store,
      alerts: new Alerts({ clock, store, events, engine, deliveries, conditions }),
      channels: new Channels({ clock, store, events, secrets, deliveries }),
      secrets,
      got,
      nowMicros: () => clock.wallMicros(),
      said,
      pass: async (seconds) => {
        await look();
        for (let ms = 0; ms < seconds * 1_000; ms += LOOK_MS) {
          await clock.advance(LOOK_MS);
          await look();
        }
      },
      restart: () => {
        life.abort(new Error("it was killed"));
        return begin();
      },
    };
  };
  return begin();
}
