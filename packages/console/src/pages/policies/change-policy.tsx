// Changing a policy: only what is other is sent, and what deletes points is asked for once more.
import type { Disk, Policy, PolicyChange } from "@leeward/api";
import { Stack, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useState } from "react";
import { useAction } from "../../api/use-answer.ts";
import { useEdited } from "../../api/use-edited.ts";
import { Confirm } from "../../parts/confirm.tsx";
import { EditedDialog } from "../../parts/edited-dialog.tsx";
import { FormDialog } from "../../parts/form-dialog.tsx";
import { useDraft } from "../../parts/use-draft.ts";
import { useText } from "../../text/language.tsx";
import { useFormat } from "../../text/use-format.ts";
import { changeOf, type Draft, wrongIn } from "./policy-settings.ts";
import { isShorter, tiersOf } from "./retention.ts";
import { SettingFields } from "./setting-fields.tsx";
import { useSettingWords } from "./setting-words.ts";
import { TEXTS } from "./texts.ts";

const NAMED_MAX = 5;

export interface ChangePolicyProps {
  readonly name: string;
  /** That are under it; undefined while they are not known. */
  readonly disks: readonly Disk[] | undefined;
  readonly close: () => void;
}

export function ChangePolicy({ name, disks, close }: ChangePolicyProps) {
  const text = useText(TEXTS);
  const edited = useEdited("showPolicy", { params: { name } });
  return (
    <EditedDialog edited={edited} title={text.changeTitle(name)} close={close}>
      {({ answer, tag }) => <PolicyDialog policy={answer} tag={tag} load={edited.load} disks={disks} close={close} />}
    </EditedDialog>
  );
}

interface PolicyDialogProps extends Omit<ChangePolicyProps, "name"> {
  readonly policy: Policy;
  readonly tag: string | null;
  readonly load: () => Promise<void>;
}

function PolicyDialog({ policy, tag, load, disks, close }: PolicyDialogProps) {
  const text = useText(TEXTS);
  const format = useFormat();
  const setPolicy = useAction("setPolicy", { quiet: true });
  const { draft, change: type } = useDraft<Draft>(policy);
  const [isAsking, setAsking] = useState(false);
  const change = changeOf(policy, draft);
  const isChanged = Object.keys(change).length > 0;
  const save = async (): Promise<void> => {
    const saved = await setPolicy.run({ params: { name: policy.name }, body: change }, tag);
    setAsking(false);
    if (saved === undefined) return;
    notifications.show({ message: text.changed(policy.name), color: "teal" });
    close();
  };
  return (
    <>
      <FormDialog
        opened={!isAsking}
        close={close}
        title={text.changeTitle(policy.name)}
        action={text.save}
        isReady={isChanged && wrongIn(draft).length === 0}
        isRunning={setPolicy.isRunning}
        fault={setPolicy.fault}
        load={() => void load().then(setPolicy.forget)}
        submit={disks?.length !== 0 && deletesPoints(policy, change) ? () => setAsking(true) : save}
      >
        <SettingFields draft={draft} change={type} />
        <Text size="sm" aria-live="polite">
          {isChanged ? text.appliesTo(format.count(disks?.length)) : text.nothingChanged}
        </Text>
      </FormDialog>
      <Confirm
        opened={isAsking}
        close={() => setAsking(false)}
        title={text.deletesTitle}
        action={text.deletes}
        danger
        typed={policy.name}
        isRunning={setPolicy.isRunning}
        run={save}
      >
        <Losses policy={policy} change={change} disks={disks} />
      </Confirm>
    </>
  );
}

function Losses(props: Pick<PolicyDialogProps, "policy" | "disks"> & { readonly change: PolicyChange }) {
  const { policy, change, disks = [] } = props;
  const text = useText(TEXTS);
  const format = useFormat();
  const words = useSettingWords();
  const named = disks.slice(0, NAMED_MAX).map(({ name }) => name);
  const more = disks.length - named.length;
  const names = [...named, ...(more > 0 ? [text.more(format.count(more))] : [])].join(", ");
  return (
    <Stack gap="xs">
      {change.retention !== undefined && (
        <Text size="sm">{text.deletesReach(words.retention(policy.retention), words.retention(change.retention))}</Text>
      )}
      {change.retentionBytesMax !== undefined && (
        <Text size="sm">
          {text.deletesBytes(
            words.amount("retentionBytesMax", policy.retentionBytesMax),
            words.amount("retentionBytesMax", change.retentionBytesMax),
          )}
        </Text>
      )}
      <Text size="sm">{text.deletesDisks(format.count(props.disks?.length), names)}</Text>
      <Text size="sm">{text.deletesEnd}</Text>
    </Stack>
  );
}

/** Whether points go that stay now. */
function deletesPoints(policy: Policy, { retention, retentionBytesMax }: PolicyChange): boolean {
  const [from, to] = [tiersOf(policy.retention), retention === undefined ? undefined : tiersOf(retention)];
  const isThinner = from !== undefined && to !== undefined && isShorter(from, to);
  const limit = (bytes: number): number => (bytes === 0 ? Number.POSITIVE_INFINITY : bytes);
  const isSmaller = retentionBytesMax !== undefined && limit(retentionBytesMax) < limit(policy.retentionBytesMax);
  return isThinner || isSmaller;
}
