import { SimpleGrid, Text } from "@mantine/core";
import type { ReactNode } from "react";

export interface Fact {
  readonly name: string;
  readonly value: ReactNode;
}

/** Names and what stands for each: a description list, in as many columns as there is room for. */
export function Facts({ facts, columns = 3 }: { readonly facts: readonly Fact[]; readonly columns?: number }) {
  return (
    <SimpleGrid component="dl" cols={{ base: 1, xs: 2, md: columns }} spacing="md" verticalSpacing="sm" m={0}>
      {facts.map(({ name, value }) => (
        <div key={name}>
          <Text component="dt" size="xs" c="dimmed">
            {name}
          </Text>
          <Text component="dd" size="sm" m={0} className="breakable">
            {value}
          </Text>
        </div>
      ))}
    </SimpleGrid>
  );
}
