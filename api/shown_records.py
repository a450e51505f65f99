"""Records as they are shown over HTTP and as JSON: no annual Sharpe ratio without its interval and its trials.

Records are kept whole (`storage`); what leaves the program as JSON goes through `shown`, so that no new answer can
forget it. A ratio stays where the record knows its interval and how many trials there were, and both then stand in the
same object. Elsewhere it is left out. What an owner wrote (specs, settings, overrides) is shown as it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from api.shown_scores import SHARPE, score_meaning, shown_number

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

RATIOS = frozenset({"sharpeRatio", "sharpeDaily", "sharpe_ratio", "sharpe_daily", "dailyRatio"})
"""Names under which records hold an annual ratio as a number."""

CLAIMED = {"value": ("low95", "high95"), "dailyRatio": ("low95", "high95"), "annual": ("low", "high")}
"""Names of a ratio in an object called ``sharpe``, and of the ends of its interval."""

NAMED = b"harpe"
"""In what names a Sharpe ratio; the rest need not be walked through."""

OWN = frozenset({"spec", "overrides", "space", "profile", "settings", "metadata"})
"""What an owner wrote."""

A_DAY = "sharpeADay"
"""Of one day's returns: what stands in the place of an objective's annual ratio."""


def shown(document: Any) -> Any:
    """Return JSON data as they may be shown; parts that need no change are the same objects.

    >>> shown({"summary": {"sharpeRatio": 1.4, "tradeCount": 12}})
    {'summary': {'tradeCount': 12}}
    >>> sharpe = {"dailyRatio": 1.3, "low95": 0.2, "high95": 2.4}
    >>> evidence = {"statistics": {"sharpe": sharpe}, "trials": {"family": "BTC", "total": 12}}
    >>> shown({"results": {"sharpeRatio": 1.4}, "evidence": evidence})["results"]
    {'sharpeRatio': 1.4, 'sharpeLow95': 0.2, 'sharpeHigh95': 2.4, 'sharpeTrials': 12}
    >>> shown({"sharpe": {"annual": 0.8, "low": -0.2, "high": 1.9}, "trials": {"total": 12}})["sharpe"]
    {'annual': 0.8, 'low': -0.2, 'high': 1.9, 'trials': 12}
    """
    return _part(document, None)


def shown_json(document: Any, options: int | None = None) -> bytes:
    """Return a document as JSON, as it may be shown; ``options`` are those of orjson. Raises TypeError as that does.

    >>> shown_json({"summary": {"sharpeDaily": 1.4}, "spec": {"sharpeRatio": 1}})
    b'{"summary":{},"spec":{"sharpeRatio":1}}'
    """
    import orjson

    text = orjson.dumps(document, option=options)
    return orjson.dumps(shown(document), option=options) if NAMED in text else text


def _part(value: Any, trials: int | None) -> Any:
    """Return a part of a document, ``trials`` behind it as far as what is around it tells."""
    if isinstance(value, dict):
        return _object(value, trials)
    if isinstance(value, (list, tuple)) and value and isinstance(value[0], (dict, list, tuple)):
        told = [_part(one, trials) for one in value]
        return value if all(new is old for new, old in zip(told, value, strict=True)) else told
    return value


def _object(given: dict[str, Any], trials: int | None) -> dict[str, Any]:
    trials = _trials_of(given) or trials
    value = _search(given) if "bestVariants" in given and "objectives" in given else given
    value = _run(value, trials) if "results" in value and "evidence" in value else value
    kept = {name: one for name, one in value.items() if name not in RATIOS or not _is_number(one) or _whole(value)}
    told = {name: one if name in OWN else _named(name, one, trials) for name, one in kept.items()}
    same = len(told) == len(given) and all(told[name] is one for name, one in given.items() if name in told)
    return given if same and told.keys() == given.keys() else told


def _named(name: str, value: Any, trials: int | None) -> Any:
    """Return what stands under a name; of a Sharpe ratio with its parts, without the ratio where one is missing."""
    if name == SHARPE and isinstance(value, dict):
        value = _claim(value, trials)
    return _part(value, trials)


def _claim(sharpe: dict[str, Any], trials: int | None) -> dict[str, Any]:
    found = next((name for name in CLAIMED if _is_number(sharpe.get(name))), None)
    if found is None or "trials" in sharpe:
        return sharpe
    if trials is None or not all(_is_number(sharpe.get(end)) for end in CLAIMED[found]):
        return {name: one for name, one in sharpe.items() if name != found}
    return {**sharpe, "trials": trials}


def _run(run: dict[str, Any], trials: int | None) -> dict[str, Any]:
    """Return a run with the interval of its ratio and the trials beside the ratio, where it has them."""
    results, evidence = run["results"], run["evidence"]
    if not isinstance(results, dict) or "sharpeRatio" not in results or trials is None:
        return run
    statistics = evidence.get("statistics") if isinstance(evidence, dict) else None
    sharpe = statistics.get("sharpe") if isinstance(statistics, dict) else None
    low, high = (sharpe.get(end) if isinstance(sharpe, dict) else None for end in ("low95", "high95"))
    if not _is_number(low) or not _is_number(high):
        return run
    return {**run, "results": {**results, "sharpeLow95": low, "sharpeHigh95": high, "sharpeTrials": trials}}


def _search(record: dict[str, Any]) -> dict[str, Any]:
    """Return a search with its scores as they may be shown (`api.shown_scores`), and in words what a score is."""
    objectives: Sequence[str] = record["objectives"]
    if SHARPE not in objectives:
        return record

    def shown_score(value: float) -> float:
        return shown_number(SHARPE, value) if list(objectives) == [SHARPE] else value

    told = {**record, "bestVariants": [_scored(one, shown_score) for one in record["bestVariants"]]}
    evidence = record.get("evidence")
    if not isinstance(evidence, dict):
        return told
    told["evidence"] = evidence = {**evidence}
    if "original" in evidence:
        evidence["original"] = _scored(evidence["original"], shown_score)
    if "plateaus" in evidence:
        evidence["plateaus"] = [_scored(one, shown_score) for one in evidence["plateaus"]]
    if "front" in evidence:
        evidence["front"] = [{**one, "values": _values(one["values"])} for one in evidence["front"]]
    if record["bestVariants"]:
        evidence["scoreIs"] = score_meaning(objectives)
    return told


def _scored(one: Mapping[str, Any], shown_score: Callable[[float], float]) -> dict[str, Any]:
    told = dict(one)
    for name in ("score", "robustScore"):
        if _is_number(one.get(name)):
            told[name] = shown_score(one[name])
    return told


def _values(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        A_DAY if name == SHARPE else name: shown_number(SHARPE, one) if name == SHARPE else one
        for name, one in values.items()
    }


def _whole(value: Mapping[str, Any]) -> bool:
    """Return whether a ratio stands with its interval and its trials."""
    beside = ({"low95", "high95", "trials"}, {"sharpeLow95", "sharpeHigh95", "sharpeTrials"})
    return any(names <= value.keys() for names in beside)


def _trials_of(value: Mapping[str, Any]) -> int | None:
    """Return how many trials an object tells of, itself or in its ``evidence``."""
    for told in (value.get("trials"), value.get("evidence")):
        found = told.get("trials", told) if isinstance(told, dict) else told
        total = found.get("total") if isinstance(found, dict) else found
        if isinstance(total, int) and not isinstance(total, bool) and total >= 1:
            return total
    return None


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
