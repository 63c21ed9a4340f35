import type { Machine } from "@leeward/api";
import { Code, NativeSelect, SimpleGrid, Stack, Text, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useState } from "react";
import { useAction, useItems } from "../../api/use-answer.ts";
import { ActionButton } from "../../parts/action-button.tsx";
import { Moment } from "../../parts/moment.tsx";
import { Section } from "../../parts/section.tsx";
import { useText } from "../../text/language.tsx";
import { useFormat } from "../../text/use-format.ts";
import { Fact } from "./disk-card.tsx";
import { RecoveryForm } from "./recovery-form.tsx";
import { RemoveMachine } from "./remove-machine.tsx";
import { SETTINGS_TEXTS } from "./settings-texts.ts";

export function SettingsTab({ machine }: { readonly machine: Machine }) {
  const text = useText(SETTINGS_TEXTS);
  return (
    <Stack gap="lg">
      <Section title={text.recovery}>
        <RecoveryForm machine={machine} />
      </Section>
      <Section title={text.sending}>
        <AgentForm machine={machine} />
      </Section>
      <Section title={text.identity}>
        <Identity machine={machine} />
      </Section>
      <Section title={text.removal}>
        <RemoveMachine machine={machine} />
      </Section>
    </Stack>
  );
}

/** Bandwidth, and which disks are protected by themselves. */
function AgentForm({ machine }: { readonly machine: Machine }) {
  const text = useText(SETTINGS_TEXTS);
  const format = useFormat();
  const policies = useItems("listPolicies", {}).data ?? [];
  const [bandwidth, setBandwidth] = useState(machine.bandwidth.schedule);
  const [autoProtect, setAutoProtect] = useState(machine.autoProtect.policy ?? "off");
  const [exclude, setExclude] = useState(machine.autoProtect.exclude.join(","));
  const set = useAction("setMachine");
  const { bytesPerSecond, timeZone } = machine.bandwidth;
  const limit = bytesPerSecond === 0 ? text.noLimit : format.bytesPerSecond(bytesPerSecond);
  const save = async (): Promise<void> => {
    const body = { bandwidth, autoProtect, exclude };
    const done = await set.run({ params: { machine: machine.id }, body });
    if (done !== undefined) notifications.show({ message: text.saved });
  };
  return (
    <Stack gap="sm" maw={640}>
      <TextInput
        label={text.bandwidth}
        description={`${text.bandwidthHint}${timeZone === null ? "" : ` (${timeZone})`}`}
        value={bandwidth}
        onChange={(event) => setBandwidth(event.currentTarget.value)}
      />
      <Text size="xs" c="dimmed">
        {text.limitNow(limit)}
      </Text>
      <NativeSelect
        label={text.autoProtect}
        value={autoProtect}
        onChange={(event) => setAutoProtect(event.currentTarget.value)}
        data={[
          { value: "off", label: text.off },
          ...new Set([
            ...policies.map(({ name }) => name),
            ...(machine.autoProtect.policy === null ? [] : [machine.autoProtect.policy]),
          ]),
        ]}
      />
      <TextInput
        label={text.exclude}
        description={text.excludeHint}
        disabled={autoProtect === "off"}
        value={exclude}
        onChange={(event) => setExclude(event.currentTarget.value)}
      />
      <ActionButton
        needs="administrator"
        variant="filled"
        size="sm"
        w="fit-content"
        loading={set.isRunning}
        onClick={() => void save()}
      >
        {text.save}
      </ActionButton>
    </Stack>
  );
}

function Identity({ machine }: { readonly machine: Machine }) {
  const text = useText(SETTINGS_TEXTS);
  const format = useFormat();
  return (
    <SimpleGrid component="dl" m={0} cols={{ base: 1, xs: 2, lg: 3 }}>
      <Fact name={text.id}>
        <Code>{machine.id}</Code>
      </Fact>
      <Fact name={text.enrolled}>
        <Moment time={machine.enrolledAt} exact />
      </Fact>
      <Fact name={text.version}>{machine.agentVersion ?? "–"}</Fact>
      <Fact name={text.certificate}>
        <Moment time={machine.certificateExpiresAt} exact />
        <Text size="xs" c="dimmed">
          {text.certificateSoon}
        </Text>
      </Fact>
      <Fact name={text.clock}>
        {machine.clockOffsetSeconds === null
          ? "–"
          : `${machine.clockOffsetSeconds < 0 ? "−" : "+"}${format.duration(Math.abs(machine.clockOffsetSeconds))}`}
        <Text size="xs" c="dimmed">
          {text.clockHint}
        </Text>
      </Fact>
      <Fact name={text.epoch}>{format.count(machine.epoch)}</Fact>
    </SimpleGrid>
  );
}
