import type { WrittenStep } from "@leeward/api";
import { NumberInput, Select, SimpleGrid, Textarea, TextInput } from "@mantine/core";
import { useText } from "../../text/language.tsx";
import { EDITOR_TEXTS } from "./editor-texts.ts";
import type { FormStep } from "./plan-document.ts";

type Script = NonNullable<WrittenStep["script"]>;
type Health = NonNullable<WrittenStep["health"]>;

interface ActionFieldsProps {
  readonly step: FormStep;
  readonly names: readonly string[];
  readonly change: (step: FormStep) => void;
}

const DAY_SECONDS = 86_400;
const PORT_MAX = 65_535;

export function ActionFields({ step, names, change }: ActionFieldsProps) {
  const text = useText(EDITOR_TEXTS);
  const { script, manual, wait, health } = step;
  if (script !== undefined)
    return <ScriptFields script={script} names={names} change={(next) => change({ ...step, script: next })} />;
  if (health !== undefined)
    return <HealthFields health={health} change={(next) => change({ ...step, health: next })} />;
  if (wait !== undefined) {
    return (
      <NumberInput
        label={text.wait}
        min={0}
        max={DAY_SECONDS}
        allowDecimal={false}
        value={wait}
        onChange={(value) => change({ ...step, wait: Number(value) })}
      />
    );
  }
  return (
    <Textarea
      label={text.manual}
      required
      autosize
      maxLength={4_096}
      value={manual ?? ""}
      onChange={(event) => change({ ...step, manual: event.currentTarget.value })}
    />
  );
}

function ScriptFields(props: {
  readonly script: Script;
  readonly names: readonly string[];
  readonly change: (script: Script) => void;
}) {
  const text = useText(EDITOR_TEXTS);
  const { script, change } = props;
  const { limitSeconds: _, ...unlimited } = script;
  const { of: __, ...untold } = script;
  return (
    <SimpleGrid cols={{ base: 1, sm: 2, lg: 4 }}>
      <TextInput
        label={text.script}
        description={text.scriptHint}
        required
        value={script.file}
        onChange={(event) => change({ ...script, file: event.currentTarget.value })}
      />
      <Select
        label={text.scriptIn}
        data={(["server", "replica"] as const).map((value) => ({ value, label: text.scriptIns[value] }))}
        value={script.in ?? "server"}
        allowDeselect={false}
        onChange={(value) => change({ ...script, in: value === "replica" ? "replica" : "server" })}
      />
      <Select
        label={text.scriptOf}
        data={[...props.names]}
        value={script.of ?? null}
        clearable
        onChange={(value) => change(value === null ? untold : { ...script, of: value })}
      />
      <Limit seconds={script.limitSeconds} set={(limitSeconds) => change({ ...unlimited, ...limitSeconds })} />
    </SimpleGrid>
  );
}

function HealthFields({ health, change }: { readonly health: Health; readonly change: (health: Health) => void }) {
  const text = useText(EDITOR_TEXTS);
  const { limitSeconds, tcp, http } = health;
  const limit = limitSeconds === undefined ? {} : { limitSeconds };
  const { status: _, ...anyStatus } = http ?? { url: "" };
  return (
    <SimpleGrid cols={{ base: 1, sm: 2, lg: 4 }}>
      <Select
        label={text.checkBy}
        data={(["tcp", "http"] as const).map((value) => ({ value, label: text.checkBys[value] }))}
        value={http === undefined ? "tcp" : "http"}
        allowDeselect={false}
        onChange={(value) =>
          change(value === "http" ? { ...limit, http: { url: "" } } : { ...limit, tcp: { host: "", port: 443 } })
        }
      />
      {http === undefined ? (
        <>
          <TextInput
            label={text.host}
            required
            value={tcp?.host ?? ""}
            onChange={(event) => change({ ...limit, tcp: { port: tcp?.port ?? 443, host: event.currentTarget.value } })}
          />
          <NumberInput
            label={text.port}
            required
            min={1}
            max={PORT_MAX}
            allowDecimal={false}
            value={tcp?.port ?? 443}
            onChange={(port) => change({ ...limit, tcp: { host: tcp?.host ?? "", port: Number(port) } })}
          />
        </>
      ) : (
        <>
          <TextInput
            label={text.url}
            required
            placeholder="https://"
            value={http.url}
            onChange={(event) => change({ ...limit, http: { ...http, url: event.currentTarget.value } })}
          />
          <NumberInput
            label={text.status}
            placeholder={text.statusHint}
            min={100}
            max={599}
            allowDecimal={false}
            value={http.status ?? ""}
            onChange={(status) =>
              change({ ...limit, http: typeof status === "number" ? { ...http, status } : anyStatus })
            }
          />
        </>
      )}
      <Limit
        seconds={limitSeconds}
        set={(next) => change({ ...next, ...(tcp !== undefined && { tcp }), ...(http !== undefined && { http }) })}
      />
    </SimpleGrid>
  );
}

function Limit(props: {
  readonly seconds: number | undefined;
  readonly set: (limit: { limitSeconds?: number }) => void;
}) {
  const text = useText(EDITOR_TEXTS);
  return (
    <NumberInput
      label={text.limit}
      min={1}
      max={DAY_SECONDS}
      allowDecimal={false}
      value={props.seconds ?? ""}
      onChange={(value) => props.set(typeof value === "number" ? { limitSeconds: value } : {})}
    />
  );
}
