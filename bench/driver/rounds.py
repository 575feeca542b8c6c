# SPDX-License-Identifier: MIT
"""Measuring the sides of a row in turns."""

import contextlib

def fresh(suite, row, names, rounds, _):
    for _ in range(rounds):
        for name in names:
            with suite.side(row, name, None) as measure:
                yield name, measure(0)


def warm(suite, row, names, rounds, ms):
    with contextlib.ExitStack() as stack:
        scene = stack.enter_context(suite.scene(row))
        sides = {
            name: stack.enter_context(suite.side(row, name, scene)) for name in names
        }
        if suite.WARM_UP:
            for measure in sides.values():
                measure(suite.WARM_UP)
        for _ in range(rounds):
            for name, measure in sides.items():
                yield name, measure(ms)


def measure(suite, row, rounds, ms):
    """For each side that this machine has, and each measure, the values in order."""
    names = [name for name in row.sides if suite.is_possible(name)]
    result = {name: {} for name in names}
    how = fresh if row.fresh else warm
    for name, figures in how(suite, row, names, min(rounds, row.rounds), ms):
        for key, value in figures.items():
            result[name].setdefault(key, []).append(value)
    return result
