import { Center, Stack, Text, ThemeIcon } from "@mantine/core";
import { IconCircleDashed } from "@tabler/icons-react";
import type { ReactNode } from "react";

/** In the place of a list without items: what would be here, and how it comes to be. */
export function Nothing(props: { readonly title: string; readonly children?: ReactNode; readonly action?: ReactNode }) {
  return (
    <Center p="xl">
      <Stack align="center" gap="xs" w="100%" maw={480}>
        <ThemeIcon variant="light" size="xl" radius="xl" color="gray">
          <IconCircleDashed aria-hidden />
        </ThemeIcon>
        <Text fw={600}>{props.title}</Text>
        {props.children !== undefined && (
          <Text c="dimmed" size="sm" ta="center" component="div">
            {props.children}
          </Text>
        )}
        {props.action}
      </Stack>
    </Center>
  );
}
