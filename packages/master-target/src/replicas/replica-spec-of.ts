import type { StartReplica } from "@leeward/proto";
import type { ReplicaNic, ReplicaSpec } from "@leeward/recovery-host";

/** What the recovery host starts: the machine that was asked for, on disks that are served at these sockets. */
export function replicaSpecOf(asked: StartReplica, sockets: readonly string[]): ReplicaSpec {
  const { replicaId, machineName, hardware, disks, nics, cpuShare } = asked;
  return {
    id: replicaId,
    name: machineName,
    cpus: hardware.cpus,
    memoryMib: hardware.memoryMib,
    firmware: hardware.firmware,
    disks: disks.map(({ name, bus }, index) => ({
      name,
      bus,
      nbdSocket: sockets[index] ?? "",
      exportName: "",
      readOnly: false,
    })),
    nics: nics.map(nicOf),
    ...(cpuShare === 0 ? {} : { limits: { cpuShare } }),
  };
}

function nicOf({ model, network, bridge, forwards, mac }: StartReplica["nics"][number]): ReplicaNic {
  return { model, network: network === "bridge" ? { bridge } : network, forwards, ...(mac === "" ? {} : { mac }) };
}
