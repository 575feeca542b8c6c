# SPDX-License-Identifier: MIT
"""What a benchmark is: rows of a table, with sides and aims."""

import dataclasses

OURS = "ours"
BEST = "best peer"


@dataclasses.dataclass(frozen=True)
class Aim:
    """What a measure of ours is to be: at most (or at least) so much, by itself or
    divided by that of another side. Without a bound it is only of interest."""

    bound: float | None
    of: str = ""  # a side, or BEST
    measure: str = ""  # if not the row's first
    least: bool = False

    def is_met_by(self, value):
        if self.bound is None:
            return None
        return value >= self.bound if self.least else value <= self.bound

    def __str__(self):
        if self.bound is None:
            return ""
        return f"{'>=' if self.least else '<='} {self.bound:,g}"


@dataclasses.dataclass(frozen=True)
class Row:
    """Something that is measured on several sides in turns."""

    name: str
    what: str
    sides: dict  # name of a side: how it is loaded
    measures: tuple  # the most important one first
    aims: tuple = ()
    peers: tuple = ()  # sides that do the same job
    fresh: bool = False  # everything is started anew for each measurement
    count: int = 10**9  # that ends a measurement before its time
    rounds: int = 100  # at most
    slow: bool = False  # not for those in a hurry
    counted: bool = False  # system calls and instructions are of interest
    per: float = 1  # parts of what is counted, for memory
