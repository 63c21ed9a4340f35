import type { Machine } from "@leeward/api";
import { Code, NativeSelect, SimpleGrid, Stack, Text, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useAction, useItems } from "../../api/use-answer.ts";
import { useEdited } from "../../api/use-edited.ts";
import { ActionButton } from "../../parts/action-button.tsx";
import { Answered } from "../../parts/answered.tsx";
import { EditFault } from "../../parts/edit-fault.tsx";
import { Moment } from "../../parts/moment.tsx";
import { Section } from "../../parts/section.tsx";
import { useDraft } from "../../parts/use-draft.ts";
import { useText } from "../../text/language.tsx";
import { useFormat } from "../../text/use-format.ts";
import { Fact } from "./disk-card.tsx";
import { type MachineFormProps, RecoveryForm } from "./recovery-form.tsx";
import { RemoveMachine } from "./remove-machine.tsx";
import { SETTINGS_TEXTS } from "./settings-texts.ts";

export function SettingsTab({ machine }: { readonly machine: Machine }) {
  const text = useText(SETTINGS_TEXTS);
  const edited = useEdited("showMachine", { params: { machine: machine.id } });
  return (
    <Stack gap="lg">
      <Answered answer={edited}>
        {(read) => (
          <>
            <Section title={text.recovery}>
              <RecoveryForm read={read} load={edited.load} />
            </Section>
            <Section title={text.sending}>
              <AgentForm read={read} load={edited.load} />
            </Section>
          </>
        )}
      </Answered>
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
function AgentForm({ read, load }: MachineFormProps) {
  const { answer: machine, tag } = read;
  const text = useText(SETTINGS_TEXTS);
  const format = useFormat();
  const policies = useItems("listPolicies", {}).data ?? [];
  const { draft, changed, isChanged, change, discard } = useDraft({
    bandwidth: machine.bandwidth.schedule,
    autoProtect: machine.autoProtect.policy ?? "off",
    exclude: machine.autoProtect.exclude.join(","),
  });
  const set = useAction("setMachine", { quiet: true });
  const { bytesPerSecond, timeZone } = machine.bandwidth;
  const limit = bytesPerSecond === 0 ? text.noLimit : format.bytesPerSecond(bytesPerSecond);
  const save = async (): Promise<void> => {
    if ((await set.run({ params: { machine: machine.id }, body: changed }, tag)) === undefined) return;
    await load();
    discard();
    notifications.show({ message: text.saved });
  };
  return (
    <Stack gap="sm" maw={640}>
      <TextInput
        label={text.bandwidth}
        description={`${text.bandwidthHint}${timeZone === null ? "" : ` (${timeZone})`}`}
        value={draft.bandwidth}
        onChange={(event) => change({ bandwidth: event.currentTarget.value })}
      />
      <Text size="xs" c="dimmed">
        {text.limitNow(limit)}
      </Text>
      <NativeSelect
        label={text.autoProtect}
        value={draft.autoProtect}
        onChange={(event) => change({ autoProtect: event.currentTarget.value })}
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
        disabled={draft.autoProtect === "off"}
        value={draft.exclude}
        onChange={(event) => change({ exclude: event.currentTarget.value })}
      />
      {set.fault !== null && <EditFault fault={set.fault} load={() => void load().then(set.forget)} />}
      <ActionButton
        needs="administrator"
        variant="filled"
        size="sm"
        w="fit-content"
        loading={set.isRunning}
        refusal={isChanged ? undefined : text.unchanged}
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
