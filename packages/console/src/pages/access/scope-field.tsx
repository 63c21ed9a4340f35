import { MultiSelect, Text, Tooltip } from "@mantine/core";
import { useItems } from "../../api/use-answer.ts";
import { useText } from "../../text/language.tsx";
import { useFormat } from "../../text/use-format.ts";
import { TEXTS } from "./texts.ts";

const MACHINES_MAX = 256;
/** More are found by typing. */
const OPTIONS_MAX = 50;

/** The machines that somebody is limited to, by id; none is no limit. */
export function ScopeField(props: {
  readonly machines: readonly string[];
  readonly change: (machines: readonly string[]) => void;
}) {
  const text = useText(TEXTS);
  const known = useItems("listMachines", {}).data ?? [];
  const gone = props.machines.filter((each) => !known.some(({ id }) => id === each));
  return (
    <MultiSelect
      label={text.scope}
      description={text.scopeHint}
      data={[
        ...known.map(({ id, name }) => ({ value: id, label: name })),
        ...gone.map((id) => ({ value: id, label: id })),
      ]}
      value={[...props.machines]}
      onChange={props.change}
      maxValues={MACHINES_MAX}
      limit={OPTIONS_MAX}
      searchable
      clearable
      hidePickedOptions
    />
  );
}

/** One by name; several as how many, with their names to be asked for. */
export function ScopeText({ scope }: { readonly scope: { readonly machines: readonly string[] } | null }) {
  const text = useText(TEXTS);
  const format = useFormat();
  const known = useItems("listMachines", {}).data ?? [];
  if (scope === null) return text.noScope;
  const names = scope.machines.map((each) => known.find(({ id }) => id === each)?.name ?? each);
  if (names.length === 1) return names[0];
  return (
    <Tooltip label={names.join(", ")} multiline maw={400}>
      <Text span size="sm" tabIndex={0}>
        {text.scopeOf(format.count(names.length))}
      </Text>
    </Tooltip>
  );
}
