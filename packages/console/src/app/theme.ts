import {
  Alert,
  type CSSVariablesResolver,
  createTheme,
  Drawer,
  type MantineColorsTuple,
  Modal,
  Notification,
} from "@mantine/core";

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
  components: {
    Notification: Notification.extend({ defaultProps: { closeButtonProps: { "aria-label": "Close, 닫기" } } }),
    // Its words have the contrast of text, whatever its colour.
    Alert: Alert.extend({ styles: { title: { color: "var(--mantine-color-text)" } } }),
    // The head of a dialog is not the head of the page.
    Modal: Modal.extend({ defaultProps: { attributes: { header: { role: "presentation" } } } }),
    Drawer: Drawer.extend({ defaultProps: { attributes: { header: { role: "presentation" } } } }),
  },
});

/** Text that stands back, links and words on a light ground have a contrast of 4.5 and more, too; the library's own have less. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    "--mantine-color-dimmed": "#5c636a",
    "--mantine-color-placeholder": "#6a7178",
    "--mantine-color-anchor": "var(--mantine-color-harbor-7)",
    "--mantine-color-error": "var(--mantine-color-red-9)",
  },
  dark: {
    "--mantine-color-dimmed": "#a6a6a6",
    "--mantine-color-placeholder": "#9a9a9a",
    "--mantine-color-anchor": "var(--mantine-color-harbor-3)",
    "--mantine-color-error": "var(--mantine-color-red-4)",
  },
});
