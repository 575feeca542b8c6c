# SPDX-License-Identifier: MIT
"""Disks: pv-blk with a guest on xensim, fio on the same file, and NBD."""

import contextlib
import dataclasses
import shutil

from driver import disks
from driver.process import BUILD
from driver.rows import OURS, Aim, Row

ON_ONE_CPU = False
WARM_UP = 0

SIDES = {
    OURS: (disks.as_guest, "xenstore-write"),
    "fio": (disks.direct, "fio"),
    "nbd": (disks.over_nbd, "qemu-storage-daemon"),
    "event trip": (disks.trip, "sh"),
}


@dataclasses.dataclass(frozen=True)
class Job:
    """What is asked of a disk."""

    kind: str  # as fio and blk-load call it
    bytes: int
    depth: int
    order: int  # of the ring


BLOCKS = [
    ("randread", Job("randread", 4096, 32, 0), "4 KiB random reads, 32 at once"),
    ("randwrite", Job("randwrite", 4096, 32, 0), "4 KiB random writes, 32 at once"),
    ("randread-1", Job("randread", 4096, 1, 0), "4 KiB random reads, one at a time"),
    ("read", Job("read", 1 << 20, 8, 4), "1 MiB reads in a row, 8 at once"),
    ("write", Job("write", 1 << 20, 8, 4), "1 MiB writes in a row, 8 at once"),
]
IN_A_HURRY = ("randread",)
PLACES = {
    "disk": (BUILD, 1 << 30, 0.9),
    "tmpfs": ("/dev/shm", 256 << 20, 0.6),
}


def row(place, name, job, what):
    _, _, share = PLACES[place]
    sides = [OURS, "fio", "nbd"]
    measures = ["mean us", "cpu us", "notify/order"]
    aims = [Aim(None, other, "cpu us") for other in sides[1:]]
    if job.depth == 1:  # where it is about latency, not about throughput
        sides.append("event trip")
        aims += [Aim(None, other) for other in sides[1:]]
    else:
        measures.insert(0, "iops" if job.bytes == 4096 else "MiB/s")
        aims += [Aim(share, "fio", least=True), Aim(4, "nbd", least=True)]
    return Row(
        f"{place}-{name}", f"{what}, {place}", dict.fromkeys(sides, (place, job)),
        tuple(measures), tuple(aims), rounds=3, slow=name not in IN_A_HURRY,
    )  # fmt: skip


ROWS = [row(place, *block) for place in PLACES for block in BLOCKS]


def is_possible(side):
    return shutil.which(SIDES[side][1]) is not None


@contextlib.contextmanager
def scene(row):
    """The file that all sides read and write."""
    place, _ = row.sides[OURS]
    folder, size, _ = PLACES[place]
    with disks.image(folder, size) as path:
        yield path


def side(row, name, path):
    way, _ = SIDES[name]
    _, job = row.sides[name]
    return way(path, job)
