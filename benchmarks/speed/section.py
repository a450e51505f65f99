"""The page's section on the engine: times, results beside them, growth, and what each engine computes."""

from __future__ import annotations

from typing import Any

from conditions import told
from speed.contestants import BY_HAND, CONTESTANTS, FULL, NOT_RUN, OURS, contestant
from speed.processes import COMMAND_LINE
from speed.workloads import WORKLOADS, Workload

Parts = dict[str, dict[str, Any]]

TITLE = "## The engine"
EQUAL = 1e-6
"""Relative difference of end equity up to which results count as equal: engines round in another order."""
FASTER = {("W2", "raptorbt"): 30.0, ("W2", "vectorbt (rust)"): 100.0, ("W2", "vectorbt (numba)"): 100.0}
"""How many times as fast as a peer the goal asks us to be."""
THREADS_GOAL = 1.8
COMMAND_GOAL, COMMAND_MEMORY_GOAL, FIRST_GOAL = 1.0, 250.0, 15.0
NANOSECONDS_GOAL = 1.0
BARS_IN_MEMORY = 3.0


def engine_lines(parts: Parts) -> list[str]:
    """Return the section; what was never measured is left out."""
    measured = {name: parts[name] for name in WORKLOADS if name in parts}
    lines = [TITLE, ""]
    if measured:
        lines += [*times_lines(measured), *results_lines(measured)]
    if "threads" in parts:
        lines += threads_lines(parts["threads"])
    if "processes" in parts:
        lines += processes_lines(parts["processes"])
    lines += growth_lines(parts)
    return [*lines, *fairness_lines(parts)]


def times_lines(measured: Parts) -> list[str]:
    """Return the table of times: milliseconds, and how many times ours that is."""
    names = list(measured)
    lines = [
        "Every engine ran on the same generated bars in one run, warm, on one thread, in turns of a quarter of a",
        "second, one call at least; medians of a turn's calls, and of the turns. Behind a time",
        "stands how many times ours it is, the median of the pairs.",
        "",
        *(f"- **{name}**: {WORKLOADS[name].title}." for name in names),
        "",
        "![Time of each workload, by engine](benchmarks/engines.svg)",
        "",
        f"| ms | {' | '.join(names)} |",
        f"| --- |{' ---: |' * len(names)}",
    ]
    for one in CONTESTANTS:
        cells = [time_cell(measured[name], one.name) for name in names]
        lines.append(f"| {one.name} | {' | '.join(cells)} |")
    lines.append(f"| goal of {OURS} | {' | '.join(goal_cell(measured[name], WORKLOADS[name]) for name in names)} |")
    lines += ["", *(f"- {name}: {sentence}" for name in names for sentence in sweep_goals(name, measured[name]))]
    lines += [f"- {name}: {told(measured[name]['conditions'])}" for name in names]
    return [*lines, ""]


def time_cell(part: dict[str, Any], name: str) -> str:
    """Return milliseconds of one engine, with what fraction of the candidates was really run."""
    row = part["rows"].get(name)
    if row is None:
        return "failed" if name in part["failed"] else "-"
    more = f" ({row['times']:.3g} x)" if "times" in row and name != OURS else ""
    return f"{milliseconds(row['wall'])}{more}"


def milliseconds(seconds: float) -> str:
    """Return seconds as milliseconds with three digits that count.

    >>> milliseconds(0.0012345), milliseconds(19.9)
    ('1.23', '19,900')
    """
    value = 1000 * seconds
    return f"{value:.2f}" if value < 10 else f"{value:.1f}" if value < 100 else f"{float(f'{value:.3g}'):,.0f}"


def goal_cell(part: dict[str, Any], workload: Workload) -> str:
    """Say whether the goal of a workload was reached."""
    row = part["rows"].get(OURS)
    goal = milliseconds(workload.goal_seconds)
    return goal if row is None else f"{goal}: {verdict(row['wall'] <= workload.goal_seconds)}"


def verdict(kept: bool) -> str:
    """Say whether something promised was kept."""
    return "kept" if kept else "**exceeded**"


