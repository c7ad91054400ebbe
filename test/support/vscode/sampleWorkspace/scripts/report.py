"""Adds up what a week of shopping has cost: python3 scripts/report.py lists/*.txt"""

import re
import sys
from collections import Counter
from decimal import Decimal
from pathlib import Path

ITEM = re.compile(r"^(?:(?P<amount>\d+)\s*x\s*)?(?P<name>.+?)(?:\s*@\s*(?P<price>[\d.]+))?$")


def costs(text: str) -> Counter[str]:
    """The cost of each item by its name."""
    total: Counter[str] = Counter()
    for line in text.splitlines():
        line = line.split("#")[0].strip()
        if not line:
            continue
        item = ITEM.match(line)
        amount = int(item["amount"] or 1)
        total[item["name"]] += amount * Decimal(item["price"] or 0)
    return total


def main(paths: list[str]) -> None:
    week = sum((costs(Path(path).read_text()) for path in paths), Counter())
    for name, cost in week.most_common():
        print(f"{cost:>8.2f}  {name}")
    print(f"{sum(week.values()):>8.2f}  in all")


if __name__ == "__main__":
    main(sys.argv[1:])
