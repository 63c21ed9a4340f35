import type { Candidate, Machine } from "@leeward/api";
import { Card, Checkbox, Group, NativeSelect, Stack, Text, TextInput } from "@mantine/core";
import { useItems } from "../../api/use-answer.ts";
import { Answered } from "../../parts/answered.tsx";
import { useText } from "../../text/language.tsx";
import { useFormat } from "../../text/use-format.ts";
import { type DiskChoice, isName, nameFor, type ProtectOrder, RUNGS, refusalOf, rungsOf } from "./protect-checks.ts";
import { TEXTS } from "./texts.ts";

interface DisksStepProps {
  readonly machine: Machine;
  readonly order: ProtectOrder;
  readonly change: (order: ProtectOrder) => void;
}

/** What could be protected, and why something cannot. */
export function DisksStep({ machine, order, change }: DisksStepProps) {
  const text = useText(TEXTS);
  const candidates = useItems("listCandidates", { params: { machine: machine.id } });
  const chosenOf = (path: string): DiskChoice | undefined => order.disks.find((disk) => disk.path === path);
  const set = (disks: readonly DiskChoice[]): void => change({ ...order, disks });
  const toggle = (candidate: Candidate): void => {
    const { path } = candidate;
    if (chosenOf(path) !== undefined) {
      set(order.disks.filter((disk) => disk.path !== path));
      return;
    }
    const taken = [...machine.disks, ...order.disks].map(({ name }) => name);
    const capture = rungsOf(candidate)[0] ?? "splitter";
    set([...order.disks, { path, name: nameFor(path, taken), capture }]);
  };
  return (
    <Answered answer={candidates}>
      {(all) =>
        all.length === 0 ? (
          <Text>{text.noCandidates}</Text>
        ) : (
          <Stack component="ul" className="plain-list" gap="sm" aria-label={text.disksOf(machine.name)}>
            {all.map((candidate) => (
              <li key={candidate.path}>
                <CandidateCard
                  candidate={candidate}
                  isProtected={machine.disks.some(({ path }) => path === candidate.path)}
                  taken={machine.disks.map(({ name }) => name)}
                  chosen={chosenOf(candidate.path)}
                  toggle={() => toggle(candidate)}
                  set={(next) => set(order.disks.map((disk) => (disk.path === next.path ? next : disk)))}
                />
              </li>
            ))}
          </Stack>
        )
      }
    </Answered>
  );
}

interface CandidateProps {
  readonly candidate: Candidate;
  readonly isProtected: boolean;
  /** Names of disks that are protected already. */
  readonly taken: readonly string[];
  readonly chosen: DiskChoice | undefined;
  readonly toggle: () => void;
  readonly set: (choice: DiskChoice) => void;
}

function CandidateCard(props: CandidateProps) {
  const { candidate, isProtected, chosen, toggle } = props;
  const text = useText(TEXTS);
  const format = useFormat();
  const can = rungsOf(candidate).length > 0;
  return (
    <Card withBorder padding="sm">
      <Stack gap="xs">
        <Checkbox
          checked={chosen !== undefined}
          disabled={!can || isProtected}
          onChange={toggle}
          label={`${candidate.path} · ${format.bytes(candidate.sizeBytes)}`}
          description={isProtected ? text.protected : can ? undefined : text.cannot}
          classNames={{ label: "breakable" }}
        />
        {chosen !== undefined && <Choice {...props} chosen={chosen} />}
        {!isProtected &&
          (chosen !== undefined || !can) &&
          RUNGS.map((rung) => [rung, refusalOf(candidate, rung)] as const).map(
            ([rung, why]) =>
              why !== null && (
                <Text key={rung} size="xs" c="dimmed" className="breakable">
                  {text.notRung(text[rung], why)}
                </Text>
              ),
          )}
      </Stack>
    </Card>
  );
}

function Choice({ candidate, taken, chosen, set }: CandidateProps & { readonly chosen: DiskChoice }) {
  const text = useText(TEXTS);
  const rungs = rungsOf(candidate);
  const isTaken = taken.includes(chosen.name);
  return (
    <Group align="flex-start" role="group" aria-label={candidate.path}>
      <TextInput
        label={text.diskName}
        value={chosen.name}
        maxLength={63}
        error={isName(chosen.name) ? (isTaken ? text.nameTaken : undefined) : text.nameInvalid}
        onChange={(event) => set({ ...chosen, name: event.currentTarget.value })}
      />
      <NativeSelect
        flex={1}
        miw={220}
        label={text.rung}
        description={text[`${chosen.capture}Means`]}
        inputWrapperOrder={["label", "input", "description", "error"]}
        value={chosen.capture}
        onChange={({ currentTarget: { value } }) =>
          set({ ...chosen, capture: rungs.find((each) => each === value) ?? chosen.capture })
        }
        data={rungs.map((rung) => ({ value: rung, label: text[rung] }))}
      />
    </Group>
  );
}
