"""CPU time and memory as the kernel counts them: of this process with all its threads, and of the PostgreSQL processes that work for it."""

import os
import platform
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

TICK_S = 1 / os.sysconf("SC_CLK_TCK")
NOT_OURS = ("autovacuum",)
"""Processes whose work nobody asked for; they are switched off while measuring, and counted out should one still run."""


@dataclass(frozen=True)
class Cost:
    """What something cost: CPU of this process and of PostgreSQL, and time by the clock; and by how much memory grew to its peak."""

    own_s: float
    postgres_s: float
    wall_s: float
    grew_bytes: int = 0

    @property
    def cpu_s(self) -> float:
        return self.own_s + self.postgres_s

    def each(self, times: int) -> "Cost":
        return Cost(self.own_s / times, self.postgres_s / times, self.wall_s / times, self.grew_bytes)


def least(costs: list[Cost]) -> Cost:
    """The cheapest round: what else runs on the machine only ever adds to CPU time, by what it takes from the caches."""
    return min(costs, key=lambda c: c.cpu_s)


def _seconds(pid: int) -> float:
    """CPU seconds of one process. The kernel's run time is exact; ticks of 10 ms stand in where it is not told."""
    try:
        exact = int(Path(f"/proc/{pid}/schedstat").read_text().split()[0])
    except (OSError, ValueError, IndexError):
        exact = 0
    if exact:
        return exact / 1e9
    said = psutil.Process(pid).cpu_times()
    return said.user + said.system


def _children(postmaster: int) -> dict[int, float]:
    """CPU seconds of every PostgreSQL process; under 0 those of the ones that have ended, such as parallel workers."""
    process = psutil.Process(postmaster)
    ended = process.cpu_times()
    found = {0: ended.children_user + ended.children_system}
    for child in process.children(recursive=True):
        try:
            if not any(word in " ".join(child.cmdline()) for word in NOT_OURS):
                found[child.pid] = _seconds(child.pid)
        except psutil.NoSuchProcess:
            continue
    return found


class Meter:
    """Measures one stretch of work: `with meter.measured() as found: …`, then `found[0]`."""

    def __init__(self, postmaster: int) -> None:
        self.postmaster = postmaster

    @contextmanager
    def measured(self) -> Iterator[list[Cost]]:
        found: list[Cost] = []
        _forget_peak()
        memory, before = _memory("VmRSS"), _children(self.postmaster)
        wall, own = time.perf_counter(), time.process_time()
        yield found
        own, wall = time.process_time() - own, time.perf_counter() - wall
        after = _children(self.postmaster)
        spent = sum(seconds - before.get(pid, 0.0) for pid, seconds in after.items())
        found.append(Cost(own, spent, wall, max(0, _memory("VmHWM") - memory)))

    @contextmanager
    def one_core(self) -> Iterator[None]:
        """Keep this process and PostgreSQL on one core: who waits for whom is then always as near. Left to the kernel, one and the same
        statement took 0.06 ms of CPU in one run and 0.11 in the next."""
        cores = psutil.Process().cpu_affinity()
        try:
            self._keep_to(cores[-1:])
            yield
        finally:
            self._keep_to(cores)

    def _keep_to(self, cores: list[int]) -> None:
        postmaster = psutil.Process(self.postmaster)
        for process in (psutil.Process(), postmaster, *postmaster.children(recursive=True)):
            with suppress(psutil.NoSuchProcess):
                process.cpu_affinity(cores)


def _forget_peak() -> None:
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:
        return  # The peak of the whole run is then told instead, which is never less.


def _memory(which: str) -> int:
    """VmRSS (now) or VmHWM (peak) of this process, in bytes."""
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith(which))
    return int(line.split()[1]) * 1024


def machine() -> str:
    """Processor, cores, memory and Python, in one line."""
    models = [line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    memory = psutil.virtual_memory().total / 2**30
    load = ", ".join(f"{part:.2f}" for part in os.getloadavg())
    model, system = models[0] if models else platform.processor(), f"{platform.system()} {platform.release()}"
    return f"{model}, {os.cpu_count()} cores, {memory:.0f} GB, {system}, Python {platform.python_version()}, load {load}"
