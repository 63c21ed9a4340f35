import type { Disk, Server } from "@leeward/api";
import { Alert, Anchor, Group, Stack, Text, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconArrowLeft } from "@tabler/icons-react";
import { useState } from "react";
import { Link, useLocation } from "wouter";
import { useAction } from "../../api/use-answer.ts";
import { ActionButton } from "../../parts/action-button.tsx";
import { Confirm } from "../../parts/confirm.tsx";
import { type Fact, Facts } from "../../parts/facts.tsx";
import { FormDialog } from "../../parts/form-dialog.tsx";
import { Moment } from "../../parts/moment.tsx";
import { Page } from "../../parts/page.tsx";
import { Section } from "../../parts/section.tsx";
import { useText } from "../../text/language.tsx";
import { useFormat } from "../../text/use-format.ts";
import { ServerState } from "./server-card.tsx";
import { ServerMeters } from "./server-health.tsx";
import { TEXTS } from "./texts.ts";

interface ServerProps {
  readonly server: Server;
  /** That go over it; undefined while they are not known. */
  readonly disks: readonly Disk[] | undefined;
}

export function ServerDetail({ server, disks }: ServerProps) {
  const text = useText(TEXTS);
  const { name, role, bandwidth } = server;
  const commands =
    role === "process-server"
      ? [
          "leeward process-server list",
          `leeward process-server set ${name} bandwidth='20MB/s; mon-fri 08:00-18:00 5MB/s'`,
        ]
      : ["leeward master-target list"];
  return (
    <Page
      title={name}
      lead={
        <Anchor component={Link} href="/infrastructure" size="sm">
          <IconArrowLeft aria-hidden size={14} /> {text.title}
        </Anchor>
      }
      commands={commands}
      actions={<RemoveServer server={server} disks={disks} />}
    >
      <Section title={text.roles[role]} actions={<ServerState server={server} />}>
        <Stack gap="lg">
          <ServerMeters server={server} />
          <Facts facts={useServerFacts({ server, disks })} />
        </Stack>
      </Section>
      {bandwidth !== null && <BandwidthSection server={server} bandwidth={bandwidth} />}
      {role === "master-target" && (
        <Section title={text.store}>
          <StoreFacts store={server.store} />
        </Section>
      )}
      <Section title={text.faults}>
        <Faults faults={server.faults} />
      </Section>
    </Page>
  );
}

function useServerFacts({ server, disks }: ServerProps): readonly Fact[] {
  const text = useText(TEXTS);
  const format = useFormat();
  return [
    { name: text.version, value: server.softwareVersion ?? text.unknown },
    { name: text.address, value: server.address ?? text.unknown },
    { name: text.lastSeen, value: <Moment time={server.lastSeen} /> },
    { name: text.enrolled, value: <Moment time={server.enrolledAt} exact /> },
    { name: text.certificate, value: <Moment time={server.certificateExpiresAt} exact /> },
    { name: text.space, value: `${format.bytes(server.freeBytes)} / ${format.bytes(server.totalBytes)}` },
    { name: text.resident, value: format.bytes(server.health?.residentBytes) },
    { name: text.disksOver, value: format.count(disks?.length) },
    { name: text.serverId, value: server.id },
  ];
}

function Faults({ faults }: Pick<Server, "faults">) {
  const text = useText(TEXTS);
  if (faults.length === 0) return <Text size="sm">{text.noFaults}</Text>;
  return (
    <Stack>
      {faults.map(({ code, message, since }) => (
        <Alert key={code} color="orange" variant="light" title={code}>
          <Text size="sm">{message}</Text>
          {since !== null && <Moment time={since} />}
        </Alert>
      ))}
    </Stack>
  );
}

