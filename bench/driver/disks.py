# SPDX-License-Identifier: MIT
"""Ways to a file: as the disk of a guest, directly, and over NBD."""

import contextlib
import json
import os
import resource
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from driver.process import BUILD, Failed, running, wait_until
from driver.stores import accepts, on_xensim, store

GUEST = 5
BACK = f"/local/domain/0/backend/vbd/{GUEST}/51712"
FRONT = f"/local/domain/{GUEST}/device/vbd/51712"


def output(command, **options):
    """What a program prints."""
    command = [str(c) for c in command]
    done = subprocess.run(command, capture_output=True, text=True, **options)
    if done.returncode:
        raise Failed(f"{' '.join(command)}: {done.stdout}{done.stderr}")
    return done.stdout


def said(command, **options):
    return json.loads(output(command, **options))


def xensim(folder, *command):
    env = os.environ | {"XENSIM_DIR": folder}
    return output([BUILD / "sim/xensim", *command], env=env)


def used(pid):
    """Seconds of CPU time of a process so far."""
    return time.clock_gettime(~pid << 3 | 2)  # as clock_getcpuclockid(3) says


def with_cpu(run, *servers):
    """What run() returns, and the CPU time that all processes took for it."""

    def total():
        ours = resource.getrusage(resource.RUSAGE_CHILDREN)
        return ours.ru_utime + ours.ru_stime + sum(used(pid) for pid in servers)

    before = total()
    return run(), total() - before


def child_of(pid):
    """The program that a program runs."""
    return int(Path(f"/proc/{pid}/task/{pid}/children").read_text().split()[0])


@contextlib.contextmanager
def image(folder, size):
    """A file full of data."""
    with tempfile.NamedTemporaryFile(dir=folder, prefix="xenpv-bench-") as file:
        with open("/dev/urandom", "rb") as noise:
            block = noise.read(1 << 20)
        for _ in range(size >> 20):
            file.write(block)
        file.flush()
        yield file.name


# In a guest


def attach(folder, path):
    """Give the guest a disk, as the toolstack does."""

    def call(*command):
        command, env = on_xensim(folder, command)
        output(command, env=env)

    def make(place, *owners):
        call("xenstore-write", place, "")
        call("xenstore-chmod", place, *owners)

    make(f"/local/domain/{GUEST}", f"n{GUEST}")
    make(FRONT, f"n{GUEST}", "r0")
    make(BACK, "n0", f"r{GUEST}")
    front = {"backend": BACK, "backend-id": 0, "virtual-device": 51712, "state": 1}
    back = {"frontend": FRONT, "frontend-id": GUEST, "online": 1, "mode": "w",
            "params": path, "state": 1}  # fmt: skip
    for place, keys in ((FRONT, front), (BACK, back)):
        pairs = [x for k, v in keys.items() for x in (f"{place}/{k}", str(v))]
        call("xenstore-write", *pairs)


@contextlib.contextmanager
def backend(path):
    """A guest with a disk; the folder of its hypervisor, and pv-blk's process."""
    with store("ours") as folder:
        xensim(folder, "create", "--domid", GUEST, "--introduce")
        serve = [BUILD / "backends/blk/pv-blk", "--state", Path(folder, "0")]
        command, env = on_xensim(folder, serve)
        with running(command, env=env, stderr=subprocess.DEVNULL) as process:
            attach(folder, path)
            yield folder, child_of(process.pid)


def hypercalls(folder):
    """What all domains have asked of the hypervisor so far."""
    domains = json.loads(xensim(folder, "stat", "--json"))
    return {key: sum(d[key] for d in domains) for key in ("notify", "copy", "map")}


def load(folder, server, job):
    """blk-load's figures of a second."""
    command, env = on_xensim(folder, [
        BUILD / "guest/blk/blk-load", "--json", "--seconds=1",
        f"--ring-order={job.order}", f"--depth={job.depth}", f"--bytes={job.bytes}",
        job.kind,
    ], domid=GUEST)  # fmt: skip
    before = hypercalls(folder)
    figures, cpu = with_cpu(lambda: said(command, env=env), server)
    after = hypercalls(folder)
    orders = figures["orders"]
    return {
        "iops": figures["iops"],
        "MiB/s": orders * job.bytes / figures["seconds"] / (1 << 20),
        "mean us": figures["mean_us"],
        "p99 us": figures["p99_us"],
        "cpu us": cpu * 1e6 / orders,
    } | {f"{key}/order": (after[key] - before[key]) / orders for key in before}


@contextlib.contextmanager
def as_guest(path, job):
    with backend(path) as (folder, server):
        yield lambda _: load(folder, server, job)


# By fio


def fio_command(job, options):
    return [
        "fio", "--name=bench", "--output-format=json", f"--rw={job.kind}",
        f"--bs={job.bytes}", f"--iodepth={job.depth}", *options,
    ]  # fmt: skip


def fio_measures(job, options, *servers):
    """How to measure a second of fio's. Its start is not part of that."""

    def run(*limits):
        command = [*fio_command(job, options), *limits]
        return with_cpu(lambda: output(command), *servers)

    def measure(_):
        _, start = run("--number_ios=1")
        text, cpu = run("--time_based", "--runtime=1")
        report = json.loads(text[text.index("{") :])  # after what an engine says
        half = report["jobs"][0]["write" if "write" in job.kind else "read"]
        return {
            "iops": half["iops"],
            "MiB/s": half["bw_bytes"] / (1 << 20),
            "mean us": half["lat_ns"]["mean"] / 1000,
            "p99 us": half["clat_ns"]["percentile"]["99.000000"] / 1000,
            "cpu us": (cpu - start) * 1e6 / half["total_ios"],
        }

    return measure


@contextlib.contextmanager
def direct(path, job):
    """With all that makes io_uring fast."""
    batch = max(1, job.depth // 4)
    options = [
        "--ioengine=io_uring", "--direct=1", "--fixedbufs", "--registerfiles",
        f"--iodepth_batch_submit={batch}", f"--iodepth_batch_complete_max={job.depth}",
        f"--filename={path}",
    ]  # fmt: skip
    yield fio_measures(job, options)


@contextlib.contextmanager
def over_nbd(path, job):
    folder = tempfile.mkdtemp(prefix="xenpv-bench-")
    socket = f"{folder}/nbd"
    command = [
        "qemu-storage-daemon",
        "--blockdev", f"driver=file,node-name=disk,filename={path},"
        "aio=io_uring,cache.direct=on,locking=off",
        "--nbd-server", f"addr.type=unix,addr.path={socket}",
        "--export", "type=nbd,id=disk,node-name=disk,name=,writable=on",
    ]  # fmt: skip
    try:
        with running(command, stderr=subprocess.DEVNULL) as process:
            wait_until(command[0], lambda: accepts(socket), process)
            options = ["--ioengine=nbd", f"--uri=nbd+unix:///?socket={socket}"]
            yield fio_measures(job, options, process.pid)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


# The least that a request to another process takes


@contextlib.contextmanager
def trip(_path, _job):
    with store("ours") as folder:
        command, env = on_xensim(folder, [BUILD / "bench/blk/event-trip"])
        yield lambda _: {"mean us": said(command, env=env)["us"]}
