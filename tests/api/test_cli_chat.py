"""`kek chat` and `kek refine`: lines in, steps on standard error, answers on standard output, documents with --json."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from scripted_agent import DAILY, MARKET, Scripted, ask, build, edit, forever, model

from agent.errors import Conflict, ModelRefused
from agent.language.port import Operation, Reading
from api import chat_session, compose
from api.agent_store import AgentStore
from api.cli import main
from api.settings import read_settings
from engine.spec.examples import SMA_CROSS
from storage.records import LOCAL_USER, RiskDefaults, UserSettings

STOP = Operation("add", "/risk/stop_loss", {"type": "percent", "value": 0.02})


@dataclass(frozen=True, slots=True)
class Ran:
    status: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        return json.loads(self.out)


Kek = Callable[..., Ran]


@pytest.fixture
def kek(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Kek:
    """Run a command over a small market and a database of its own; ``reader`` answers in place of the built-in one."""
    monkeypatch.setenv("KEK_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setattr(chat_session, "market_data", lambda settings: MARKET)

    def run(*words: object, reader: Scripted | None = None, typed: str = "") -> Ran:
        monkeypatch.setattr(compose, "interpreter", lambda: reader or Scripted(build()))
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(typed.encode())))
        status = main([str(word) for word in words])
        spoken = capsys.readouterr()
        return Ran(status, spoken.out, spoken.err)

    return run


def test_once_prints_the_answer_and_shows_its_steps_beside_it(kek: Kek) -> None:
    ran = kek("chat", "--once", "buy it")

    assert ran.status == 0
    assert ran.out.startswith("Average cross, version 1.0.") and ran.out.count("What I understood:") == 1
    assert "return" in ran.out and "reading the message" in ran.err and "reading the message" not in ran.out


def test_once_with_json_prints_one_document_and_nothing_else(kek: Kek) -> None:
    ran = kek("chat", "--once", "buy it", "--json")

    assert ran.status == 0 and ran.document["disposition"] == "build"
    assert {"threadId", "reply", "problems", "assumptions", "leftOut", "spec", "backtest"} <= ran.document.keys()


@pytest.mark.parametrize(
    ("reading", "disposition"), [(ask(), "ask"), (Reading("refuse", "", reply="Nobody can."), "refuse")]
)
def test_a_question_and_a_refusal_are_answers(kek: Kek, reading: Reading, disposition: str) -> None:
    ran = kek("chat", "--once", "buy it", "--json", reader=Scripted(reading))

    assert ran.status == 0 and ran.document["disposition"] == disposition


def test_a_message_can_come_from_standard_input(kek: Kek) -> None:
    reader = Scripted(build())

    kek("chat", "--once", "-", reader=reader, typed="buy it\nat night\n")

    assert reader.requests[0].text == "buy it\nat night\n"


def test_a_thread_goes_on_in_another_process(kek: Kek) -> None:
    first = kek("chat", "--once", "buy it", "--json").document

    second = kek("chat", "--once", "2 % stop", "--thread", first["threadId"], "--json", reader=Scripted(edit(STOP)))

    assert second.document["threadId"] == first["threadId"]
    assert second.document["version"] == "1.1" and second.document["strategyId"] == first["strategyId"]


def test_a_conversation_begins_with_a_spec_file(kek: Kek, tmp_path: Path) -> None:
    file = tmp_path / "spec.json"
    file.write_text(json.dumps(SMA_CROSS), "utf-8")

    ran = kek("chat", "--once", "2 % stop", "--spec", file, "--json", reader=Scripted(edit(STOP)))

    assert ran.document["spec"]["id"] == "strat_001" and ran.document["disposition"] == "edit"


@pytest.mark.parametrize("command", [("chat", "--once", "test it"), ("refine",)])
def test_a_spec_file_past_the_limits_of_its_owner_is_refused(
    kek: Kek, tmp_path: Path, command: tuple[str, ...]
) -> None:
    file = tmp_path / "spec.json"
    file.write_text(json.dumps({**SMA_CROSS, "risk": {"max_position_pct": 0.9}}), "utf-8")
    kek("chat", "--once", "buy it")
    with compose.opened(read_settings()) as database, database.write() as work:
        settings = UserSettings(risk_defaults=RiskDefaults(max_position_pct=0.2))
        work.users.save_settings(LOCAL_USER, settings, now_ms=0)

    ran = kek(*command, "--spec", file, "--json")

    assert ran.status == 1
    assert [(one["path"], one["code"]) for one in ran.document["problems"]] == [
        ("$.risk.max_position_pct", "PAST_RISK_DEFAULTS")
    ]


def test_a_spec_file_with_errors_is_told_with_all_of_them(kek: Kek, tmp_path: Path) -> None:
    file = tmp_path / "spec.json"
    file.write_text(json.dumps({**SMA_CROSS, "risk": {"max_leverag": 2}}), "utf-8")

    ran = kek("chat", "--once", "buy", "--spec", file, "--json")

    assert ran.status == 1 and ran.document["problems"][0]["suggestion"] == "max_leverage"


@pytest.mark.parametrize(
    ("words", "status", "code"),
    [
        (("--once", "buy it", "--thread", "thread_x"), 1, "NOT_FOUND"),
        (("--once", " "), 1, "MESSAGE"),
        ((), 2, "USAGE"),
    ],
)
def test_what_is_wrong_is_one_document_with_a_code(kek: Kek, words: tuple[str, ...], status: int, code: str) -> None:
    ran = kek("chat", *words, "--json")

    assert ran.status == status and ran.document["error"]["code"] == code


def test_a_database_that_cannot_be_opened_could_not_be_done(kek: Kek, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()

    ran = kek("chat", "--once", "buy it", "--db", f"sqlite:///{tmp_path / 'folder'}", "--json")

    assert ran.status == 2 and "error" in ran.document


def test_lines_of_standard_input_are_messages_and_commands(kek: Kek, tmp_path: Path) -> None:
    report = tmp_path / "report.html"
    lines = ["/spec", "buy it", "/spec", "2 % stop", "/diff", "/versions", "/undo", f"/report {report}"]
    typed = "\n".join([*lines, "/new", "/versions", "/nonsense", "/quit", "no", ""])
    reader = Scripted(build(), edit(STOP), Reading("undo", ""), RuntimeError("nothing is read after /quit"))

    ran = kek("chat", reader=reader, typed=typed)

    assert ran.status == 0
    assert '"universe"' in ran.out and "stop loss: none -> 2 %" in ran.out
    assert "1.0  Average cross" in ran.out and "1.1  stop loss: none -> 2 %" in ran.out and "version 1.2" in ran.out
    assert report.stat().st_size > 100_000
    assert ran.err.count("There is no strategy yet.") == 2 and "/quit" in ran.err


def test_a_line_that_goes_wrong_does_not_end_the_conversation(kek: Kek) -> None:
    ran = kek("chat", typed=f"{'x' * 9000}\nbuy it\n")

    assert ran.status == 0 and "9000 characters" in ran.err and "version 1.0" in ran.out


def test_what_other_people_wrote_cannot_steer_the_terminal(kek: Kek) -> None:
    ran = kek("chat", "--once", "buy", reader=Scripted(Reading("refuse", "", reply="no \x1b[31m\u202e never")))

    assert "\x1b" not in ran.out and "\u202e" not in ran.out


def test_a_model_that_failed_is_told_of(kek: Kek, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compose, "language_model", lambda settings, clock: model(ModelRefused("no")))

    ran = kek("chat", "--once", "buy it")

    assert ran.status == 0 and "MODEL_REFUSED" in ran.out


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def conflicting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every turn lose against another one that was faster."""

    def lost(self: AgentStore, owner: str, turn: Any) -> Any:
        raise Conflict("version 1.1 does not follow 1.1, the current one: another came first")

    monkeypatch.setattr(AgentStore, "keep_turn", lost)


