// A secret that is seen once: with a way to keep it, and what is done with it.
import { Alert, Stack, Text } from "@mantine/core";
import { IconKey } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { Command } from "./page.tsx";

export function SecretShown(props: { readonly title: string; readonly secret: string; readonly children?: ReactNode }) {
  return (
    <Alert
      color="yellow"
      variant="light"
      icon={<IconKey aria-hidden />}
      title={props.title}
      styles={{ title: { color: "var(--mantine-color-text)" } }}
    >
      <Stack gap="sm">
        <Command command={props.secret} />
        {props.children !== undefined && (
          <Text size="sm" component="div">
            {props.children}
          </Text>
        )}
      </Stack>
    </Alert>
  );
}
