"""The other engines: what each can do, and how one is asked."""

from __future__ import annotations

import json
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from engine.backtest.config import Config
    from engine.verify.task import Task

PROGRAMS = Path(__file__).parent / "peers"
NOT_INSTALLED = 3
"""Exit status by which a peer's program says that its library is missing."""


class PeerError(EngineError):
    """Another engine is not installed, or did not answer; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Peer:
    """Another engine and its conventions (docs/verify.md).

    ``follows`` names the features beyond signals, stops and targets that it can express;
    ``stops_after_close_fill`` whether stops and fills at the close go together in it.
    ``refuses_slippage`` gives the reason why it cannot slip as a config asks, empty when it can.
    """

    name: str
    title: str
    distribution: str
    program: str
    stop_beats_signal: bool
    stops_after_close_fill: bool
    refuses_slippage: Callable[[Config], str]
    follows: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Answer:
    """What a peer made of its tasks: its version, and for each task its trades as rows (`engine.verify.peers`)."""

    version: str
    trades: tuple[tuple[tuple[float, ...], ...], ...]


def _spread(config: Config) -> str:
    return "backtesting.py worsens entries only (its spread), ours entries and exits: both run without slippage"


def _one_slippage(config: Config) -> str:
    if config.stop != "none" and config.target != "none":
        return "vectorbt lets stops and targets slip alike, ours stops only: both run without slippage"
    return ""


PEERS = {
    "backtesting": Peer(
        name="backtesting",
        title="backtesting.py",
        distribution="backtesting",
        program="with_backtesting.py",
        stop_beats_signal=False,
        stops_after_close_fill=True,
        refuses_slippage=_spread,
        follows=frozenset({"breakeven", "time_limit", "trailing_stop", "trailing_take"}),
    ),
    "vectorbt": Peer(
        name="vectorbt",
        title="vectorbt",
        distribution="vectorbt",
        program="with_vectorbt.py",
        stop_beats_signal=True,
        stops_after_close_fill=False,
        refuses_slippage=_one_slippage,
    ),
}


def ask(peer: Peer, tasks: Sequence[Task], python: str, timeout_seconds: float = 600.0) -> Answer:
    """Run tasks in a peer, in one process of its own, and return its trades.

    Raises
    ------
    PeerError
        The library is not installed for ``python``, the interpreter cannot be started, or the run failed.
    """
    with tempfile.TemporaryDirectory(prefix="kek-verify-") as folder:
        answer_file = Path(folder) / "answer.json"
        task_files = [Path(folder) / f"task_{number}.npz" for number in range(len(tasks))]
        for task, file in zip(tasks, task_files, strict=True):
            task.write(file)
        command = [python, str(PROGRAMS / peer.program), str(answer_file), *map(str, task_files)]
        try:
            ended = subprocess.run(command, capture_output=True, text=True, timeout=timeout_seconds, check=False)
        except subprocess.TimeoutExpired:
            raise PeerError(f"{peer.title} did not answer within {timeout_seconds:g} seconds") from None
        except OSError as refused:
            raise PeerError(f"{python} cannot be started: {refused.strerror or refused}") from None
        if ended.returncode == NOT_INSTALLED:
            raise PeerError(
                f"{peer.title} is not installed for {python} ({ended.stderr.strip()}); install the extra with "
                f"pip install 'kek-mix[verify]', or name an interpreter that has it: --python PATH"
            )
        if ended.returncode != 0 or not answer_file.exists():
            last = ended.stderr.strip().splitlines()[-1:] or ["it said nothing"]
            raise PeerError(f"{peer.title} failed with exit status {ended.returncode}: {last[0]}")
        answer: dict[str, Any] = json.loads(answer_file.read_text(encoding="utf-8"))
    trades = tuple(tuple(tuple(float(one) for one in row) for row in rows) for rows in answer["trades"])
    return Answer(str(answer["version"]), trades)
