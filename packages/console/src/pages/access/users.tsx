import type { User } from "@leeward/api";
import { Group, Stack, Text } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useState } from "react";
import { useAction, useItems } from "../../api/use-answer.ts";
import { ROLE_TEXTS } from "../../app/role-texts.ts";
import { ActionButton } from "../../parts/action-button.tsx";
import { Answered } from "../../parts/answered.tsx";
import { Confirm } from "../../parts/confirm.tsx";
import { DataTable } from "../../parts/data-table.tsx";
import { Moment } from "../../parts/moment.tsx";
import { Nothing } from "../../parts/nothing.tsx";
import { StateBadge } from "../../parts/state-badge.tsx";
import { useText } from "../../text/language.tsx";
import { useFormat } from "../../text/use-format.ts";
import { ScopeText } from "./scope-field.tsx";
import { TEXTS } from "./texts.ts";
import { UserDialog } from "./user-dialog.tsx";

export function Users() {
  const text = useText(TEXTS);
  const users = useItems("listUsers", {});
  const [isMaking, setMaking] = useState(false);
  const make = (
    <ActionButton
      size="sm"
      variant="filled"
      leftSection={<IconPlus aria-hidden size={16} />}
      onClick={() => setMaking(true)}
    >
      {text.newUser}
    </ActionButton>
  );
  return (
    <Stack>
      <Answered answer={users}>
        {(items) =>
          items.length === 0 ? (
            <Nothing title={text.noUsers} action={make}>
              {text.noUsersHint}
            </Nothing>
          ) : (
            <>
              <Group justify="flex-end">{make}</Group>
              <UserTable users={items} />
            </>
          )
        }
      </Answered>
      {isMaking && <UserDialog close={() => setMaking(false)} />}
    </Stack>
  );
}

function UserTable({ users }: { readonly users: readonly User[] }) {
  const text = useText(TEXTS);
  const roles = useText(ROLE_TEXTS);
  return (
    <DataTable
      label={text.users}
      rows={users}
      keyOf={({ id }) => id}
      textOf={({ name, role }) => `${name} ${roles[role]}`}
      empty={null}
      columns={[
        { key: "name", title: text.name, order: ({ name }) => name, show: ({ name }) => name },
        { key: "role", title: text.role, order: ({ role }) => role, show: ({ role }) => roles[role] },
        { key: "scope", title: text.scope, show: ({ scope }) => <ScopeText scope={scope} /> },
        { key: "kind", title: text.kind, order: ({ kind }) => kind, show: ({ kind }) => text.kinds[kind] },
        { key: "state", title: text.state, order: stateOf, show: (user) => <UserState user={user} /> },
        {
          key: "last",
          title: text.lastSignIn,
          order: ({ lastSignInAt }) => lastSignInAt,
          show: ({ lastSignInAt }) => (lastSignInAt === null ? text.never : <Moment time={lastSignInAt} />),
        },
        { key: "actions", title: "", align: "right", show: (user) => <UserActions user={user} /> },
      ]}
    />
  );
}

function stateOf({ disabled, lockedUntil }: User): "active" | "disabled" | "locked" {
  if (disabled) return "disabled";
  return lockedUntil === null ? "active" : "locked";
}

const STATE_TONES = { active: "good", disabled: "off", locked: "attention" } as const;

function UserState({ user }: { readonly user: User }) {
  const text = useText(TEXTS);
  const format = useFormat();
  const state = stateOf(user);
  return (
    <Stack gap={2} align="flex-start">
      <StateBadge tone={STATE_TONES[state]} label={text.userStates[state]} />
      {state === "locked" && (
        <Text size="xs" c="dimmed">
          {text.lockedUntil(format.time(user.lockedUntil))}
        </Text>
      )}
    </Stack>
  );
}

function UserActions({ user }: { readonly user: User }) {
  const text = useText(TEXTS);
  const set = useAction("setUser");
  const remove = useAction("removeUser");
  const [dialog, setDialog] = useState<"change" | "disable" | "remove" | undefined>(undefined);
  const close = (): void => setDialog(undefined);
  const params = { user: user.id };
  const { name } = user;
  const setDisabled = (disabled: boolean) => set.run({ params, body: { disabled } }).then(close);
  return (
    <Group gap="xs" justify="flex-end" wrap="nowrap">
      {user.lockedUntil !== null && (
        <ActionButton
          label={`${text.unlock}: ${name}`}
          loading={set.isRunning}
          onClick={() => void set.run({ params, body: { unlock: true } })}
        >
          {text.unlock}
        </ActionButton>
      )}
      <ActionButton label={text.changeUser(name)} onClick={() => setDialog("change")}>
        {text.change}
      </ActionButton>
      <ActionButton
        label={`${user.disabled ? text.enable : text.disable}: ${name}`}
        onClick={() => (user.disabled ? void setDisabled(false) : setDialog("disable"))}
      >
        {user.disabled ? text.enable : text.disable}
      </ActionButton>
      <ActionButton label={`${text.remove}: ${name}`} onClick={() => setDialog("remove")}>
        {text.remove}
      </ActionButton>
      {dialog === "change" && <UserDialog user={user} close={close} />}
      <Confirm
        opened={dialog === "disable"}
        close={close}
        title={text.disableTitle(name)}
        action={text.disable}
        isRunning={set.isRunning}
        run={() => setDisabled(true)}
      >
        {text.disableHint}
      </Confirm>
      <Confirm
        opened={dialog === "remove"}
        close={close}
        title={text.removeUserTitle(name)}
        action={text.remove}
        danger
        typed={name}
        isRunning={remove.isRunning}
        run={() => remove.run({ params }).then(close)}
      >
        {text.removeUserHint}
      </Confirm>
    </Group>
  );
}
