import { Box, Skeleton, Stack, Text } from "@mantine/core";
import { type ReactNode, useEffect, useState } from "react";
import { isSilence } from "../api/silence.ts";
import type { Answer } from "../api/use-answer.ts";
import { textsOf, useText } from "../text/language.tsx";
import { FaultPanel } from "./fault-notice.tsx";

const TEXTS = textsOf({
  en: { loading: "Loading", slow: "The server takes long to answer. It is still waited for." },
  ko: { loading: "불러오는 중", slow: "서버의 응답이 늦어지고 있습니다. 계속 기다리는 중입니다." },
});

/** From when on it is said that it takes long, milliseconds. */
const SLOW_AFTER_MS = 4_000;

/**
 * What an answer is shown as: while it is waited for, when it cannot be had, and when it is there. That the server is silent is said above the page, once
 * for all that was answered before.
 */
export function Answered<T>(props: { readonly answer: Answer<T>; readonly children: (data: T) => ReactNode }) {
  const { data, fault, refresh, isFormer } = props.answer;
  if (data === undefined) return fault === null ? <Waiting /> : <FaultPanel fault={fault} retry={refresh} />;
  return (
    <>
      {fault !== null && !isSilence(fault) && <FaultPanel fault={fault} retry={refresh} isOld />}
      {isFormer ? (
        <Box aria-busy opacity={0.55}>
          {props.children(data)}
        </Box>
      ) : (
        props.children(data)
      )}
    </>
  );
}

/** In the place of what is not there yet. */
export function Waiting() {
  const text = useText(TEXTS);
  const [isSlow, setSlow] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setSlow(true), SLOW_AFTER_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <Stack gap="sm" role="status" aria-label={text.loading}>
      <Skeleton height={28} width="40%" />
      {isSlow && (
        <Text size="sm" c="dimmed">
          {text.slow}
        </Text>
      )}
      <Skeleton height={120} />
      <Skeleton height={120} />
    </Stack>
  );
}
