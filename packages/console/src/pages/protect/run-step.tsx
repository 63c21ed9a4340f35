import type { Machine } from "@leeward/api";
import { Alert, Button, Group, List, Loader, Stack, Text } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import { Link } from "wouter";
import { useAction } from "../../api/use-answer.ts";
import { FaultText } from "../../parts/fault-notice.tsx";
import { JobProgress } from "../../parts/job-progress.tsx";
import { useText } from "../../text/language.tsx";
import type { DiskChoice, ProtectOrder } from "./protect-checks.ts";
import { TEXTS } from "./texts.ts";

interface RunStepProps {
  readonly machine: Machine;
  readonly order: ProtectOrder;
  readonly again: () => void;
}

/** Each disk is asked for by itself, so that a refusal of one leaves the others' success to be seen. */
export function RunStep({ machine, order, again }: RunStepProps) {
  const text = useText(TEXTS);
  return (
    <Stack>
      {order.disks.map((disk) => (
        <ProtectedDisk key={disk.path} machine={machine} order={order} disk={disk} />
      ))}
      <Text fw={600}>{text.nextTitle}</Text>
      <List size="sm" spacing="xs">
        <List.Item>{text.nextFirst}</List.Item>
        {order.disks.some(({ capture }) => capture === "splitter") && <List.Item>{text.nextSplitter}</List.Item>}
        <List.Item>{text.nextTest}</List.Item>
      </List>
      <Group>
        <Button component={Link} href={`/machines/${machine.id}?tab=disks`}>
          {text.toMachine}
        </Button>
        <Button variant="default" onClick={again}>
          {text.another}
        </Button>
      </Group>
    </Stack>
  );
}

function ProtectedDisk(props: Omit<RunStepProps, "again"> & { readonly disk: DiskChoice }) {
  const { machine, order, disk } = props;
  const text = useText(TEXTS);
  const protect = useAction("protectDisk", { quiet: true });
  const [job, setJob] = useState<string | undefined>(undefined);
  const isAsked = useRef(false);
  useEffect(() => {
    // Once, however often the page is drawn.
    if (isAsked.current) return;
    isAsked.current = true;
    const { policy, processServer, masterTarget, alsoTo, seed } = order;
    const body = {
      ...disk,
      policy,
      ...(processServer !== "" && { processServer }),
      ...(masterTarget !== "" && { masterTarget }),
      ...(alsoTo.length > 0 && { alsoTo: [...alsoTo] }),
      ...(seed && { seed }),
    };
    void protect.run({ params: { machine: machine.id }, body }).then((begun) => setJob(begun?.job.id));
  });
  if (job !== undefined) return <JobProgress id={job} />;
  if (protect.fault === null) return <Loader size="sm" aria-label={disk.path} />;
  return (
    <Alert color="red" variant="light" role="alert" title={text.refused(disk.path)}>
      <FaultText fault={protect.fault} />
    </Alert>
  );
}
