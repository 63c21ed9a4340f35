import type { Disk, DiskStages, Machine, Policy } from "@leeward/api";
import { Alert, Anchor, Code, Group, Progress, SimpleGrid, Stack, Text } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { Link } from "wouter";
import { useItems } from "../../api/use-answer.ts";
import { DISK_TONES } from "../../parts/machine-health.ts";
import { Moment } from "../../parts/moment.tsx";
import { Command } from "../../parts/page.tsx";
import { Section } from "../../parts/section.tsx";
import { StateBadge } from "../../parts/state-badge.tsx";
import { DISK_STATE_MEANINGS, DISK_STATE_TEXTS } from "../../parts/state-texts.ts";
import { useText } from "../../text/language.tsx";
import { useFormat } from "../../text/use-format.ts";
import { TEXTS as STAGE_TEXTS } from "../overview/texts.ts";
import { DiskActions } from "./disk-actions.tsx";
import { DiskTargets } from "./disk-targets.tsx";
import { DISK_TEXTS } from "./disk-texts.ts";

export interface DiskCardProps {
  readonly machine: Machine;
  readonly disk: Disk;
  readonly stages: DiskStages | undefined;
  readonly policy: Policy | undefined;
}

/** All there is to know of a disk, and what can be done with it. */
export function DiskCard(props: DiskCardProps) {
  const { machine, disk } = props;
  const text = useText(DISK_TEXTS);
  const states = useText(DISK_STATE_TEXTS);
  const meanings = useText(DISK_STATE_MEANINGS);
  return (
    <Section title={disk.name} actions={<StateBadge tone={DISK_TONES[disk.state]} label={states[disk.state]} />}>
      <Stack gap="md">
        <Text size="sm" c="dimmed">
          {meanings[disk.state]}
        </Text>
        <DiskProgress disk={disk} />
        <DiskFaults machine={machine} disk={disk} />
        <DiskFigures {...props} />
        {disk.nbdUri !== null && (
          <Stack gap={4}>
            <Text size="sm" c="dimmed">
              {text.nbd}
            </Text>
            <Command command={disk.nbdUri} />
          </Stack>
        )}
        <DiskTargets machine={machine} disk={disk} />
        <DiskActions machine={machine} disk={disk} />
      </Stack>
    </Section>
  );
}

function DiskProgress({ disk: { name, progress } }: { readonly disk: Disk }) {
  const text = useText(DISK_TEXTS);
  const format = useFormat();
  if (progress === null) return null;
  const { doneBytes, totalBytes, etaSeconds } = progress;
  return (
    <Stack gap={4}>
      <Progress
        value={totalBytes === 0 ? 0 : (100 * doneBytes) / totalBytes}
        aria-label={text.progressOf(name)}
        size="md"
      />
      <Text size="xs" c="dimmed">
        {text.progress(format.bytes(doneBytes), format.bytes(totalBytes), format.duration(etaSeconds))}
      </Text>
    </Stack>
  );
}

function DiskFaults({ machine, disk }: Pick<DiskCardProps, "machine" | "disk">) {
  const text = useText(DISK_TEXTS);
  const status = useItems("status", {}).data ?? [];
  const subject = `${machine.name}/${disk.name}`;
  const remedyOf = (code: string): string | undefined =>
    status.find((item) => item.code === code && item.subject === subject)?.remedy;
  const format = useFormat();
  const { historyForecast: forecast, heldExcess: held } = disk;
  return (
    <>
      {disk.faults.map((fault) => (
        <Alert key={fault.code} color="red" variant="light" icon={<IconAlertTriangle aria-hidden />}>
          <Text size="sm">{fault.message}</Text>
          <Group gap="xs" mt={4}>
            <Code>{fault.code}</Code>
            {fault.since !== null && (
              <Text size="xs" component="span">
                {text.since} <Moment time={fault.since} exact />
              </Text>
            )}
          </Group>
          <Text size="sm" mt={4}>
            {remedyOf(fault.code)}
          </Text>
        </Alert>
      ))}
      {forecast !== null && (
        <Alert color="yellow" variant="light">
          {text.forecast(
            format.duration(forecast.inSeconds),
            format.duration(forecast.reachSeconds),
            format.duration(forecast.reachLeftSeconds),
          )}
        </Alert>
      )}
      {held !== null && (
        <Alert color="yellow" variant="light">
          {text.held(format.bytes(held.bytes), format.bytes(held.bytesMax))}
        </Alert>
      )}
    </>
  );
}

function DiskFigures({ disk, stages, policy }: DiskCardProps) {
  const text = useText(DISK_TEXTS);
  const stageTexts = useText(STAGE_TEXTS);
  const format = useFormat();
  const log = stages?.stages.find(({ stage }) => stage === "log");
  const { rescan, pointCount, oldestPoint, verify } = disk;
  const bottleneck = stages?.bottleneck ?? null;
  const isMeasured = stages?.stages.some(({ busyFraction }) => busyFraction !== null) ?? false;
  const took = rescan?.tookSeconds ?? null;
  const rung = isRung(disk.capture) ? text[disk.capture] : disk.capture;
  return (
    <SimpleGrid component="dl" m={0} cols={{ base: 1, xs: 2, lg: 4 }} spacing="md" verticalSpacing="sm">
      <Fact name={text.path}>{disk.path}</Fact>
      <Fact name={text.size}>{format.bytes(disk.sizeBytes)}</Fact>
      <Fact name={text.capture}>{took === null ? rung : `${rung} (${text.rescanTook(format.duration(took))})`}</Fact>
      <Fact name={text.rpo}>{format.duration(disk.rpoSeconds)}</Fact>
      <Fact name={text.log}>
        {policy === undefined
          ? format.bytes(disk.logBytes)
          : text.logFull(format.bytes(disk.logBytes), format.bytes(policy.logBytesMax))}
      </Fact>
      <Fact name={text.churn}>{format.bytesPerSecond(log?.bytesPerSecond)}</Fact>
      <Fact name={text.bottleneck}>
        {bottleneck === null ? (isMeasured ? text.none : text.notMeasured) : stageTexts[bottleneck]}
      </Fact>
      <Fact name={text.journal}>{format.bytes(disk.journalBytes)}</Fact>
      <Fact name={text.history}>
        {oldestPoint === null ? text.noHistory : text.historyReach(format.count(pointCount), format.time(oldestPoint))}
      </Fact>
      <Fact name={text.verified}>
        {verify.lastPassEndedAt === null ? text.never : <Moment time={verify.lastPassEndedAt} />}
      </Fact>
      <Fact name={text.policy}>
        <Anchor component={Link} href={`/policies?policy=${disk.policy}`} size="sm" title={text.changePolicy}>
          {disk.policy}
        </Anchor>
      </Fact>
    </SimpleGrid>
  );
}

export function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div>
      <Text component="dt" size="xs" c="dimmed">
        {name}
      </Text>
      <Text component="dd" m={0} size="sm" className="breakable">
        {children}
      </Text>
    </div>
  );
}

function isRung(capture: string): capture is "splitter" | "tracker" | "rescan" {
  return capture === "splitter" || capture === "tracker" || capture === "rescan";
}
