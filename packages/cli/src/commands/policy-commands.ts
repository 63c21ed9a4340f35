import type { Policy, PolicyChange } from "@leeward/api";
import { allPages, POLICY_DEFAULT } from "@leeward/api/plain";
import { Fault } from "@leeward/base";
import type { Command } from "commander";
import { plainBytes } from "../human-text.ts";
import { type ProgramState, serverCommand } from "../leaf-command.ts";
import { fieldsOf, printDocument, printList } from "../output.ts";
import { requireName } from "../required-argument.ts";

/** `leeward policy …`: the settings under which disks are protected. */
export function addPolicyCommands(program: Command, state: ProgramState): void {
  const policy = program.command("policy").description("policies: how disks are protected");

  serverCommand(state, policy.command("list").description("list policies"), async (context) => {
    const client = await context.client();
    printList(context, await allPages((page) => client.listPolicies({ query: page })), {
      NAME: (item) => item.name,
      "POINT EVERY": (item) => `${item.pointIntervalSeconds} s`,
      "APPLICATION POINT EVERY": (item) =>
        item.applicationPointIntervalSeconds === 0 ? "never" : `${item.applicationPointIntervalSeconds} s`,
      KEPT: (item) => item.retention,
      "JOURNAL MAX": (item) => (item.retentionBytesMax === 0 ? "no limit" : plainBytes(item.retentionBytesMax)),
      CODEC: (item) => item.codec,
    });
  });

  serverCommand(state, policy.command("show <policy>").description("show one policy"), async (context, args) => {
    const client = await context.client();
    printDocument(context, await client.showPolicy({ params: { name: requireName(args, 0) } }), describe);
  });

  serverCommand(
    state,
    policy
      .command("set <policy> <settings...>")
      .description(`change or make a policy; settings are key=value: ${Object.keys(POLICY_DEFAULT).join(", ")}`),
    async (context, args) => {
      const client = await context.client();
      const call = { params: { name: requireName(args, 0) }, body: changeOf(args.slice(1)) };
      printDocument(context, await client.setPolicy(call), describe);
    },
  );
}

function describe(policy: Policy): string {
  return fieldsOf(Object.fromEntries(Object.entries(policy).map(([name, value]) => [name, String(value)])));
}

/** @throws Fault `policy-setting-invalid` */
function changeOf(settings: readonly string[]): PolicyChange {
  const change: Record<string, string | number> = {};
  for (const setting of settings) {
    const [key = "", value] = setting.split(/=(.*)/s);
    const byDefault: unknown = Reflect.get(POLICY_DEFAULT, key);
    if (value === undefined || byDefault === undefined) throw invalid(setting);
    change[key] = typeof byDefault === "number" ? numberOf(setting, value) : value;
  }
  return change;
}

function numberOf(setting: string, text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value)) throw invalid(setting);
  return value;
}

function invalid(setting: string): Fault {
  return new Fault({
    code: "policy-setting-invalid",
    kind: "operator",
    message: `${JSON.stringify(setting)} is not a setting of a policy as key=value.`,
    remedy: `Keys are: ${Object.keys(POLICY_DEFAULT).join(", ")}.`,
    detail: { setting },
  });
}
