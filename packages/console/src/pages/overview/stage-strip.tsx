import type { Machine } from "@leeward/api";
import { Anchor, Stack, Text } from "@mantine/core";
import { Link } from "wouter";
import { useItems } from "../../api/use-answer.ts";
import { Answered } from "../../parts/answered.tsx";
import { useText } from "../../text/language.tsx";
import { useFormat } from "../../text/use-format.ts";
import { type StageSum, stageSums } from "./stage-sums.ts";
import { TEXTS } from "./texts.ts";

const DISKS_NAMED_MAX = 3;

/** The way of a write, and where it waits. */
export function StageStrip({ machines }: { readonly machines: readonly Machine[] }) {
  const text = useText(TEXTS);
  const stages = useItems("listStages", {}, { refreshMs: 10_000 });
  return (
    <Answered answer={stages}>
      {(disks) =>
        disks.length === 0 ? (
          <Text c="dimmed">{text.noStages}</Text>
        ) : (
          <Stack gap="sm">
            <Text size="sm" c="dimmed">
              {text.stagesLead}
            </Text>
            <ol className="stages">
              {stageSums(disks).map((sum) => (
                <Stage key={sum.stage} sum={sum} machines={machines} />
              ))}
            </ol>
          </Stack>
        )
      }
    </Answered>
  );
}

function Stage({ sum, machines }: { readonly sum: StageSum; readonly machines: readonly Machine[] }) {
  const text = useText(TEXTS);
  const format = useFormat();
  const { bottleneckOf } = sum;
  const isSaid = sum.busyFraction !== null || sum.bytesPerSecond !== null || sum.waitingBytes !== null;
  const standing =
    bottleneckOf.length > 0 ? text.bottleneckOf(bottleneckOf.length) : isSaid ? text.noBottleneck : text.stageUnknown;
  const named = bottleneckOf.slice(0, DISKS_NAMED_MAX).flatMap(({ machine, disk }) => {
    const found = machines.find(({ id }) => id === machine);
    const name = found?.disks.find(({ id }) => id === disk)?.name;
    return found === undefined || name === undefined ? [] : [{ machine, disk, name: `${found.name}/${name}` }];
  });
  return (
    <li className={bottleneckOf.length > 0 ? "stage stage-bottleneck" : "stage"}>
      <Text fw={600} size="sm">
        {text[sum.stage]}
      </Text>
      <Text size="sm">{format.bytesPerSecond(sum.bytesPerSecond)}</Text>
      <Text size="xs" c="dimmed">
        {text.busy(format.fraction(sum.busyFraction))}
      </Text>
      <Text size="xs" c="dimmed">
        {text.waiting(format.bytes(sum.waitingBytes))}
      </Text>
      <Text size="xs" fw={bottleneckOf.length > 0 ? 700 : 400} mt={4}>
        {standing}
      </Text>
      {named.map(({ machine, disk, name }) => (
        <Anchor
          key={disk}
          component={Link}
          href={`/machines/${machine}`}
          size="xs"
          className="breakable"
          display="block"
        >
          {name}
        </Anchor>
      ))}
    </li>
  );
}
