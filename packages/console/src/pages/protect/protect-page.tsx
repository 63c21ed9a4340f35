// From a machine to its first recovery point, in steps that can be gone back: nothing is changed before the last one.
import { Button, Card, Group, Stack, Text, Title } from "@mantine/core";
import { useState } from "react";
import { useSearchParams } from "wouter";
import { useItems } from "../../api/use-answer.ts";
import { Page } from "../../parts/page.tsx";
import { useText } from "../../text/language.tsx";
import { ChecksStep } from "./checks-step.tsx";
import { DisksStep } from "./disks-step.tsx";
import { MachineStep } from "./machine-step.tsx";
import { PolicyStep } from "./policy-step.tsx";
import { isName, type ProtectOrder } from "./protect-checks.ts";
import { RunStep } from "./run-step.tsx";
import { type ProtectTexts, TEXTS } from "./texts.ts";

const STEPS = ["machine", "disks", "policy", "checks", "run"] as const;
type Step = (typeof STEPS)[number];

const EMPTY: ProtectOrder = {
  disks: [],
  policy: "default",
  processServer: "",
  masterTarget: "",
  alsoTo: [],
  seed: false,
};

const COMMANDS = [
  "leeward machine push HOST --user root --key KEY_FILE",
  "leeward disk list MACHINE",
  "leeward disk protect MACHINE --path /dev/sdb --policy default",
];

export function ProtectPage() {
  const text = useText(TEXTS);
  const [search, setSearch] = useSearchParams();
  const [step, setStep] = useState<Step>("machine");
  const [order, setOrder] = useState(EMPTY);
  const machines = useItems("listMachines", {});
  const machineId = search.get("machine") ?? "";
  const machine = machines.data?.find(({ id, name }) => id === machineId || name === machineId);
  const refusal = refusalOfStep(text, { step, isMachineKnown: machine !== undefined, order });
  const go = (by: number): void => setStep(STEPS[STEPS.indexOf(step) + by] ?? "machine");
  const start = (): void => {
    setOrder(EMPTY);
    setStep("machine");
  };
  return (
    <Page title={text.title} lead={text.lead} commands={COMMANDS}>
      <Stack>
        <Text size="sm" fw={600} aria-live="polite">
          {text.stepOf(STEPS.indexOf(step) + 1, STEPS.length, text.steps[step])}
        </Text>
        <Card withBorder padding="lg">
          <Stack>
            <Title order={2} size="h4">
              {text.steps[step]}
            </Title>
            {step === "machine" && (
              <MachineStep
                machines={machines}
                chosen={machine?.id ?? ""}
                choose={(id) => {
                  setSearch({ machine: id }, { replace: true });
                  setOrder({ ...order, disks: [] });
                }}
              />
            )}
            {machine !== undefined && step === "disks" && (
              <DisksStep machine={machine} order={order} change={setOrder} />
            )}
            {step === "policy" && <PolicyStep order={order} change={setOrder} />}
            {machine !== undefined && step === "checks" && (
              <ChecksStep machine={machine} order={order} begin={() => setStep("run")} />
            )}
            {machine !== undefined && step === "run" && <RunStep machine={machine} order={order} again={start} />}
            {refusal !== undefined && (
              <Text size="sm" c="dimmed" role="status">
                {refusal}
              </Text>
            )}
            {step !== "run" && (
              <Group justify="space-between">
                <Button variant="default" disabled={step === "machine"} onClick={() => go(-1)}>
                  {text.back}
                </Button>
                {step !== "checks" && (
                  <Button disabled={refusal !== undefined} onClick={() => go(1)}>
                    {text.next}
                  </Button>
                )}
              </Group>
            )}
          </Stack>
        </Card>
      </Stack>
    </Page>
  );
}

/** Why one cannot go on from this step; undefined when one can. */
function refusalOfStep(
  text: ProtectTexts,
  at: { readonly step: Step; readonly isMachineKnown: boolean; readonly order: ProtectOrder },
): string | undefined {
  if (!at.isMachineKnown) return text.machineFirst;
  if (at.step !== "disks") return undefined;
  const { disks } = at.order;
  if (disks.length === 0) return text.nothingChosen;
  if (disks.some(({ name }) => !isName(name))) return text.nameInvalid;
  return new Set(disks.map(({ name }) => name)).size < disks.length ? text.nameTaken : undefined;
}
