import type { Machine, Point } from "@leeward/api";
import { Button, Code, Group, SimpleGrid, Stack } from "@mantine/core";
import { Link } from "wouter";
import { Moment } from "../../parts/moment.tsx";
import { Section } from "../../parts/section.tsx";
import { useText } from "../../text/language.tsx";
import { useFormat } from "../../text/use-format.ts";
import { Fact } from "./disk-card.tsx";
import { OpenPoint, SavePoint } from "./point-as-disk.tsx";
import { LockPoint } from "./point-lock.tsx";
import { POINT_TEXTS } from "./point-texts.ts";
import { ShowPointWay } from "./point-way.tsx";

export interface OfPoint {
  readonly machine: Machine;
  readonly point: Point;
}

/** What the chosen point is, and what can be done from it. */
export function PointPanel({ machine, point, changed }: OfPoint & { readonly changed: () => void }) {
  const text = useText(POINT_TEXTS);
  const format = useFormat();
  const had = machine.disks.filter(({ id }) => id in point.disks);
  const missing = machine.disks.filter(({ id }) => !(id in point.disks));
  const lock = point.lockedUntil === null ? text.lockedForever : text.lockedFor(format.time(point.lockedUntil));
  return (
    <Section title={text.chosen}>
      <Stack gap="md">
        <SimpleGrid component="dl" m={0} cols={{ base: 1, xs: 2, lg: 4 }}>
          <Fact name={text.time}>
            <Moment time={point.time} exact />
          </Fact>
          <Fact name={text.age}>
            <Moment time={point.time} />
          </Fact>
          <Fact name={text.validUntil}>
            <Moment time={point.validUntil} exact />
          </Fact>
          <Fact name={text.kind}>{text.kinds[point.kind]}</Fact>
          <Fact name={text.consistency}>{text.consistencies[point.consistency]}</Fact>
          <Fact name={text.ofDisks}>
            {had.map(({ name }) => name).join(", ") || "–"}
            {missing.length > 0 && ` (${text.missing(missing.map(({ name }) => name).join(", "))})`}
          </Fact>
          <Fact name={text.lock}>{point.locked ? lock : text.unlocked}</Fact>
          <Fact name="ID">
            <Code>{point.id}</Code>
          </Fact>
        </SimpleGrid>
        <Group gap="xs">
          <Button component={Link} href={`/machines/${machine.id}/failover?at=${point.id}`} size="xs">
            {text.testHere}
          </Button>
          <Button component={Link} href={`/machines/${machine.id}/failover?at=${point.id}`} size="xs" variant="default">
            {text.failoverHere}
          </Button>
          <ShowPointWay machine={machine} point={point} />
          <OpenPoint machine={machine} point={point} />
          <SavePoint machine={machine} point={point} />
          <LockPoint machine={machine} point={point} changed={changed} />
        </Group>
      </Stack>
    </Section>
  );
}
