// The signed report of a drill, to be read and kept. What was signed is the document that is downloaded; this is made from it.
import type { DrillReport, SignedDrillReport } from "@leeward/api";
import { Alert, Button, Code, Drawer, Group, Image, Stack, Table, Text, Title } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useAnswer } from "../../api/use-answer.ts";
import { Answered } from "../../parts/answered.tsx";
import { saveAsFile } from "../../parts/download.ts";
import { Facts } from "../../parts/facts.tsx";
import { Moment } from "../../parts/moment.tsx";
import { Command } from "../../parts/page.tsx";
import { StateBadge, type Tone } from "../../parts/state-badge.tsx";
import { useText } from "../../text/language.tsx";
import { useFormat } from "../../text/use-format.ts";
import { REPORT_TEXTS } from "./report-texts.ts";

export function DrillReportDrawer({ id, close }: { readonly id: string | null; readonly close: () => void }) {
  const text = useText(REPORT_TEXTS);
  const signed = useAnswer("showDrillReport", { params: { id: id ?? "" } }, { enabled: id !== null, once: true });
  return (
    <Drawer
      opened={id !== null}
      onClose={close}
      position="right"
      size="xl"
      title={text.title}
      closeButtonProps={{ "aria-label": text.close }}
    >
      <Answered answer={signed}>{(data) => <Report signed={data} />}</Answered>
    </Drawer>
  );
}

function Report({ signed }: { readonly signed: SignedDrillReport }) {
  const text = useText(REPORT_TEXTS);
  const { report } = signed;
  const file = `drill-${report.machine.name}-${report.drill.slice(0, 8)}.json`;
  const isPassed = report.outcome === "passed";
  return (
    <Stack gap="lg">
      <Group justify="space-between">
        <StateBadge size="lg" tone={isPassed ? "good" : "bad"} label={isPassed ? text.passed : text.failed} />
        <Button
          size="xs"
          variant="default"
          leftSection={<IconDownload aria-hidden size={16} />}
          onClick={() => saveAsFile(file, [JSON.stringify(signed, null, 2)], "application/json")}
        >
          {text.download}
        </Button>
      </Group>
      {report.problems.length > 0 && (
        <Alert color="red" variant="light" title={text.problems}>
          {report.problems.map(({ code, message }) => (
            <Text key={`${code} ${message}`} size="sm" className="breakable">
              {message} <Code>{code}</Code>
            </Text>
          ))}
        </Alert>
      )}
      <ReportFacts report={report} />
      <Checks report={report} />
      <Part title={text.screen}>
        {report.screen.png === null ? (
          <Text size="sm">{report.screen.why ?? text.screenNone}</Text>
        ) : (
          <Image src={`data:image/png;base64,${report.screen.png}`} alt={text.screenAlt} fit="contain" />
        )}
      </Part>
      <Proof report={report} />
      <Part title={text.cleanup}>
        <Text size="sm">{report.cleanup.words}</Text>
      </Part>
      <Part title={text.interruptions}>
        {report.interruptions.length === 0 ? (
          <Text size="sm">{text.none}</Text>
        ) : (
          report.interruptions.map(({ time, state, why }) => (
            <Text key={time} size="sm">
              <Moment time={time} exact /> · {state}: {why}
            </Text>
          ))
        )}
      </Part>
      <Part title={text.signature}>
        <Code block className="breakable" tabIndex={0}>
          {signed.signature}
        </Code>
        <Text size="sm" my="xs">
          {text.verify}
        </Text>
        <Command command={`leeward drill verify ${file} --ca ca.pem`} />
      </Part>
    </Stack>
  );
}

function Part({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section aria-label={title}>
      <Title order={3} size="h5" mb="xs">
        {title}
      </Title>
      {children}
    </section>
  );
}

function ReportFacts({ report }: { readonly report: DrillReport }) {
  const text = useText(REPORT_TEXTS);
  const format = useFormat();
  const { point, asked } = report;
  const missing =
    point === null || point.missingDisks.length === 0 ? "" : ` · ${text.missing(point.missingDisks.join(", "))}`;
  return (
    <Part title={text.facts}>
      <Facts
        columns={2}
        facts={[
          { name: text.machine, value: report.machine.name },
          { name: text.target, value: report.masterTarget.name },
          {
            name: text.asked,
            value: `${format.time(asked.time)} · ${asked.scheduled ? text.bySchedule : text.by(asked.by)} · ${asked.at}`,
          },
          {
            name: text.point,
            value:
              point === null
                ? text.pointNone
                : `${format.time(point.time)} · ${point.consistency} · ${point.id}${missing}`,
          },
          { name: text.rpo, value: `${format.duration(report.rpo.seconds)}: ${report.rpo.words}` },
          { name: text.rto, value: `${format.duration(report.rto.startSeconds)}: ${report.rto.words}` },
          { name: text.ended, value: format.time(report.endedAt) },
          { name: text.software, value: report.softwareVersion },
        ]}
      />
    </Part>
  );
}

function Checks({ report: { checks } }: { readonly report: DrillReport }) {
  const text = useText(REPORT_TEXTS);
  const format = useFormat();
  const results = { passed: text.checkPassed, failed: text.checkFailed, none: text.checkNone };
  return (
    <Part title={text.checks}>
      <Table.ScrollContainer
        minWidth={480}
        scrollAreaProps={{ viewportProps: { tabIndex: 0, role: "group", "aria-label": text.checks } }}
      >
        <Table aria-label={text.checks}>
          <Table.Thead>
            <Table.Tr>
              {[text.check, text.result, text.after, text.said].map((title) => (
                <Table.Th key={title}>{title}</Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {checks.map(({ check, ok, afterOrderSeconds, said }) => {
              const { tone, word } = resultOf(ok);
              return (
                <Table.Tr key={check}>
                  <Table.Td className="breakable">{check}</Table.Td>
                  <Table.Td>
                    <StateBadge tone={tone} label={results[word]} />
                  </Table.Td>
                  <Table.Td>{format.duration(afterOrderSeconds)}</Table.Td>
                  <Table.Td className="breakable">{said}</Table.Td>
                </Table.Tr>
              );
            })}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Part>
  );
}

function resultOf(ok: boolean | null): { readonly tone: Tone; readonly word: "passed" | "failed" | "none" } {
  if (ok === null) return { tone: "off", word: "none" };
  return ok ? { tone: "good", word: "passed" } : { tone: "bad", word: "failed" };
}

function Proof({ report: { proof } }: { readonly report: DrillReport }) {
  const text = useText(REPORT_TEXTS);
  const format = useFormat();
  return (
    <Part title={text.proof}>
      <Text size="sm" mb="xs">
        {proof.words}
      </Text>
      {proof.disks.map(({ disk, name, sizeBytes, before, after }) => (
        <Facts
          key={disk}
          columns={2}
          facts={[
            { name: text.disk, value: name },
            { name: text.size, value: format.bytes(sizeBytes) },
            { name: text.before, value: before },
            { name: text.afterwards, value: after ?? "–" },
          ]}
        />
      ))}
    </Part>
  );
}
