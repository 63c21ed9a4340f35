// Groups and steps of a plan as a form. What is in a list is put in another place by its buttons, or dragged there.
import { ActionIcon, Button, Card, Group, Stack, Text, Title } from "@mantine/core";
import { IconArrowDown, IconArrowUp, IconGripVertical, IconTrash } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import { useText } from "../../text/language.tsx";
import { useFormat } from "../../text/use-format.ts";
import { EDITOR_TEXTS } from "./editor-texts.ts";
import {
  EMPTY_GROUP,
  type FormGroup,
  type FormStep,
  GROUP_PARTS,
  GROUPS_MAX,
  moved,
  type PlanForm,
} from "./plan-document.ts";
import { StepFields } from "./step-fields.tsx";

export interface PlanFormFieldsProps {
  readonly form: PlanForm;
  readonly change: (form: PlanForm) => void;
}

export function PlanFormFields({ form, change }: PlanFormFieldsProps) {
  const text = useText(EDITOR_TEXTS);
  if (form.steps !== null) {
    return (
      <StepList
        title={text.steps}
        steps={form.steps}
        names={namesOf(form)}
        kind="step"
        change={(steps) => change({ ...form, steps })}
      />
    );
  }
  return <Groups form={form} change={change} />;
}

/** What steps can be named by others. */
function namesOf({ groups, steps }: PlanForm): readonly string[] {
  const all = steps ?? (groups ?? []).flatMap((group) => GROUP_PARTS.flatMap((part) => group[part]));
  return [...new Set(all.flatMap((step) => step.name ?? step.machine ?? []))].filter((name) => name !== "");
}

function Groups({ form, change }: PlanFormFieldsProps) {
  const text = useText(EDITOR_TEXTS);
  const format = useFormat();
  const groups = form.groups ?? [];
  const put = (next: readonly FormGroup[]): void => change({ ...form, groups: next });
  return (
    <Stack>
      <Text size="sm" c="dimmed">
        {text.groupWhat}
      </Text>
      {groups.map((group, index) => {
        const name = text.group(format.count(index + 1));
        return (
          <Card key={`${index}`} withBorder padding="md" component="section" aria-label={name}>
            <Group justify="space-between" mb="sm">
              <Title order={2} size="h5">
                {name}
              </Title>
              <Places
                what={name}
                index={index}
                count={groups.length}
                move={(to) => put(moved(groups, index, to))}
                remove={() => put(groups.toSpliced(index, 1))}
              />
            </Group>
            <Stack gap="lg">
              {GROUP_PARTS.map((part) => (
                <StepList
                  key={part}
                  title={text.parts[part]}
                  steps={group[part]}
                  names={namesOf(form)}
                  kind={part === "machines" ? "machine" : "action"}
                  change={(steps) => put(groups.with(index, { ...group, [part]: steps }))}
                />
              ))}
            </Stack>
          </Card>
        );
      })}
      <Button
        variant="default"
        w="fit-content"
        disabled={groups.length >= GROUPS_MAX}
        onClick={() => put([...groups, EMPTY_GROUP])}
      >
        {text.addGroup}
      </Button>
    </Stack>
  );
}

interface StepListProps {
  readonly title: string;
  readonly steps: readonly FormStep[];
  readonly names: readonly string[];
  /** Machines alone, actions alone, or either with what it comes after. */
  readonly kind: "machine" | "action" | "step";
  readonly change: (steps: readonly FormStep[]) => void;
}

function StepList({ title, steps, names, kind, change }: StepListProps) {
  const text = useText(EDITOR_TEXTS);
  const [dragged, setDragged] = useState<number | undefined>(undefined);
  const adds = { machine: text.addMachine, action: text.addAction, step: text.addStep };
  const fresh: FormStep = kind === "action" ? { name: "", manual: "" } : { machine: "" };
  return (
    <Stack gap="xs" role="group" aria-label={title}>
      <Text size="sm" fw={600} component={kind === "step" ? "h2" : "p"} m={0}>
        {title}
      </Text>
      <Stack component="ol" gap="xs" p={0} m={0} style={{ listStyle: "none" }}>
        {steps.map((step, index) => {
          const what = step.name || step.machine || text.newStep;
          return (
            <Card
              key={`${index}`}
              component="li"
              withBorder
              padding="sm"
              opacity={dragged === index ? 0.5 : 1}
              onDragOver={(event) => event.preventDefault()}
              onDrop={() => {
                if (dragged !== undefined) change(moved(steps, dragged, index));
                setDragged(undefined);
              }}
            >
              <Group justify="space-between" mb="xs" wrap="nowrap">
                <Grip drag={() => setDragged(index)} end={() => setDragged(undefined)}>
                  {what}
                </Grip>
                <Places
                  what={what}
                  index={index}
                  count={steps.length}
                  move={(to) => change(moved(steps, index, to))}
                  remove={() => change(steps.toSpliced(index, 1))}
                />
              </Group>
              <StepFields step={step} kind={kind} names={names} change={(next) => change(steps.with(index, next))} />
            </Card>
          );
        })}
      </Stack>
      <Button size="xs" variant="default" w="fit-content" onClick={() => change([...steps, fresh])}>
        {adds[kind]}
      </Button>
    </Stack>
  );
}

function Grip(props: { readonly drag: () => void; readonly end: () => void; readonly children: ReactNode }) {
  const text = useText(EDITOR_TEXTS);
  return (
    <Group
      gap={6}
      wrap="nowrap"
      draggable
      title={text.drag}
      style={{ cursor: "grab" }}
      onDragStart={(event) => {
        event.dataTransfer.effectAllowed = "move";
        props.drag();
      }}
      onDragEnd={props.end}
    >
      <IconGripVertical aria-hidden size={16} />
      <Text fw={600} size="sm" className="breakable">
        {props.children}
      </Text>
    </Group>
  );
}

/** The buttons that put it in another place, or take it away. */
function Places(props: {
  readonly what: string;
  readonly index: number;
  readonly count: number;
  readonly move: (to: number) => void;
  readonly remove: () => void;
}) {
  const text = useText(EDITOR_TEXTS);
  const { what, index, count, move } = props;
  return (
    <Group gap={4} wrap="nowrap">
      <ActionIcon variant="default" aria-label={text.up(what)} disabled={index === 0} onClick={() => move(index - 1)}>
        <IconArrowUp aria-hidden size={16} />
      </ActionIcon>
      <ActionIcon
        variant="default"
        aria-label={text.down(what)}
        disabled={index === count - 1}
        onClick={() => move(index + 1)}
      >
        <IconArrowDown aria-hidden size={16} />
      </ActionIcon>
      <ActionIcon variant="default" aria-label={text.remove(what)} onClick={props.remove}>
        <IconTrash aria-hidden size={16} />
      </ActionIcon>
    </Group>
  );
}
