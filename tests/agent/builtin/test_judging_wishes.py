"""Wishes about worth: to be judged, to be validated, to have what was tried forgotten; and what is none of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from agent.language.builtin.interpreter import read
from agent.language.builtin.judging_wishes import judging_wish
from agent.language.port import Request, Version
from engine.spec.examples import SMA_CROSS

DATASETS = Path(__file__).parents[3] / "evals" / "datasets"
NOW = "2026-01-01T00:00:00Z"


def reading(text: str, *, pending: str | None = None) -> tuple[str, str]:
    """Intent and language of a message about a strategy."""
    found = read(Request(text, NOW, versions=(Version("1.0", SMA_CROSS),), pending=pending))
    return found.intent, found.language


@pytest.mark.parametrize(
    "text",
    [
        *("Can I trust it?", "how far can I trust these results?", "should I believe these numbers", "judge it"),
        *("is this real or just luck?", "could it be luck", "was that a fluke?", "is there an edge?", "verdict?"),
        *("what's your verdict on it?", "why is it still unproven?", "How many variants have I tried so far?"),
        *("how many looks are left?", "so, is it statistically significant?", "give me the honesty card, please"),
    ],
)
def test_a_question_of_worth_is_read_as_one(text: str) -> None:
    assert reading(text) == ("judge", "en")


@pytest.mark.parametrize(
    "text",
    [
        *("validate it", "Please validate this strategy!", "ok, take a look at the holdout", "look into the hold-out"),
        *("can you validate it for me?", "take the first look", "check it against the holdout", "use the holdout"),
    ],
)
def test_a_wish_for_a_look_is_read_as_one(text: str) -> None:
    assert reading(text)[0] == "look"


@pytest.mark.parametrize(
    "text",
    [
        *(
            "forget my earlier tries",
            "Reset the trial count, please.",
            "pretend it is validated",
            "ignore the old backtests",
        ),
        *("delete the trial ledger and start from zero", "mark this strategy as validated", "give me another look"),
    ],
)
def test_a_wish_to_forget_is_refused(text: str) -> None:
    assert reading(text)[0] == "refuse" and judging_wish(text) == "forget"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Kann ich dem trauen?", ("judge", "de")),
        ("ist das echt oder nur Glück?", ("judge", "de")),
        ("validiere es", ("look", "de")),
        *((text, ("judge", "de")) for text in ("beurteile es", "Bewerte die Strategie", "bewerte sie")),
        *((text, ("judge", "es")) for text in ("júzgala", "evalua la estrategia", "evalúala")),
        *((text, ("judge", "fr")) for text in ("évalue-la", "juge-la", "jugez cette stratégie")),
        *((text, ("judge", "it")) for text in ("valutala", "giudica la strategia")),
        *((text, ("judge", "pt")) for text in ("avalie a estratégia", "avalie isso")),
        *((text, ("judge", "nl")) for text in ("beoordeel het", "evalueer de strategie")),
        *((text, ("judge", "ru")) for text in ("оцени её", "оцените стратегию")),
        ("¿Puedo confiar en esto?", ("judge", "es")),
        ("valídala", ("look", "es")),
        ("est-ce réel ou de la chance ?", ("judge", "fr")),
        ("valide la stratégie", ("look", "fr")),
        ("posso fidarmi?", ("judge", "it")),
        ("posso confiar nisso?", ("judge", "pt")),
        ("kan ik het vertrouwen?", ("judge", "nl")),
        ("можно ли этому доверять?", ("judge", "ru")),
        ("подтверди стратегию", ("look", "ru")),
    ],
)
def test_it_is_understood_in_other_languages(text: str, wanted: tuple[str, str]) -> None:
    assert reading(text) == wanted


@pytest.mark.parametrize(
    "text",
    [
        *("what does unproven mean?", "what is overfitting?", "forget the stop", "remove the target", "undo that"),
        *("forget about shorts, long only", "test it on the holdout", "is it good?", "how many trades were there?"),
        *(
            "can I trust a golden cross on BTC with a 5% stop?",
            "validate a golden cross on ETH daily",
            "look at the chart",
        ),
        *("would you trade this?", "make it real", "buy BTC when the RSI is below 30", "forget it", "take a trade"),
    ],
)
def test_what_is_about_something_else_is_not(text: str) -> None:
    assert reading(text)[0] not in ("judge", "look") and judging_wish(text) is None


def test_an_open_question_waits_while_worth_is_asked_about() -> None:
    found = read(Request("can I trust it?", NOW, versions=(Version("1.0", SMA_CROSS),), pending="make the stop wider"))

    assert found.intent == "judge" and not found.alone


def test_no_request_of_the_data_sets_is_taken_for_one() -> None:
    """They ask for strategies and changes: whoever adds words here for one of them learns it by this."""
    for file in sorted(DATASETS.glob("*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            case = json.loads(line)
            assert judging_wish(str(case.get("text") or case.get("request"))) is None, case["id"]
