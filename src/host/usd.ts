/** An amount of USD as a person reads it: `$0.0041`, `$1.20`. */
export function usd(amount: number): string {
  const digits = amount > 0 && amount < 0.1 ? 4 : 2;
  return `$${amount.toFixed(digits)}`;
}
