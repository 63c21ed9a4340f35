import type { Alert } from "@leeward/api";
import { Anchor, Checkbox, Code, Group, NativeSelect, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { Link } from "wouter";
import { type Answer, useAction, useAnswer, useItems } from "../../api/use-answer.ts";
import { ActionButton } from "../../parts/action-button.tsx";
import { Answered } from "../../parts/answered.tsx";
import { DataTable } from "../../parts/data-table.tsx";
import { Moment, useNowMs } from "../../parts/moment.tsx";
import { Nothing } from "../../parts/nothing.tsx";
import { SEVERITY_TONES, StateBadge } from "../../parts/state-badge.tsx";
import { useText } from "../../text/language.tsx";
import { useFormat } from "../../text/use-format.ts";
import { AcknowledgeDialog, SilenceDialog } from "./alert-dialogs.tsx";
import { TEXTS } from "./texts.ts";

const SHOWN = ["standing", "open", "acknowledged", "silenced", "resolved"] as const;
type Shown = (typeof SHOWN)[number];
const SEVERITIES = ["warning", "critical"] as const;
type Severity = (typeof SEVERITIES)[number];
const RESOLVED_MAX = 200;

/** Alerts that stand or have been resolved, chosen by state and severity, one or several at a time. */
export function AlertList() {
  const text = useText(TEXTS);
  const format = useFormat();
  const nowMs = useNowMs();
  const [shown, setShown] = useState<Shown>("standing");
  const [severity, setSeverity] = useState<Severity | "">("");
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const answer = useAlerts(shown);
  return (
    <Stack>
      <Group align="flex-end">
        <NativeSelect
          label={text.state}
          value={shown}
          data={SHOWN.map((each) => ({ value: each, label: text.states[each] }))}
          onChange={(event) => setShown(SHOWN.find((each) => each === event.currentTarget.value) ?? "standing")}
        />
        <NativeSelect
          label={text.severity}
          value={severity}
          data={[
            { value: "", label: text.anySeverity },
            ...SEVERITIES.map((each) => ({ value: each, label: text.severities[each] })),
          ]}
          onChange={(event) => setSeverity(SEVERITIES.find((each) => each === event.currentTarget.value) ?? "")}
        />
      </Group>
      <Answered answer={answer}>
        {(items) => {
          const alerts = items.filter(
            (alert) =>
              (severity === "" || alert.severity === severity) && (shown !== "silenced" || isSilenced(alert, nowMs)),
          );
          return (
            <>
              <AlertTable
                alerts={alerts}
                isAll={shown === "standing" && severity === ""}
                chosen={chosen}
                choose={setChosen}
              />
              {shown === "resolved" && items.length >= RESOLVED_MAX && (
                <Text size="sm" c="dimmed">
                  {text.newestOnly(format.count(RESOLVED_MAX))}
                </Text>
              )}
            </>
          );
        }}
      </Answered>
    </Stack>
  );
}

/** Those that stand are few; of the others, the newest. */
function useAlerts(shown: Shown): Answer<readonly Alert[]> {
  const isResolved = shown === "resolved";
  const state = shown === "open" || shown === "acknowledged" ? { state: shown } : {};
  const standing = useItems("listAlerts", { query: state }, { enabled: !isResolved, keepsFormer: true });
  const resolved = useAnswer(
    "listAlerts",
    { query: { state: "resolved", limit: RESOLVED_MAX } },
    { enabled: isResolved },
  );
  return isResolved ? { ...resolved, data: resolved.data?.items } : standing;
}

interface AlertTableProps {
  readonly alerts: readonly Alert[];
  readonly isAll: boolean;
  readonly chosen: ReadonlySet<string>;
  readonly choose: (chosen: ReadonlySet<string>) => void;
}

function AlertTable({ alerts, isAll, chosen, choose }: AlertTableProps) {
  const text = useText(TEXTS);
  const format = useFormat();
  const picked = alerts.filter(({ id }) => chosen.has(id));
  const toggle = (id: string): void =>
    choose(new Set(chosen.has(id) ? [...chosen].filter((each) => each !== id) : [...chosen, id]));
  return (
    <Stack>
      {alerts.length > 1 && (
        <Group>
          <Checkbox
            label={text.selectAll(format.count(alerts.length))}
            checked={picked.length === alerts.length}
            indeterminate={picked.length > 0 && picked.length < alerts.length}
            onChange={() => choose(new Set(picked.length === alerts.length ? [] : alerts.map(({ id }) => id)))}
          />
          {picked.length > 0 && <AlertActions alerts={picked} done={() => choose(new Set())} isMany />}
        </Group>
      )}
      <DataTable
        label={text.alerts}
        rows={alerts}
        keyOf={({ id }) => id}
        textOf={({ message, subject, rule, code }) => `${message} ${subject ?? ""} ${rule} ${code}`}
        empty={isAll ? <Nothing title={text.none}>{text.noneHint}</Nothing> : <Nothing title={text.noneMatching} />}
        columns={[
          {
            key: "severity",
            title: text.severity,
            order: ({ severity }) => SEVERITIES.indexOf(severity),
            show: (alert) => (
              <Group gap="xs" wrap="nowrap">
                <Checkbox
                  aria-label={text.select(alert.message)}
                  checked={chosen.has(alert.id)}
                  onChange={() => toggle(alert.id)}
                />
                <StateBadge tone={SEVERITY_TONES[alert.severity]} label={text.severities[alert.severity]} />
              </Group>
            ),
          },
          { key: "what", title: text.what, show: (alert) => <What alert={alert} /> },
          {
            key: "subject",
            title: text.subject,
            order: ({ subject }) => subject,
            show: (alert) => <Subject alert={alert} />,
          },
          { key: "state", title: text.state, order: ({ state }) => state, show: (alert) => <State alert={alert} /> },
          {
            key: "since",
            title: text.since,
            order: ({ openedAt }) => openedAt,
            show: ({ openedAt }) => <Moment time={openedAt} />,
          },
          { key: "actions", title: "", show: (alert) => <AlertActions alerts={[alert]} /> },
        ]}
      />
    </Stack>
  );
}

function What({ alert }: { readonly alert: Alert }) {
  return (
    <Stack gap={4} miw={{ base: 0, sm: 240 }} ta="left">
      <Text size="sm" fw={600}>
        {alert.message}
      </Text>
      <Text size="sm">{alert.remedy}</Text>
      <Code w="fit-content">{alert.code}</Code>
    </Stack>
  );
}

function Subject({ alert }: { readonly alert: Alert }) {
  const text = useText(TEXTS);
  return (
    <Stack gap={2} miw={{ base: 0, sm: 170 }}>
      <Text size="xs" c="dimmed">
        {text.subjectKinds[alert.subjectKind]}
      </Text>
      <Anchor component={Link} href={pathOf(alert)} size="sm">
        {alert.subject ?? text.subjectKinds[alert.subjectKind]}
      </Anchor>
    </Stack>
  );
}

/** The page on which its cause is seen to. */
function pathOf({ subjectKind, subject, machine }: Alert): string {
  if (machine !== null) return `/machines/${machine}`;
  const name = encodeURIComponent(subject ?? "");
  if (subjectKind === "server") return `/infrastructure?server=${name}`;
  if (subjectKind === "plan") return `/plans/${name}`;
  return subjectKind === "installation" ? "/settings" : "/machines";
}

const STATE_TONES = { open: "attention", acknowledged: "working", resolved: "good" } as const;

function State({ alert }: { readonly alert: Alert }) {
  const text = useText(TEXTS);
  const format = useFormat();
  const nowMs = useNowMs();
  const { state, acknowledgedBy, acknowledgedAt, note, silencedUntil, resolvedAt } = alert;
  const facts = [
    ...(acknowledgedBy === null ? [] : [text.by(acknowledgedBy, format.since(acknowledgedAt, nowMs))]),
    ...(isSilenced(alert, nowMs) ? [text.silencedUntil(format.time(silencedUntil))] : []),
    ...(resolvedAt === null ? [] : [text.resolvedAt(format.since(resolvedAt, nowMs))]),
  ];
  return (
    <Stack gap={4} align="flex-start">
      <StateBadge tone={STATE_TONES[state]} label={text.states[state]} />
      {facts.map((fact) => (
        <Text key={fact} size="xs" c="dimmed">
          {fact}
        </Text>
      ))}
      {note !== null && <Text size="xs">“{note}”</Text>}
    </Stack>
  );
}

interface AlertActionsProps {
  readonly alerts: readonly Alert[];
  readonly isMany?: boolean;
  readonly done?: () => void;
}

/** What can be done with one alert or several: each that it is not for is passed over. */
function AlertActions({ alerts, isMany = false, done = () => undefined }: AlertActionsProps) {
  const text = useText(TEXTS);
  const format = useFormat();
  const nowMs = useNowMs();
  const unsilence = useAction("unsilenceAlert");
  const [dialog, setDialog] = useState<"acknowledge" | "silence" | undefined>(undefined);
  const open = alerts.filter(({ state }) => state === "open");
  const standing = alerts.filter(({ state }) => state !== "resolved");
  const silent = standing.filter((alert) => isSilenced(alert, nowMs));
  const of = isMany ? format.count(alerts.length) : (alerts[0]?.message ?? "");
  const close = (): void => {
    setDialog(undefined);
    done();
  };
  return (
    <Group gap="xs" justify={isMany ? "flex-start" : "flex-end"}>
      {isMany && <Text size="sm">{text.chosen(of)}</Text>}
      <ActionButton
        needs="operator"
        label={`${text.acknowledge}: ${of}`}
        refusal={open.length === 0 ? text.only : undefined}
        onClick={() => setDialog("acknowledge")}
      >
        {text.acknowledge}
      </ActionButton>
      {silent.length > 0 ? (
        <ActionButton
          needs="operator"
          label={`${text.unsilence}: ${of}`}
          loading={unsilence.isRunning}
          onClick={() => {
            for (const { id } of silent) void unsilence.run({ params: { id } });
            done();
          }}
        >
          {text.unsilence}
        </ActionButton>
      ) : (
        <ActionButton
          needs="operator"
          label={`${text.silence}: ${of}`}
          refusal={standing.length === 0 ? text.isResolved : undefined}
          onClick={() => setDialog("silence")}
        >
          {text.silence}
        </ActionButton>
      )}
      {dialog === "acknowledge" && <AcknowledgeDialog alerts={open} close={close} />}
      {dialog === "silence" && <SilenceDialog alerts={standing} close={close} />}
    </Group>
  );
}

function isSilenced({ silencedUntil, state }: Alert, nowMs: number): boolean {
  return state !== "resolved" && silencedUntil !== null && Date.parse(silencedUntil) > nowMs;
}
