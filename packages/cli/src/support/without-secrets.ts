/** Names whose values are left out: secrets, where secrets lie, and addresses that may carry one. */
const SECRET_NAME = /token|secret|password|passphrase|key|credential|webhook|url/i;
/** User and password in an address. */
const USER_IN_ADDRESS = /\/\/[^/@\s]+@/g;

/**
 * The settings of a config.yaml line by line, without values that may be secret. A line that is no plain `name: value` or list item is
 * left out as well, and so is everything below a name that is left out: what is not understood is not shown.
 */
export function withoutSecrets(yaml: string): string {
  const kept: string[] = [];
  let leftOutAt: number | undefined;
  for (const line of yaml.split("\n")) {
    const match = /^(\s*)(?:-\s+)?(?:([A-Za-z][A-Za-z0-9]*):)?(.*)$/.exec(line);
    const indent = match?.[1]?.length ?? 0;
    const name = match?.[2];
    if (line.trim() === "" || line.trimStart().startsWith("#")) continue;
    if (leftOutAt !== undefined && (indent > leftOutAt || name === undefined)) continue;
    leftOutAt = undefined;
    if (name !== undefined && SECRET_NAME.test(name)) {
      kept.push(`${" ".repeat(indent)}${name}: (left out)`);
      leftOutAt = indent;
    } else if (name !== undefined || /^\s*- /.test(line)) kept.push(line.replace(USER_IN_ADDRESS, "//"));
  }
  return kept.join("\n");
}
