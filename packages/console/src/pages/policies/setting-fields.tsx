import { Fieldset, NativeSelect, Stack, Text, TextInput } from "@mantine/core";
import { AmountInput } from "../../parts/amount-input.tsx";
import { useText } from "../../text/language.tsx";
import { useFormat } from "../../text/use-format.ts";
import {
  AMOUNTS,
  type AmountKey,
  CODECS,
  type Draft,
  GROUPS,
  isAmount,
  limitsOf,
  type SettingKey,
  wrongIn,
} from "./policy-settings.ts";
import { useSettingWords } from "./setting-words.ts";
import { TEXTS } from "./texts.ts";

export interface SettingFieldsProps {
  readonly draft: Draft;
  readonly change: (draft: Draft) => void;
}

/** A field for every setting, with what it means, what is taken, and whether what is written is. */
export function SettingFields({ draft, change }: SettingFieldsProps) {
  const text = useText(TEXTS);
  const wrong = wrongIn(draft);
  return (
    <Stack>
      {GROUPS.map(({ name, keys }) => (
        <Fieldset key={name} legend={text.groups[name]}>
          <Stack gap="sm">
            {keys.map((key) => (
              <SettingField key={key} of={key} draft={draft} change={change} isWrong={wrong.includes(key)} />
            ))}
          </Stack>
        </Fieldset>
      ))}
    </Stack>
  );
}

function SettingField(props: SettingFieldsProps & { readonly of: SettingKey; readonly isWrong: boolean }) {
  const { of, draft, change, isWrong } = props;
  const text = useText(TEXTS);
  const words = useSettingWords();
  const { name, help } = text.settings[of];
  if (isAmount(of)) return <AmountField {...props} of={of} />;
  if (of === "codec") {
    return (
      <NativeSelect
        label={name}
        description={help}
        value={draft.codec}
        data={CODECS.map((codec) => ({ value: codec, label: codec === "none" ? text.none : codec }))}
        onChange={(event) => {
          const codec = CODECS.find((each) => each === event.currentTarget.value);
          if (codec !== undefined) change({ ...draft, codec });
        }}
      />
    );
  }
  const isRetention = of === "retention";
  return (
    <div>
      <TextInput
        label={name}
        description={`${help} ${isRetention ? text.retentionRule : text.windowRule}`}
        value={String(draft[of])}
        error={isWrong ? (isRetention ? text.retentionRule : text.missing) : null}
        onChange={(event) => change({ ...draft, [of]: event.currentTarget.value })}
      />
      {isRetention && !isWrong && (
        <Text size="xs" mt={4} aria-live="polite">
          {words.retention(draft.retention)}
        </Text>
      )}
    </div>
  );
}

function AmountField(props: SettingFieldsProps & { readonly of: AmountKey; readonly isWrong: boolean }) {
  const { of, draft, change, isWrong } = props;
  const text = useText(TEXTS);
  const format = useFormat();
  const words = useSettingWords();
  const { unit, zero } = AMOUNTS[of];
  const { least, most } = limitsOf(of);
  const show = (value: number): string => {
    if (unit === "seconds") return format.duration(value);
    return unit === "days" ? format.duration(value * 86_400) : words.amount(of, value);
  };
  const rule = text.between(
    least === 0 ? (unit === "days" ? format.duration(0) : format.bytes(0)) : show(least),
    show(most),
  );
  return (
    <AmountInput
      label={text.settings[of].name}
      description={`${text.settings[of].help}${zero ? ` ${text.zeroToo(words.amount(of, 0))}` : ""}`}
      unit={unit}
      value={draft[of]}
      change={(value) => change({ ...draft, [of]: value })}
      error={isWrong ? rule : undefined}
    />
  );
}
