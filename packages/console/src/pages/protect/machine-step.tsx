import type { Machine } from "@leeward/api";
import { Group, Radio, Select, Stack, Text } from "@mantine/core";
import { useState } from "react";
import type { Answer } from "../../api/use-answer.ts";
import { Answered } from "../../parts/answered.tsx";
import { useText } from "../../text/language.tsx";
import { PushForm } from "./push-form.tsx";
import { RegisterByCommand } from "./register-by-command.tsx";
import { TEXTS } from "./texts.ts";

interface MachineStepProps {
  readonly machines: Answer<readonly Machine[]>;
  readonly chosen: string;
  readonly choose: (id: string) => void;
}

/** More are found by typing. */
const OPTIONS_MAX = 100;
const WAYS = ["registered", "push", "command"] as const;

/** A machine that is registered here, or one that is to be. */
export function MachineStep(props: MachineStepProps) {
  const text = useText(TEXTS);
  const [way, setWay] = useState<(typeof WAYS)[number]>("registered");
  return (
    <Stack>
      <Radio.Group
        label={text.how}
        value={way}
        onChange={(next) => setWay(WAYS.find((each) => each === next) ?? "registered")}
      >
        <Group mt="xs">
          {WAYS.map((value) => (
            <Radio key={value} value={value} label={text[value]} />
          ))}
        </Group>
      </Radio.Group>
      {way === "registered" && <Registered {...props} />}
      {way === "push" && (
        <PushForm
          registered={(id) => {
            props.machines.refresh();
            props.choose(id);
            setWay("registered");
          }}
        />
      )}
      {way === "command" && <RegisterByCommand />}
    </Stack>
  );
}

function Registered({ machines, chosen, choose }: MachineStepProps) {
  const text = useText(TEXTS);
  return (
    <Answered answer={machines}>
      {(all) =>
        all.length === 0 ? (
          <Text>{text.noMachines}</Text>
        ) : (
          <Select
            label={text.machine}
            placeholder={text.choose}
            maw={480}
            searchable
            allowDeselect={false}
            limit={OPTIONS_MAX}
            nothingFoundMessage={text.noneMatch}
            value={chosen === "" ? null : chosen}
            onChange={(id) => choose(id ?? "")}
            data={all
              .toSorted((one, other) => one.name.localeCompare(other.name, undefined, { numeric: true }))
              .map(({ id, name, state }) => ({ value: id, label: `${name} (${text[state]})` }))}
          />
        )
      }
    </Answered>
  );
}
