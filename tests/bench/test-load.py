#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The load that measures xenstored does what it says, to ours and to the echo."""

import os
import pathlib
import signal
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path += [str(ROOT / "bench"), str(ROOT / "tests/lib")]

from driver import counts, store, stores
from driver.process import Failed
from sentences import run, test


def measured(arguments, kind="ours", n=20):
    """What store-bench says of n requests or more."""
    with stores.loaded(kind, arguments) as (talk, _):
        sample = talk.ask(f"60000 {n}")
    assert sample["done"] >= n
    assert sample["cpu_ns"] > 0
    return sample


def asked_after(arguments, *command):
    """What another client sees after a scenario."""
    with stores.store("ours") as folder, stores.load(folder, arguments) as (talk, _):
        talk.ask("60000 1")
        command, env = stores.on_xensim(folder, command)
        return subprocess.check_output(command, env=env, text=True).splitlines()


@test
def each_kind_of_request_is_served():
    for kind in ("read", "write", "directory", "mkdir", "rm"):
        assert measured(f"--clients 3 --depth 4 {kind}")["failed"] == 0


@test
def guests_are_served_by_their_rings():
    assert measured("--rings --clients 3 --guests 2 write")["failed"] == 0


@test
def the_echo_server_stands_the_same_load():
    for kind in ("read", "--clients 3 --depth 32 write", "mkdir"):
        measured(kind, "echo")


@test
def what_is_said_to_be_written_is_there():
    made = asked_after("--children 12 directory", "xenstore-list", "/bench/0/node")

    assert len(made) == 12


@test
def a_domain_has_the_nodes_that_are_counted():
    seen = asked_after("domain", "xenstore-ls", "-f", "/")
    paths = {line.split(" = ")[0] for line in seen}
    shared = {"/tool", "/tool/xenstored", "/local", "/vm", "/libxl"}
    shared |= {"/local/domain", "/local/domain/0", "/local/domain/0/backend"}
    shared |= {"/local/domain/0/backend/vif", "/local/domain/0/backend/vbd"}

    assert len(paths - shared) == store.NODES


@test
def transactions_commit():
    for arguments in ("transaction", "--depth 2 transaction", "open-with-work"):
        assert measured(arguments)["failed"] == 0


@test
def siblings_are_made_by_all():
    measured("--clients 4 siblings")
    made = asked_after("--clients 4 siblings", "xenstore-list", "/bench/backend/vif")

    assert sorted(made) == ["0", "1", "2", "3", "x"]


@test
def events_reach_all_who_watch():
    assert measured("--clients 5 --depth 3 fan-out")["done"] == 20


@test
def domains_come_and_go():
    for arguments in ("introduce", "idle-guest", "--domains 2 death"):
        measured(arguments, n=3)


@test
def company_does_not_take_part():
    measured("--idle 5 --guests 2 --domains 1 --watchers 2 --watches 3 write")


@test
def a_time_ends_a_measurement():
    with stores.loaded("echo", "read") as (talk, _):
        sample = talk.ask(f"50 {10**9}")

    assert 25e6 < sample["wall_ns"] < 5e9


@test
def system_calls_are_counted():
    with stores.loaded("echo", "read") as (talk, pid):
        calls = counts.system_calls(pid, lambda: talk.ask("60000 500")["done"])

    assert 2.9 < calls < 3.1


@test
def a_daemon_that_ends_is_no_result():
    with stores.loaded("ours", "read") as (talk, pid):
        os.kill(pid, signal.SIGKILL)
        try:
            talk.ask("1000 1000000")
        except Failed:
            return
    raise AssertionError("a result of nobody")


sys.exit(run())
