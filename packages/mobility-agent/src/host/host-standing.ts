// What follows from whether this host is the one whose identity the home has: what it says of itself, what is shown, and what the control session's word does.
import { Waiters } from "@leeward/base";
import { type ControlSessionOptions, type DaemonContext, ownSender } from "@leeward/daemon";
import type { KeyStore } from "@leeward/identity";
import type { AGENT_SETTINGS } from "../config.ts";
import type { MachineFaults } from "../inventory/machine-faults.ts";
import type { MobilityAgentOptions } from "../mobility-agent.ts";
import { readHostFacts } from "./node-host-facts.ts";
import { OwnHost } from "./own-host.ts";

/** What agent and control session need of it. */
export interface HostStanding {
  readonly ofAgent: Required<Pick<MobilityAgentOptions, "mayDeliver" | "sender">>;
  readonly isCopy: () => boolean;
  /** Resolves when it may be another. */
  readonly changed: () => Promise<void>;
  readonly ofControl: Required<Pick<ControlSessionOptions<"agentPlan">, "sender" | "onStanding">>;
}

/** `onChange` is told when what may be delivered is another. */
export async function openHostStanding(
  { world, trace }: Pick<DaemonContext<typeof AGENT_SETTINGS>, "world" | "trace">,
  { keyStore, faults }: { readonly keyStore: KeyStore; readonly faults: MachineFaults },
  onChange: () => void,
): Promise<HostStanding> {
  const changed = new Waiters();
  const host: OwnHost = await OwnHost.open({
    ...world,
    folder: keyStore.folder,
    machineId: keyStore.identity?.id ?? "",
    facts: await readHostFacts(),
    onChange: () => {
      show();
      changed.notify();
      onChange();
    },
  });
  const show = (): void => {
    const fault = host.fault?.fault;
    if (fault === undefined) return;
    faults.set("host", [fault]);
    trace.error("Nothing that is recorded here leaves this host.", { fault });
  };
  show();
  const run = ownSender(world.random);
  const sender = () => ({ ...run, isCopy: host.isCopy });
  return {
    isCopy: () => host.isCopy,
    changed: () => changed.next(),
    ofAgent: { mayDeliver: () => host.mayDeliver, sender },
    ofControl: {
      sender,
      onStanding: (refusal) => {
        if (refusal?.code === "identity-copied") void host.refused(refusal);
        else host.taken();
      },
    },
  };
}
