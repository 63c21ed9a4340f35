import { Button } from "@mantine/core";
import { useEffect } from "react";
import { Link, useLocation, useParams } from "wouter";
import { Answered } from "../../parts/answered.tsx";
import { Page } from "../../parts/page.tsx";
import { useText } from "../../text/language.tsx";
import { FailoverBody } from "./failover-body.tsx";
import { hasFailoverEnded } from "./failover-rules.ts";
import { FAILOVER_KINDS } from "./failover-words.ts";
import { TEXTS } from "./texts.ts";
import { useFailover } from "./use-failover.ts";

export function FailoverPage() {
  const text = useText(TEXTS);
  const kinds = useText(FAILOVER_KINDS);
  const { failover: id = "" } = useParams();
  const [, go] = useLocation();
  const failover = useFailover(id);
  const { data } = failover;
  const known = data?.id;
  useEffect(() => {
    // A machine stands for its failover only until that has ended.
    if (known !== undefined && known !== id) go(`/failovers/${known}`, { replace: true });
  }, [known, id, go]);
  const name = data?.machineName ?? "FAILOVER";
  return (
    <Page
      title={data === undefined ? text.title : text.titleOf(data.machineName)}
      lead={data === undefined ? undefined : kinds[data.kind]}
      actions={
        data !== undefined &&
        hasFailoverEnded(data) && (
          <Button component={Link} href={`/machines/${data.machine}/failover`} variant="default">
            {text.again}
          </Button>
        )
      }
      commands={[
        `leeward failover show ${id}`,
        `leeward failover console ${id}`,
        ...followingCommands(data?.kind, name),
      ]}
    >
      <Answered answer={failover}>{(found) => <FailoverBody failover={found} />}</Answered>
    </Page>
  );
}

function followingCommands(kind: "test" | "planned" | "unplanned" | undefined, name: string): readonly string[] {
  if (kind === "test") return [`leeward failover cleanup ${name}`];
  return [
    `leeward failover commit ${name}`,
    `leeward failover change-point ${name} --at latest-processed`,
    `leeward failover cancel ${name}`,
    `leeward reprotect ${name}`,
    `leeward failback ${name}`,
  ];
}
