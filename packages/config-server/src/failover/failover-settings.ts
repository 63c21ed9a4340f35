import type { RecoverySettings, TestFailoverOrder } from "@leeward/api";
import { MiB } from "@leeward/base";
import { type Static, Type } from "typebox";
import { Check } from "typebox/value";
import type { FailoverSettings } from "../store/failover-rows.ts";
import type { StatusNotice } from "../store/report-rows.ts";

/** Of what an agent says about its machine, what a replica machine is made like. */
const Inventory = Type.Object({
  uefi: Type.Optional(Type.Boolean()),
  cpu: Type.Optional(Type.Object({ cores: Type.Optional(Type.Integer({ minimum: 1 })) })),
  memoryBytes: Type.Optional(Type.Number({ minimum: 0 })),
});
type Inventory = Static<typeof Inventory>;

/** Where neither the order nor the inventory says it. */
const CPUS_UNLESS_TOLD = 2;
const MEMORY_MIB_UNLESS_TOLD = 2_048;
/** What the API takes. */
const CPUS_MAX = 255;
const MEMORY_MIB_MIN = 16;
const MEMORY_MIB_MAX = 4 * 1_024 * 1_024;

/** What is asked for, else what was settled for the machine, else as the source is, else what most machines can be started with. */
export function settingsOf(
  order: TestFailoverOrder,
  {
    status,
    bootDiskId,
    recovery,
    isTest,
  }: {
    readonly status: StatusNotice | undefined;
    readonly bootDiskId: string;
    readonly recovery: RecoverySettings;
    readonly isTest: boolean;
  },
): FailoverSettings {
  const source = inventoryOf(status);
  return {
    at: order.at,
    host: order.host ?? recovery.host ?? "qemu",
    cpus: order.cpus ?? recovery.cpus ?? Math.min(source.cpu?.cores ?? CPUS_UNLESS_TOLD, CPUS_MAX),
    memoryMib: order.memoryMib ?? recovery.memoryMib ?? memoryMibOf(source),
    firmware: order.firmware ?? recovery.firmware ?? (source.uefi === true ? "uefi" : "bios"),
    diskBus: order.diskBus ?? recovery.diskBus ?? "virtio",
    network: order.network ?? (isTest ? recovery.testNetwork : recovery.network) ?? "isolated",
    cpuShare: order.cpuShare ?? 0,
    bootDiskId,
    allowMissing: order.allowMissing ?? false,
    forwards: order.forwards ?? [],
  };
}

function memoryMibOf({ memoryBytes }: Inventory): number {
  if (memoryBytes === undefined) return MEMORY_MIB_UNLESS_TOLD;
  return Math.min(Math.max(Math.floor(memoryBytes / MiB), MEMORY_MIB_MIN), MEMORY_MIB_MAX);
}

/** What cannot be read says nothing. */
function inventoryOf(status: StatusNotice | undefined): Inventory {
  if (status?.kind !== "agentStatus") return {};
  try {
    const inventory: unknown = JSON.parse(status.value.inventoryJson);
    return Check(Inventory, inventory) ? inventory : {};
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}
