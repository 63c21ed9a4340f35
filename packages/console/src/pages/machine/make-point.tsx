import type { Consistency, Machine } from "@leeward/api";
import { NativeSelect, Text } from "@mantine/core";
import { useState } from "react";
import { useAction } from "../../api/use-answer.ts";
import { ActionButton } from "../../parts/action-button.tsx";
import { Confirm } from "../../parts/confirm.tsx";
import { useText } from "../../text/language.tsx";
import { POINT_TEXTS } from "./point-texts.ts";

const CONSISTENCIES = ["crash", "file-system", "application"] as const satisfies readonly Consistency[];

export function MakePoint({ machine, made }: { readonly machine: Machine; readonly made: () => void }) {
  const text = useText(POINT_TEXTS);
  const [opened, setOpened] = useState(false);
  const [consistency, setConsistency] = useState<Consistency>("crash");
  const create = useAction("createPoint");
  return (
    <>
      <ActionButton needs="operator" onClick={() => setOpened(true)}>
        {text.make}
      </ActionButton>
      <Confirm
        opened={opened}
        close={() => setOpened(false)}
        title={text.make}
        action={text.making}
        isRunning={create.isRunning}
        run={async () => {
          const point = await create.run({ params: { machine: machine.id }, body: { consistency } });
          if (point === undefined) return;
          made();
          setOpened(false);
        }}
      >
        <Text size="sm" mb="sm">
          {text.makeWhat}
        </Text>
        <NativeSelect
          label={text.asConsistent}
          value={consistency}
          onChange={({ currentTarget: { value } }) =>
            setConsistency(CONSISTENCIES.find((each) => each === value) ?? "crash")
          }
          data={CONSISTENCIES.map((value) => ({ value, label: text.consistencies[value] }))}
        />
      </Confirm>
    </>
  );
}
