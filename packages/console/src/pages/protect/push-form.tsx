import type { Push } from "@leeward/api";
import { Checkbox, NativeSelect, PasswordInput, SimpleGrid, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";
import { useAction, useItems } from "../../api/use-answer.ts";
import { ActionButton } from "../../parts/action-button.tsx";
import { useText } from "../../text/language.tsx";
import { EMPTY_PUSH, type PushFields, pushOrderOf } from "./push-order.ts";
import { PushProgress } from "./push-progress.tsx";
import { REGISTER_TEXTS } from "./register-texts.ts";

/** Installs agents over SSH; `registered` takes the id of a machine that is to be protected then. */
export function PushForm({ registered }: { readonly registered: (machine: string) => void }) {
  const text = useText(REGISTER_TEXTS);
  const [fields, setFields] = useState(EMPTY_PUSH);
  const [begun, setBegun] = useState<readonly Push[]>([]);
  const push = useAction("pushAgents");
  const order = pushOrderOf(fields);
  const install = async (): Promise<void> => {
    if (order === undefined) return;
    const answer = await push.run({ body: order });
    if (answer === undefined) return;
    setBegun(answer.items.map((each) => each.push));
    // Secrets are not kept here longer than they are needed.
    setFields({ ...fields, password: "", key: "", passphrase: "", sudoPassword: "" });
  };
  return (
    <Stack maw={820}>
      <Text size="sm">{text.lead}</Text>
      <Places fields={fields} change={(part) => setFields({ ...fields, ...part })} />
      <Login fields={fields} change={(part) => setFields({ ...fields, ...part })} />
      <Text size="xs" c="dimmed">
        {text.secret}
      </Text>
      <ActionButton
        calls="pushAgents"
        variant="filled"
        size="sm"
        w="fit-content"
        disabled={order === undefined}
        loading={push.isRunning}
        onClick={() => void install()}
      >
        {text.install}
      </ActionButton>
      {begun.map(({ id }) => (
        <PushProgress key={id} id={id} registered={registered} />
      ))}
    </Stack>
  );
}

interface FieldsProps {
  readonly fields: PushFields;
  readonly change: (part: Partial<PushFields>) => void;
}

function Places({ fields, change }: FieldsProps) {
  const text = useText(REGISTER_TEXTS);
  const servers = useItems("listServers", {}).data ?? [];
  const processServers = servers.filter(({ role, state }) => role === "process-server" && state !== "removed");
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }}>
      <Textarea
        label={text.hosts}
        description={text.hostsHint}
        required
        autosize
        minRows={2}
        value={fields.hosts}
        onChange={(event) => change({ hosts: event.currentTarget.value })}
      />
      <Textarea
        label={text.protectable}
        description={text.protectableHint}
        autosize
        minRows={2}
        value={fields.protectable}
        onChange={(event) => change({ protectable: event.currentTarget.value })}
      />
      <NativeSelect
        label={text.processServer}
        value={fields.processServer}
        onChange={(event) => change({ processServer: event.currentTarget.value })}
        data={[
          { value: "", label: text.automatic },
          ...processServers.map(({ id, name }) => ({ value: id, label: name })),
        ]}
      />
      <TextInput
        label={text.startCommand}
        description={text.startCommandHint}
        autoComplete="off"
        spellCheck={false}
        value={fields.startCommand}
        onChange={(event) => change({ startCommand: event.currentTarget.value })}
      />
    </SimpleGrid>
  );
}

function Login({ fields, change }: FieldsProps) {
  const text = useText(REGISTER_TEXTS);
  const isKey = fields.loginBy === "key";
  return (
    <>
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <TextInput
          label={text.user}
          description={text.userHint}
          required
          autoComplete="off"
          value={fields.user}
          onChange={(event) => change({ user: event.currentTarget.value })}
        />
        <NativeSelect
          label={text.loginBy}
          description={" "}
          value={fields.loginBy}
          onChange={(event) => change({ loginBy: event.currentTarget.value === "password" ? "password" : "key" })}
          data={[
            { value: "key", label: text.key },
            { value: "password", label: text.password },
          ]}
        />
        {isKey ? (
          <Textarea
            label={text.key}
            description={text.keyHint}
            required
            autosize
            minRows={3}
            maxRows={8}
            autoComplete="off"
            spellCheck={false}
            value={fields.key}
            onChange={(event) => change({ key: event.currentTarget.value })}
          />
        ) : (
          <PasswordInput
            label={text.password}
            required
            autoComplete="off"
            value={fields.password}
            onChange={(event) => change({ password: event.currentTarget.value })}
          />
        )}
        {isKey && (
          <PasswordInput
            label={text.passphrase}
            autoComplete="off"
            value={fields.passphrase}
            onChange={(event) => change({ passphrase: event.currentTarget.value })}
          />
        )}
        <PasswordInput
          label={text.sudoPassword}
          description={text.sudoHint}
          autoComplete="off"
          value={fields.sudoPassword}
          onChange={(event) => change({ sudoPassword: event.currentTarget.value })}
        />
      </SimpleGrid>
      <Checkbox
        label={text.acceptHostKey}
        checked={fields.acceptHostKey}
        onChange={(event) => change({ acceptHostKey: event.currentTarget.checked })}
      />
    </>
  );
}
