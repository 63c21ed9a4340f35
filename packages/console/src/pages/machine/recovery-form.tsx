import type { Machine, Tagged } from "@leeward/api";
import { NativeSelect, NumberInput, SimpleGrid, Stack, Text, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useAction } from "../../api/use-answer.ts";
import { ActionButton } from "../../parts/action-button.tsx";
import { EditFault } from "../../parts/edit-fault.tsx";
import { useDraft } from "../../parts/use-draft.ts";
import { useText } from "../../text/language.tsx";
import { SETTINGS_TEXTS } from "./settings-texts.ts";

const HOSTS = ["qemu", "libvirt", "none"] as const;
const FIRMWARES = ["bios", "uefi"] as const;
const BUSES = ["virtio", "sata", "scsi", "nvme", "ide"] as const;

export interface MachineFormProps {
  /** The machine as the form is filled from it. */
  readonly read: Tagged<Machine>;
  readonly load: () => Promise<void>;
}

/** How the machine is made at its master target; null is as the source is. Network cards have a form of their own on the failover's page. */
export function RecoveryForm({ read, load }: MachineFormProps) {
  const { answer: machine, tag } = read;
  const text = useText(SETTINGS_TEXTS);
  const { nics: _nics, testNics: _testNics, ...recovery } = machine.recovery;
  const { draft: settings, changed, isChanged, change, discard } = useDraft(recovery);
  const set = useAction("setRecovery", { quiet: true });
  const save = async (): Promise<void> => {
    if ((await set.run({ params: { machine: machine.id }, body: changed }, tag)) === undefined) return;
    await load();
    discard();
    notifications.show({ message: text.saved });
  };
  const textOf = (value: string): string | null => (value.trim() === "" ? null : value.trim());
  return (
    <Stack gap="md">
      <Text size="sm" c="dimmed">
        {text.recoveryLead}
      </Text>
      <SimpleGrid cols={{ base: 1, xs: 2, lg: 3 }}>
        <Choice label={text.host} among={HOSTS} value={settings.host} change={(host) => change({ host })} />
        <Count label={text.cpus} max={255} value={settings.cpus} change={(cpus) => change({ cpus })} />
        <Count
          label={text.memory}
          max={4 * 1_024 * 1_024}
          value={settings.memoryMib}
          change={(memoryMib) => change({ memoryMib })}
        />
        <Choice
          label={text.firmware}
          among={FIRMWARES}
          value={settings.firmware}
          change={(firmware) => change({ firmware })}
        />
        <Choice label={text.diskBus} among={BUSES} value={settings.diskBus} change={(diskBus) => change({ diskBus })} />
        <Choice
          label={text.bootDisk}
          among={machine.disks.map(({ name }) => name)}
          value={settings.bootDisk}
          change={(bootDisk) => change({ bootDisk })}
        />
        <TextInput
          label={text.network}
          description={text.networkHint}
          value={settings.network ?? ""}
          onChange={(event) => change({ network: textOf(event.currentTarget.value) })}
        />
        <TextInput
          label={text.testNetwork}
          description={text.networkHint}
          value={settings.testNetwork ?? ""}
          onChange={(event) => change({ testNetwork: textOf(event.currentTarget.value) })}
        />
      </SimpleGrid>
      {set.fault !== null && <EditFault fault={set.fault} load={() => void load().then(set.forget)} />}
      <ActionButton
        needs="operator"
        variant="filled"
        size="sm"
        w="fit-content"
        loading={set.isRunning}
        refusal={isChanged ? undefined : text.unchanged}
        onClick={() => void save()}
      >
        {text.save}
      </ActionButton>
    </Stack>
  );
}

function Choice<T extends string>(props: {
  readonly label: string;
  readonly among: readonly T[];
  readonly value: T | null;
  readonly change: (value: T | null) => void;
}) {
  const text = useText(SETTINGS_TEXTS);
  return (
    <NativeSelect
      label={props.label}
      value={props.value ?? ""}
      onChange={({ currentTarget: { value } }) => props.change(props.among.find((each) => each === value) ?? null)}
      data={[{ value: "", label: text.asSource }, ...props.among.map((each) => ({ value: each, label: each }))]}
    />
  );
}

function Count(props: {
  readonly label: string;
  readonly max: number;
  readonly value: number | null;
  readonly change: (value: number | null) => void;
}) {
  const text = useText(SETTINGS_TEXTS);
  return (
    <NumberInput
      label={props.label}
      placeholder={text.asSource}
      min={1}
      max={props.max}
      allowDecimal={false}
      hideControls
      value={props.value ?? ""}
      onChange={(value) => props.change(typeof value === "number" ? value : null)}
    />
  );
}
