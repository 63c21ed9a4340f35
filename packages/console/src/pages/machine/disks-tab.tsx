import type { Machine } from "@leeward/api";
import { Button, Stack } from "@mantine/core";
import { Link } from "wouter";
import { useItems } from "../../api/use-answer.ts";
import { Nothing } from "../../parts/nothing.tsx";
import { useText } from "../../text/language.tsx";
import { DiskCard } from "./disk-card.tsx";
import { TEXTS } from "./texts.ts";

export function DisksTab({ machine }: { readonly machine: Machine }) {
  const text = useText(TEXTS);
  const stages = useItems("listStages", { query: { machine: machine.id } }, { refreshMs: 10_000 }).data ?? [];
  const policies = useItems("listPolicies", {}).data ?? [];
  if (machine.disks.length === 0) {
    return (
      <Nothing
        title={text.noDisks}
        action={
          <Button component={Link} href={`/protect?machine=${machine.id}`}>
            {text.protect}
          </Button>
        }
      >
        {text.noDisksHint}
      </Nothing>
    );
  }
  return (
    <Stack gap="lg">
      {machine.disks.map((disk) => (
        <DiskCard
          key={disk.id}
          machine={machine}
          disk={disk}
          stages={stages.find((each) => each.disk === disk.id)}
          policy={policies.find(({ name }) => name === disk.policy)}
        />
      ))}
    </Stack>
  );
}
