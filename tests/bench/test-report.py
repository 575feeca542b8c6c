#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What becomes of values that were measured."""

import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path += [str(ROOT / "bench"), str(ROOT / "tests/lib")]

from driver import report
from driver.rows import BEST, Aim, Row
from sentences import run, test

VALUES = {
    "ours": {"cpu": [1, 2, 3], "aborts": [0, 0, 0]},
    "slow": {"cpu": [8, 10, 9]},
    "fast": {"cpu": [4, 4, 4]},
}


def result(*aims):
    row = Row("x", "X", dict.fromkeys(VALUES), ("cpu",), aims, peers=("slow", "fast"))
    return report.result(row, VALUES)


def only_aim(*aims):
    (verdict,) = result(*aims)["aims"]
    return verdict


@test
def a_figure_is_a_median_between_the_least_and_the_greatest():
    figure = result()["sides"]["slow"]["cpu"]

    assert (figure["min"], figure["median"], figure["max"]) == (8, 9, 10)
    assert figure["values"] == [8, 10, 9]


@test
def a_ratio_is_that_of_each_round():
    ratio = only_aim(Aim(1, of="slow"))

    assert (ratio["min"], ratio["max"]) == (1 / 8, 3 / 9)
    assert ratio["median"] == 2 / 10


@test
def the_best_peer_is_the_one_that_needs_least():
    assert only_aim(Aim(1, of=BEST))["what"] == "ours / fast"


@test
def where_more_is_better_the_best_peer_has_most():
    assert only_aim(Aim(1, of=BEST, least=True))["what"] == "ours / slow"


@test
def an_aim_is_met_up_to_its_bound():
    assert only_aim(Aim(0.5, of="fast"))["met"]
    assert not only_aim(Aim(0.49, of="fast"))["met"]
    assert only_aim(Aim(2))["met"]
    assert not only_aim(Aim(2.1, least=True))["met"]


@test
def an_aim_of_nothing_is_met_by_nothing():
    assert only_aim(Aim(0, measure="aborts"))["met"]


@test
def without_a_bound_there_is_a_ratio_but_no_aim():
    outcome = result(Aim(None, of="fast"))

    assert outcome["aims"][0]["median"] == 0.5
    assert report.closing([outcome]) == "1 measured, 0 of 0 aims met"


@test
def what_was_not_measured_has_no_verdict():
    assert result(Aim(1, of="absent"), Aim(1, measure="absent"))["aims"] == []


@test
def numbers_have_three_digits():
    values = [0, 0.05678, 1.5, 123.4, 4321, 12345, 2_053_419]

    assert [report.number(v) for v in values] == [
        "0", "0.0568", "1.5", "123", "4321", "12.3k", "2.05M",
    ]  # fmt: skip


@test
def the_closing_line_counts():
    line = report.closing([result(Aim(1, of="fast"), Aim(0.1, of="fast"))])

    assert line == "1 measured, 1 of 2 aims met"


sys.exit(run())
