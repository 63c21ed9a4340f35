// Who is connected to whom and how the servers are; or one server, where the address names it.

import type { Disk, Link, Server } from "@leeward/api";
import { SimpleGrid, Stack } from "@mantine/core";
import { useSearchParams } from "wouter";
import { useItems } from "../../api/use-answer.ts";
import { useRefusal } from "../../parts/action-button.tsx";
import { Answered } from "../../parts/answered.tsx";
import { DataTable } from "../../parts/data-table.tsx";
import { Nothing } from "../../parts/nothing.tsx";
import { Page } from "../../parts/page.tsx";
import { Permitted } from "../../parts/permitted.tsx";
import { Section } from "../../parts/section.tsx";
import { StateBadge } from "../../parts/state-badge.tsx";
import { useText } from "../../text/language.tsx";
import { useFormat } from "../../text/use-format.ts";
import { InfrastructureMap } from "./infrastructure-map.tsx";
import { NoServers, ServerCard } from "./server-card.tsx";
import { ServerDetail } from "./server-detail.tsx";
import { TEXTS } from "./texts.ts";

const COMMANDS = ["leeward links", "leeward process-server list", "leeward master-target list"];
const ROLES = ["process-server", "master-target"] as const;
const TITLES = { "process-server": "processServers", "master-target": "masterTargets" } as const;

export function InfrastructurePage() {
  const text = useText(TEXTS);
  const [search] = useSearchParams();
  const servers = useItems("listServers", {});
  const machines = useItems("listMachines", {});
  const links = useItems("listLinks", {}, { enabled: useRefusal("listLinks") === undefined });
  const disks = machines.data?.flatMap((machine) => machine.disks);
  const wanted = search.get("server");
  const shown = servers.data?.find(({ id, name }) => id === wanted || name === wanted);
  if (shown !== undefined) return <ServerDetail server={shown} disks={disks?.filter(goesOver(shown))} />;
  return (
    <Page title={text.title} lead={text.lead} commands={COMMANDS}>
      <Answered answer={servers}>
        {(items) => (
          <Stack gap="lg">
            <Section title={text.map}>
              <Answered answer={machines}>
                {(of) => <InfrastructureMap machines={of} servers={items} links={links.data ?? []} />}
              </Answered>
            </Section>
            {ROLES.map((role) => (
              <Section key={role} title={text[TITLES[role]]}>
                <Servers servers={items.filter((server) => server.role === role)} />
              </Section>
            ))}
          </Stack>
        )}
      </Answered>
      <Section title={text.links}>
        <Permitted calls="listLinks">
          <Answered answer={links}>
            {(items) => (
              <LinkTable links={items} names={namesOf([...(servers.data ?? []), ...(machines.data ?? [])])} />
            )}
          </Answered>
        </Permitted>
      </Section>
    </Page>
  );
}

function Servers({ servers }: { readonly servers: readonly Server[] }) {
  if (servers.length === 0) return <NoServers />;
  return (
    <SimpleGrid cols={{ base: 1, lg: 2 }}>
      {servers.map((server) => (
        <ServerCard key={server.id} server={server} />
      ))}
    </SimpleGrid>
  );
}

function LinkTable({ links, names }: { readonly links: readonly Link[]; readonly names: ReadonlyMap<string, string> }) {
  const text = useText(TEXTS);
  const format = useFormat();
  const nameOf = (id: string): string => (id === "config-server" ? text.configServer : (names.get(id) ?? id));
  return (
    <DataTable
      label={text.links}
      rows={links}
      keyOf={({ from, to, kind }) => `${from} ${to} ${kind}`}
      textOf={({ from, to, kind }) => `${nameOf(from)} ${nameOf(to)} ${text.kinds[kind]}`}
      empty={<Nothing title={text.noLinks}>{text.noLinksHint}</Nothing>}
      columns={[
        { key: "from", title: text.from, order: ({ from }) => nameOf(from), show: ({ from }) => nameOf(from) },
        { key: "to", title: text.to, order: ({ to }) => nameOf(to), show: ({ to }) => nameOf(to) },
        { key: "kind", title: text.kind, order: ({ kind }) => kind, show: ({ kind }) => text.kinds[kind] },
        {
          key: "state",
          title: text.state,
          order: ({ state }) => state,
          show: ({ state }) => <StateBadge tone={state === "up" ? "good" : "bad"} label={text.states[state]} />,
        },
        {
          key: "throughput",
          title: text.throughput,
          align: "right",
          order: ({ bytesPerSecond }) => bytesPerSecond,
          show: ({ bytesPerSecond }) => format.bytesPerSecond(bytesPerSecond),
        },
      ]}
    />
  );
}

function namesOf(members: readonly { readonly id: string; readonly name: string }[]): ReadonlyMap<string, string> {
  return new Map(members.map(({ id, name }) => [id, name]));
}

function goesOver({ id }: Server): (disk: Disk) => boolean {
  return ({ processServer, masterTarget, targets }) =>
    processServer === id || masterTarget === id || targets?.some((target) => target.id === id) === true;
}
