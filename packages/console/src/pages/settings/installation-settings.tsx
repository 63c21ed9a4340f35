import type { Installation } from "@leeward/api";
import { Anchor, Group, Stack, Switch, Text, TextInput, Tooltip } from "@mantine/core";
import { useState } from "react";
import { Link } from "wouter";
import { useAction, useAnswer } from "../../api/use-answer.ts";
import { useEdited } from "../../api/use-edited.ts";
import { ActionButton, useRefusal } from "../../parts/action-button.tsx";
import { Answered } from "../../parts/answered.tsx";
import { Confirm } from "../../parts/confirm.tsx";
import { EditedDialog } from "../../parts/edited-dialog.tsx";
import { Facts } from "../../parts/facts.tsx";
import { FormDialog } from "../../parts/form-dialog.tsx";
import { Section } from "../../parts/section.tsx";
import { useText } from "../../text/language.tsx";
import { TEXTS } from "./texts.ts";

export function InstallationSettings() {
  const text = useText(TEXTS);
  const installation = useAnswer("showInstallation", {});
  const version = useAnswer("waysToSignIn", {}).data?.version;
  return (
    <Answered answer={installation}>
      {(found) => (
        <Stack gap="lg">
          <Section title={text.installation}>
            <Facts
              columns={2}
              facts={[
                { name: text.id, value: found.id },
                { name: text.version, value: version ?? "–" },
              ]}
            />
          </Section>
          <WorkingHours workingHours={found.workingHours} />
          <SecondPerson isOn={found.secondPerson ?? false} />
          <Section title={text.bandwidth}>
            <Stack gap="xs">
              <Text size="sm">{text.bandwidthHint}</Text>
              <Group>
                <Anchor component={Link} href="/infrastructure" size="sm">
                  {text.toServers}
                </Anchor>
                <Anchor component={Link} href="/machines" size="sm">
                  {text.toMachines}
                </Anchor>
              </Group>
            </Stack>
          </Section>
        </Stack>
      )}
    </Answered>
  );
}

function WorkingHours({ workingHours }: Pick<Installation, "workingHours">) {
  const text = useText(TEXTS);
  const [isChanging, setChanging] = useState(false);
  return (
    <Section
      title={text.workingHours}
      actions={
        <ActionButton calls="setInstallation" label={text.changeHours} onClick={() => setChanging(true)}>
          {text.change}
        </ActionButton>
      }
    >
      <Text>{workingHours === "none" ? text.workingHoursNone : workingHours}</Text>
      <Text size="sm" c="dimmed">
        {text.workingHoursHint}
      </Text>
      {isChanging && <ChangeHours close={() => setChanging(false)} />}
    </Section>
  );
}

function ChangeHours({ close }: { readonly close: () => void }) {
  const text = useText(TEXTS);
  const edited = useEdited("showInstallation", {});
  return (
    <EditedDialog edited={edited} title={text.changeHours} close={close}>
      {({ answer, tag }) => (
        <HoursDialog workingHours={answer.workingHours} tag={tag} load={edited.load} close={close} />
      )}
    </EditedDialog>
  );
}

function HoursDialog(props: {
  readonly workingHours: string;
  readonly tag: string | null;
  readonly load: () => Promise<void>;
  readonly close: () => void;
}) {
  const text = useText(TEXTS);
  const set = useAction("setInstallation", { quiet: true });
  const [hours, setHours] = useState(props.workingHours);
  const submit = async (): Promise<void> => {
    const done = await set.run({ body: { workingHours: hours.trim() } }, props.tag);
    if (done !== undefined) props.close();
  };
  return (
    <FormDialog
      opened
      close={props.close}
      title={text.changeHours}
      action={text.save}
      isReady={hours.trim() !== "" && hours.trim() !== props.workingHours}
      isRunning={set.isRunning}
      fault={set.fault}
      load={() => void props.load().then(set.forget)}
      submit={submit}
    >
      <TextInput
        label={text.workingHours}
        description={text.workingHoursHint}
        value={hours}
        data-autofocus
        onChange={(event) => setHours(event.currentTarget.value)}
      />
    </FormDialog>
  );
}

function SecondPerson({ isOn }: { readonly isOn: boolean }) {
  const text = useText(TEXTS);
  const refusal = useRefusal("setInstallation");
  const set = useAction("setInstallation");
  const [isAsking, setAsking] = useState(false);
  const close = (): void => setAsking(false);
  return (
    <Section title={text.secondPerson}>
      <Stack gap="xs">
        <Tooltip label={refusal} disabled={refusal === undefined}>
          <Switch
            label={text.secondPersonOn}
            checked={isOn}
            disabled={refusal !== undefined}
            onChange={() => setAsking(true)}
            w="fit-content"
          />
        </Tooltip>
        <Text size="sm" c="dimmed">
          {text.secondPersonHint} {text.secondPersonOffHint}
        </Text>
        <Anchor component={Link} href="/access?tab=approvals" size="sm">
          {text.toApprovals}
        </Anchor>
      </Stack>
      <Confirm
        opened={isAsking}
        close={close}
        title={isOn ? text.secondOffTitle : text.secondOnTitle}
        action={isOn ? text.secondOff : text.secondOn}
        danger
        isRunning={set.isRunning}
        run={() => set.run({ body: { secondPerson: !isOn } }).then(close)}
      >
        {isOn ? text.secondOffWhat : text.secondOnWhat}
      </Confirm>
    </Section>
  );
}
