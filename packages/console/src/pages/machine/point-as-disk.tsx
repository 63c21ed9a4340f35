// A point's content outside of a failover: served as a disk, or written to a file.

import type { Disk, ImageFormat } from "@leeward/api";
import { Checkbox, NativeSelect, Stack, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { useAction } from "../../api/use-answer.ts";
import { ActionButton } from "../../parts/action-button.tsx";
import { Confirm } from "../../parts/confirm.tsx";
import { JobProgress } from "../../parts/job-progress.tsx";
import { useText } from "../../text/language.tsx";
import type { OfPoint } from "./point-panel.tsx";
import { POINT_TEXTS } from "./point-texts.ts";

const FORMATS = ["raw", "qcow2", "vhd", "vhdx", "vmdk"] as const satisfies readonly ImageFormat[];

/** Which disk of the point is meant, and at which target: its main one unless told. */
interface Place {
  readonly disk: Disk | undefined;
  readonly target: string;
}

function usePlace({ machine, point }: OfPoint) {
  const had = machine.disks.filter(({ id }) => id in point.disks);
  const [diskId, setDiskId] = useState("");
  const [target, setTarget] = useState("");
  const disk = had.find(({ id }) => id === diskId) ?? had[0];
  const place: Place = { disk, target };
  return { place, had, setDiskId, setTarget };
}

function PlaceFields({ place, had, setDiskId, setTarget }: ReturnType<typeof usePlace>) {
  const text = useText(POINT_TEXTS);
  const targets = place.disk?.targets ?? [];
  return (
    <>
      <NativeSelect
        label={text.disk}
        value={place.disk?.id ?? ""}
        onChange={(event) => setDiskId(event.currentTarget.value)}
        data={had.map(({ id, name }) => ({ value: id, label: name }))}
      />
      {targets.length > 1 && (
        <NativeSelect
          label={text.target}
          value={place.target === "" ? (targets[0]?.id ?? "") : place.target}
          onChange={(event) => setTarget(event.currentTarget.value)}
          data={targets.map(({ id, name }) => ({ value: id, label: name }))}
        />
      )}
    </>
  );
}

export function OpenPoint({ machine, point }: OfPoint) {
  const text = useText(POINT_TEXTS);
  const [opened, setOpened] = useState(false);
  const [writable, setWritable] = useState(false);
  const at = usePlace({ machine, point });
  const open = useAction("openPoint");
  const { disk, target } = at.place;
  return (
    <>
      <ActionButton needs="operator" onClick={() => setOpened(true)}>
        {text.open}
      </ActionButton>
      <Confirm
        opened={opened}
        close={() => setOpened(false)}
        title={text.open}
        action={text.doOpen}
        isRunning={open.isRunning}
        run={async () => {
          if (disk === undefined) return;
          const body = { at: point.id, writable, ...(target !== "" && { target }) };
          if ((await open.run({ params: { machine: machine.id, disk: disk.id }, body })) !== undefined)
            setOpened(false);
        }}
      >
        <Stack gap="sm">
          <Text size="sm">{text.openWhat}</Text>
          <PlaceFields {...at} />
          <Checkbox
            label={text.writable}
            checked={writable}
            onChange={(event) => setWritable(event.currentTarget.checked)}
          />
        </Stack>
      </Confirm>
    </>
  );
}

export function SavePoint({ machine, point }: OfPoint) {
  const text = useText(POINT_TEXTS);
  const [opened, setOpened] = useState(false);
  const [path, setPath] = useState("");
  const [format, setFormat] = useState<ImageFormat>("raw");
  const [force, setForce] = useState(false);
  const [job, setJob] = useState<string | undefined>(undefined);
  const at = usePlace({ machine, point });
  const save = useAction("savePoint");
  const { disk, target } = at.place;
  const isPath = path.startsWith("/");
  return (
    <>
      <ActionButton calls="savePoint" onClick={() => setOpened(true)}>
        {text.save}
      </ActionButton>
      {job !== undefined && <JobProgress id={job} />}
      <Confirm
        opened={opened}
        close={() => setOpened(false)}
        title={text.save}
        action={text.doSave}
        isRunning={save.isRunning}
        run={async () => {
          if (disk === undefined || !isPath) return;
          const body = { at: point.id, path, format, force, ...(target !== "" && { target }) };
          const begun = await save.run({ params: { machine: machine.id, disk: disk.id }, body });
          if (begun === undefined) return;
          setJob(begun.id);
          setOpened(false);
        }}
      >
        <Stack gap="sm">
          <Text size="sm">{text.saveWhat}</Text>
          <PlaceFields {...at} />
          <TextInput
            label={text.path}
            description={text.pathHint}
            required
            error={path !== "" && !isPath ? text.pathInvalid : undefined}
            value={path}
            onChange={(event) => setPath(event.currentTarget.value)}
          />
          <NativeSelect
            label={text.format}
            value={format}
            onChange={({ currentTarget: { value } }) => setFormat(FORMATS.find((each) => each === value) ?? "raw")}
            data={[...FORMATS]}
          />
          <Checkbox label={text.force} checked={force} onChange={(event) => setForce(event.currentTarget.checked)} />
        </Stack>
      </Confirm>
    </>
  );
}
