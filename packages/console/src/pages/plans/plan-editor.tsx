// The editor of a plan: a form, or the YAML itself. The text is what is edited and stored; the form reads it and writes it anew.
import { Alert, Button, Code, Group, List, SegmentedControl, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMemo, useState } from "react";
import { useLocation } from "wouter";
import { useAction } from "../../api/use-answer.ts";
import { useEdited } from "../../api/use-edited.ts";
import { ActionButton } from "../../parts/action-button.tsx";
import { Answered } from "../../parts/answered.tsx";
import { EditFault } from "../../parts/edit-fault.tsx";
import { useText } from "../../text/language.tsx";
import { EDITOR_TEXTS } from "./editor-texts.ts";
import { hasComments, type PlanForm, readForm, writeForm } from "./plan-document.ts";
import { PlanFormFields } from "./plan-form-fields.tsx";

const NEW_PLAN = "";

/** A plan that is not stored yet. */
export function NewPlan() {
  const [, go] = useLocation();
  const create = useAction("createRecoveryPlan", { quiet: true });
  return (
    <PlanEditor
      before={NEW_PLAN}
      isNew
      isRunning={create.isRunning}
      fault={create.fault}
      save={async (text) => {
        const stored = await create.run({ body: { text } });
        if (stored !== undefined) go(`/plans/${encodeURIComponent(stored.plan.name)}`);
        return stored?.warnings;
      }}
    />
  );
}

/** One that is stored, edited as it was written. */
export function StoredPlan({ name }: { readonly name: string }) {
  const edit = useAction("editRecoveryPlan", { quiet: true });
  const edited = useEdited("readRecoveryPlan", { params: { plan: name } });
  return (
    <Answered answer={edited}>
      {({ answer, tag }) => (
        <PlanEditor
          key={name}
          before={answer.text}
          isNew={false}
          isRunning={edit.isRunning}
          fault={edit.fault}
          load={() => void edited.load().then(edit.forget)}
          save={async (changed) => {
            const stored = await edit.run({ params: { plan: name }, body: { text: changed } }, tag);
            if (stored !== undefined) await edited.load();
            return stored?.warnings;
          }}
        />
      )}
    </Answered>
  );
}

interface PlanEditorProps {
  /** As it is stored. */
  readonly before: string;
  readonly isNew: boolean;
  readonly isRunning: boolean;
  readonly fault: Error | null;
  /** Reads anew what is stored, when somebody else has changed it. */
  readonly load?: () => void;
  /** Resolves with what cannot be run yet of what was stored; undefined when it was refused. */
  readonly save: (text: string) => Promise<readonly string[] | undefined>;
}

function PlanEditor({ before, isNew, isRunning, fault, load, save }: PlanEditorProps) {
  const text = useText(EDITOR_TEXTS);
  // What somebody writes is theirs until they store or discard it, whatever others store meanwhile.
  const [{ written, from }, setDraft] = useState<{ readonly written?: string; readonly from: string }>({
    from: before,
  });
  const setWritten = (next: string | undefined): void =>
    setDraft(next === undefined ? { from: before } : { written: next, from: written === undefined ? before : from });
  const [as, setAs] = useState<"form" | "text">("form");
  const [warnings, setWarnings] = useState<readonly string[]>([]);
  const current = written ?? before;
  const read = useMemo(() => readForm(current), [current]);
  const isChanged = written !== undefined && written !== before;
  const store = async (): Promise<void> => {
    const found = await save(current);
    if (found === undefined) return;
    setWarnings(found);
    setWritten(undefined);
    notifications.show({ message: text.saved("form" in read ? read.form.name : "") });
  };
  return (
    <Stack>
      <HowToEdit as={as} change={setAs} />
      {as === "text" ? (
        <Textarea
          label={text.document}
          description={text.documentHint}
          autosize
          minRows={14}
          spellCheck={false}
          styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)" } }}
          value={current}
          onChange={(event) => setWritten(event.currentTarget.value)}
        />
      ) : (
        <FormOrProblem
          read={read}
          withComments={hasComments(current)}
          isNew={isNew}
          change={(form) => setWritten(writeForm(form))}
        />
      )}
      {fault !== null && <EditFault fault={fault} load={load} />}
      {isChanged && from !== before && <StoredMeanwhile stored={before} />}
      {warnings.length > 0 && <Warnings warnings={warnings} />}
      <Group>
        <ActionButton
          size="sm"
          variant="filled"
          calls="editRecoveryPlan"
          loading={isRunning}
          refusal={isChanged ? undefined : text.unchanged}
          onClick={() => void store()}
        >
          {text.save}
        </ActionButton>
        {isChanged && !isNew && (
          <Button variant="default" onClick={() => setWritten(undefined)}>
            {text.discard}
          </Button>
        )}
        <Text size="sm" c="dimmed" role="status">
          {isChanged ? text.unsaved : ""} {text.checked}
        </Text>
      </Group>
    </Stack>
  );
}

/** What somebody else has stored since one began to write: saving replaces it. */
function StoredMeanwhile({ stored }: { readonly stored: string }) {
  const text = useText(EDITOR_TEXTS);
  return (
    <Alert color="yellow" variant="light" title={text.storedMeanwhile}>
      <Stack gap="xs">
        <Text size="sm">{text.storedMeanwhileHint}</Text>
        <Code block>{stored}</Code>
      </Stack>
    </Alert>
  );
}

function HowToEdit({ as, change }: { readonly as: "form" | "text"; readonly change: (as: "form" | "text") => void }) {
  const text = useText(EDITOR_TEXTS);
  return (
    <SegmentedControl
      aria-label={text.as}
      w="fit-content"
      data={[
        { value: "form", label: text.form },
        { value: "text", label: text.text },
      ]}
      value={as}
      onChange={(value) => change(value === "text" ? "text" : "form")}
    />
  );
}

function Warnings({ warnings }: { readonly warnings: readonly string[] }) {
  const text = useText(EDITOR_TEXTS);
  return (
    <Alert color="orange" variant="light" title={text.warnings}>
      <List size="sm">
        {warnings.map((warning) => (
          <List.Item key={warning}>{warning}</List.Item>
        ))}
      </List>
    </Alert>
  );
}

function FormOrProblem(props: {
  readonly read: ReturnType<typeof readForm>;
  readonly withComments: boolean;
  readonly isNew: boolean;
  readonly change: (form: PlanForm) => void;
}) {
  const text = useText(EDITOR_TEXTS);
  const { read, change } = props;
  if ("problem" in read) {
    return (
      <Alert color="orange" variant="light" title={text.noForm}>
        {read.problem}
      </Alert>
    );
  }
  const { form } = read;
  return (
    <Stack>
      {props.withComments && (
        <Alert color="orange" variant="light">
          {text.anew}
        </Alert>
      )}
      <TextInput
        label={text.name}
        description={text.nameHint}
        required
        disabled={!props.isNew}
        maxLength={63}
        value={form.name}
        onChange={(event) => change({ ...form, name: event.currentTarget.value })}
      />
      <Textarea
        label={text.description}
        autosize
        maxLength={4_096}
        value={form.description}
        onChange={(event) => change({ ...form, description: event.currentTarget.value })}
      />
      <PlanFormFields form={form} change={change} />
    </Stack>
  );
}
