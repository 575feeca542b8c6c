# SPDX-License-Identifier: MIT
"""What a request costs in numbers that do not depend on the clock: system calls and
instructions.  Counting slows things down, hence is done by itself."""

import contextlib
import re
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

from driver.process import Failed, running

EVENT = "instructions:u"


@contextlib.contextmanager
def strace(pid, report):
    """Counts the system calls of pid meanwhile."""
    command = ["strace", "-f", "-c", "-o", report, "-p", pid]
    with running(
        command, how=signal.SIGINT, stderr=subprocess.PIPE, text=True
    ) as process:
        if "attached" not in process.stderr.readline():
            raise Failed("strace cannot look at the daemon")
        yield


def system_calls(pid, work):
    """How many pid does for each unit of work()."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "report")
        with strace(pid, report):
            done = work()
        total = report.read_text().splitlines()[-1].split()
    return int(total[3]) / done


def perf_works():
    """Whether this machine counts instructions."""
    if not shutil.which("perf"):
        return False
    seen = subprocess.run(
        ["perf", "stat", "-x,", "-e", EVENT, "true"], capture_output=True, text=True
    )
    return seen.returncode == 0 and seen.stderr[:1].isdigit()


def by_perf(pid, work, event=EVENT):
    """Instructions of pid for each unit of work()."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "report")
        command = ["perf", "stat", "-x,", "-e", event, "-p", pid, "-o", report]
        with running(command, how=signal.SIGINT):
            time.sleep(0.5)  # it does not say when it is ready
            done = work()
        return float(report.read_text().splitlines()[-1].split(",")[0]) / done


def by_callgrind(run):
    """Instructions for each unit of work; run(wrapper, n) starts a daemon under wrapper,
    does n or more, ends it, and returns how many they were."""

    def total(n):
        with tempfile.TemporaryDirectory() as folder:
            report = Path(folder, "report")
            wrapper = [
                "valgrind", "-q", "--tool=callgrind", f"--callgrind-out-file={report}",
            ]  # fmt: skip
            done = run(wrapper, n)
            found = re.search(r"^(?:summary|totals): (\d+)", report.read_text(), re.M)
        if not found:
            raise Failed("callgrind has counted nothing")
        return done, int(found[1])

    few, many = total(100), total(1100)
    return (many[1] - few[1]) / (many[0] - few[0])
