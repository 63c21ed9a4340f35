import type { Machine } from "@leeward/api";
import { Checkbox, NumberInput, Select, SimpleGrid, Stack, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { useText } from "../../text/language.tsx";
import { type MachineOrder, portsOf } from "./machine-order.ts";
import { ORDER_TEXTS } from "./order-texts.ts";

export interface MachineOrderFormProps {
  /** Undefined where it is not known. */
  readonly machine: Machine | undefined;
  readonly isTest: boolean;
  readonly order: MachineOrder;
  readonly change: (order: MachineOrder) => void;
  /** A drill needs a machine that runs, and takes the ports from its checks. */
  readonly isDrill?: boolean;
}

const FIRMWARE = ["bios", "uefi"] as const;
const DISK_BUSES = ["virtio", "sata", "scsi", "nvme", "ide"] as const;
const HOSTS = ["qemu", "libvirt", "none"] as const;
const BRIDGE = "bridge:";
const BRIDGE_NAME_MAX = 15;

/** What a machine is to be at its master target, for one failover. */
export function MachineOrderForm({ machine, isTest, order, change, isDrill = false }: MachineOrderFormProps) {
  const text = useText(ORDER_TEXTS);
  const recovery = machine?.recovery;
  const set = (part: MachineOrder): void => change(without({ ...order, ...part }));
  const asSet = (value: string | number | null | undefined): string =>
    value === null || value === undefined ? text.asSet : text.asSetTo(String(value));
  return (
    <Stack>
      <Text size="sm" c="dimmed">
        {text.lead}
      </Text>
      <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }}>
        <NetworkFields
          network={order.network}
          asSet={asSet(isTest ? recovery?.testNetwork : recovery?.network)}
          set={(network) => set({ network })}
        />
        <Select
          label={text.host}
          placeholder={asSet(recovery?.host)}
          data={HOSTS.filter((value) => !isDrill || value !== "none").map((value) => ({
            value,
            label: text.hosts[value],
          }))}
          value={order.host ?? null}
          clearable
          onChange={(value) => set({ host: HOSTS.find((each) => each === value) })}
        />
        <NumberInput
          label={text.cpus}
          placeholder={asSet(recovery?.cpus)}
          min={1}
          max={255}
          allowDecimal={false}
          value={order.cpus ?? ""}
          onChange={(value) => set({ cpus: typeof value === "number" ? value : undefined })}
        />
        <NumberInput
          label={text.memory}
          placeholder={asSet(recovery?.memoryMib)}
          min={16}
          max={4_194_304}
          step={256}
          allowDecimal={false}
          value={order.memoryMib ?? ""}
          onChange={(value) => set({ memoryMib: typeof value === "number" ? value : undefined })}
        />
        <DiskFields machine={machine} order={order} asSet={asSet} set={set} />
        <NumberInput
          label={text.cpuShare}
          description={text.cpuShareHint}
          min={1}
          max={100}
          value={order.cpuShare === undefined ? "" : Math.round(order.cpuShare * 100)}
          onChange={(value) => set({ cpuShare: typeof value === "number" ? value / 100 : undefined })}
        />
        {!isDrill && <ForwardsField ports={order.forwards} set={(forwards) => set({ forwards })} />}
      </SimpleGrid>
      <Checkbox
        label={text.allowMissing}
        checked={order.allowMissing === true}
        onChange={(event) => set({ allowMissing: event.currentTarget.checked ? true : undefined })}
      />
    </Stack>
  );
}

function DiskFields({
  machine,
  order,
  asSet,
  set,
}: Pick<MachineOrderFormProps, "machine" | "order"> & {
  readonly asSet: (value: string | null | undefined) => string;
  readonly set: (part: MachineOrder) => void;
}) {
  const text = useText(ORDER_TEXTS);
  const recovery = machine?.recovery;
  return (
    <>
      <Select
        label={text.firmware}
        placeholder={asSet(recovery?.firmware)}
        data={[...FIRMWARE]}
        value={order.firmware ?? null}
        clearable
        onChange={(value) => set({ firmware: FIRMWARE.find((each) => each === value) })}
      />
      <Select
        label={text.diskBus}
        placeholder={asSet(recovery?.diskBus)}
        data={[...DISK_BUSES]}
        value={order.diskBus ?? null}
        clearable
        onChange={(value) => set({ diskBus: DISK_BUSES.find((each) => each === value) })}
      />
      {machine !== undefined && (
        <Select
          label={text.bootDisk}
          placeholder={asSet(machine.disks.find(({ id }) => id === recovery?.bootDisk)?.name ?? recovery?.bootDisk)}
          data={machine.disks.map(({ id, name }) => ({ value: id, label: name }))}
          value={order.bootDisk ?? null}
          clearable
          onChange={(value) => set({ bootDisk: value ?? undefined })}
        />
      )}
    </>
  );
}

function NetworkFields(props: {
  readonly network: string | undefined;
  readonly asSet: string;
  readonly set: (network: string | undefined) => void;
}) {
  const text = useText(ORDER_TEXTS);
  const { network, set } = props;
  const isBridge = network?.startsWith(BRIDGE) === true;
  return (
    <>
      <Select
        label={text.network}
        placeholder={props.asSet}
        data={[
          { value: "isolated", label: text.networks.isolated },
          { value: "user", label: text.networks.user },
          { value: BRIDGE, label: text.networks.bridge },
        ]}
        value={isBridge ? BRIDGE : (network ?? null)}
        clearable
        onChange={(value) => set(value ?? undefined)}
      />
      {isBridge && (
        <TextInput
          label={text.bridge}
          description={text.bridgeHint}
          required
          maxLength={BRIDGE_NAME_MAX}
          value={network.slice(BRIDGE.length)}
          onChange={(event) => set(`${BRIDGE}${event.currentTarget.value.trim()}`)}
        />
      )}
    </>
  );
}

function ForwardsField(props: {
  readonly ports: readonly number[] | undefined;
  readonly set: (ports: number[] | undefined) => void;
}) {
  const text = useText(ORDER_TEXTS);
  const [said, setSaid] = useState(props.ports?.join(", ") ?? "");
  const ports = portsOf(said);
  return (
    <TextInput
      label={text.forwards}
      description={text.forwardsHint}
      error={ports === undefined ? text.forwardsWrong : undefined}
      value={said}
      onChange={(event) => {
        setSaid(event.currentTarget.value);
        const given = portsOf(event.currentTarget.value);
        props.set(given === undefined || given.length === 0 ? undefined : given);
      }}
    />
  );
}

/** What is not said is not there: the API refuses what is null. */
function without(order: MachineOrder): MachineOrder {
  return Object.fromEntries(Object.entries(order).filter(([, value]) => value !== undefined));
}
