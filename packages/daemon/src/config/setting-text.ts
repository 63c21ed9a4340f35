import { stringify } from "yaml";
import type { Setting, SettingTable } from "./setting.ts";

/** "apiPort" as "--api-port". */
export function flagOf(key: string): string {
  return `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** One line per setting, for `--help`. */
export function settingsHelp(table: SettingTable): string {
  const rows = Object.entries(table).map(([key, setting]) => ({
    head: `${flagOf(key)} ${placeholderOf(setting)}`,
    setting,
  }));
  const width = Math.max(...rows.map(({ head }) => head.length));
  return rows.map(({ head, setting }) => `  ${head.padEnd(width)}  ${setting.why} (${boundsOf(setting)})`).join("\n");
}

/** A config.yaml with every setting at its fallback, commented out and explained. */
export function sampleFile(table: SettingTable): string {
  const blocks = Object.entries(table).map(([key, setting]) => {
    const when = setting.live ? "takes effect at once" : "takes effect at the next start";
    return `# ${setting.why} (${boundsOf(setting)}; ${when})\n# ${stringify({ [key]: setting.fallback })
      .trim()
      .replaceAll("\n", "\n# ")}\n`;
  });
  return blocks.join("\n");
}

/** The table as Markdown, for the manual. */
export function settingsManual(table: SettingTable): string {
  const rows = Object.entries(table).map(
    ([key, setting]) =>
      `| \`${key}\` | ${setting.unit} | ${fallbackText(setting)} | ${rangeOf(setting)} | ${setting.why} |`,
  );
  return ["| Key | Unit | Default | Range | Why |", "| --- | --- | --- | --- | --- |", ...rows].join("\n");
}

function placeholderOf(setting: Setting): string {
  switch (setting.type) {
    case "number":
      return setting.unit === "" ? "NUMBER" : setting.unit.toUpperCase();
    case "path":
      return "PATH";
    case "paths":
      return "PATH…";
    case "text":
      return "TEXT";
    case "texts":
      return "TEXT…";
    case "flag":
      return "true|false";
  }
}

function boundsOf(setting: Setting): string {
  const unit = setting.unit === "" ? "" : ` ${setting.unit}`;
  const range = rangeOf(setting);
  return `default ${fallbackText(setting)}${unit}${range === "" ? "" : `, ${range}`}`;
}

function rangeOf(setting: Setting): string {
  switch (setting.type) {
    case "number":
      return `${setting.min} … ${setting.max}`;
    case "text":
      return setting.values?.join(", ") ?? "";
    case "path":
    case "texts":
    case "paths":
    case "flag":
      return "";
  }
}

function fallbackText(setting: Setting): string {
  const { fallback } = setting;
  if (typeof fallback === "object") return fallback.length === 0 ? "none" : fallback.join(" ");
  return fallback === "" ? "none" : String(fallback);
}
