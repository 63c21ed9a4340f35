import type { TokenCreated, User } from "@leeward/api";
import { Button, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useState } from "react";
import { useAction, useItems } from "../../api/use-answer.ts";
import { ActionButton } from "../../parts/action-button.tsx";
import { AmountInput } from "../../parts/amount-input.tsx";
import { Answered } from "../../parts/answered.tsx";
import { FormDialog } from "../../parts/form-dialog.tsx";
import { Nothing } from "../../parts/nothing.tsx";
import { SecretShown } from "../../parts/secret-shown.tsx";
import { useFocusBack } from "../../parts/use-focus-back.ts";
import { useText } from "../../text/language.tsx";
import { RoleField } from "./role-field.tsx";
import { ScopeField } from "./scope-field.tsx";
import { TEXTS } from "./texts.ts";
import { isApiRole, TokenTable } from "./token-table.tsx";

const TTL_SECONDS_DEFAULT = 90 * 86_400;
const NOTE_LENGTH_MAX = 200;

/** Tokens of programs. */
export function ApiTokens() {
  const text = useText(TEXTS);
  const tokens = useItems("listTokens", {});
  const [isMaking, setMaking] = useState(false);
  return (
    <Stack>
      <Group justify="space-between">
        <Text size="sm" c="dimmed">
          {text.tokenHint}
        </Text>
        <ActionButton
          size="sm"
          variant="filled"
          leftSection={<IconPlus aria-hidden size={16} />}
          onClick={() => setMaking(true)}
        >
          {text.newToken}
        </ActionButton>
      </Group>
      <Answered answer={tokens}>
        {(items) => (
          <TokenTable
            label={text.tokens}
            tokens={items.filter(({ role }) => isApiRole(role))}
            empty={<Nothing title={text.noTokens} />}
          />
        )}
      </Answered>
      {isMaking && <NewToken close={() => setMaking(false)} />}
    </Stack>
  );
}

function NewToken({ close }: { readonly close: () => void }) {
  useFocusBack();
  const text = useText(TEXTS);
  const create = useAction("createToken", { quiet: true });
  const [role, setRole] = useState<User["role"]>("viewer");
  const [note, setNote] = useState("");
  const [ttlSeconds, setTtl] = useState<number | null>(TTL_SECONDS_DEFAULT);
  const [machines, setMachines] = useState<readonly string[]>([]);
  const [created, setCreated] = useState<TokenCreated | undefined>(undefined);
  const submit = async (): Promise<void> => {
    const scope = machines.length === 0 ? null : { machines: [...machines] };
    const body = { role, ttlSeconds, scope, ...(note.trim() !== "" && { note: note.trim() }) };
    setCreated(await create.run({ body }));
  };
  if (created !== undefined) {
    return (
      <TokenShown token={created} close={close} title={text.newToken}>
        {text.keepToken}
      </TokenShown>
    );
  }
  return (
    <FormDialog
      opened
      close={close}
      title={text.newToken}
      action={text.create}
      isReady={ttlSeconds === null || ttlSeconds >= 1}
      isRunning={create.isRunning}
      fault={create.fault}
      submit={submit}
    >
      <TextInput
        label={text.note}
        maxLength={NOTE_LENGTH_MAX}
        value={note}
        data-autofocus
        onChange={(event) => setNote(event.currentTarget.value)}
      />
      <RoleField role={role} change={setRole} />
      <AmountInput label={text.ttl} description={text.noTtl} unit="seconds" value={ttlSeconds} change={setTtl} />
      <ScopeField machines={machines} change={setMachines} />
    </FormDialog>
  );
}

/** The only time that a token is seen: it is left by a button, not by a key that was pressed too soon. */
export function TokenShown(props: {
  readonly token: TokenCreated;
  readonly title: string;
  readonly close: () => void;
  readonly children: React.ReactNode;
}) {
  const text = useText(TEXTS);
  return (
    <Modal
      opened
      onClose={props.close}
      title={props.title}
      centered
      size="lg"
      closeOnEscape={false}
      closeOnClickOutside={false}
      withCloseButton={false}
    >
      <Stack>
        <SecretShown title={text.tokenShown} secret={props.token.token}>
          {props.children}
        </SecretShown>
        <Group justify="flex-end">
          <Button onClick={props.close}>{text.done}</Button>
        </Group>
      </Stack>
    </Modal>
  );
}
