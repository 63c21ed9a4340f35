import type { Machine, RecoverySettings } from "@leeward/api";
import { NativeSelect, NumberInput, SimpleGrid, Stack, Text, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useState } from "react";
import { useAction } from "../../api/use-answer.ts";
import { ActionButton } from "../../parts/action-button.tsx";
import { useText } from "../../text/language.tsx";
import { SETTINGS_TEXTS } from "./settings-texts.ts";

const HOSTS = ["qemu", "libvirt", "none"] as const;
const FIRMWARES = ["bios", "uefi"] as const;
const BUSES = ["virtio", "sata", "scsi", "nvme", "ide"] as const;

/** How the machine is made at its master target; null is as the source is. */
export function RecoveryForm({ machine }: { readonly machine: Machine }) {
  const text = useText(SETTINGS_TEXTS);
  const [settings, setSettings] = useState<RecoverySettings>(machine.recovery);
  const set = useAction("setRecovery");
  const change = (part: Partial<RecoverySettings>): void => setSettings({ ...settings, ...part });
  const save = async (): Promise<void> => {
    // Network cards have a form of their own on the failover's page; they stay as they are.
    const { nics: _nics, testNics: _testNics, ...body } = settings;
    const done = await set.run({ params: { machine: machine.id }, body });
    if (done !== undefined) notifications.show({ message: text.saved });
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
      <ActionButton
        needs="operator"
        variant="filled"
        size="sm"
        w="fit-content"
        loading={set.isRunning}
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
