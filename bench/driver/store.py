# SPDX-License-Identifier: MIT
"""xenstored: what is measured, and what is aimed at."""

import contextlib
import functools

from driver import counts, stores
from driver.rows import BEST, OURS, Aim, Row

# Daemon and client take turns there; otherwise it is by chance what it costs to
# wake up the other.
ON_ONE_CPU = True
WARM_UP = 20  # milliseconds that do not count

NODES = 88  # of a domain, as libxl makes it
HOUR = 3600 * 1000

CPU = ("cpu us", "per s")
COUNTS = ("system calls", "instructions")
ALL = (OURS, *stores.PEERS)


def row(name, what, arguments, *aims, kinds=ALL, measures=CPU, **options):
    """The same load on several daemons."""
    sides = {kind: arguments for kind in kinds}
    return Row(name, what, sides, measures, aims, peers=stores.PEERS, **options)


def request(name, what, arguments, *aims, **options):
    """A load that the echo server can stand, too."""
    return row(name, what, arguments, *aims, kinds=(*ALL, "echo"), **options)


def beside(name, what, arguments, few, many, most=1.2, kinds=ALL, **options):
    """A load beside many, compared with the same beside few."""
    base = f"{OURS}, {few.replace('--', '') or 'alone'}"
    sides = {kind: f"{many} {arguments}" for kind in kinds}
    sides[base] = f"{few} {arguments}"
    return Row(name, what, sides, CPU, (Aim(most, base),), **options)


def fresh(name, what, arguments, *aims, count=1000, **options):
    """Things that stay, each time in a new daemon."""
    return row(name, what, arguments, *aims, fresh=True, count=count, rounds=3,
               **options)  # fmt: skip


memory = functools.partial(fresh, measures=("bytes", "cpu us"))

ALONE = (Aim(0.5, BEST), Aim(1.3, "echo"), Aim(3, measure="system calls"))
IN_FLIGHT = (Aim(0.2, BEST), Aim(1.3, "echo"))
COUNTED = {"measures": CPU + COUNTS, "counted": True}

