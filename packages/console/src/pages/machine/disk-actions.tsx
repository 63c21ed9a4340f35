import { Checkbox, Group, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { useAction } from "../../api/use-answer.ts";
import { ActionButton } from "../../parts/action-button.tsx";
import { Confirm } from "../../parts/confirm.tsx";
import { JobProgress } from "../../parts/job-progress.tsx";
import { useText } from "../../text/language.tsx";
import { DeletePoints, type OfDisk } from "./disk-targets.tsx";
import { DISK_TEXTS } from "./disk-texts.ts";

type Question = "verify" | "resync" | "unprotect";

/** What can be done with a disk; each says first what will happen. */
export function DiskActions({ machine, disk }: OfDisk) {
  const text = useText(DISK_TEXTS);
  const [asked, setAsked] = useState<Question | undefined>(undefined);
  const [job, setJob] = useState<string | undefined>(undefined);
  const of = { machine, disk, opened: true, close: () => setAsked(undefined), begun: setJob };
  return (
    <Stack gap="sm">
      <Group gap="xs">
        <ActionButton needs="operator" label={text.verifyOf(disk.name)} onClick={() => setAsked("verify")}>
          {text.verify}
        </ActionButton>
        <ActionButton needs="operator" label={text.resyncOf(disk.name)} onClick={() => setAsked("resync")}>
          {text.resync}
        </ActionButton>
        <ActionButton needs="operator" label={text.unprotectOf(disk.name)} onClick={() => setAsked("unprotect")}>
          {text.unprotect}
        </ActionButton>
      </Group>
      {job !== undefined && <JobProgress id={job} />}
      <Verify {...of} opened={asked === "verify"} />
      <Resync {...of} opened={asked === "resync"} />
      <Unprotect {...of} opened={asked === "unprotect"} />
    </Stack>
  );
}

interface QuestionProps extends OfDisk {
  readonly opened: boolean;
  readonly close: () => void;
  /** Takes the id of the job. */
  readonly begun: (job: string) => void;
}

function Verify({ machine, disk, opened, close, begun }: QuestionProps) {
  const text = useText(DISK_TEXTS);
  const verify = useAction("verifyDisk");
  return (
    <Confirm
      opened={opened}
      close={close}
      title={text.verifyOf(disk.name)}
      action={text.begin}
      isRunning={verify.isRunning}
      run={async () => {
        const job = await verify.run({ params: { machine: machine.id, disk: disk.id } });
        if (job !== undefined) begun(job.id);
        close();
      }}
    >
      {text.verifyWhat}
    </Confirm>
  );
}

function Resync({ machine, disk, opened, close, begun }: QuestionProps) {
  const text = useText(DISK_TEXTS);
  const resync = useAction("resyncDisk");
  const [now, setNow] = useState(true);
  const [whole, setWhole] = useState(false);
  return (
    <Confirm
      opened={opened}
      close={close}
      title={text.resyncOf(disk.name)}
      action={text.begin}
      isRunning={resync.isRunning}
      run={async () => {
        const job = await resync.run({ params: { machine: machine.id, disk: disk.id }, body: { now, whole } });
        if (job !== undefined) begun(job.id);
        close();
      }}
    >
      <Text size="sm">{text.resyncWhat}</Text>
      <Checkbox
        mt="sm"
        label={text.resyncNow}
        checked={now}
        onChange={(event) => setNow(event.currentTarget.checked)}
      />
      <Checkbox
        mt="sm"
        label={text.resyncWhole}
        checked={whole}
        onChange={(event) => setWhole(event.currentTarget.checked)}
      />
    </Confirm>
  );
}

function Unprotect({ machine, disk, opened, close }: QuestionProps) {
  const text = useText(DISK_TEXTS);
  const unprotect = useAction("unprotectDisk");
  const [deletePoints, setDelete] = useState(false);
  return (
    <Confirm
      opened={opened}
      close={close}
      title={text.unprotectOf(disk.name)}
      action={text.unprotect}
      danger
      typed={disk.name}
      isRunning={unprotect.isRunning}
      run={async () => {
        const params = { machine: machine.id, disk: disk.id };
        if ((await unprotect.run({ params, query: { deletePoints } })) !== undefined) close();
      }}
    >
      <Text size="sm">{text.unprotectWhat}</Text>
      <DeletePoints label={text.deletePointsAll} checked={deletePoints} change={setDelete} />
    </Confirm>
  );
}
