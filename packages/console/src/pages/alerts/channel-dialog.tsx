import type { AlertChannel } from "@leeward/api";
import { Checkbox, NativeSelect, PasswordInput, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";
import { useAction } from "../../api/use-answer.ts";
import { FormDialog } from "../../parts/form-dialog.tsx";
import { useText } from "../../text/language.tsx";
import {
  type ChannelDraft,
  type ChannelField,
  changeOf,
  draftOf,
  KINDS,
  ofKind,
  SECURITIES,
  SEVERITIES,
  TRANSPORTS,
  wrongIn,
} from "./channel-form.ts";
import { TEXTS } from "./texts.ts";

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;

export interface ChannelDialogProps {
  /** The one that is changed; without one, another is made. */
  readonly channel?: AlertChannel;
  /** Names that are taken. */
  readonly names: readonly string[];
  readonly close: () => void;
}

export function ChannelDialog({ channel, names, close }: ChannelDialogProps) {
  const text = useText(TEXTS);
  const set = useAction("setAlertChannel", { quiet: true });
  const [name, setName] = useState(channel?.name ?? "");
  const [draft, setDraft] = useState(() => draftOf(channel));
  const isNamed = NAME.test(name) && !names.includes(name);
  const submit = async (): Promise<void> => {
    const done = await set.run({ params: { name }, body: changeOf(draft) });
    if (done !== undefined) close();
  };
  return (
    <FormDialog
      opened
      close={close}
      title={channel === undefined ? text.newChannel : channel.name}
      action={text.save}
      isReady={isNamed && wrongIn(draft).length === 0}
      isRunning={set.isRunning}
      fault={set.fault}
      submit={submit}
    >
      {channel === undefined && (
        <>
          <TextInput
            label={text.name}
            description={text.nameRule}
            value={name}
            error={name !== "" && !isNamed}
            data-autofocus
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Choice
            label={text.kind}
            of={KINDS}
            names={text.kinds}
            value={draft.kind}
            change={(kind) => setDraft(ofKind(draft, kind))}
          />
        </>
      )}
      <Choice
        label={text.least}
        description={text.leastHint}
        of={SEVERITIES}
        names={text.severities}
        value={draft.severity}
        change={(severity) => setDraft({ ...draft, severity })}
      />
      <SettingFields draft={draft} change={setDraft} />
      {draft.kind !== "syslog" && (
        <SecretField draft={draft} change={setDraft} hasSecret={channel?.hasSecret ?? false} />
      )}
      <Textarea
        label={text.ca}
        description={text.caHint}
        autosize
        minRows={1}
        maxRows={6}
        value={draft.caPem}
        onChange={(event) => setDraft({ ...draft, caPem: event.currentTarget.value })}
      />
    </FormDialog>
  );
}

interface FieldsProps {
  readonly draft: ChannelDraft;
  readonly change: (draft: ChannelDraft) => void;
}

function SettingFields({ draft, change }: FieldsProps) {
  const text = useText(TEXTS);
  const wrong = wrongIn(draft);
  const field = (of: ChannelField | "user", label: string) => (
    <TextInput
      label={label}
      value={draft[of]}
      error={draft[of] !== "" && of !== "user" && wrong.includes(of)}
      description={of === "url" ? text.urlRule : undefined}
      onChange={(event) => change({ ...draft, [of]: event.currentTarget.value })}
    />
  );
  if (draft.kind === "webhook") return field("url", text.url);
  return (
    <>
      {field("host", text.host)}
      {field("port", text.port)}
      {draft.kind === "smtp" ? (
        <>
          <Choice
            label={text.security}
            of={SECURITIES}
            names={text.securities}
            value={draft.security}
            change={(security) => change({ ...draft, security })}
          />
          {field("from", text.from)}
          {field("to", text.to)}
          {field("user", text.user)}
        </>
      ) : (
        <>
          <Choice
            label={text.transport}
            of={TRANSPORTS}
            names={text.transports}
            value={draft.transport}
            change={(transport) => change({ ...draft, transport })}
          />
          {field("facility", text.facility)}
        </>
      )}
    </>
  );
}

function SecretField({ draft, change, hasSecret }: FieldsProps & { readonly hasSecret: boolean }) {
  const text = useText(TEXTS);
  return (
    <>
      <PasswordInput
        label={draft.kind === "smtp" ? text.password : text.signingKey}
        description={hasSecret ? text.secretKept : text.secretNone}
        autoComplete="new-password"
        value={draft.secret}
        disabled={draft.isSecretRemoved}
        onChange={(event) => change({ ...draft, secret: event.currentTarget.value })}
      />
      {hasSecret && (
        <Checkbox
          label={text.secretRemove}
          checked={draft.isSecretRemoved}
          onChange={(event) => change({ ...draft, isSecretRemoved: event.currentTarget.checked })}
        />
      )}
    </>
  );
}

function Choice<T extends string>(props: {
  readonly label: string;
  readonly description?: string;
  readonly of: readonly T[];
  readonly names: Readonly<Record<T, string>>;
  readonly value: T;
  readonly change: (value: T) => void;
}) {
  return (
    <NativeSelect
      label={props.label}
      description={props.description}
      value={props.value}
      data={props.of.map((each) => ({ value: each, label: props.names[each] }))}
      onChange={(event) => {
        const chosen = props.of.find((each) => each === event.currentTarget.value);
        if (chosen !== undefined) props.change(chosen);
      }}
    />
  );
}