ROWS = [
    request("read", "READ, one at a time", "read", *ALONE, **COUNTED),
    request("read-32", "READ, 32 in flight", "--depth 32 read", *IN_FLIGHT, **COUNTED),
    request("read-50", "READ, 50 clients", "--clients 50 read", Aim(1.3, "echo")),
    request("write", "WRITE, one at a time", "write", *ALONE, **COUNTED),
    request("write-32", "WRITE, 32 in flight", "--depth 32 write", *IN_FLIGHT,
            **COUNTED),
    request("write-50", "WRITE, 50 clients", "--clients 50 write", Aim(1.3, "echo")),
    request("directory", "DIRECTORY of 10 children", "directory", *ALONE, **COUNTED),
    row("directory-1000", "DIRECTORY of 1,000 children", "--children 1000 directory"),
    request("mkdir", "MKDIR", "mkdir", *ALONE, **COUNTED),
    request("rm", "RM", "rm", *ALONE),
    #
    beside("idle", "READ beside 1,000 idle sockets", "read",
           "--idle 10", "--idle 1000"),
    beside("idle-write", "WRITE beside 1,000 idle sockets", "write",
           "--idle 10", "--idle 1000", slow=True),
    beside("guests", "READ by socket beside 1,000 guests", "read",
           "--guests 10", "--guests 1000"),
    beside("guests-write", "WRITE by socket beside 1,000 guests", "write",
           "--guests 10", "--guests 1000", slow=True),
    beside("guest-read", "READ by a guest beside 1,000 others", "--rings read",
           "--guests 10", "--guests 1000", slow=True),
    beside("guest-write", "WRITE by a guest beside 1,000 others", "--rings write",
           "--guests 10", "--guests 1000"),
    beside("guest-write-10k", "WRITE by a guest beside 10,000 others",
           "--rings write", "--guests 10", "--guests 10000", kinds=[OURS], slow=True),
    beside("active", "WRITE by each of 1,000 guests", "--rings write",
           "--clients 10", "--clients 1000", slow=True),
    beside("active-10k", "WRITE by each of 10,000 guests", "--rings write",
           "--clients 10", "--clients 10000", kinds=[OURS], slow=True),
    #
    row("txn", "transaction of 10 reads and 3 writes, one at a time", "transaction"),
    row("txn-pipelined", "transaction of 10 reads and 3 writes, in one go",
        "--depth 2 transaction", Aim(0.2, BEST)),
    row("siblings", "8 clients that create siblings: a commit",
        "--clients 8 siblings", Aim(0.25, BEST), Aim(0, measure="aborts %"),
        measures=("cpu us", "aborts %")),
    #
    beside("nomatch-1", "WRITE, 10,000 watches of one client do not match",
           "write", "", "--watchers 1 --watches 10000", 1.05),
    beside("nomatch-100", "WRITE, 100 watches of 100 clients do not match",
           "write", "", "--watchers 100 --watches 100", 1.05, slow=True),
    beside("nomatch-1000", "WRITE, 10 watches of 1,000 clients do not match",
           "write", "", "--watchers 1000 --watches 10", 1.05, slow=True),
    row("fan-out", "WRITE that 1,000 clients see", "--clients 1000 fan-out",
        Aim(0.1, BEST), slow=True),
    row("fan-out-1", "WRITE that 1,000 watches of one client see",
        "--depth 1000 fan-out", Aim(0.1, BEST)),
    #
    memory("nodes", f"1,000 libxl-like domains: a node of {NODES} each", "domain",
           Aim(120), per=NODES, slow=True),
    fresh("domains", "1,000 libxl-like domains: a domain", "domain", Aim(400), slow=True),
    fresh("domains-10k", "10,000 libxl-like domains: a domain", "domain", Aim(400),
          kinds=[OURS], count=10000, slow=True),
    fresh("introduce", "INTRODUCE of a domain", "introduce"),
    row("death", "death of a domain beside 1,000 domains' nodes",
        "--domains 1000 death", Aim(100), slow=True),
    #
    memory("idle-client", "an idle client by socket", "idle-client", Aim(400)),
    memory("idle-guest", "an idle guest", "idle-guest", Aim(20480), slow=True),
    memory("open-empty", "an open transaction", "open-empty"),
    memory("open-with-work", "an open transaction of 10 reads and 3 writes",
           "open-with-work"),
]  # fmt: skip


def figures(row, sample):
    """The measures of what store-bench says."""
    done = sample["done"] or 1
    return {
        "cpu us": sample["cpu_ns"] / 1000 / done,
        "per s": sample["done"] * 1e9 / sample["wall_ns"],
        "bytes": sample["rss"] / done / row.per,
        "aborts %": 100 * sample["failed"] / (done + sample["failed"]),
    }


def kind_of(side):
    return side.split(",")[0]


def is_possible(side):
    return stores.is_there(kind_of(side))


def scene(row):
    """What all sides share: nothing."""
    return contextlib.nullcontext()


@contextlib.contextmanager
def side(row, name, _):
    """A side that is ready; yields how to measure it for some milliseconds."""
    with stores.loaded(kind_of(name), row.sides[name]) as (talk, _):
        yield lambda ms: figures(
            row, talk.ask(f"{HOUR if row.fresh else ms} {row.count}")
        )


def count(row, name):
    """The system calls and instructions of a side."""
    kind, arguments = kind_of(name), row.sides[name]

    def under(wrapper, n):
        with stores.loaded(kind, arguments, wrapper) as (talk, _):
            return talk.ask(f"{HOUR} {n}")["done"]

    with stores.loaded(kind, arguments) as (talk, pid):
        def work():
            return talk.ask(f"{HOUR} 2000")["done"]  # fmt: skip

        return {
            "system calls": counts.system_calls(pid, work),
            "instructions": counts.by_perf(pid, work)
            if counts.perf_works()
            else counts.by_callgrind(under),
        }