def sweep_goals(name: str, part: dict[str, Any]) -> list[str]:
    """Say what a sweep costs per bar and candidate, how it compares with peers where that was promised."""
    rows, sentences = part["rows"], []
    if WORKLOADS[name].candidates and OURS in rows:
        cost = rows[OURS]["nanoseconds"]
        goal = f" (goal {NANOSECONDS_GOAL:g} ns: {verdict(cost <= NANOSECONDS_GOAL)})" if name == "W3 swept" else ""
        sentences.append(f"{cost:.3g} ns per bar and candidate{goal}.")
    for (workload, peer), times in FASTER.items():
        if workload == name and "times" in rows.get(peer, {}):
            reached = rows[peer]["times"]
            sentences.append(f"{reached:.3g} times as fast as {peer} (goal {times:g}: {verdict(reached >= times)}).")
    scaled = [f"{peer} {row['candidates']}" for peer, row in rows.items() if row["candidates"] < WORKLOADS[name].n_runs]
    if scaled:
        sentences.append(f"measured with fewer candidates and scaled: {', '.join(scaled)}.")
    return sentences


def results_lines(measured: Parts) -> list[str]:
    """Return what came out of every engine beside ours, and of our sweep beside our bars."""
    lines = [
        "### The same results",
        "",
        "Closed trades (of all candidates run), mean end equity, deepest fall at closes. Equal: every candidate has",
        f"as many trades as ours, and its end equity differs by less than {EQUAL:.0e} of it.",
        "",
        "| workload | engine | trades | end equity | deepest fall | against ours |",
        "| --- | --- | ---: | ---: | ---: | --- |",
    ]
    for name, part in measured.items():
        for engine, row in part["rows"].items():
            figures = f"{row['closed_trades']:,.0f} | {row['end_equity']:,.6f} | {row['max_drawdown']:.10f}"
            lines.append(f"| {name} | {engine} | {figures} | {against_ours(name, engine, row)} |")
        lines += [f"| {name} | {engine} | - | - | - | failed: {why} |" for engine, why in part["failed"].items()]
    lines.append("")
    lines += [f"- {name}: {same_sentence(part['same'])}" for name, part in measured.items() if part["same"]]
    return [*lines, ""]


def against_ours(name: str, engine: str, row: dict[str, Any]) -> str:
    """Say how an engine's results compare with ours, and why they differ."""
    if engine == OURS or "equity_gap" not in row:
        return "-"
    gap = f"end equity within {row['equity_gap']:.1e}, fall within {row['drawdown_gap']:.1e}"
    if not row["other_trades"] and row["equity_gap"] <= EQUAL:
        return f"equal: {gap}"
    trades = (
        f"{row['other_trades']} of {row['compared']} with other trades, " if row["other_trades"] else "same trades, "
    )
    return f"{trades}{gap}: {contestant(engine).differs.get(name, '**unexplained**')}"


def same_sentence(same: dict[str, Any]) -> str:
    """Say how a sweep compares with whole backtests of the same candidates."""
    count = f"{same['compared']} candidate{'s' if same['compared'] > 1 else ''}"
    differing = ", ".join(f"{name} by {gap:.1e}" for name, gap in same["differing"].items())
    outcome = f"**differ**: {differing}" if differing else "equal to the last bit"
    way = f" Simulated bar by bar: {same['slow']}, as {'; '.join(same['reasons'])}." if same["slow"] else ""
    return f"sweep against `run_backtest`, {same['figures']} figures of {count}: {outcome}.{way}"


