"""A conversation on a terminal: messages and commands in, steps and answers out."""

from __future__ import annotations

import asyncio
import sys
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agent.edits import describe
from agent.errors import AgentError, NotFound
from api import console
from api.compose import conversation, market_data
from api.progress import Meter
from engine.errors import EngineError
from engine.private_files import make_private_folder, open_private
from storage.errors import StorageError
from storage.records import LOCAL_USER

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from agent.answers import Answer
    from agent.conversation import Conversation
    from agent.ports import ThreadView
    from api.settings import Settings
    from engine.market.bars import MarketData

PROMPT = "> "
HISTORY_LINES = 1_000
WELCOME = "Say what you want to trade: when to buy, when to sell, the stop, the size. /help lists the commands."
BROKEN_OFF = "Broken off, nothing of that message was kept."
IDLE = "Nothing is running."
HELP = """\
/spec          the strategy as JSON
/diff          what the last change changed
/versions      all versions
/report FILE   test the current version again and write its report as one HTML file
/undo          back to the version before
/new           a new conversation
/quit          leave (or Ctrl-D); Ctrl-C breaks off what is running
Everything else is a message: describe a strategy, change it, ask about its result, or say "improve it"."""


@contextmanager
def open_session(
    settings: Settings, thread_id: str | None, spec: Mapping[str, Any] | None, *, quiet: bool = False
) -> Iterator[Session]:
    """Open a conversation for the length of a ``with`` block; ``quiet`` prints neither steps nor answers."""
    market = market_data(settings)
    with asyncio.Runner() as runner:
        stack = AsyncExitStack()
        try:
            agent = runner.run(stack.enter_async_context(conversation(settings, market=market)))
            yield Session(runner, agent, market, settings.state_dir, thread_id, spec, Screen(quiet=quiet))
        finally:
            runner.run(stack.aclose())


class Screen:
    """What a person sees of a turn: its steps on standard error, its answer on standard output.

    A terminal shows the answer as it grows, and is told when nothing of it was kept; a file or a pipe gets an answer
    only when the turn is kept, so that nothing stands in it that did not happen.
    """

    def __init__(self, *, quiet: bool) -> None:
        self._quiet = quiet
        self._grows = sys.stdout.isatty()
        self._meter = Meter(silent=quiet)
        self._shown = ""

    def event(self, event: Mapping[str, Any]) -> None:
        """Show one step; the strategy as it was understood comes before its test has run."""
        if self._quiet:
            return
        if "total" in event:
            self._meter.show(str(event["text"]), event["done"], event["total"])
            return
        self._meter.clear()
        if event["name"] == "echo":
            if not self._grows:
                return
            self._shown = str(event["text"])
            console.say(console.clean(self._shown, keep_lines=True))
            sys.stdout.flush()
        else:
            console.say(console.paint(f"· {console.clean(str(event['text']))}", "dim", sys.stderr), error=True)

    def answer(self, answer: Answer) -> None:
        """Show the rest of the answer."""
        self._meter.clear()
        if not self._quiet:
            rest = answer.reply.removeprefix(self._shown) if self._shown else answer.reply
            console.say(console.clean(rest.removeprefix("\n"), keep_lines=True))
        self._shown = ""

    def broken_off(self) -> None:
        """Take away what was shown of a turn that did not end, or say that it does not count."""
        self._meter.clear()
        if self._shown:
            console.say("\nThe turn did not end: nothing that stands above of it was kept.", error=True)
        self._shown = ""


