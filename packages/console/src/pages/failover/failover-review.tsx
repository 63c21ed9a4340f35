// What will happen, in sentences, before it is begun.
import type { Machine, Server } from "@leeward/api";
import { Alert, List, Stack, Text, Title } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useItems } from "../../api/use-answer.ts";
import { useNowMs } from "../../parts/moment.tsx";
import { useText } from "../../text/language.tsx";
import { useFormat } from "../../text/use-format.ts";
import { networkOf } from "./machine-order.ts";
import { ChosenPointText, useNewestPoints } from "./point-choice.tsx";
import { isPointWord, missingIn, pointMeant } from "./point-words.ts";
import type { WizardState } from "./wizard-state.ts";
import { WIZARD_TEXTS } from "./wizard-texts.ts";

export function FailoverReview({ machine, wizard }: { readonly machine: Machine; readonly wizard: WizardState }) {
  const text = useText(WIZARD_TEXTS);
  const { sentences } = text;
  const servers = useItems("listServers", {}).data ?? [];
  const { kind, order } = wizard;
  const isTest = kind === "test";
  const target = targetName(machine, servers);
  return (
    <Stack>
      <List spacing="xs">
        <List.Item>
          {isTest ? sentences.testMachine(machine.name, target) : sentences.machine(machine.name, target)}
        </List.Item>
        {kind === "planned" ? (
          <List.Item>{text.plannedPoint}</List.Item>
        ) : (
          <PointLines machine={machine} wizard={wizard} />
        )}
        {kind === "planned" && <List.Item>{sentences.lostNothing}</List.Item>}
        <List.Item>{fenceSentence(sentences, wizard)}</List.Item>
        <List.Item>
          {(order.host ?? machine.recovery.host) === "none"
            ? sentences.hostNone
            : sentences.network(networkOf(order, machine, isTest))}
        </List.Item>
      </List>
      <Title order={3} size="h5">
        {text.takenBack}
      </Title>
      <List spacing="xs">
        <List.Item>{isTest ? text.back2.test : text.back2.real}</List.Item>
        {!isTest && <List.Item>{text.back2.after}</List.Item>}
      </List>
    </Stack>
  );
}

function PointLines({ machine, wizard }: { readonly machine: Machine; readonly wizard: WizardState }) {
  const { sentences } = useText(WIZARD_TEXTS);
  const format = useFormat();
  const nowMs = useNowMs();
  const { kind, at, order } = wizard;
  const newest = useNewestPoints(machine.id, { once: false }).data;
  const isOlder = !isPointWord(at) && (newest === undefined || pointMeant(at, newest) === undefined);
  const until = Date.parse(at);
  const range = Number.isNaN(until) ? {} : { from: new Date(until - 3_600_000).toISOString(), to: at };
  const older = useItems(
    "listPoints",
    { params: { machine: machine.id }, query: range },
    { once: true, enabled: isOlder && newest !== undefined },
  ).data;
  const point = pointMeant(at, isOlder ? (older ?? []) : (newest ?? []));
  const missing = point === undefined ? [] : missingIn(point, machine);
  const ageSeconds = point === undefined ? null : Math.max(0, (nowMs - Date.parse(point.validUntil)) / 1_000);
  const lost = ageSeconds === null ? sentences.lostUnknown : sentences.lost(format.duration(Math.max(1, ageSeconds)));
  return (
    <>
      <List.Item>
        {sentences.point} <ChosenPointText at={at} />.
        {point !== undefined && ` ${sentences.pointKnown(format.time(point.time), format.since(point.time, nowMs))}`}
      </List.Item>
      <List.Item>{kind === "test" ? sentences.lostTest : at === "latest" ? sentences.lostLatest : lost}</List.Item>
      {missing.length > 0 && (
        <List.Item>
          <Alert color="orange" variant="light" icon={<IconAlertTriangle aria-hidden />}>
            <Text size="sm" className="breakable">
              {sentences.missing(missing.join(", "))}{" "}
              {order.allowMissing === true ? sentences.missingAllowed : sentences.missingRefused}
            </Text>
          </Alert>
        </List.Item>
      )}
    </>
  );
}

function fenceSentence(
  sentences: (typeof WIZARD_TEXTS)["en"]["sentences"],
  { kind, force }: Pick<WizardState, "kind" | "force">,
): string {
  if (kind === "test") return sentences.fencedTest;
  if (force) return sentences.fencedForced;
  return kind === "planned" ? sentences.fencedPlanned : sentences.fencedUnplanned;
}

function targetName(machine: Machine, servers: readonly Server[]): string {
  const ids = [...new Set(machine.disks.flatMap(({ masterTarget }) => (masterTarget === null ? [] : [masterTarget])))];
  return ids.map((id) => servers.find((server) => server.id === id)?.name ?? id).join(", ") || "–";
}
