import type { Failover } from "@leeward/api";
import { Button, Code, ScrollArea, Stack, Text } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import { useMay } from "../../api/api-context.tsx";
import { useAnswer } from "../../api/use-answer.ts";
import { Answered } from "../../parts/answered.tsx";
import { Section } from "../../parts/section.tsx";
import { useText } from "../../text/language.tsx";
import { TEXTS } from "./texts.ts";

const LOOK_MS = 3_000;

/** What a replica machine writes to its serial console, asked for while somebody looks. */
export function ReplicaConsole({ failover }: { readonly failover: Failover }) {
  const text = useText(TEXTS);
  const may = useMay("operator");
  const [isShown, setShown] = useState(false);
  return (
    <Section
      title={text.console}
      actions={
        <Button
          size="xs"
          variant="default"
          aria-expanded={isShown}
          disabled={!may}
          title={may ? undefined : text.mayNot}
          onClick={() => setShown(!isShown)}
        >
          {isShown ? text.consoleHide : text.consoleShow}
        </Button>
      }
    >
      {isShown ? (
        <ConsoleText id={failover.id} />
      ) : (
        <Text size="sm" c="dimmed">
          {text.consoleLead}
        </Text>
      )}
    </Section>
  );
}

function ConsoleText({ id }: { readonly id: string }) {
  const text = useText(TEXTS);
  const end = useRef<HTMLDivElement>(null);
  const said = useAnswer("readReplicaConsole", { params: { failover: id } }, { refreshMs: LOOK_MS });
  const length = said.data?.text.length ?? 0;
  useEffect(() => {
    // The end is what one wants to see; only the box is scrolled, never the page.
    if (length > 0) end.current?.scrollTo({ top: end.current.scrollHeight });
  }, [length]);
  return (
    <Stack gap="xs">
      <Text size="sm" c="dimmed">
        {text.consoleLead}
      </Text>
      <Answered answer={said}>
        {(data) =>
          data.text === "" ? (
            <Text size="sm">{text.consoleEmpty}</Text>
          ) : (
            <ScrollArea.Autosize
              mah={360}
              viewportRef={end}
              viewportProps={{ tabIndex: 0, "aria-label": text.console }}
            >
              <Code block>{data.text}</Code>
            </ScrollArea.Autosize>
          )
        }
      </Answered>
    </Stack>
  );
}