class Session:
    """One conversation of the local user; ``thread_id`` is None before its first message."""

    def __init__(
        self,
        runner: asyncio.Runner,
        agent: Conversation,
        market: MarketData,
        state_dir: Path,
        thread_id: str | None,
        spec: Mapping[str, Any] | None,
        screen: Screen,
    ) -> None:
        self._runner = runner
        self._agent = agent
        self._market = market
        self._state_dir = state_dir
        self._spec = spec
        self._screen = screen
        self.thread_id = thread_id

    def say(self, text: str) -> Answer:
        """Answer one message, showing its steps."""
        if self._spec is not None:  # kept whatever becomes of the message, and adopted once
            self.thread_id = self._runner.run(self._agent.begin(LOCAL_USER, self.thread_id, self._spec)).thread_id
            self._spec = None
        turn = self._agent.turn(LOCAL_USER, text, thread_id=self.thread_id, on_event=self._screen.event)
        try:
            answer = self._runner.run(turn)
        except BaseException:
            self._screen.broken_off()
            raise
        self.thread_id = answer.thread_id
        self._screen.answer(answer)
        return answer

    def refine(
        self,
        strategy_id: str | None,
        *,
        job: Mapping[str, Any] | None,
        drift_event: Mapping[str, Any] | None,
        seed: int,
    ) -> Answer:
        """Look for something better than a strategy: the one named, this thread's, or the spec it began with."""
        if strategy_id is None:
            view = self._runner.run(self._agent.begin(LOCAL_USER, self.thread_id, self._spec))
            strategy_id = view.strategy_id
        if strategy_id is None:
            raise NotFound(f"the conversation '{self.thread_id}' has no strategy yet")
        asked = {**job, "strategyRecordId": strategy_id} if job is not None else None
        answer = self._runner.run(
            self._agent.refine(
                LOCAL_USER, strategy_id, job=asked, drift_event=drift_event, seed=seed, on_event=self._screen.event
            )
        )
        self._screen.answer(answer)
        return answer

    def talk(self) -> None:
        """Read messages until the input ends; on a terminal with line editing and history."""
        if self.thread_id is not None:
            self._view()  # an unknown thread is told before anything is typed
        at_terminal = sys.stdin.isatty()
        if at_terminal:
            console.say(WELCOME, error=True)
        stopped = False
        with _history(self._state_dir / "chat_history", at_terminal):
            while True:
                working = False
                try:
                    line = input(PROMPT if at_terminal else "").strip()
                    if line in ("/quit", "/exit"):
                        return
                    stopped, working = False, True
                    if line:
                        self._line(line)
                except EOFError:
                    return
                except KeyboardInterrupt:
                    if stopped or not at_terminal:
                        raise
                    stopped = True
                    console.say(f"\n{BROKEN_OFF if working else IDLE} Ctrl-C again leaves.", error=True)

    def report(self, file: Path) -> None:
        """Test the current version again and write its report as one HTML file."""
        from api.commands.backtest import write_reports
        from engine import run_backtest

        result = run_backtest(self._view().versions[-1].spec, self._market)
        write_reports(self._runner.run(self._agent.known(LOCAL_USER, result)), html=file)

    def _line(self, line: str) -> None:
        """Carry out a command or answer a message; what goes wrong ends the line and not the conversation."""
        try:
            if line.startswith("/"):
                self._command(*line[1:].split(maxsplit=1))
            else:
                self.say(line)
        except (AgentError, EngineError, StorageError, OSError) as failure:
            code = getattr(failure, "code", "INPUT")
            console.report(str(failure), json=False, code=str(code))

    def _command(self, name: str = "", argument: str = "") -> None:
        if name == "undo":
            self.say("undo")
        elif name == "new":
            self.thread_id, self._spec = None, None
            console.say("A new conversation.", error=True)
        elif name in ("spec", "diff", "versions", "report"):
            self._show(name, argument)
        else:
            console.say(HELP, error=True)

    def _show(self, name: str, argument: str) -> None:
        versions = self._view().versions if self.thread_id is not None else ()
        if not versions:
            console.say("There is no strategy yet.", error=True)
        elif name == "spec":
            console.emit(versions[-1].spec)
        elif name == "versions":
            for before, version in zip((None, *versions), versions, strict=False):
                changed = "" if before is None else "; ".join(describe(before.spec, version.spec)) or "as before"
                console.say(f"{version.version}  {console.clean(changed or str(version.spec['name']))}")
        elif name == "report" and not argument:
            console.say("Name the file to write: /report FILE", error=True)
        elif name == "report":
            self.report(Path(argument))
        elif len(versions) == 1:
            console.say("There is one version only: nothing was changed yet.", error=True)
        else:
            for line in describe(versions[-2].spec, versions[-1].spec):
                console.say(console.clean(line))

    def _view(self) -> ThreadView:
        return self._runner.run(self._agent.thread(LOCAL_USER, str(self.thread_id)))


@contextmanager
def _history(file: Path, wanted: bool) -> Iterator[None]:
    """Edit lines with the arrow keys and remember them, where the platform can."""
    try:
        import readline
    except ImportError:  # Windows has none
        wanted = False
    if not wanted:
        yield
        return
    make_private_folder(file.parent)
    open_private(file).close()
    if file.stat().st_size:
        readline.read_history_file(file)
    readline.set_history_length(HISTORY_LINES)
    try:
        yield
    finally:
        readline.write_history_file(file)
