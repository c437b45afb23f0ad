"""Whether two reviewers see the same thing."""

from __future__ import annotations

from collections.abc import Sequence


def cohen_kappa(table: Sequence[Sequence[int]]) -> float | None:
    """Cohen's kappa (1960): agreement beyond chance, 1 for full agreement, 0 for chance.

    Args:
        table: how often the one chose the row's verdict and the other the column's.

    Returns:
        None where chance alone explains any agreement: nothing was judged twice, or both chose
        one verdict throughout.

    Raises:
        ValueError: the table is not square.
    """
    size = len(table)
    if any(len(row) != size for row in table):
        raise ValueError("a table of agreement has as many columns as rows")
    total = sum(map(sum, table))
    if not total:
        return None
    agreed = sum(table[at][at] for at in range(size)) / total
    chance = sum(
        sum(table[at]) * sum(row[at] for row in table) / (total * total) for at in range(size)
    )
    return None if chance == 1 else (agreed - chance) / (1 - chance)
