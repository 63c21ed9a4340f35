import { type Static, Type } from "typebox";
import { Check } from "typebox/value";
import type { StatusNotice } from "../store/report-rows.ts";

const Nic = Type.Object({ name: Type.String(), mac: Type.String() });

/** Of what an agent says about its machine, what a replica machine is made like. */
const SourceInventory = Type.Object({
  uefi: Type.Optional(Type.Boolean()),
  cpu: Type.Optional(Type.Object({ cores: Type.Optional(Type.Integer({ minimum: 1 })) })),
  memoryBytes: Type.Optional(Type.Number({ minimum: 0 })),
  /** Its network cards, in its own order. */
  nics: Type.Optional(Type.Array(Nic)),
  /** Drivers that its kernel has before its root file system is there. */
  bootDrivers: Type.Optional(Type.Array(Type.String())),
});
export type SourceInventory = Static<typeof SourceInventory>;

/** What cannot be read says nothing. */
export function sourceInventory(status: StatusNotice | undefined): SourceInventory {
  if (status?.kind !== "agentStatus") return {};
  try {
    const inventory: unknown = JSON.parse(status.value.inventoryJson);
    return Check(SourceInventory, inventory) ? inventory : {};
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}
