import type { ReplicaNic } from "./replica-spec.ts";

/** The name by which hypervisor, control groups and units know a machine. */
export function machineName(id: string): string {
  return `leeward-${id}`;
}

/** The machine's id in the form that firmware and hypervisors have for one. */
export function machineUuid(id: string): string {
  return id.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** The card's own address, else one of QEMU's range that follows from the machine's id: two machines on one bridge differ in it. */
export function macOf(id: string, { mac }: Pick<ReplicaNic, "mac">, index: number): string {
  const last = ((Number.parseInt(id.slice(4, 6), 16) + index) % 256).toString(16).padStart(2, "0");
  return mac?.toLowerCase() ?? `52:54:00:${id.slice(0, 2)}:${id.slice(2, 4)}:${last}`;
}
