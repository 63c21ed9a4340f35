import type { Failover } from "@leeward/api";
import { Alert, Anchor, Progress, SimpleGrid, Stack, Table, Text } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { Link } from "wouter";
import { useItems } from "../../api/use-answer.ts";
import { FigureCard } from "../../parts/figure-card.tsx";
import { Moment } from "../../parts/moment.tsx";
import { Section } from "../../parts/section.tsx";
import { useText } from "../../text/language.tsx";
import { useFormat } from "../../text/use-format.ts";
import { lostSeconds, rtoSeconds } from "./failover-rules.ts";
import { FAILOVER_KINDS, FENCES } from "./failover-words.ts";
import { TEXTS } from "./texts.ts";

/** What it took and what it cost. */
export function FailoverFigures({ failover }: { readonly failover: Failover }) {
  const text = useText(TEXTS);
  const format = useFormat();
  const rto = rtoSeconds(failover);
  const lost = lostSeconds(failover, usePointEnd(failover));
  const lostNotes = { test: text.lostTestNote, planned: text.lostPlannedNote, unplanned: text.lostNote };
  return (
    <SimpleGrid cols={{ base: 1, xs: 2, lg: failover.kind === "planned" ? 4 : 3 }}>
      <FigureCard name={text.rtoName} value={format.duration(rto)} note={rto === null ? text.rtoWaits : text.rtoNote} />
      <FigureCard
        name={text.lostName}
        value={lost === 0 ? text.lostNothing : format.duration(lost)}
        note={lostNotes[failover.kind]}
      />
      <FigureCard
        name={text.pointName}
        value={failover.pointTime === null ? "–" : <Moment time={failover.pointTime} />}
        note={failover.point === null ? text.pointWaits : `${format.time(failover.pointTime)} · ${failover.point}`}
      />
      {failover.kind === "planned" && <ProofFigure failover={failover} />}
    </SimpleGrid>
  );
}

const POINT_LOOK_MS = 1_000;

/** Until when its point has everything of the machine; null until the point is chosen, and where it is gone by retention. */
function usePointEnd({ machine, point, pointTime }: Failover): string | null {
  const from = pointTime ?? "";
  const to = pointTime === null ? "" : new Date(Date.parse(pointTime) + POINT_LOOK_MS).toISOString();
  const points = useItems(
    "listPoints",
    { params: { machine }, query: { from, to } },
    { once: true, enabled: pointTime !== null },
  );
  return points.data?.find(({ id }) => id === point)?.validUntil ?? null;
}

function ProofFigure({ failover: { proof } }: { readonly failover: Failover }) {
  const text = useText(TEXTS);
  const format = useFormat();
  return (
    <FigureCard
      name={text.proofName}
      value={proof === null ? "–" : format.bytes(proof.differingBytes)}
      note={
        proof === null
          ? text.proofNone
          : proof.differingBytes === 0
            ? text.proofEqual(format.bytes(proof.comparedBytes))
            : text.proofDiffers(format.bytes(proof.differingBytes), format.bytes(proof.comparedBytes))
      }
    />
  );
}

/** How far each disk of the source is brought to what the replica machine wrote. */
export function ReverseProgress({ failover }: { readonly failover: Failover }) {
  const text = useText(TEXTS);
  const format = useFormat();
  if (failover.reverse.length === 0) return null;
  return (
    <Section title={text.reverse}>
      <Stack gap="md">
        {failover.reverse.map(({ disk, name, method, setBytes, broughtBytes, complete }) => (
          <Stack key={disk} gap={4}>
            <Text size="sm" fw={600} className="breakable">
              {name}
            </Text>
            <Progress
              aria-label={text.reverseOf(name)}
              value={setBytes === 0 ? 100 : Math.min(100, (100 * broughtBytes) / setBytes)}
              animated={!complete}
            />
            <Text size="xs" c="dimmed">
              {[
                text.reverseBytes(format.bytes(broughtBytes), format.bytes(setBytes)),
                method === "set" ? text.reverseSet : text.reverseCompared,
                complete ? text.reverseComplete : text.reverseGoes,
              ].join(" · ")}
            </Text>
          </Stack>
        ))}
      </Stack>
    </Section>
  );
}

export function FailoverFault({ failover: { error } }: { readonly failover: Failover }) {
  const text = useText(TEXTS);
  if (error === null) return null;
  return (
    <Alert color="red" variant="light" icon={<IconAlertTriangle aria-hidden />} title={text.failedTitle}>
      <Text size="sm" className="breakable">
        {error.message}
      </Text>
      {error.remedy !== null && (
        <Text size="sm" className="breakable" mt={4}>
          {error.remedy}
        </Text>
      )}
    </Alert>
  );
}

export function FailoverFacts({ failover }: { readonly failover: Failover }) {
  const text = useText(TEXTS);
  const rows = useFacts(failover).filter(([, value]) => value !== null);
  return (
    <Section title={text.facts}>
      <Table aria-label={text.facts} variant="vertical">
        <Table.Tbody>
          {rows.map(([name, value]) => (
            <Table.Tr key={name}>
              <Table.Th w="35%">{name}</Table.Th>
              <Table.Td className="breakable">{value}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Section>
  );
}

function useFacts(failover: Failover): readonly (readonly [name: string, value: ReactNode])[] {
  const text = useText(TEXTS);
  const kinds = useText(FAILOVER_KINDS);
  const fences = useText(FENCES);
  const format = useFormat();
  const { host, cpus, memoryMib, firmware, diskBus, replica, missingDisks, newDisks } = failover;
  return [
    [
      text.machine,
      <Anchor key="machine" component={Link} href={`/machines/${failover.machine}`} underline="always" inherit>
        {failover.machineName}
      </Anchor>,
    ],
    [text.kindOf, kinds[failover.kind]],
    [
      text.asked,
      <>
        <Moment time={failover.createdAt} exact /> · {text.askedBy(failover.actor)}
      </>,
    ],
    [text.at, failover.at],
    [text.replica, replica === null ? text.replicaNone : [replica.state, replica.why].filter(Boolean).join(": ")],
    [text.host, host === "none" ? text.hostNone : host],
    [text.size, text.sizeOf(format.count(cpus), format.bytes(memoryMib * 1_048_576), firmware, diskBus)],
    [text.network, failover.network],
    [text.source, failover.fence === null ? null : fences[failover.fence]],
    [text.epoch, failover.epoch === null ? null : format.count(failover.epoch)],
    [text.disks, failover.disks.length === 0 ? null : <DiskLines failover={failover} />],
    [text.missing, missingDisks.length === 0 ? null : missingDisks.map(({ disk, name }) => name ?? disk).join(", ")],
    [text.newDisks, newDisks.length === 0 ? null : newDisks.map(({ name, path }) => `${name}: ${path}`).join(", ")],
    [text.lastPoint, failover.lastPoint],
    [text.notes, failover.notes],
    [text.ended2, failover.endedAt === null ? null : <Moment key="ended" time={failover.endedAt} exact />],
  ];
}

function DiskLines({ failover: { disks } }: { readonly failover: Failover }) {
  const text = useText(TEXTS);
  return disks.map(({ disk, name, nbdUri }) => (
    <Text key={disk} size="sm" className="breakable">
      {name}: {nbdUri ?? text.notServed}
    </Text>
  ));
}
