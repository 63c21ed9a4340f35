import { assert } from "@leeward/base";
import type { StartReplica } from "@leeward/proto";
import type { FailoverRow, ReplicaCard } from "../store/failover-rows.ts";

const BRIDGE = "bridge:";

/** What the master target is asked for; the same whenever it is asked. */
export function replicaOrder(
  { id, machineId, settings, chosen }: FailoverRow,
  { machineName, diskNameOf }: { readonly machineName: string; readonly diskNameOf: (diskId: string) => string },
): StartReplica {
  assert(chosen !== null, "a failover that starts has its point");
  return {
    replicaId: id,
    machineId,
    machineName,
    pointId: chosen.pointId,
    disks: chosen.diskIds.map((diskId) => ({ diskId, name: diskNameOf(diskId), bus: settings.diskBus })),
    hardware: { cpus: settings.cpus, memoryMib: settings.memoryMib, firmware: settings.firmware },
    nics: cardsOf(settings),
    host: settings.host,
    cpuShare: settings.cpuShare === 1 ? 0 : settings.cpuShare,
  };
}

/** Forwarded ports are those of the first card that has a network of its own. */
function cardsOf({ nics, network, forwards }: FailoverRow["settings"]): StartReplica["nics"] {
  const only: ReplicaCard = { mac: "", network, dhcp: false, addresses: [], gateways: [], dns: [] };
  const cards = nics ?? [only];
  const forwarding = Math.max(
    cards.findIndex((card) => !card.network.startsWith(BRIDGE)),
    0,
  );
  return cards.map(({ network: own, ...card }, index) => ({
    model: "virtio",
    ...card,
    ...networkOf(own),
    forwards: index === forwarding ? (forwards ?? []) : [],
  }));
}

function networkOf(network: string): Pick<StartReplica["nics"][number], "network" | "bridge"> {
  if (network.startsWith(BRIDGE)) return { network: "bridge", bridge: network.slice(BRIDGE.length) };
  return { network: network === "user" ? "user" : "isolated", bridge: "" };
}
