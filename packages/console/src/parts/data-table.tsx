// A list that stays quick with thousands of rows, and readable at any width: a table where there is room, cards where there is none.
import { Card, Group, Pagination, Stack, Table, Text, TextInput, UnstyledButton, VisuallyHidden } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { IconArrowDown, IconArrowUp, IconSearch } from "@tabler/icons-react";
import { type ReactNode, useMemo, useState } from "react";
import { textsOf, useText } from "../text/language.tsx";
import { useFormat } from "../text/use-format.ts";

const TEXTS = textsOf({
  en: {
    search: "Filter",
    rows: (shown: string, all: string) => `${shown} of ${all}`,
    none: "Nothing matches the filter.",
    pages: "Pages of the table",
    actions: "Actions",
  },
  ko: {
    search: "필터",
    rows: (shown: string, all: string) => `${all}개 중 ${shown}개`,
    none: "필터와 일치하는 것이 없습니다.",
    pages: "표의 페이지",
    actions: "작업",
  },
});

const ROWS_PER_PAGE = 25;

export interface Column<T> {
  /** Stays the same in every language. */
  readonly key: string;
  /** Empty for what can be done with a row. */
  readonly title: string;
  readonly show: (row: T) => ReactNode;
  /** What it is sorted by; without it the column is not sorted by. */
  readonly order?: (row: T) => string | number | null;
  readonly align?: "right";
  /** Of short words, which are not broken. */
  readonly isShort?: boolean;
}

export interface DataTableProps<T> {
  /** Says what is listed, to who does not see it. */
  readonly label: string;
  readonly rows: readonly T[];
  readonly columns: readonly Column<T>[];
  readonly keyOf: (row: T) => string;
  /** What the filter looks in; without it there is no filter. */
  readonly textOf?: (row: T) => string;
  /** Shown where there are no rows at all. */
  readonly empty: ReactNode;
  readonly rowsPerPage?: number;
}

export function DataTable<T>(props: DataTableProps<T>) {
  const text = useText(TEXTS);
  const format = useFormat();
  const isNarrow = useMediaQuery("(max-width: 48em)", window.innerWidth < 768, { getInitialValueInEffect: false });
  const [filter, setFilter] = useState("");
  const [pageNumber, setPageNumber] = useState(1);
  const [sorting, setSorting] = useState<Sorting | undefined>(undefined);
  const rows = useMemo(() => chosenRows(props, filter, sorting), [props, filter, sorting]);
  if (props.rows.length === 0) return props.empty;
  const perPage = props.rowsPerPage ?? ROWS_PER_PAGE;
  const pageCount = Math.max(1, Math.ceil(rows.length / perPage));
  const at = Math.min(pageNumber, pageCount);
  const shown = rows.slice((at - 1) * perPage, at * perPage);
  const Rows = isNarrow ? Cards : Lines;
  return (
    <Stack gap="sm">
      {props.textOf !== undefined && props.rows.length > 1 && (
        <Group justify="space-between">
          <TextInput
            aria-label={`${text.search}: ${props.label}`}
            placeholder={text.search}
            leftSection={<IconSearch aria-hidden size={16} />}
            value={filter}
            onChange={(event) => setFilter(event.currentTarget.value)}
          />
          <Text size="sm" c="dimmed" aria-live="polite">
            {text.rows(format.count(rows.length), format.count(props.rows.length))}
          </Text>
        </Group>
      )}
      {rows.length === 0 ? (
        <Text c="dimmed">{text.none}</Text>
      ) : (
        <Rows {...props} shown={shown} sorting={sorting} sort={setSorting} />
      )}
      {pageCount > 1 && (
        <Pagination
          total={pageCount}
          value={at}
          onChange={setPageNumber}
          size="sm"
          getControlProps={(control) => ({ "aria-label": control })}
          aria-label={text.pages}
        />
      )}
    </Stack>
  );
}

