import type { Policy } from "@leeward/api";
import { Checkbox, MultiSelect, NativeSelect, SimpleGrid, Stack, Text } from "@mantine/core";
import { useItems } from "../../api/use-answer.ts";
import { Answered } from "../../parts/answered.tsx";
import { useText } from "../../text/language.tsx";
import { useFormat } from "../../text/use-format.ts";
import { useSettingWords } from "../policies/setting-words.ts";
import type { ProtectOrder } from "./protect-checks.ts";
import { TEXTS } from "./texts.ts";

interface PolicyStepProps {
  readonly order: ProtectOrder;
  readonly change: (order: ProtectOrder) => void;
}

/** Under which policy, and by which servers. */
export function PolicyStep({ order, change }: PolicyStepProps) {
  const text = useText(TEXTS);
  const policies = useItems("listPolicies", {});
  return (
    <Stack>
      <Answered answer={policies}>
        {(all) => {
          const policy = all.find(({ name }) => name === order.policy);
          return (
            <Stack gap="xs">
              <NativeSelect
                label={text.policy}
                maw={480}
                value={order.policy}
                onChange={(event) => change({ ...order, policy: event.currentTarget.value })}
                data={all.map(({ name }) => name)}
              />
              {policy !== undefined && <PolicyWords policy={policy} />}
            </Stack>
          );
        }}
      </Answered>
      <Servers order={order} change={change} />
      <Checkbox
        label={text.seed}
        checked={order.seed}
        onChange={(event) => change({ ...order, seed: event.currentTarget.checked })}
      />
    </Stack>
  );
}

/** What a policy comes to. */
function PolicyWords({ policy }: { readonly policy: Policy }) {
  const text = useText(TEXTS);
  const format = useFormat();
  const words = useSettingWords();
  const { pointIntervalSeconds, trackerPointIntervalSeconds, retentionSeconds } = policy;
  const { applicationPointIntervalSeconds: application, copyBytesPerSecondMax: copy } = policy;
  return (
    <Stack gap={2} role="status">
      <Text size="sm">
        {text.policyMeans(
          format.duration(pointIntervalSeconds),
          format.duration(retentionSeconds),
          format.duration(trackerPointIntervalSeconds),
        )}
      </Text>
      <Text size="sm">{text.policyRetention(words.retention(policy.retention))}</Text>
      {application > 0 && <Text size="sm">{text.policyApplication(format.duration(application))}</Text>}
      {copy > 0 && <Text size="sm">{text.policyCopy(format.bytesPerSecond(copy))}</Text>}
    </Stack>
  );
}

function Servers({ order, change }: PolicyStepProps) {
  const text = useText(TEXTS);
  const servers = useItems("listServers", {});
  return (
    <Answered answer={servers}>
      {(all) => {
        const of = (role: "process-server" | "master-target") =>
          all
            .filter((server) => server.role === role && server.state !== "removed")
            .map(({ id, name }) => ({ value: id, label: name }));
        const targets = of("master-target");
        const further = targets.filter(({ value }) => value !== order.masterTarget);
        return (
          <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }}>
            <NativeSelect
              label={text.processServer}
              value={order.processServer}
              onChange={(event) => change({ ...order, processServer: event.currentTarget.value })}
              data={[{ value: "", label: text.automatic }, ...of("process-server")]}
            />
            <NativeSelect
              label={text.masterTarget}
              value={order.masterTarget}
              onChange={({ currentTarget: { value } }) =>
                change({ ...order, masterTarget: value, alsoTo: order.alsoTo.filter((id) => id !== value) })
              }
              data={[{ value: "", label: text.automatic }, ...targets]}
            />
            {order.masterTarget !== "" && further.length > 0 && (
              <MultiSelect
                label={text.alsoTo}
                value={[...order.alsoTo]}
                onChange={(alsoTo) => change({ ...order, alsoTo })}
                data={further}
                maxValues={8}
              />
            )}
          </SimpleGrid>
        );
      }}
    </Answered>
  );
}
