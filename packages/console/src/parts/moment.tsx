import { Text, Tooltip } from "@mantine/core";
import { useEffect, useState } from "react";
import { serverNowMs } from "../api/server-clock.ts";
import { useFormat } from "../text/use-format.ts";

const TICK_MS = 5_000;

/** The server's time, in milliseconds since 1970, renewed every few seconds while somebody looks at it. */
export function useNowMs(tickMs = TICK_MS): number {
  const [nowMs, setNowMs] = useState(serverNowMs);
  useEffect(() => {
    const timer = setInterval(() => setNowMs(serverNowMs()), tickMs);
    return () => clearInterval(timer);
  }, [tickMs]);
  return nowMs;
}

/** How long ago, with the exact moment to be asked for; or the other way round. */
export function Moment({
  time,
  exact = false,
}: {
  readonly time: string | null | undefined;
  readonly exact?: boolean;
}) {
  const format = useFormat();
  const nowMs = useNowMs();
  if (time === null || time === undefined) return <Text span>–</Text>;
  const [shown, asked] = exact
    ? [format.time(time), format.since(time, nowMs)]
    : [format.since(time, nowMs), format.time(time)];
  return (
    <Tooltip label={asked}>
      <time dateTime={time} tabIndex={0}>
        {shown}
      </time>
    </Tooltip>
  );
}
