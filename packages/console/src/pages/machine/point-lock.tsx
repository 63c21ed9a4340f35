import { Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { useAction } from "../../api/use-answer.ts";
import { ActionButton } from "../../parts/action-button.tsx";
import { Confirm } from "../../parts/confirm.tsx";
import { useText } from "../../text/language.tsx";
import type { OfPoint } from "./point-panel.tsx";
import { POINT_TEXTS } from "./point-texts.ts";

type LockProps = OfPoint & { readonly changed: () => void };

/** Keeps a point whatever retention says; or lets it go again. */
export function LockPoint(props: LockProps) {
  return (
    <>
      <Lock {...props} />
      {props.point.locked && <Unlock {...props} />}
    </>
  );
}

function Lock({ machine, point, changed }: LockProps) {
  const text = useText(POINT_TEXTS);
  const [opened, setOpened] = useState(false);
  const [until, setUntil] = useState("");
  const [reason, setReason] = useState("");
  const lock = useAction("lockPoint");
  return (
    <>
      <ActionButton needs="operator" onClick={() => setOpened(true)}>
        {text.doLock}
      </ActionButton>
      <Confirm
        opened={opened}
        close={() => setOpened(false)}
        title={text.doLock}
        action={text.lock}
        isRunning={lock.isRunning}
        run={async () => {
          const body = {
            until: until === "" ? null : new Date(until).toISOString(),
            ...(reason.trim() !== "" && { reason: reason.trim() }),
          };
          if ((await lock.run({ params: { machine: machine.id, point: point.id }, body })) === undefined) return;
          changed();
          setOpened(false);
        }}
      >
        <Text size="sm" mb="sm">
          {text.lockWhat}
        </Text>
        <TextInput
          type="datetime-local"
          label={text.until}
          description={text.untilHint}
          value={until}
          onChange={(event) => setUntil(event.currentTarget.value)}
        />
        <TextInput
          mt="sm"
          label={text.reason}
          maxLength={256}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
      </Confirm>
    </>
  );
}

function Unlock({ machine, point, changed }: LockProps) {
  const text = useText(POINT_TEXTS);
  const [opened, setOpened] = useState(false);
  const unlock = useAction("unlockPoint");
  return (
    <>
      <ActionButton needs="administrator" onClick={() => setOpened(true)}>
        {text.doUnlock}
      </ActionButton>
      <Confirm
        opened={opened}
        close={() => setOpened(false)}
        title={text.doUnlock}
        action={text.doUnlock}
        danger
        isRunning={unlock.isRunning}
        run={async () => {
          if ((await unlock.run({ params: { machine: machine.id, point: point.id } })) === undefined) return;
          changed();
          setOpened(false);
        }}
      >
        {text.unlockWhat}
      </Confirm>
    </>
  );
}
