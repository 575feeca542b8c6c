# SPDX-License-Identifier: MIT
"""The daemons that serve xenstore, each on a hypervisor of its own."""

import contextlib
import os
import shutil
import socket
import tempfile
from pathlib import Path

from driver.process import BUILD, conversation, running, wait_until

STOCK = Path("/usr/lib/xen-4.17/bin")

# Each is given the path of its socket.
DAEMONS = {
    "ours": lambda path: [BUILD / "xenstored/xenstored", "-N"],
    "xenstored": lambda path: [STOCK / "xenstored", "-N"],
    "oxenstored": lambda path: [STOCK / "oxenstored", "--no-fork", "--no-access-log"],
    "echo": lambda path: [BUILD / "bench/store/store-echo", path],
}
PEERS = ["xenstored", "oxenstored"]


def is_there(kind):
    """Whether this machine has that daemon."""
    return Path(DAEMONS[kind]("")[0]).exists()


def accepts(path, kind=socket.SOCK_STREAM):
    """Whether somebody listens at path."""
    with socket.socket(socket.AF_UNIX, kind) as client:
        return client.connect_ex(str(path)) == 0


def on_xensim(folder, command, domid=0):
    """A command line that runs in a domain, and its environment."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("XENST")}
    inside = [BUILD / "sim/xensim", "run", f"--domid={domid}", "--", *command]
    return [str(c) for c in inside], kept | {"XENSIM_DIR": folder}


@contextlib.contextmanager
def hypervisor():
    """The folder of a new one."""
    folder = tempfile.mkdtemp(prefix="xenpv-bench-")
    try:
        with running([BUILD / "sim/xensim", "daemon", folder]) as process:
            path = Path(folder, "hypervisor")
            wait_until(
                "xensim", lambda: accepts(path, socket.SOCK_SEQPACKET), process
            )
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def store(kind, wrapper=()):
    """A daemon that answers; yields the folder of its hypervisor.  A wrapper is a
    command that runs another."""
    with hypervisor() as folder:
        path = Path(folder, "0/xenstored/socket")
        path.parent.mkdir(parents=True, exist_ok=True)
        command, env = on_xensim(folder, [*wrapper, *DAEMONS[kind](path)])
        log = Path(folder, "log")
        with open(log, "wb") as out:
            with running(command, env=env, stdout=out, stderr=out) as process:
                wait_until(kind, lambda: accepts(path), process, log)
                yield folder


@contextlib.contextmanager
def load(folder, arguments):
    """A store-bench that has prepared its scenario, and the daemon's process."""
    command, env = on_xensim(
        folder, [BUILD / "bench/store/store-bench", *arguments.split()]
    )
    with conversation(command, env=env) as talk:
        yield talk, talk.hear()["pid"]


@contextlib.contextmanager
def loaded(kind, arguments, wrapper=()):
    """Both; yields what load() does."""
    with store(kind, wrapper) as folder, load(folder, arguments) as both:
        yield both
