import { createTheme, type MantineColorsTuple } from "@mantine/core";

/** The house's colour: deep water. Shades are chosen so that text on them, and they as text, have a contrast of 4.5 and more. */
const harbor: MantineColorsTuple = [
  "#e6f6f9",
  "#d0e9ef",
  "#a2d2de",
  "#70bacd",
  "#48a6be",
  "#2f99b5",
  "#1f7f99",
  "#0b6478",
  "#075263",
  "#034353",
];

export const theme = createTheme({
  primaryColor: "harbor",
  primaryShade: { light: 7, dark: 7 },
  colors: { harbor },
  autoContrast: true,
  fontFamily: "system-ui, -apple-system, 'Segoe UI', 'Noto Sans', 'Noto Sans CJK KR', sans-serif",
  fontFamilyMonospace: "ui-monospace, 'SFMono-Regular', 'Noto Sans Mono', monospace",
  defaultRadius: "md",
  cursorType: "pointer",
  headings: { fontWeight: "650" },
});