function StoreFacts({ store }: Pick<Server, "store">) {
  const text = useText(TEXTS);
  const format = useFormat();
  if (store === null) return <Text size="sm">{text.noStore}</Text>;
  const { heldLocks } = store;
  return (
    <Facts
      facts={[
        { name: text.place, value: store.place },
        { name: text.writer, value: store.leased ? text.yes : text.no },
        { name: text.puts, value: format.count(store.puts) },
        { name: text.gets, value: format.count(store.gets) },
        { name: text.retries, value: format.count(store.retries) },
        { name: text.storeSent, value: format.bytes(store.sentBytes) },
        { name: text.requestsPerGb, value: format.count(store.requestsPerGb) },
        {
          name: text.locks,
          value: heldLocks === null ? "–" : text.locksOf(format.count(heldLocks.held), format.count(heldLocks.locks)),
        },
      ]}
    />
  );
}

function BandwidthSection(props: { readonly server: Server; readonly bandwidth: NonNullable<Server["bandwidth"]> }) {
  const { server, bandwidth } = props;
  const text = useText(TEXTS);
  const format = useFormat();
  const [isChanging, setChanging] = useState(false);
  const limit = bandwidth.bytesPerSecond === 0 ? text.noLimit : format.bytesPerSecond(bandwidth.bytesPerSecond);
  return (
    <Section
      title={text.bandwidth}
      actions={
        <ActionButton calls="setServer" onClick={() => setChanging(true)}>
          {text.changeBandwidth}
        </ActionButton>
      }
    >
      <Facts
        facts={[
          { name: text.schedule, value: bandwidth.schedule },
          { name: text.limitNow, value: limit },
          { name: text.untilThen, value: <Moment time={bandwidth.until} exact /> },
          { name: text.zone, value: bandwidth.timeZone ?? text.unknown },
          { name: text.waited, value: format.duration(bandwidth.waitedSeconds) },
          { name: text.sent, value: format.bytes(bandwidth.sentBytes) },
        ]}
      />
      {isChanging && <BandwidthDialog server={server} schedule={bandwidth.schedule} close={() => setChanging(false)} />}
    </Section>
  );
}

function BandwidthDialog(props: { readonly server: Server; readonly schedule: string; readonly close: () => void }) {
  const { server, close } = props;
  const text = useText(TEXTS);
  const setServer = useAction("setServer", { quiet: true });
  const [schedule, setSchedule] = useState(props.schedule);
  const submit = async (): Promise<void> => {
    const done = await setServer.run({ params: { server: server.id }, body: { bandwidth: schedule.trim() } });
    if (done === undefined) return;
    notifications.show({ message: text.changed(server.name), color: "teal" });
    close();
  };
  return (
    <FormDialog
      opened
      close={close}
      title={text.bandwidthOf(server.name)}
      action={text.save}
      isReady={schedule.trim() !== "" && schedule.trim() !== props.schedule}
      isRunning={setServer.isRunning}
      fault={setServer.fault}
      submit={submit}
    >
      <TextInput
        label={text.schedule}
        description={text.scheduleRule}
        value={schedule}
        data-autofocus
        onChange={(event) => setSchedule(event.currentTarget.value)}
      />
    </FormDialog>
  );
}

function RemoveServer({ server, disks }: ServerProps) {
  const text = useText(TEXTS);
  const format = useFormat();
  const [, navigate] = useLocation();
  const remove = useAction("removeServer");
  const [isAsking, setAsking] = useState(false);
  const run = async (): Promise<void> => {
    const done = await remove.run({ params: { server: server.id } });
    setAsking(false);
    if (done === undefined) return;
    notifications.show({ message: text.removed(server.name), color: "teal" });
    navigate("/infrastructure");
  };
  return (
    <Group>
      <ActionButton
        size="sm"
        calls="removeServer"
        refusal={disks !== undefined && disks.length > 0 ? text.serves(format.count(disks.length)) : undefined}
        onClick={() => setAsking(true)}
      >
        {text.remove}
      </ActionButton>
      <Confirm
        opened={isAsking}
        close={() => setAsking(false)}
        title={text.removeTitle(server.name)}
        action={text.remove}
        danger
        typed={server.name}
        isRunning={remove.isRunning}
        run={run}
      >
        {text.removeHint(server.name)}
      </Confirm>
    </Group>
  );
}
