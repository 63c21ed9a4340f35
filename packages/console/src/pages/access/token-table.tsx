// Tokens of one sort: they are listed alike, whether they are for the API or to enrol.
import type { Token } from "@leeward/api";
import { Stack, Text } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { useAction, useItems } from "../../api/use-answer.ts";
import { ROLE_TEXTS } from "../../app/role-texts.ts";
import { ActionButton } from "../../parts/action-button.tsx";
import { Confirm } from "../../parts/confirm.tsx";
import { DataTable } from "../../parts/data-table.tsx";
import { Moment } from "../../parts/moment.tsx";
import { StateBadge } from "../../parts/state-badge.tsx";
import { useText } from "../../text/language.tsx";
import { ScopeText } from "./scope-field.tsx";
import { TEXTS } from "./texts.ts";

const STATE_TONES = { valid: "good", used: "plain", expired: "off", revoked: "off" } as const;

export function isApiRole(role: Token["role"]): role is "viewer" | "operator" | "administrator" {
  return role === "viewer" || role === "operator" || role === "administrator";
}

export interface TokenTableProps {
  readonly label: string;
  readonly tokens: readonly Token[];
  readonly empty: ReactNode;
}

export function TokenTable({ label, tokens, empty }: TokenTableProps) {
  const text = useText(TEXTS);
  const roles = useText(ROLE_TEXTS);
  const members = [...(useItems("listMachines", {}).data ?? []), ...(useItems("listServers", {}).data ?? [])];
  const roleOf = ({ role }: Token): string => (isApiRole(role) ? roles[role] : text.memberRoles[role]);
  const userOf = ({ usedBy }: Token): string | undefined =>
    members.find(({ id }) => id === usedBy)?.name ?? usedBy ?? undefined;
  return (
    <DataTable
      label={label}
      rows={tokens.toSorted((one, other) => other.createdAt.localeCompare(one.createdAt))}
      keyOf={({ id }) => id}
      textOf={(token) => `${token.id} ${token.note ?? ""} ${roleOf(token)} ${token.createdBy} ${token.state}`}
      empty={empty}
      columns={[
        {
          key: "note",
          title: text.note,
          order: ({ note }) => note,
          show: ({ id, note }) => (
            <Stack gap={2}>
              {note !== null && <Text size="sm">{note}</Text>}
              <Text size="xs" c="dimmed">
                {id}
              </Text>
            </Stack>
          ),
        },
        { key: "role", title: text.role, order: roleOf, show: roleOf },
        { key: "scope", title: text.scope, show: ({ scope }) => <ScopeText scope={scope} /> },
        {
          key: "state",
          title: text.state,
          order: ({ state }) => state,
          show: (token) => (
            <Stack gap={2} align="flex-start">
              <StateBadge tone={STATE_TONES[token.state]} label={text.tokenStates[token.state]} />
              {userOf(token) !== undefined && <Text size="xs">{text.usedBy(userOf(token) ?? "")}</Text>}
            </Stack>
          ),
        },
        {
          key: "created",
          title: text.created,
          order: ({ createdAt }) => createdAt,
          show: ({ createdAt, createdBy }) => (
            <Stack gap={2}>
              <Moment time={createdAt} />
              <Text size="xs" c="dimmed">
                {text.createdBy(createdBy)}
              </Text>
            </Stack>
          ),
        },
        {
          key: "expires",
          title: text.expires,
          order: ({ expiresAt }) => expiresAt,
          show: ({ expiresAt }) => (expiresAt === null ? text.never : <Moment time={expiresAt} />),
        },
        { key: "actions", title: "", align: "right", show: (token) => <RevokeToken token={token} /> },
      ]}
    />
  );
}

function RevokeToken({ token }: { readonly token: Token }) {
  const text = useText(TEXTS);
  const revoke = useAction("revokeToken");
  const [isAsking, setAsking] = useState(false);
  const close = (): void => setAsking(false);
  const name = token.note ?? token.id;
  const isLive = token.state === "valid" || token.state === "used";
  return (
    <>
      <ActionButton
        label={`${text.revoke}: ${name}`}
        refusal={isLive ? undefined : text.notValid}
        onClick={() => setAsking(true)}
      >
        {text.revoke}
      </ActionButton>
      <Confirm
        opened={isAsking}
        close={close}
        title={text.revokeTitle(name)}
        action={text.revoke}
        danger
        isRunning={revoke.isRunning}
        run={() => revoke.run({ params: { id: token.id } }).then(close)}
      >
        {isApiRole(token.role) ? text.revokeApi : text.revokeEnrolment}
      </Confirm>
    </>
  );
}
