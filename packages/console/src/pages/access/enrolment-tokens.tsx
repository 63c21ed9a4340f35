// Tokens by which a machine or server joins, once, with the command that it joins by.
import type { TokenCreated } from "@leeward/api";
import { Group, NativeSelect, Stack, Text } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useState } from "react";
import { useAction, useItems } from "../../api/use-answer.ts";
import { ActionButton } from "../../parts/action-button.tsx";
import { AmountInput } from "../../parts/amount-input.tsx";
import { Answered } from "../../parts/answered.tsx";
import { FormDialog } from "../../parts/form-dialog.tsx";
import { Nothing } from "../../parts/nothing.tsx";
import { Command } from "../../parts/page.tsx";
import { useFocusBack } from "../../parts/use-focus-back.ts";
import { useText } from "../../text/language.tsx";
import { TEXTS } from "./texts.ts";
import { isApiRole, TokenTable } from "./token-table.tsx";
import { TokenShown } from "./tokens.tsx";

const ROLES = ["agent", "process-server", "master-target"] as const;
type MemberRole = (typeof ROLES)[number];
const TTL_SECONDS_DEFAULT = 86_400;

export function EnrolmentTokens() {
  const text = useText(TEXTS);
  const tokens = useItems("listTokens", {});
  const [isMaking, setMaking] = useState(false);
  return (
    <Stack>
      <Group justify="space-between">
        <Text size="sm" c="dimmed">
          {text.enrolmentHint}
        </Text>
        <ActionButton
          size="sm"
          variant="filled"
          leftSection={<IconPlus aria-hidden size={16} />}
          onClick={() => setMaking(true)}
        >
          {text.newEnrolment}
        </ActionButton>
      </Group>
      <Answered answer={tokens}>
        {(items) => (
          <TokenTable
            label={text.enrolment}
            tokens={items.filter(({ role }) => !isApiRole(role))}
            empty={<Nothing title={text.noTokens} />}
          />
        )}
      </Answered>
      {isMaking && <NewEnrolment close={() => setMaking(false)} />}
    </Stack>
  );
}

function NewEnrolment({ close }: { readonly close: () => void }) {
  useFocusBack();
  const text = useText(TEXTS);
  const create = useAction("createToken", { quiet: true });
  const machines = useItems("listMachines", {}).data ?? [];
  const [role, setRole] = useState<MemberRole>("agent");
  const [machine, setMachine] = useState("");
  const [ttlSeconds, setTtl] = useState<number | null>(TTL_SECONDS_DEFAULT);
  const [created, setCreated] = useState<TokenCreated | undefined>(undefined);
  const submit = async (): Promise<void> => {
    const place = role === "agent" && machine !== "" ? { machine } : {};
    setCreated(await create.run({ body: { role, ttlSeconds, ...place } }));
  };
  if (created !== undefined) {
    return (
      <TokenShown token={created} close={close} title={text.newEnrolment}>
        <Stack gap="xs">
          {text.enrolCommand}
          <Command command={commandOf(role)} />
        </Stack>
      </TokenShown>
    );
  }
  return (
    <FormDialog
      opened
      close={close}
      title={text.newEnrolment}
      action={text.create}
      isReady={ttlSeconds !== null && ttlSeconds >= 1}
      isRunning={create.isRunning}
      fault={create.fault}
      submit={submit}
    >
      <NativeSelect
        label={text.forWhat}
        value={role}
        data={ROLES.map((each) => ({ value: each, label: text.memberRoles[each] }))}
        data-autofocus
        onChange={(event) => setRole(ROLES.find((each) => each === event.currentTarget.value) ?? "agent")}
      />
      <AmountInput label={text.ttl} unit="seconds" value={ttlSeconds} change={setTtl} />
      {role === "agent" && (
        <NativeSelect
          label={text.takesPlace}
          description={text.takesPlaceHint}
          value={machine}
          data={[{ value: "", label: text.nobody }, ...machines.map(({ id, name }) => ({ value: id, label: name }))]}
          onChange={(event) => setMachine(event.currentTarget.value)}
        />
      )}
    </FormDialog>
  );
}

/** The server is the one that this page comes from. */
function commandOf(role: MemberRole): string {
  const options = `--server ${location.origin} --token-file /root/leeward.token --home /var/lib/leeward`;
  return role === "agent" ? `leeward agent register ${options}` : `leeward ${role} start ${options}`;
}
