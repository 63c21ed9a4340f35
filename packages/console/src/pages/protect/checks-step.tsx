import type { Machine } from "@leeward/api";
import { Group, Stack, Text } from "@mantine/core";
import { useItems } from "../../api/use-answer.ts";
import { ActionButton } from "../../parts/action-button.tsx";
import { Answered } from "../../parts/answered.tsx";
import { StateSign } from "../../parts/state-badge.tsx";
import { useText } from "../../text/language.tsx";
import { type Format, useFormat } from "../../text/use-format.ts";
import { type Check, checksOf, type ProtectOrder, weightOf } from "./protect-checks.ts";
import { type ProtectTexts, TEXTS } from "./texts.ts";

const TONES = { ok: "good", warn: "attention", bad: "bad" } as const;

interface ChecksStepProps {
  readonly machine: Machine;
  readonly order: ProtectOrder;
  readonly begin: () => void;
}

/** What stands for and against it, kept fresh: what is mended meanwhile turns good by itself. */
export function ChecksStep({ machine, order, begin }: ChecksStepProps) {
  const candidates = useItems("listCandidates", { params: { machine: machine.id } }, { refreshMs: 10_000 });
  const policies = useItems("listPolicies", {});
  const servers = useItems("listServers", {});
  return (
    <Answered answer={candidates}>
      {(offered) => (
        <Answered answer={policies}>
          {(known) => (
            <Answered answer={servers}>
              {(all) => (
                <Checks
                  checks={checksOf(order, { machine, candidates: offered, policies: known, servers: all })}
                  count={order.disks.length}
                  begin={begin}
                />
              )}
            </Answered>
          )}
        </Answered>
      )}
    </Answered>
  );
}

interface ChecksProps {
  readonly checks: readonly Check[];
  readonly count: number;
  readonly begin: () => void;
}

function Checks({ checks, count, begin }: ChecksProps) {
  const text = useText(TEXTS);
  const format = useFormat();
  const against = checks.find((check) => weightOf(check) === "bad");
  return (
    <Stack>
      <Text size="sm" c="dimmed">
        {text.checking}
      </Text>
      <Stack component="ul" className="plain-list" gap="xs">
        {checks.map((check) => {
          const words = wordsOf(text, format, check);
          const weight = weightOf(check);
          return (
            <Group component="li" key={words} gap="sm" wrap="nowrap" align="flex-start">
              <StateSign tone={TONES[weight]} label={text[weight]} />
              <Text size="sm" className="breakable" miw={0}>
                {words}
              </Text>
            </Group>
          );
        })}
      </Stack>
      <ActionButton
        needs="operator"
        variant="filled"
        size="sm"
        w="fit-content"
        refusal={against === undefined ? undefined : wordsOf(text, format, against)}
        onClick={begin}
      >
        {text.begin(count)}
      </ActionButton>
    </Stack>
  );
}

function wordsOf(text: ProtectTexts, format: Format, check: Check): string {
  switch (check.about) {
    case "online":
      return text.checkOnline(check.name);
    case "offline":
      return text.checkOffline(check.name);
    case "there":
      return text.checkThere(check.name);
    case "gone":
      return text.checkGone(check.name);
    case "refused":
      return text.checkRefused(check.name, check.why);
    case "nameFree":
      return text.checkName(check.name);
    case "nameTaken":
      return text.checkNameTaken(check.name);
    case "policy":
      return text.checkPolicy(check.name);
    case "noPolicy":
      return text.checkNoPolicy(check.name);
    case "space":
      return text.checkSpace(check.name, format.bytes(check.freeBytes), format.bytes(check.needBytes));
    case "noSpace":
      return text.checkNoSpace(check.name, format.bytes(check.freeBytes), format.bytes(check.needBytes));
    case "spaceUnknown":
      return text.checkSpaceUnknown(check.name);
    case "targetDown":
      return text.checkTargetDown(check.name);
    case "noTarget":
      return text.checkNoTarget;
    case "limit":
      return text.checkLimit(format.bytesPerSecond(check.bytesPerSecond), format.duration(check.seconds));
    case "noLimit":
      return text.checkNoLimit;
  }
}
