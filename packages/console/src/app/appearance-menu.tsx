import { ActionIcon, Menu, useMantineColorScheme } from "@mantine/core";
import { IconCheck, IconLanguage, IconMoon, IconSun, IconSunMoon } from "@tabler/icons-react";
import { LANGUAGES, type Language, textsOf, useLanguage, useText } from "../text/language.tsx";

const TEXTS = textsOf({
  en: {
    label: "Language and colours",
    language: "Language",
    colours: "Colours",
    light: "Light",
    dark: "Dark",
    auto: "As the system",
  },
  ko: { label: "언어와 색", language: "언어", colours: "색", light: "밝게", dark: "어둡게", auto: "시스템과 같게" },
});

const SCHEMES = [
  ["light", IconSun],
  ["dark", IconMoon],
  ["auto", IconSunMoon],
] as const;

/** Both are kept in the browser. */
export function AppearanceMenu() {
  const text = useText(TEXTS);
  const { language, choose } = useLanguage();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const languages = Object.keys(LANGUAGES).filter((each): each is Language => Object.hasOwn(LANGUAGES, each));
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label={text.label}>
          <IconLanguage aria-hidden size={20} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{text.language}</Menu.Label>
        {languages.map((each) => (
          <Menu.Item
            key={each}
            lang={each}
            onClick={() => choose(each)}
            rightSection={each === language ? <IconCheck aria-hidden size={16} /> : null}
          >
            {LANGUAGES[each]}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Label>{text.colours}</Menu.Label>
        {SCHEMES.map(([scheme, Icon]) => (
          <Menu.Item
            key={scheme}
            onClick={() => setColorScheme(scheme)}
            leftSection={<Icon aria-hidden size={16} />}
            rightSection={scheme === colorScheme ? <IconCheck aria-hidden size={16} /> : null}
          >
            {text[scheme]}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
