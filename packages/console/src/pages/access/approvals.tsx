import type { Approval } from "@leeward/api";
import { Alert, Anchor, Group, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { Link } from "wouter";
import { useSignedIn } from "../../api/api-context.tsx";
import { useAction, useAnswer } from "../../api/use-answer.ts";
import { usePages } from "../../api/use-pages.ts";
import { ActionButton } from "../../parts/action-button.tsx";
import { Answered } from "../../parts/answered.tsx";
import { Confirm } from "../../parts/confirm.tsx";
import { DataTable } from "../../parts/data-table.tsx";
import { Moment } from "../../parts/moment.tsx";
import { Nothing } from "../../parts/nothing.tsx";
import { Older } from "../../parts/older.tsx";
import { StateBadge } from "../../parts/state-badge.tsx";
import { useText } from "../../text/language.tsx";
import { TEXTS } from "./texts.ts";

const STATE_TONES = { open: "attention", approved: "good", refused: "bad", used: "plain", expired: "off" } as const;

/** What somebody wants to do that needs another one; what is open comes first. */
export function Approvals() {
  const text = useText(TEXTS);
  const approvals = usePages("listApprovals", {});
  const isOff = useAnswer("showInstallation", {}).data?.secondPerson === false;
  return (
    <Stack>
      <Text size="sm" c="dimmed">
        {text.approvalHint}
      </Text>
      {isOff && (
        <Alert color="gray" variant="light">
          {text.isOff}{" "}
          <Anchor component={Link} href="/settings" size="sm" underline="always">
            {text.toSettings}
          </Anchor>
        </Alert>
      )}
      <Answered answer={approvals}>{(items) => <ApprovalTable approvals={items} />}</Answered>
      <Older pages={approvals} />
    </Stack>
  );
}

function ApprovalTable({ approvals }: { readonly approvals: readonly Approval[] }) {
  const text = useText(TEXTS);
  const rank = ({ state }: Approval): number => (state === "open" ? 0 : 1);
  return (
    <DataTable
      label={text.approvals}
      rows={approvals.toSorted((one, other) => rank(one) - rank(other) || other.askedAt.localeCompare(one.askedAt))}
      keyOf={({ id }) => id}
      textOf={({ summary, subject, askedBy, state }) => `${summary} ${subject ?? ""} ${askedBy} ${state}`}
      empty={<Nothing title={text.noApprovals} />}
      columns={[
        {
          key: "state",
          title: text.state,
          order: ({ state }) => state,
          show: ({ state, decidedBy }) => (
            <Stack gap={2} align="flex-start">
              <StateBadge tone={STATE_TONES[state]} label={text.approvalStates[state]} />
              {decidedBy !== null && <Text size="xs">{text.decidedBy(decidedBy)}</Text>}
            </Stack>
          ),
        },
        {
          key: "what",
          title: text.what,
          show: ({ summary, action }) => (
            <Stack gap={2} ta="left">
              <Text size="sm">{summary}</Text>
              <Text size="xs" c="dimmed">
                {action}
              </Text>
            </Stack>
          ),
        },
        { key: "subject", title: text.subject, order: ({ subject }) => subject, show: ({ subject }) => subject ?? "–" },
        {
          key: "asked",
          title: text.asked,
          order: ({ askedAt }) => askedAt,
          show: ({ askedAt, askedBy }) => (
            <Stack gap={2}>
              <Moment time={askedAt} />
              <Text size="xs" c="dimmed">
                {text.createdBy(askedBy)}
              </Text>
            </Stack>
          ),
        },
        {
          key: "expires",
          title: text.expires,
          order: ({ expiresAt }) => expiresAt,
          show: ({ expiresAt }) => <Moment time={expiresAt} />,
        },
        { key: "actions", title: "", align: "right", show: (approval) => <Decision approval={approval} /> },
      ]}
    />
  );
}

function Decision({ approval }: { readonly approval: Approval }) {
  const text = useText(TEXTS);
  const { name, kind } = useSignedIn();
  const approve = useAction("approve");
  const refuse = useAction("refuseApproval");
  const [asking, setAsking] = useState<"approve" | "refuse" | undefined>(undefined);
  const { id, state, askedBy, summary } = approval;
  // Whoever asked is named as events name them, with the role that they had.
  const isOwn = askedBy.startsWith(kind === "token" ? `${name} (` : `user ${name} (`);
  const refusal = state !== "open" ? text.decided : isOwn ? text.own : undefined;
  const close = (): void => setAsking(undefined);
  return (
    <Group gap="xs" justify="flex-end" wrap="nowrap">
      <ActionButton
        calls="approve"
        refusal={refusal}
        label={`${text.approve}: ${summary}`}
        onClick={() => setAsking("approve")}
      >
        {text.approve}
      </ActionButton>
      <ActionButton
        calls="refuseApproval"
        refusal={state === "open" ? undefined : text.decided}
        label={`${text.refuse}: ${summary}`}
        onClick={() => setAsking("refuse")}
      >
        {text.refuse}
      </ActionButton>
      <Confirm
        opened={asking === "approve"}
        close={close}
        title={text.approveTitle}
        action={text.approve}
        danger
        isRunning={approve.isRunning}
        run={() => approve.run({ params: { id } }).then(close)}
      >
        <Text size="sm" fw={600}>
          {summary}
        </Text>
        <Text size="sm">{text.approveHint(askedBy)}</Text>
      </Confirm>
      <Confirm
        opened={asking === "refuse"}
        close={close}
        title={text.refuseTitle}
        action={text.refuse}
        isRunning={refuse.isRunning}
        run={() => refuse.run({ params: { id } }).then(close)}
      >
        <Text size="sm" fw={600}>
          {summary}
        </Text>
        <Text size="sm">{text.refuseHint(askedBy)}</Text>
      </Confirm>
    </Group>
  );
}
