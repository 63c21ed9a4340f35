import type { Failover, Machine, StatusItem } from "@leeward/api";
import { Button, Group, List, Stack, Text } from "@mantine/core";
import { Link } from "wouter";
import { usePages } from "../../api/use-pages.ts";
import { Section } from "../../parts/section.tsx";
import { StateSign } from "../../parts/state-badge.tsx";
import { useText } from "../../text/language.tsx";
import { TEXTS } from "./texts.ts";

interface Step {
  readonly title: string;
  readonly text: string;
  readonly action: string;
  readonly href: string;
  readonly isDone: boolean;
}

/** From an empty server to a machine that is known to start: once a disk is protected, only what was left out. */
export function FirstSteps(props: { readonly machines: readonly Machine[]; readonly items: readonly StatusItem[] }) {
  const text = useText(TEXTS);
  const failovers = usePages("listFailovers", {});
  const drills = usePages("listDrills", {});
  if (failovers.data === undefined || drills.data === undefined) return null;
  const wasTested = drills.data.length > 0 || failovers.data.some((each: Failover) => each.startedAt !== null);
  const steps = stepsOf(text, { ...props, wasTested });
  const doneCount = steps.filter(({ isDone }) => isDone).length;
  if (doneCount === steps.length) return null;
  const isBegun = props.machines.some(({ disks }) => disks.length > 0);
  const shown = isBegun ? steps.filter(({ isDone }) => !isDone) : steps;
  const next = steps.find(({ isDone }) => !isDone);
  return (
    <Section title={text.firstSteps}>
      <Text size="sm" c="dimmed" mb="md">
        {text.firstStepsLead(doneCount, steps.length)}
      </Text>
      <List
        type="ordered"
        listStyleType="none"
        spacing="lg"
        styles={{ itemWrapper: { width: "100%" }, itemLabel: { width: "100%" } }}
      >
        {shown.map((step) => (
          <List.Item key={step.title}>
            <Group align="flex-start" justify="space-between" gap="sm">
              <Group align="flex-start" gap="sm" wrap="nowrap" flex={1} miw={240}>
                <StateSign tone={step.isDone ? "good" : "off"} label={step.isDone ? text.done : text.next} size={22} />
                <Stack gap={2}>
                  <Text fw={600}>{step.title}</Text>
                  <Text size="sm" c="dimmed">
                    {step.text}
                  </Text>
                </Stack>
              </Group>
              {!step.isDone && (
                <Button component={Link} href={step.href} size="xs" variant={step === next ? "filled" : "default"}>
                  {step.action}
                </Button>
              )}
            </Group>
          </List.Item>
        ))}
      </List>
    </Section>
  );
}

function stepsOf(
  text: (typeof TEXTS)["en"],
  known: { readonly machines: readonly Machine[]; readonly items: readonly StatusItem[]; readonly wasTested: boolean },
): readonly Step[] {
  const { machines, items, wasTested } = known;
  return [
    {
      title: text.keyTitle,
      text: text.keyText,
      action: text.keyAction,
      href: "/settings",
      isDone: !items.some(({ code }) => code === "recovery-key-not-exported"),
    },
    {
      title: text.registerTitle,
      text: text.registerText,
      action: text.registerAction,
      href: "/protect",
      isDone: machines.length > 0,
    },
    {
      title: text.protectTitle,
      text: text.protectText,
      action: text.protectAction,
      href: "/protect",
      isDone: machines.some(({ disks }) => disks.length > 0),
    },
    {
      title: text.testTitle,
      text: text.testText,
      action: text.testAction,
      href: machines.length === 1 ? `/machines/${machines[0]?.id ?? ""}` : "/machines",
      isDone: wasTested,
    },
  ];
}
