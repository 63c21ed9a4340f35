import { Skeleton, Stack } from "@mantine/core";
import type { ReactNode } from "react";
import type { Answer } from "../api/use-answer.ts";
import { textsOf, useText } from "../text/language.tsx";
import { FaultPanel } from "./fault-notice.tsx";

const TEXTS = textsOf({ en: { loading: "Loading" }, ko: { loading: "불러오는 중" } });

/** What an answer is shown as: while it is waited for, when it cannot be had, and when it is there. */
export function Answered<T>(props: { readonly answer: Answer<T>; readonly children: (data: T) => ReactNode }) {
  const { data, fault, refresh } = props.answer;
  if (data !== undefined) {
    return (
      <>
        {fault !== null && <FaultPanel fault={fault} retry={refresh} />}
        {props.children(data)}
      </>
    );
  }
  return fault === null ? <Waiting /> : <FaultPanel fault={fault} retry={refresh} />;
}

function Waiting() {
  const text = useText(TEXTS);
  return (
    <Stack gap="sm" role="status" aria-label={text.loading}>
      <Skeleton height={28} width="40%" />
      <Skeleton height={120} />
      <Skeleton height={120} />
    </Stack>
  );
}