interface Sorting {
  readonly key: string;
  readonly down: boolean;
}

interface RowsProps<T> extends DataTableProps<T> {
  readonly shown: readonly T[];
  readonly sorting: Sorting | undefined;
  readonly sort: (sorting: Sorting) => void;
}

function Lines<T>({ label, columns, keyOf, shown, sorting, sort }: RowsProps<T>) {
  const text = useText(TEXTS);
  return (
    <Table.ScrollContainer minWidth={640} scrollAreaProps={{ type: "auto" }}>
      <Table aria-label={label} highlightOnHover verticalSpacing="xs">
        <Table.Thead>
          <Table.Tr>
            {columns.map((column) => (
              <Table.Th key={column.key} ta={column.align} aria-sort={sortOf(column.key, sorting)}>
                {column.order === undefined ? (
                  column.title === "" ? (
                    <VisuallyHidden>{text.actions}</VisuallyHidden>
                  ) : (
                    column.title
                  )
                ) : (
                  <SortButton column={column} sorting={sorting} sort={sort} />
                )}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {shown.map((row) => (
            <Table.Tr key={keyOf(row)}>
              {columns.map((column) => (
                <Table.Td key={column.key} ta={column.align} className={column.isShort === true ? "unbroken" : "cell"}>
                  {column.show(row)}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function Cards<T>({ label, columns, keyOf, shown }: RowsProps<T>) {
  return (
    <Stack gap="sm" component="ul" p={0} m={0} aria-label={label} style={{ listStyle: "none" }}>
      {shown.map((row) => (
        <Card key={keyOf(row)} component="li" withBorder padding="sm">
          <Stack gap={6}>
            {columns.map((column) => (
              <Group key={column.key} justify="space-between" align="flex-start" gap="xs" wrap="nowrap">
                <Text size="sm" c="dimmed" style={{ flexShrink: 0 }}>
                  {column.title}
                </Text>
                <Text size="sm" component="div" ta="right" className="breakable">
                  {column.show(row)}
                </Text>
              </Group>
            ))}
          </Stack>
        </Card>
      ))}
    </Stack>
  );
}

function SortButton<T>(props: {
  readonly column: Column<T>;
  readonly sorting: Sorting | undefined;
  readonly sort: (sorting: Sorting) => void;
}) {
  const { key, title } = props.column;
  const isHere = props.sorting?.key === key;
  const down = isHere && props.sorting.down;
  const Arrow = down ? IconArrowDown : IconArrowUp;
  return (
    <UnstyledButton fw={700} fz="sm" onClick={() => props.sort({ key, down: isHere && !down })}>
      <Group gap={4} wrap="nowrap" component="span">
        {title}
        <Arrow aria-hidden size={14} opacity={isHere ? 1 : 0.25} style={{ flexShrink: 0 }} />
      </Group>
    </UnstyledButton>
  );
}

function sortOf(key: string, sorting: Sorting | undefined): "ascending" | "descending" | "none" {
  if (sorting?.key !== key) return "none";
  return sorting.down ? "descending" : "ascending";
}

function chosenRows<T>(
  { rows, columns, textOf }: DataTableProps<T>,
  filter: string,
  sorting: Sorting | undefined,
): readonly T[] {
  const wanted = filter.trim().toLowerCase();
  const found = wanted === "" ? rows : rows.filter((row) => textOf?.(row).toLowerCase().includes(wanted) === true);
  const order = columns.find(({ key }) => key === sorting?.key)?.order;
  if (order === undefined) return found;
  const sign = sorting?.down === true ? -1 : 1;
  return found.toSorted((one, other) => sign * compared(order(one), order(other)));
}

/** What is not known comes last. */
function compared(one: string | number | null, other: string | number | null): number {
  if (one === null || other === null) return Number(one === null) - Number(other === null);
  if (typeof one === "number" && typeof other === "number") return one - other;
  return String(one).localeCompare(String(other), undefined, { numeric: true });
}
