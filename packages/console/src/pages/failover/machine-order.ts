// How a machine is to be made at its master target, as people say it for once.
import type { Machine, TestFailoverOrder } from "@leeward/api";

/** What is not there is as the machine's recovery settings say, else as its source is. */
export type MachineOrder = Omit<TestFailoverOrder, "at">;

const PORT_MAX = 65_535;
const PORTS_MAX = 16;

/** "8080, 22" as ports; undefined when it is none. */
export function portsOf(text: string): number[] | undefined {
  const ports = text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "")
    .map(Number);
  const isRight = ports.every((port) => Number.isInteger(port) && port >= 1 && port <= PORT_MAX);
  return isRight && ports.length <= PORTS_MAX ? ports : undefined;
}

/** The network that the machine is going to be in. */
export function networkOf(order: MachineOrder, { recovery }: Machine, isTest: boolean): string {
  return order.network ?? (isTest ? recovery.testNetwork : recovery.network) ?? "isolated";
}

/** Whether it names a bridge where it is to be on one. */
export function isOrderWhole({ network }: MachineOrder): boolean {
  return network !== "bridge:";
}
