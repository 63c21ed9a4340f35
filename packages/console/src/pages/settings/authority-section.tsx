import type { Rotation } from "@leeward/api";
import { Group, Progress, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { useAction, useAnswer } from "../../api/use-answer.ts";
import { ActionButton } from "../../parts/action-button.tsx";
import { Answered } from "../../parts/answered.tsx";
import { Confirm } from "../../parts/confirm.tsx";
import { Facts } from "../../parts/facts.tsx";
import { Moment } from "../../parts/moment.tsx";
import { Section } from "../../parts/section.tsx";
import { useText } from "../../text/language.tsx";
import { useFormat } from "../../text/use-format.ts";
import { TEXTS } from "./texts.ts";

const LOOK_MS = 5_000;

/** The certificate authority, and how far another one has come that follows it. */
export function AuthoritySection() {
  const text = useText(TEXTS);
  const rotation = useAnswer("showRotation", {}, { refreshMs: LOOK_MS });
  return (
    <Section title={text.authority}>
      <Stack>
        <Text size="sm">{text.authorityHint}</Text>
        <Answered answer={rotation}>
          {(found) => (
            <Stack>
              <Facts
                columns={2}
                facts={[
                  { name: text.phase, value: text.phases[found.phase] },
                  { name: text.fingerprint, value: found.fingerprint },
                  ...(found.phase === "none"
                    ? []
                    : [
                        { name: text.successor, value: found.successor ?? "–" },
                        { name: text.since, value: <Moment time={found.since} /> },
                        { name: text.retiresAt, value: <Moment time={found.retiresAt} exact /> },
                      ]),
                ]}
              />
              {found.phase !== "none" && <Behind rotation={found} />}
              <Actions rotation={found} />
            </Stack>
          )}
        </Answered>
      </Stack>
    </Section>
  );
}

function Behind({ rotation: { members, behind } }: { readonly rotation: Rotation }) {
  const text = useText(TEXTS);
  const format = useFormat();
  const done = members - behind.length;
  return (
    <Stack gap={4}>
      <Text size="sm">{text.behind(format.count(done), format.count(members))}</Text>
      <Progress value={members === 0 ? 100 : (100 * done) / members} aria-label={text.inProgress} />
      {behind.length > 0 && (
        <Text size="sm" c="dimmed" className="breakable">
          {text.behindNames}: {namesOf(behind)}
        </Text>
      )}
    </Stack>
  );
}

function Actions({ rotation: { phase, behind } }: { readonly rotation: Rotation }) {
  const text = useText(TEXTS);
  const rotate = useAction("rotateAuthority");
  const retire = useAction("retireAuthority");
  const [asking, setAsking] = useState<"rotate" | "goOn" | "retire" | undefined>(undefined);
  const close = (): void => setAsking(undefined);
  const force = behind.length > 0;
  return (
    <Group gap="xs">
      <ActionButton
        calls="rotateAuthority"
        refusal={phase === "none" ? undefined : text.isRotating}
        onClick={() => setAsking("rotate")}
      >
        {text.rotate}
      </ActionButton>
      {phase === "introducing" && force && (
        <ActionButton calls="rotateAuthority" onClick={() => setAsking("goOn")}>
          {text.goOn}
        </ActionButton>
      )}
      {phase !== "none" && (
        <ActionButton
          calls="retireAuthority"
          refusal={phase === "renewing" ? undefined : text.notRenewing}
          onClick={() => setAsking("retire")}
        >
          {text.retire}
        </ActionButton>
      )}
      <Confirm
        opened={asking === "rotate"}
        close={close}
        title={text.rotateTitle}
        action={text.rotate}
        isRunning={rotate.isRunning}
        run={() => rotate.run({ body: { force: false } }).then(close)}
      >
        {text.rotateHint}
      </Confirm>
      <Confirm
        opened={asking === "goOn"}
        close={close}
        title={text.goOn}
        action={text.goOn}
        danger
        isRunning={rotate.isRunning}
        run={() => rotate.run({ body: { force: true } }).then(close)}
      >
        {text.goOnHint(namesOf(behind))}
      </Confirm>
      <Confirm
        opened={asking === "retire"}
        close={close}
        title={text.retireTitle}
        action={text.retire}
        danger
        isRunning={retire.isRunning}
        run={() => retire.run({ body: { force } }).then(close)}
      >
        {force ? `${text.retireHint} ${text.retireBehind(namesOf(behind))}` : text.retireHint}
      </Confirm>
    </Group>
  );
}

function namesOf(behind: Rotation["behind"]): string {
  return behind.map(({ name }) => name).join(", ");
}
