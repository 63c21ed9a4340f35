import type { Disk, Machine } from "@leeward/api";
import { Checkbox, Group, NativeSelect, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { useMay } from "../../api/api-context.tsx";
import { useAction, useItems } from "../../api/use-answer.ts";
import { ActionButton } from "../../parts/action-button.tsx";
import { Confirm } from "../../parts/confirm.tsx";
import { StateBadge, type Tone } from "../../parts/state-badge.tsx";
import { useText } from "../../text/language.tsx";
import { useFormat } from "../../text/use-format.ts";
import { DISK_TEXTS } from "./disk-texts.ts";

type Target = NonNullable<Disk["targets"]>[number];

const TONES: Readonly<Record<Target["state"], Tone>> = {
  following: "good",
  copying: "working",
  "left-behind": "attention",
  away: "bad",
  kept: "off",
  deleting: "working",
};

export interface OfDisk {
  readonly machine: Machine;
  readonly disk: Disk;
}

/** Where a disk goes, the main target first. */
export function DiskTargets({ machine, disk }: OfDisk) {
  const text = useText(DISK_TEXTS);
  const format = useFormat();
  const targets = disk.targets ?? [];
  return (
    <Stack gap="xs">
      <Text fw={600} size="sm">
        {text.targets}
      </Text>
      <Stack gap="xs" component="ul" className="plain-list">
        {targets.map((target) => (
          <Group component="li" key={target.id} gap="sm">
            <StateBadge tone={TONES[target.state]} label={text[target.state]} size="sm" />
            <Text size="sm" className="breakable" miw={0}>
              {target.name}
              {target.main && ` (${text.main})`} · {text.rpo} {format.duration(target.rpoSeconds)}
            </Text>
            {!target.main && target.state !== "deleting" && (
              <RemoveTarget machine={machine} disk={disk} target={target} />
            )}
            {target.faults.map(({ code, message }) => (
              <Text key={code} size="xs" c="dimmed" w="100%">
                {message}
              </Text>
            ))}
          </Group>
        ))}
      </Stack>
      <AddTarget machine={machine} disk={disk} />
    </Stack>
  );
}

function RemoveTarget({ machine, disk, target }: OfDisk & { readonly target: Target }) {
  const text = useText(DISK_TEXTS);
  const remove = useAction("removeTarget");
  const [opened, setOpened] = useState(false);
  const [deletePoints, setDelete] = useState(false);
  const title = text.removeTargetOf(target.name, disk.name);
  return (
    <>
      <ActionButton needs="operator" size="compact-xs" variant="default" label={title} onClick={() => setOpened(true)}>
        {text.remove}
      </ActionButton>
      <Confirm
        opened={opened}
        close={() => setOpened(false)}
        title={title}
        action={text.remove}
        danger
        isRunning={remove.isRunning}
        {...(deletePoints && { typed: disk.name })}
        run={async () => {
          const params = { machine: machine.id, disk: disk.id, target: target.id };
          if ((await remove.run({ params, query: { deletePoints } })) !== undefined) setOpened(false);
        }}
      >
        <Text size="sm">{text.removeTargetWhat(target.name)}</Text>
        <DeletePoints label={text.deletePoints} checked={deletePoints} change={setDelete} />
      </Confirm>
    </>
  );
}

export function DeletePoints(props: {
  readonly label: string;
  readonly checked: boolean;
  readonly change: (checked: boolean) => void;
}) {
  const text = useText(DISK_TEXTS);
  const may = useMay("administrator");
  return (
    <Checkbox
      mt="sm"
      label={props.label}
      description={may ? undefined : text.adminDeletes}
      disabled={!may}
      checked={props.checked}
      onChange={(event) => props.change(event.currentTarget.checked)}
    />
  );
}

function AddTarget({ machine, disk }: OfDisk) {
  const text = useText(DISK_TEXTS);
  const [opened, setOpened] = useState(false);
  const [chosen, setChosen] = useState("");
  const servers = useItems("listServers", {}, { enabled: opened }).data ?? [];
  const add = useAction("addTarget");
  const had = new Set((disk.targets ?? []).filter(({ state }) => state !== "kept").map(({ id }) => id));
  const free = servers.filter(({ id, role }) => role === "master-target" && !had.has(id));
  const target = chosen === "" ? (free[0]?.id ?? "") : chosen;
  return (
    <>
      <ActionButton
        needs="operator"
        size="compact-xs"
        variant="default"
        w="fit-content"
        label={text.addTargetOf(disk.name)}
        onClick={() => setOpened(true)}
      >
        {text.addTarget}
      </ActionButton>
      <Confirm
        opened={opened}
        close={() => setOpened(false)}
        title={text.addTargetOf(disk.name)}
        action={text.add}
        isRunning={add.isRunning}
        run={async () => {
          if (target === "") return;
          const params = { machine: machine.id, disk: disk.id };
          if ((await add.run({ params, body: { target } })) !== undefined) setOpened(false);
        }}
      >
        <Text size="sm" mb="sm">
          {text.addWhat}
        </Text>
        {free.length === 0 ? (
          <Text size="sm" fw={600}>
            {text.noTarget}
          </Text>
        ) : (
          <NativeSelect
            label={text.target}
            value={target}
            onChange={(event) => setChosen(event.currentTarget.value)}
            data={free.map(({ id, name }) => ({ value: id, label: name }))}
          />
        )}
      </Confirm>
    </>
  );
}
