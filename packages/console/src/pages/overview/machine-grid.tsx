import { Button, Chip, Group, SimpleGrid, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { Link } from "wouter";
import { HEALTH_TONES, MACHINE_HEALTHS, type MachineHealth, type MachineStanding } from "../../parts/machine-health.ts";
import { StateSign } from "../../parts/state-badge.tsx";
import { HEALTH_TEXTS } from "../../parts/state-texts.ts";
import { useText } from "../../text/language.tsx";
import { useFormat } from "../../text/use-format.ts";
import { TEXTS } from "./texts.ts";

/** With more machines each takes one line. */
const ROOMY_MAX = 24;
const SHOWN_AT_FIRST = 20;

type Choice = MachineHealth | "all";

/** Every machine, the worst first; a state's count shows its machines alone. */
export function MachineGrid({ standings }: { readonly standings: readonly MachineStanding[] }) {
  const text = useText(TEXTS);
  const format = useFormat();
  const [choice, setChoice] = useState<Choice>("all");
  const [isWhole, setWhole] = useState(false);
  const chosen = choice === "all" ? standings : standings.filter(({ health }) => health === choice);
  const shown = isWhole ? chosen : chosen.slice(0, SHOWN_AT_FIRST);
  const isRoomy = chosen.length <= ROOMY_MAX;
  return (
    <Stack gap="md">
      <StateCounts standings={standings} choice={choice} choose={setChoice} />
      {chosen.length === 0 && <Text c="dimmed">{text.noneInState}</Text>}
      <SimpleGrid
        component="ul"
        className="plain-list"
        aria-label={text.health}
        cols={isRoomy ? { base: 1, xs: 2, sm: 3, lg: 4 } : { base: 1, xs: 2, sm: 3, lg: 5 }}
        spacing="xs"
        verticalSpacing="xs"
      >
        {shown.map((standing) => (
          <li key={standing.machine.id}>
            <MachineTile standing={standing} isRoomy={isRoomy} />
          </li>
        ))}
      </SimpleGrid>
      {shown.length < chosen.length && (
        <Button variant="default" size="xs" onClick={() => setWhole(true)} w="fit-content">
          {text.more(format.count(chosen.length - shown.length))}
        </Button>
      )}
    </Stack>
  );
}

function StateCounts(props: {
  readonly standings: readonly MachineStanding[];
  readonly choice: Choice;
  readonly choose: (choice: Choice) => void;
}) {
  const text = useText(TEXTS);
  const healths = useText(HEALTH_TEXTS);
  const format = useFormat();
  const countOf = (health: MachineHealth): number => props.standings.filter((each) => each.health === health).length;
  const present = MACHINE_HEALTHS.filter((health) => countOf(health) > 0 || health === props.choice);
  return (
    <Chip.Group
      value={props.choice}
      onChange={(value) => props.choose(MACHINE_HEALTHS.find((each) => each === value) ?? "all")}
    >
      <Group gap="xs">
        <Chip value="all" size="sm">
          {text.byState(text.all, format.count(props.standings.length))}
        </Chip>
        {present.map((health) => (
          <Chip key={health} value={health} size="sm">
            {text.byState(healths[health], format.count(countOf(health)))}
          </Chip>
        ))}
      </Group>
    </Chip.Group>
  );
}

function MachineTile({ standing, isRoomy }: { readonly standing: MachineStanding; readonly isRoomy: boolean }) {
  const text = useText(TEXTS);
  const healths = useText(HEALTH_TEXTS);
  const format = useFormat();
  const { machine, health, rpoSeconds, alertCount } = standing;
  const age = `${text.rpo} ${format.duration(rpoSeconds)}`;
  return (
    <Link href={`/machines/${machine.id}`} className="machine-tile" title={`${machine.name}: ${healths[health]}`}>
      <StateSign tone={HEALTH_TONES[health]} label={healths[health]} />
      <span className="machine-tile-text">
        <span className="machine-tile-name">{machine.name}</span>
        {isRoomy ? (
          <span className="machine-tile-note">
            {healths[health]} · {machine.disks.length === 0 ? text.disks(0) : age}
            {alertCount !== null && alertCount > 0 && ` · ${text.alerts(alertCount)}`}
          </span>
        ) : (
          <span className="machine-tile-note">{machine.disks.length === 0 ? text.disks(0) : age}</span>
        )}
      </span>
    </Link>
  );
}