def test_a_turn_that_is_not_kept_leaves_nothing_on_standard_output(kek: Kek, monkeypatch: pytest.MonkeyPatch) -> None:
    thread = kek("chat", "--once", "buy it", "--json").document["threadId"]
    conflicting(monkeypatch)

    ran = kek("chat", "--once", "2 % stop", "--thread", thread, reader=Scripted(edit(STOP)))

    assert ran.status == 1 and ran.out == "" and "another came first" in ran.err


def test_a_terminal_that_saw_a_draft_is_told_that_it_was_not_kept(kek: Kek, monkeypatch: pytest.MonkeyPatch) -> None:
    thread = kek("chat", "--once", "buy it", "--json").document["threadId"]
    conflicting(monkeypatch)
    terminal = Terminal()
    monkeypatch.setattr("sys.stdout", terminal)

    ran = kek("chat", "--once", "2 % stop", "--thread", thread, reader=Scripted(edit(STOP)))

    assert ran.status == 1 and "now version 1.1" in terminal.getvalue()
    assert ran.err.index("nothing that stands above") < ran.err.index("another came first")


def test_a_terminal_sees_the_answer_grow_and_nothing_twice(kek: Kek, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr("sys.stdout", terminal)

    kek("chat", "--once", "buy it")

    assert terminal.getvalue().count("What I understood:") == 1 and "Result, tested" in terminal.getvalue()


def test_ctrl_c_keeps_nothing(kek: Kek, monkeypatch: pytest.MonkeyPatch) -> None:
    import asyncio

    def interrupted(self: asyncio.Runner, task: Any) -> Any:
        if "turn" in getattr(task, "__qualname__", ""):
            task.close()
            raise KeyboardInterrupt
        return run(self, task)

    run = asyncio.Runner.run
    monkeypatch.setattr(asyncio.Runner, "run", interrupted)

    ran = kek("chat", "--once", "buy it", reader=Scripted(forever))

    assert ran.status == 130 and ran.out == ""


def test_a_refinement_of_a_file_is_stored_and_reported(
    kek: Kek, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "spec.json"
    file.write_text(json.dumps({**SMA_CROSS, **DAILY, "id": "daily", "version": "1.0"}), "utf-8")
    few_candidates(monkeypatch)

    ran = kek("refine", "--spec", file, "--json")

    assert ran.status == 0 and ran.document["disposition"] == "explain"
    assert ran.document["refinement"]["jobId"] and ran.document["reply"]
    assert "{{" not in ran.document["reply"]


def test_a_job_that_is_completed_is_answered_with_what_it_found(
    kek: Kek, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    strategy = kek("chat", "--once", "buy it", "--json").document["strategyId"]
    few_candidates(monkeypatch)
    job, drift = tmp_path / "job.json", tmp_path / "drift.json"
    event = {
        "id": "drift_1",
        "strategyRecordId": strategy,
        "detectedAt": "2026-01-01T00:00:00Z",
        "type": "performance_drop",
        "severity": "medium",
        "description": "the Sharpe ratio fell",
        "evidence": {"metric": "sharpeRatio", "baseline": 1.0, "observed": 0.1},
    }
    asked = {
        "id": "job_1",
        "strategyRecordId": strategy,
        "createdAt": "2026-01-01T00:00:00Z",
        "status": "queued",
        "reason": "drift_detected",
    }
    drift.write_text(json.dumps(event), "utf-8")
    job.write_text(json.dumps(asked), "utf-8")

    first = kek("refine", "--job", job, "--drift", drift, "--json")
    second = kek("refine", "--job", job, "--drift", drift, "--json")

    assert first.status == second.status == 0
    assert first.document["refinement"]["jobId"] == second.document["refinement"]["jobId"] == "job_1"
    assert second.document["reply"].replace("\n", " ")[:40] == first.document["reply"].replace("\n", " ")[:40]


def test_a_refinement_that_could_not_be_done_ends_so(kek: Kek, tmp_path: Path) -> None:
    file = tmp_path / "spec.json"
    universe = {"assets": ["AAPL"], "timeframe": "1d"}
    file.write_text(json.dumps({**SMA_CROSS, **DAILY, "universe": universe, "id": "apple", "version": "1.0"}), "utf-8")

    ran = kek("refine", "--spec", file, "--json")

    assert ran.status == 2 and "AAPL has no candles" in ran.document["reply"]


@pytest.mark.parametrize("words", [(), ("--strategy", "a", "--thread", "b")])
def test_a_refinement_needs_one_strategy(kek: Kek, words: tuple[str, ...]) -> None:
    ran = kek("refine", *words, "--json")

    assert ran.status == 2 and ran.document["error"]["code"] == "USAGE"


def test_a_drift_event_with_errors_is_told_with_all_of_them(kek: Kek, tmp_path: Path) -> None:
    strategy = kek("chat", "--once", "buy it", "--json").document["strategyId"]
    drift = tmp_path / "drift.json"
    drift.write_text(json.dumps({"id": "d", "strategyRecordId": strategy, "type": "bad_mood"}), "utf-8")

    ran = kek("refine", "--drift", drift, "--json")

    assert ran.status == 1 and "bad_mood" in ran.document["error"]["message"]


def test_strategies_are_listed_as_http_lists_them_page_by_page(kek: Kek) -> None:
    made = {kek("chat", "--once", "buy it", "--json").document["strategyId"] for _ in range(2)}

    first = kek("strategies", "list", "--limit", "1", "--json").document
    second = kek("strategies", "list", "--limit", "1", "--cursor", first["nextCursor"], "--json").document

    assert {first["items"][0]["id"], second["items"][0]["id"]} == made and "nextCursor" not in second
    assert first["nextCursor"] in kek("strategies", "list", "--limit", "1").err
    refused = kek("strategies", "list", "--cursor", "none", "--json")
    assert refused.status != 0 and "cursor" in refused.document["error"]["message"]


def test_strategies_are_listed_shown_and_compared(kek: Kek) -> None:
    first = kek("chat", "--once", "buy it", "--json").document
    kek("chat", "--once", "2 % stop", "--thread", first["threadId"], reader=Scripted(edit(STOP)))
    strategy = first["strategyId"]

    [line] = kek("strategies", "list").out.splitlines()
    assert strategy in line and "validated" in line and "  verdict UNPROVEN  " in line
    assert "(status validated, verdict UNPROVEN)" in kek("strategies", "show", strategy).out
    listed = kek("strategies", "list", "--json").document
    assert listed.keys() == {"items"} and [one["id"] for one in listed["items"]] == [strategy]
    assert "version 1.1" in kek("strategies", "show", strategy).out
    assert kek("strategies", "show", strategy, "--json").document["spec"]["risk"]["stop_loss"] == STOP.value
    assert kek("strategies", "diff", strategy).out == "stop loss: none -> 2 % from the entry price\n"
    patch = kek("strategies", "diff", strategy, "1.0", "1.1", "--json").document["patch"]
    assert {"op": "add", "path": "/risk/stop_loss", "value": STOP.value} in patch


@pytest.mark.parametrize(
    "words",
    [("show", "strategy_x"), ("diff", "strategy_x"), ("diff", "{strategy}", "7.0"), ("diff", "{strategy}", "1.0", "9")],
)
def test_a_strategy_or_version_that_is_not_there_is_not_found(kek: Kek, words: tuple[str, ...]) -> None:
    strategy = kek("chat", "--once", "buy it", "--json").document["strategyId"]

    ran = kek("strategies", *(word.format(strategy=strategy) for word in words), "--json")

    assert ran.status == 1 and ran.document["error"]["code"] == "NOT_FOUND"


def few_candidates(monkeypatch: pytest.MonkeyPatch) -> None:
    from agent.budget import TurnLimits

    monkeypatch.setattr(compose, "turn_limits", lambda settings: TurnLimits(candidates=6))


def test_a_report_needs_the_name_of_a_file(kek: Kek, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    ran = kek("chat", typed="buy it\n/report\n")

    assert "/report FILE" in ran.err and not list(tmp_path.glob("*.html"))


@pytest.mark.parametrize(("typed", "told"), [([KeyboardInterrupt, "/quit"], "Nothing is running.")])
def test_ctrl_c_at_an_idle_prompt_claims_nothing(
    kek: Kek, monkeypatch: pytest.MonkeyPatch, typed: list[Any], told: str
) -> None:
    monkeypatch.setattr(chat_session.sys, "stdin", Terminal())  # type: ignore[attr-defined]
    lines = iter(typed)

    def line(prompt: str) -> str:
        one = next(lines)
        if one is KeyboardInterrupt:
            raise KeyboardInterrupt
        return str(one)

    monkeypatch.setattr("builtins.input", line)
    monkeypatch.setattr("io.TextIOWrapper", lambda *_: Terminal())

    ran = kek("chat")

    assert ran.status == 0 and told in ran.err and "kept" not in ran.err


def test_a_message_that_is_longer_than_any_is_told_so(kek: Kek) -> None:
    ran = kek("chat", "--once", "-", typed="x" * 70_000)

    assert ran.status == 1 and "more than 65536 characters" in ran.err


def test_a_database_in_a_folder_that_is_not_there_is_refused(kek: Kek, tmp_path: Path) -> None:
    ran = kek("chat", "--once", "buy it", "--db", f"sqlite:///{tmp_path}/not/there/x.db", "--json")

    assert ran.status == 2 and "there is no folder" in ran.document["error"]["message"]
    assert not (tmp_path / "not").exists()


def test_the_difference_of_a_single_version_is_said_to_be_none(kek: Kek) -> None:
    strategy = kek("chat", "--once", "buy it", "--json").document["strategyId"]

    ran = kek("strategies", "diff", strategy)

    assert ran.status == 0 and "nothing before version 1.0" in ran.err
