import { Stack, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { useAction } from "../../api/use-answer.ts";
import { ActionButton } from "../../parts/action-button.tsx";
import { Command } from "../../parts/page.tsx";
import { SecretShown } from "../../parts/secret-shown.tsx";
import { useText } from "../../text/language.tsx";
import { isName } from "./protect-checks.ts";
import { REGISTER_TEXTS } from "./register-texts.ts";

const TTL_SECONDS = 3_600;

/** What is run on the machine itself, with a token for it. */
export function RegisterByCommand() {
  const text = useText(REGISTER_TEXTS);
  const [name, setName] = useState("");
  const create = useAction("createToken");
  const [token, setToken] = useState<string | undefined>(undefined);
  const isGood = name === "" || isName(name);
  const named = name !== "" && isGood ? ` --name ${name}` : "";
  const place = "--token-file /root/agent.token --home /var/lib/leeward/agent";
  const make = async (): Promise<void> => {
    const made = await create.run({ body: { role: "agent", ttlSeconds: TTL_SECONDS } });
    setToken(made?.token);
  };
  return (
    <Stack maw={720}>
      <Text size="sm">{text.commandLead}</Text>
      <TextInput
        label={text.name}
        value={name}
        error={isGood ? undefined : text.nameInvalid}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <ActionButton calls="createToken" w="fit-content" loading={create.isRunning} onClick={() => void make()}>
        {text.makeToken}
      </ActionButton>
      {token !== undefined && (
        <>
          <SecretShown title={text.token} secret={token}>
            {text.tokenWhat}
          </SecretShown>
          <Text fw={600} size="sm">
            {text.commands}
          </Text>
          <Command command={`leeward agent register --server ${location.origin} ${place}${named}`} />
          <Command command="systemctl start leeward-agent" />
          <Command command="rm /root/agent.token" />
          <Text size="sm">{text.appears}</Text>
        </>
      )}
    </Stack>
  );
}
