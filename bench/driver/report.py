# SPDX-License-Identifier: MIT
"""From values to medians, ratios and a table."""

import statistics

from driver.rows import BEST, OURS


def spread(values):
    """A median with the least and the greatest."""
    return {
        "median": statistics.median(values),
        "min": min(values),
        "max": max(values),
    }


def reference(row, values, aim, measure):
    """The side that an aim is about; None if it was not measured."""
    if aim.of != BEST:
        return aim.of if aim.of in values else None
    best = max if aim.least else min
    return best(
        (peer for peer in row.peers if peer in values),
        key=lambda peer: statistics.median(values[peer][measure]),
        default=None,
    )


def verdict(row, values, aim):
    """How it stands with an aim; None if that was not measured."""
    measure = aim.measure or row.measures[0]
    ours = values.get(OURS, {}).get(measure)
    if not ours:
        return None
    title = f"{OURS}, {measure}"
    if aim.of:
        other = reference(row, values, aim, measure)
        if not other:
            return None
        title = f"{OURS} / {other}"
        if aim.measure:
            title += f", {measure}"
        # What was measured one after the other is compared.
        ours = [a / b for a, b in zip(ours, values[other][measure]) if b]
    if not ours:
        return None
    figure = spread(ours)
    return {
        "what": title,
        "aim": str(aim),
        "met": aim.is_met_by(figure["median"]),
        **figure,
    }


def result(row, values):
    """All that is to be known of a row, as it goes into JSON."""
    verdicts = [verdict(row, values, aim) for aim in row.aims]
    return {
        "name": row.name,
        "what": row.what,
        "sides": {
            side: {key: spread(v) | {"values": v} for key, v in figures.items()}
            for side, figures in values.items()
        },
        "aims": [v for v in verdicts if v],
    }


def number(value):
    """Three digits are enough for anybody."""
    for unit, factor, least in (("M", 1e6, 1e6), ("k", 1e3, 1e4), ("", 1, 1e3)):
        if abs(value) >= least:
            return f"{value / factor:.{0 if not unit else 3}{'f' if not unit else 'g'}}{unit}"
    return f"{value:.3g}"


def with_spread(figure):
    if figure["min"] == figure["max"]:
        return number(figure["median"])
    least, most = number(figure["min"]), number(figure["max"])
    return f"{number(figure['median'])} ({least}..{most})"


def judgement(aim):
    if aim["met"] is None:
        return ""
    return f"   aim {aim['aim']}: {'met' if aim['met'] else 'NOT MET'}"


def lines(result, measures):
    """The block of a row in the table."""
    yield result["what"]
    yield f"  {'':24}" + "".join(f"{key:>25}" for key in measures)
    for side, figures in result["sides"].items():
        cells = (with_spread(figures[m]) if m in figures else "" for m in measures)
        yield f"  {side:24}" + "".join(f"{cell:>25}" for cell in cells)
    for aim in result["aims"]:
        yield f"  {aim['what']:24}{with_spread(aim):>25}{judgement(aim)}"
    yield ""


def closing(results):
    aims = [aim for result in results for aim in result["aims"]]
    judged = [aim["met"] for aim in aims if aim["met"] is not None]
    return f"{len(results)} measured, {sum(judged)} of {len(judged)} aims met"
