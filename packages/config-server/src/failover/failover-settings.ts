import type { RecoverySettings, TestFailoverOrder } from "@leeward/api";
import { MiB } from "@leeward/base";
import type { FailoverSettings } from "../store/failover-rows.ts";
import type { StatusNotice } from "../store/report-rows.ts";
import { busFor } from "./replica-bus.ts";
import { replicaCards } from "./replica-cards.ts";
import { type SourceInventory, sourceInventory } from "./source-inventory.ts";

/** Where neither the order nor the inventory says it. */
const CPUS_UNLESS_TOLD = 2;
const MEMORY_MIB_UNLESS_TOLD = 2_048;
/** What the API takes. */
const CPUS_MAX = 255;
const MEMORY_MIB_MIN = 16;
const MEMORY_MIB_MAX = 4 * 1_024 * 1_024;

/**
 * What is asked for, else what was settled for the machine, else as the source is, else what most machines can be started with.
 * @throws Fault `replica-drivers-unsuited`
 */
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
  const source = sourceInventory(status);
  const network = order.network ?? (isTest ? recovery.testNetwork : recovery.network) ?? "isolated";
  const settled = (isTest ? recovery.testNics : recovery.nics) ?? [];
  // The order holds for all of them: a test that is to be alone is alone.
  const cards = order.network === undefined ? settled : settled.map((card) => ({ ...card, network: null }));
  return {
    at: order.at,
    host: order.host ?? recovery.host ?? "qemu",
    cpus: order.cpus ?? recovery.cpus ?? Math.min(source.cpu?.cores ?? CPUS_UNLESS_TOLD, CPUS_MAX),
    memoryMib: order.memoryMib ?? recovery.memoryMib ?? memoryMibOf(source),
    firmware: order.firmware ?? recovery.firmware ?? (source.uefi === true ? "uefi" : "bios"),
    diskBus: order.diskBus ?? recovery.diskBus ?? busFor(source),
    network,
    cpuShare: order.cpuShare ?? 0,
    bootDiskId,
    allowMissing: order.allowMissing ?? false,
    forwards: order.forwards ?? [],
    nics: replicaCards(source, { settings: cards, network, isTest }),
  };
}

function memoryMibOf({ memoryBytes }: SourceInventory): number {
  if (memoryBytes === undefined) return MEMORY_MIB_UNLESS_TOLD;
  return Math.min(Math.max(Math.floor(memoryBytes / MiB), MEMORY_MIB_MIN), MEMORY_MIB_MAX);
}
