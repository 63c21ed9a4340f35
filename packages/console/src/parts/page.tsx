// How every page begins and ends: what it is, what can be done on it, and which commands do the same.
import { Accordion, ActionIcon, Box, Code, CopyButton, Group, Stack, Text, Title, Tooltip } from "@mantine/core";
import { useDocumentTitle } from "@mantine/hooks";
import { IconCheck, IconCopy, IconTerminal2 } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { textsOf, useText } from "../text/language.tsx";

const TEXTS = textsOf({
  en: { sameByCli: "The same from the command line", copy: "Copy", copied: "Copied" },
  ko: { sameByCli: "명령줄에서 같은 작업 하기", copy: "복사", copied: "복사했습니다" },
});

export interface PageProps {
  readonly title: string;
  /** One sentence, where the title does not say it all. */
  readonly lead?: ReactNode;
  /** Buttons of the page as a whole. */
  readonly actions?: ReactNode;
  /** Commands that do what the page does, as one would type them. */
  readonly commands: readonly string[];
  readonly children: ReactNode;
}

export function Page({ title, lead, actions, commands, children }: PageProps) {
  useDocumentTitle(`${title} · Leeward`);
  return (
    <Stack gap="lg" maw={1400} mx="auto">
      <Group justify="space-between" align="flex-start" gap="sm">
        <Box miw={0} flex="1 1 240px">
          <Title order={1} size="h2" className="breakable">
            {title}
          </Title>
          {lead !== undefined && (
            <Text c="dimmed" component="div" size="sm" mt={4}>
              {lead}
            </Text>
          )}
        </Box>
        {actions !== undefined && <Group gap="xs">{actions}</Group>}
      </Group>
      {children}
      <Commands commands={commands} />
    </Stack>
  );
}

function Commands({ commands }: Pick<PageProps, "commands">) {
  const text = useText(TEXTS);
  return (
    <Accordion variant="contained" mt="md" order={2}>
      <Accordion.Item value="commands">
        <Accordion.Control icon={<IconTerminal2 aria-hidden size={18} />}>{text.sameByCli}</Accordion.Control>
        <Accordion.Panel>
          <Stack gap="xs">
            {commands.map((command) => (
              <Command key={command} command={command} />
            ))}
          </Stack>
        </Accordion.Panel>
      </Accordion.Item>
    </Accordion>
  );
}

/** A command, to be read and copied. */
export function Command({ command }: { readonly command: string }) {
  const text = useText(TEXTS);
  return (
    <Group gap="xs" wrap="nowrap" w="100%">
      <Code block flex={1} miw={0} className="breakable" tabIndex={0}>
        {command}
      </Code>
      <CopyButton value={command}>
        {({ copied, copy }) => (
          <Tooltip label={copied ? text.copied : text.copy}>
            <ActionIcon variant="default" onClick={copy} aria-label={`${text.copy}: ${command}`}>
              {copied ? <IconCheck aria-hidden size={16} /> : <IconCopy aria-hidden size={16} />}
            </ActionIcon>
          </Tooltip>
        )}
      </CopyButton>
    </Group>
  );
}
