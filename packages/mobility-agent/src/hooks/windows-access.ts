// Who may change a file of Windows, by its security descriptor as text (SDDL, «Security Descriptor String Format»). Pure.

/** Those who have the machine anyway: SYSTEM, Administrators, and the installer of Windows' own parts. */
const TRUSTED = new Set([
  "SY",
  "BA",
  "S-1-5-18",
  "S-1-5-32-544",
  "S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464",
]);

/** Rights by the two letters that stand for each; generic ones as they are mapped for files. */
const RIGHTS: Readonly<Record<string, number>> = {
  CC: 0x1,
  DC: 0x2,
  LC: 0x4,
  SW: 0x8,
  RP: 0x10,
  WP: 0x20,
  DT: 0x40,
  LO: 0x80,
  CR: 0x100,
  SD: 0x1_0000,
  RC: 0x2_0000,
  WD: 0x4_0000,
  WO: 0x8_0000,
  FA: 0x1f_01ff,
  FR: 0x12_0089,
  FW: 0x12_0116,
  FX: 0x12_00a0,
  GA: 0x1f_01ff,
  GR: 0x12_0089,
  GW: 0x12_0116,
  GX: 0x12_00a0,
};
const GENERIC: readonly (readonly [number, number])[] = [
  [0x1000_0000, 0x1f_01ff],
  [0x4000_0000, 0x12_0116],
];

const ADD_FILE = 0x2;
const APPEND = 0x4;
const DELETE_CHILD = 0x40;
const DELETE = 0x1_0000;
const WRITE_DAC = 0x4_0000;
const WRITE_OWNER = 0x8_0000;
const EXCHANGE = DELETE | WRITE_DAC | WRITE_OWNER;

/** What somebody could do to exchange what is run: to the file, to its folder, to a folder above that. */
export const DANGEROUS = {
  file: EXCHANGE | ADD_FILE | APPEND,
  folder: EXCHANGE | DELETE_CHILD | ADD_FILE,
  above: EXCHANGE | DELETE_CHILD,
} as const;

/**
 * Why others than the machine's own administrators, and whoever else is trusted, may change it; undefined when nobody may. What does not decode is a reason. Denials
 * are not looked at: they take nothing from what is wrong.
 */
export function foreignAccess(
  sddl: string,
  what: keyof typeof DANGEROUS,
  trusted: ReadonlySet<string>,
): string | undefined {
  const isTrusted = (who: string): boolean => TRUSTED.has(who) || trusted.has(who);
  const owner = /^O:(S-[\d-]+|[A-Z]{2})/.exec(sddl)?.[1];
  if (owner === undefined) return "its owner cannot be told";
  if (!isTrusted(owner)) return `it belongs to ${owner}`;
  const list = /D:([A-Z_]*)((?:\([^()]*\))*)/.exec(sddl);
  // Without a list, everybody may do everything.
  if (list === null || list[1]?.includes("NO_ACCESS_CONTROL") === true) return "it has no access list";
  for (const [, entry = ""] of (list[2] ?? "").matchAll(/\(([^()]*)\)/g)) {
    const [kind = "", flags = "", rights = "", , , who = ""] = entry.split(";");
    if (!kind.includes("A") || kind === "AU" || kind === "AL") continue;
    if (pairsOf(flags).includes("IO") || isTrusted(who)) continue;
    const mask = maskOf(rights);
    if (mask === undefined || (mask & DANGEROUS[what]) !== 0) return `${who} may change it`;
  }
  return undefined;
}

/** Who owns it; undefined where that cannot be told. */
export function ownerOf(sddl: string): string | undefined {
  return /^O:(S-[\d-]+|[A-Z]{2})/.exec(sddl)?.[1];
}

/** undefined for what is none. */
function maskOf(rights: string): number | undefined {
  if (/^0x[0-9a-f]+$/i.test(rights)) {
    const mask = Number(rights);
    return GENERIC.reduce(
      (sum, [generic, mapped]) => (Math.floor(mask / generic) % 2 === 1 ? sum | mapped : sum),
      mask & 0x1f_ffff,
    );
  }
  const known = pairsOf(rights).map((pair) => RIGHTS[pair]);
  return known.some((each) => each === undefined)
    ? undefined
    : known.reduce<number>((sum, each) => sum | (each ?? 0), 0);
}

function pairsOf(text: string): string[] {
  return text.match(/../g) ?? [];
}
