# SPDX-License-Identifier: MIT
"""Tests in Python whose names are sentences; they print TAP."""

import traceback

TESTS = []


def test(function):
    """Mark a function as a test."""
    TESTS.append(function)
    return function


def run():
    """Run all that were marked; the exit status."""
    print(f"1..{len(TESTS)}")
    failed = 0
    for n, function in enumerate(TESTS, 1):
        try:
            function()
            print(f"ok {n} - {function.__name__}", flush=True)
        except Exception:  # whatever it is, the others are to run
            failed += 1
            print(f"not ok {n} - {function.__name__}")
            print("# " + traceback.format_exc().replace("\n", "\n# "), flush=True)
    return failed > 0
