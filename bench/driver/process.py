# SPDX-License-Identifier: MIT
"""Programs that are started for a measurement and end with it."""

import contextlib
import json
import os
import pathlib
import signal
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("XENPV_BUILD", ROOT / "build-release"))
PATIENCE = 60  # seconds for a program to be ready


class Failed(Exception):
    """A program did not do what it is measured for."""


def end(process, how=signal.SIGTERM):
    """End a program, by force if it does not listen."""
    process.send_signal(how)
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@contextlib.contextmanager
def running(command, how=signal.SIGTERM, **options):
    """A program that is ended, and that would also end if we were killed."""
    process = subprocess.Popen(
        ["setpriv", "--pdeathsig", "TERM", *map(str, command)], **options
    )
    try:
        yield process
    finally:
        end(process, how)


def wait_until(what, condition, process, log=os.devnull):
    """Until condition() holds, and as long as process lives, which writes a log."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if process.poll() is not None:
            said = pathlib.Path(log).read_text()
            raise Failed(f"{what}: ended with status {process.returncode}\n{said}")
        if time.monotonic() > deadline:
            raise Failed(f"{what}: not ready after {PATIENCE} s")
        time.sleep(0.01)


class Conversation:
    """A program that answers each line with a line of JSON."""

    def __init__(self, process, name):
        self.process = process
        self.name = name

    def hear(self):
        """The next line that it says."""
        line = self.process.stdout.readline()
        if not line:
            raise Failed(f"{self.name}: ended with status {self.process.wait()}")
        return json.loads(line)

    def ask(self, line):
        """What it answers."""
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()
        return self.hear()


@contextlib.contextmanager
def conversation(command, **options):
    """A program to converse with, which ends when there is no more to say."""
    name = pathlib.Path(command[0]).name
    with running(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, **options
    ) as process:
        yield Conversation(process, name)
        process.stdin.close()
        process.wait(PATIENCE)
