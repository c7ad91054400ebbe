export interface Item {
  readonly name: string;
  readonly amount: number;
  /** The price of one, in cents; undefined when the list does not say. */
  readonly price: number | undefined;
}

/** Reads a shopping list: one item a line, `2 x name @ price`; amount and price may be left out. */
export function parseList(text: string): Item[] {
  return text
    .split('\n')
    .map((line) => line.replace(/#.*/, '').trim())
    .filter((line) => line !== '')
    .map(parseLine);
}

/** What the whole list costs, in cents; items without a price count as free. */
export function total(items: readonly Item[]): number {
  return items.reduce((sum, item) => sum + item.amount * (item.price ?? 0), 0);
}

function parseLine(line: string): Item {
  const match = /^(?:(\d+)\s*x\s*)?(.+?)(?:\s*@\s*([\d.]+))?$/.exec(line);
  if (!match) throw new Error(`Not an item: ${line}`);
  const [, amount, name = '', price] = match;
  return {
    name,
    amount: amount ? Number(amount) : 1,
    price: price ? Math.floor(Number(price) * 100) : undefined,
  };
}