def threads_lines(part: dict[str, Any]) -> list[str]:
    """Return what more threads bring."""
    middle = {threads: sorted(walls)[len(walls) // 2] for threads, walls in part["walls"].items()}
    pairs = zip(part["walls"]["1"], part["walls"]["2"], strict=True)
    gain = sorted(one / two for one, two in pairs)[len(part["walls"]["1"]) // 2]
    results = "equal to the last bit" if part["results"] == 1 else f"**{part['results']} different ones**"
    times = ", ".join(f"{milliseconds(seconds)} ms on {threads}" for threads, seconds in middle.items())
    return [
        "### Threads",
        "",
        f"W2 takes {times}: two threads are {gain:.2f} times as fast as one (goal {THREADS_GOAL}: "
        f"{verdict(gain >= THREADS_GOAL)}). The results are {results}. {told(part['conditions'])}",
        "",
    ]


def processes_lines(part: dict[str, Any]) -> list[str]:
    """Return the table of whole processes."""
    lines = [
        "### From the start of the process",
        "",
        "W1 in a fresh process, imports and the reading of its bars included: first with empty caches of compiled",
        "code, then with what that left (median of three).",
        "",
        "| process | first s | later s | peak MB | goal |",
        "| --- | ---: | ---: | ---: | --- |",
    ]
    for name, row in part["rows"].items():
        if "failed" in row:
            lines.append(f"| {name} | - | - | - | failed: {row['failed']} |")
            continue
        goal = "-"
        if name == COMMAND_LINE:
            kept = row["later"] <= COMMAND_GOAL and row["megabytes"] <= COMMAND_MEMORY_GOAL
            goal = f"later {COMMAND_GOAL:g} s, {COMMAND_MEMORY_GOAL:g} MB: {verdict(kept)}"
        elif name in (OURS, FULL):
            goal = f"first {FIRST_GOAL:g} s: {verdict(row['first'] <= FIRST_GOAL)}"
        shown = f"`{name}`" if name == COMMAND_LINE else name
        lines.append(f"| {shown} | {row['first']:.1f} | {row['later']:.2f} | {row['megabytes']:.0f} | {goal} |")
    return [*lines, "", told(part["conditions"]), ""]


def growth_lines(parts: Parts) -> list[str]:
    """Return what more bars and more assets cost in time and memory."""
    measured = [parts[name] for name in ("growth of bars", "growth of assets") if name in parts]
    if not measured:
        return []
    lines = [
        "### Growth",
        "",
        "W1 on more and more bars, W4 with more and more assets of 100,000 bars, each in a process of its own. Memory",
        "is what the process grew by at its peak, bars included; a bar takes 48 bytes, two columns of indicators 16.",
        f"Goal of a sweep: under {BARS_IN_MEMORY:g} times the bars and the columns.",
        "",
        "![Seconds and memory by number of bars and assets](benchmarks/growth.svg)",
        "",
        "| run | bars | assets | ms | ns per bar | bytes per bar | goal |",
        "| --- | ---: | ---: | ---: | ---: | ---: | --- |",
    ]
    for part in measured:
        for row in part["rows"]:
            lines.append(growth_row(row))
    return [*lines, "", told(measured[-1]["conditions"]), ""]


def growth_row(row: dict[str, Any]) -> str:
    """Return one size as a row of the table."""
    count, wall = row["n_bars"] * row["n_assets"], sorted(row["walls"])[len(row["walls"]) // 2]
    grown, allowed = row["peak"] - row["before"], BARS_IN_MEMORY * row["bars"] + row["columns"]
    goal = verdict(grown <= allowed) if row["way"] == "sweep" and count >= 1_000_000 else "-"
    figures = f"{milliseconds(wall)} | {1e9 * wall / count:.2f} | {grown / count:.0f} | {goal}"
    return f"| {OURS if row['way'] == 'sweep' else FULL} | {row['n_bars']:,} | {row['n_assets']} | {figures} |"


def fairness_lines(parts: Parts) -> list[str]:
    """Say what each engine computes, in which version, and who was left out."""
    versions: dict[str, str] = next((parts[name]["peers"] for name in WORKLOADS if name in parts), {})
    lines = ["### What each one computes", ""]
    for one in CONTESTANTS:
        installed = ", ".join(f"{name} {versions.get(name, 'not installed')}" for name in one.packages)
        lines.append(f"- **{one.name}**{f' ({installed})' if installed else ''}: {one.computes}")
    lines += [
        "",
        f"All decide at a close and fill at the next open. Times are of one call on bars in memory: {OURS} begins with",
        f"the JSON of a spec, the peers with Python calls written for the workload, `{BY_HAND}` with arrays.",
        "Nothing is kept from one call to the next. Peers compute each average once for all candidates, as we do.",
        "",
        "Left out: " + "; ".join(f"{name} ({why})" for name, why in NOT_RUN.items()) + ".",
    ]
    return [*lines, ""]
