"""The best one-to-one assignment of rows to columns of a score table (Hungarian method)."""

from __future__ import annotations

from collections.abc import Sequence


def assign(scores: Sequence[Sequence[float]]) -> list[int | None]:
    """For each row the column it gets, so that the sum of scores is greatest; None where no score is above 0."""
    if not scores or not scores[0]:
        return [None] * len(scores)
    rows, columns = len(scores), len(scores[0])
    width = columns + rows  # each row may stay without a column, at no cost
    costs = [[-max(0.0, score) for score in row] + [0.0] * rows for row in scores]
    taken_by = _solve(costs, rows, width)
    result: list[int | None] = [None] * rows
    for column, row in enumerate(taken_by[1:]):
        if row and column < columns and scores[row - 1][column] > 0:
            result[row - 1] = column
    return result


def _solve(costs: Sequence[Sequence[float]], rows: int, width: int) -> list[int]:
    """Column (1-based) → row (1-based) that it is assigned to, by shortest augmenting paths."""
    row_price = [0.0] * (rows + 1)
    column_price = [0.0] * (width + 1)
    taken_by = [0] * (width + 1)
    for row in range(1, rows + 1):
        taken_by[0] = row
        least = [float("inf")] * (width + 1)
        came_from = [0] * (width + 1)
        done = [False] * (width + 1)
        at = 0
        while taken_by[at]:
            done[at] = True
            holder, delta, following = taken_by[at], float("inf"), 0
            for column in range(1, width + 1):
                if done[column]:
                    continue
                reduced = costs[holder - 1][column - 1] - row_price[holder] - column_price[column]
                if reduced < least[column]:
                    least[column], came_from[column] = reduced, at
                if least[column] < delta:
                    delta, following = least[column], column
            for column in range(width + 1):
                if done[column]:
                    row_price[taken_by[column]] += delta
                    column_price[column] -= delta
                else:
                    least[column] -= delta
            at = following
        while at:
            taken_by[at] = taken_by[came_from[at]]
            at = came_from[at]
    return taken_by
