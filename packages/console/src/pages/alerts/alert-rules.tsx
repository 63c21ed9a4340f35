import type { AlertRule } from "@leeward/api";
import { Button, NumberInput, Stack, Switch, Text, Tooltip } from "@mantine/core";
import { useState } from "react";
import { useAction, useItems } from "../../api/use-answer.ts";
import { useEdited } from "../../api/use-edited.ts";
import { ActionButton, useRefusal } from "../../parts/action-button.tsx";
import { Answered } from "../../parts/answered.tsx";
import { Confirm } from "../../parts/confirm.tsx";
import { DataTable } from "../../parts/data-table.tsx";
import { EditedDialog } from "../../parts/edited-dialog.tsx";
import { FormDialog } from "../../parts/form-dialog.tsx";
import { useDraft } from "../../parts/use-draft.ts";
import { useLanguage, useText } from "../../text/language.tsx";
import { useFormat } from "../../text/use-format.ts";
import { ruleTextIn, useRuleText } from "./rule-texts.ts";
import { TEXTS } from "./texts.ts";

/** What opens alerts, from when on, and whether it does. */
export function AlertRules() {
  const text = useText(TEXTS);
  const { language } = useLanguage();
  const rules = useItems("listAlertRules", {});
  return (
    <Stack>
      <Text size="sm" c="dimmed">
        {text.rulesHint}
      </Text>
      <Answered answer={rules}>
        {(items) => (
          <DataTable
            label={text.rules}
            rows={items}
            keyOf={({ name }) => name}
            textOf={(rule) => `${rule.name} ${ruleTextIn(language, rule).summary}`}
            empty={null}
            columns={[
              { key: "rule", title: text.rule, order: ({ name }) => name, show: (rule) => <RuleName rule={rule} /> },
              { key: "warning", title: text.warningFrom, show: (rule) => <Threshold rule={rule} of="warning" /> },
              { key: "critical", title: text.criticalFrom, show: (rule) => <Threshold rule={rule} of="critical" /> },
              { key: "enabled", title: text.enabled, show: (rule) => <EnabledSwitch rule={rule} /> },
              { key: "change", title: "", align: "right", show: (rule) => <ChangeRule rule={rule} /> },
            ]}
          />
        )}
      </Answered>
    </Stack>
  );
}

function RuleName({ rule }: { readonly rule: AlertRule }) {
  const { summary } = useRuleText(rule);
  return (
    <Stack gap={2} ta="left">
      <Text size="sm" fw={600}>
        {rule.name}
      </Text>
      <Text size="xs" c="dimmed">
        {summary}
      </Text>
    </Stack>
  );
}

const DEFAULTS = { warning: "defaultWarning", critical: "defaultCritical" } as const;

function Threshold({ rule, of }: { readonly rule: AlertRule; readonly of: "warning" | "critical" }) {
  const text = useText(TEXTS);
  const format = useFormat();
  const { unit } = useRuleText(rule);
  if (rule.unit === null) return <Text size="sm">{text.byCondition}</Text>;
  const [value, byDefault] = [rule[of], rule[DEFAULTS[of]]];
  const shown = (amount: number | null): string => (amount === null ? text.off : `${format.count(amount)} ${unit}`);
  return (
    <Stack gap={2}>
      <Text size="sm">{shown(value)}</Text>
      {value !== byDefault && (
        <Text size="xs" c="dimmed">
          {text.byDefault(shown(byDefault))}
        </Text>
      )}
    </Stack>
  );
}

function EnabledSwitch({ rule }: { readonly rule: AlertRule }) {
  const text = useText(TEXTS);
  const { summary } = useRuleText(rule);
  const refusal = useRefusal("setAlertRule");
  const setRule = useAction("setAlertRule");
  const [isAsking, setAsking] = useState(false);
  const set = async (enabled: boolean): Promise<void> => {
    await setRule.run({ params: { rule: rule.name }, body: { enabled } });
    setAsking(false);
  };
  return (
    <>
      <Tooltip label={refusal} disabled={refusal === undefined}>
        <Switch
          aria-label={text.enable(rule.name)}
          checked={rule.enabled}
          disabled={refusal !== undefined || setRule.isRunning}
          onChange={(event) => {
            if (event.currentTarget.checked) void set(true);
            else setAsking(true);
          }}
        />
      </Tooltip>
      <Confirm
        opened={isAsking}
        close={() => setAsking(false)}
        title={text.switchOffTitle(rule.name)}
        action={text.switchOff}
        isRunning={setRule.isRunning}
        run={() => set(false)}
      >
        <Text size="sm">{summary}</Text>
        <Text size="sm">{text.switchOffHint}</Text>
      </Confirm>
    </>
  );
}

function ChangeRule({ rule }: { readonly rule: AlertRule }) {
  const text = useText(TEXTS);
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <ActionButton
        calls="setAlertRule"
        label={text.changeRule(rule.name)}
        refusal={rule.unit === null ? text.noThreshold : undefined}
        onClick={() => setOpen(true)}
      >
        {text.change}
      </ActionButton>
      {isOpen && <ChangeThresholds name={rule.name} close={() => setOpen(false)} />}
    </>
  );
}

function ChangeThresholds({ name, close }: { readonly name: string; readonly close: () => void }) {
  const text = useText(TEXTS);
  const edited = useEdited("showAlertRule", { params: { rule: name } });
  return (
    <EditedDialog edited={edited} title={text.changeRule(name)} close={close}>
      {({ answer, tag }) => <RuleDialog rule={answer} tag={tag} load={edited.load} close={close} />}
    </EditedDialog>
  );
}

function RuleDialog(props: {
  readonly rule: AlertRule;
  readonly tag: string | null;
  readonly load: () => Promise<void>;
  readonly close: () => void;
}) {
  const { rule, tag, load, close } = props;
  const text = useText(TEXTS);
  const format = useFormat();
  const { summary, unit } = useRuleText(rule);
  const setRule = useAction("setAlertRule", { quiet: true });
  const { draft, changed, isChanged, change } = useDraft({ warning: rule.warning, critical: rule.critical });
  const submit = async (): Promise<void> => {
    const done = await setRule.run({ params: { rule: rule.name }, body: changed }, tag);
    if (done !== undefined) close();
  };
  const hint = (byDefault: number | null): string =>
    text.thresholdHint(byDefault === null ? text.off : `${format.count(byDefault)} ${unit}`);
  const taken = (value: string | number): number | null => (typeof value === "number" ? value : null);
  return (
    <FormDialog
      opened
      close={close}
      title={text.changeRule(rule.name)}
      action={text.save}
      isReady={isChanged}
      isRunning={setRule.isRunning}
      fault={setRule.fault}
      load={() => void load().then(setRule.forget)}
      submit={submit}
    >
      <Text size="sm">{summary}</Text>
      <NumberInput
        label={text.threshold(text.warningFrom, unit)}
        description={hint(rule.defaultWarning)}
        min={0}
        max={1_000_000}
        value={draft.warning ?? ""}
        onChange={(value) => change({ warning: taken(value) })}
        hideControls
        data-autofocus
      />
      <NumberInput
        label={text.threshold(text.criticalFrom, unit)}
        description={hint(rule.defaultCritical)}
        min={0}
        max={1_000_000}
        value={draft.critical ?? ""}
        onChange={(value) => change({ critical: taken(value) })}
        hideControls
      />
      <Button
        variant="subtle"
        size="xs"
        w="fit-content"
        onClick={() => change({ warning: rule.defaultWarning, critical: rule.defaultCritical })}
      >
        {text.toDefaults}
      </Button>
    </FormDialog>
  );
}
