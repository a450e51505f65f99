"""`kek indicators`: the whole catalog and each entry, for people and for programs."""

from __future__ import annotations

import copy
import json
import re

import pytest
import typer
from typer.testing import CliRunner

from api import console
from api.commands.indicators import indicators
from engine.indicators.catalog import CATALOG, GROUPS, OWN
from engine.indicators.describe import describe
from engine.spec import check
from engine.spec.examples import SMA_CROSS

SHOWN = [*OWN, "cdlhammer", "correl", "ha", "mavp", "sin", "talib_stoch"]
"""Types that are asked for one by one; what is shown of the others comes from the same lines."""


@pytest.fixture
def run():
    app = typer.Typer(rich_markup_mode=None)
    app.command("indicators")(indicators)
    return lambda *arguments: CliRunner().invoke(app, list(arguments))


def has_line(lines, entry):
    return any(line.startswith(f"  {entry.name} ") and line.endswith(entry.summary) for line in lines)


def test_the_list_has_a_line_for_every_indicator_of_ours_and_the_names_of_talibs(run):
    found = run()
    assert found.exit_code == console.DONE
    lines = found.stdout.splitlines()
    for name, entry in CATALOG.items():
        assert has_line(lines, entry) == (name in OWN), name
        assert re.search(rf"\b{name}\b", found.stdout), name
    assert [line for line in lines if re.fullmatch("[a-z]+", line)] == list(GROUPS)
    assert max(map(len, lines)) <= 120


def test_the_whole_list_has_a_line_for_every_indicator(run):
    lines = run("--all").stdout.splitlines()
    assert all(has_line(lines, entry) for entry in CATALOG.values())


@pytest.mark.parametrize("group", GROUPS)
def test_a_group_is_listed_alone_with_a_line_for_each_of_its_types(run, group):
    lines = run("--group", group).stdout.splitlines()
    assert [entry.name for entry in CATALOG.values() if has_line(lines, entry)] == [
        entry.name for entry in CATALOG.values() if entry.group == group
    ]
    document = json.loads(run("--group", group, "--json").stdout)
    assert {entry["group"] for entry in document["indicators"]} == {group}


def test_an_unknown_group_is_refused_with_the_nearest(run):
    found = run("--group", "volatilty", "--json")
    assert found.exit_code == console.WRONG_INPUT
    assert json.loads(found.stdout)["error"]["code"] == "UNKNOWN_GROUP"
    assert "did you mean 'volatility'?" in json.loads(found.stdout)["error"]["message"]


def test_a_word_that_is_no_name_lists_the_types_that_have_it(run):
    lines = run("cycle").stdout.splitlines()
    assert has_line(lines, CATALOG["ht_dcperiod"])
    assert not has_line(lines, CATALOG["rsi"])
    document = json.loads(run("crows", "--json").stdout)
    assert [entry["name"] for entry in document["indicators"]] == [name for name in CATALOG if "crows" in name]
    assert run("cycle", "--group", "volume").exit_code == console.WRONG_INPUT


def test_an_explanation_names_the_types_named_alike(run):
    assert "see also stochrsi, talib_stochrsi\n" in run("rsi").stdout


def test_the_list_as_json_is_one_document_with_every_indicator(run):
    document = json.loads(run("--json").stdout)
    assert [entry["name"] for entry in document["indicators"]] == list(CATALOG)


@pytest.mark.parametrize("name", SHOWN)
def test_every_indicator_is_explained_with_inputs_and_outputs(run, name):
    shown = run(name)
    assert shown.exit_code == console.DONE
    assert CATALOG[name].summary in shown.stdout
    for spec in CATALOG[name].accepted:
        assert re.search(rf"^  {spec.name} .*{re.escape(spec.description)}", shown.stdout, re.MULTILINE)
    for output in CATALOG[name].outputs:
        assert re.search(rf"^  {output} ", shown.stdout, re.MULTILINE)


@pytest.mark.parametrize("name", SHOWN)
def test_the_snippet_that_people_are_shown_is_the_example_programs_are_given(run, name):
    document = json.loads(run(name, "--json").stdout)
    line = next(line for line in run(name).stdout.splitlines() if line.startswith('  "'))
    assert json.loads("{" + line + "}") == document["example"]
    assert document == json.loads(json.dumps(describe(CATALOG[name])))


@pytest.mark.parametrize("name", CATALOG)
def test_the_example_of_every_indicator_validates_inside_a_spec(name):
    document = describe(CATALOG[name])
    spec = copy.deepcopy(SMA_CROSS)
    spec["indicators"] |= document["example"]
    extra = [{"when": "gt", "left": operand, "right": f"{operand}[1]"} for operand in document["operands"]]
    spec["signals"]["entry"] = [*spec["signals"]["entry"], *extra]
    assert [problem for problem in check(spec).problems if problem.severity == "error"] == []


def test_an_explanation_for_programs_leaves_out_what_has_no_value(run):
    document = json.loads(run("bollinger", "--json").stdout)
    assert document["name"] == "bbands"
    assert document["warmup"] == 19
    assert [output["name"] for output in document["outputs"]] == ["upper", "middle", "lower", "width", "percent"]
    stddev = next(spec for spec in document["inputs"] if spec["name"] == "stddev")
    assert (stddev["default"], stddev["low"], stddev["high"]) == (2.0, 0.01, 100.0)
    assert "null" not in run("bollinger", "--json").stdout


def test_bounds_of_an_output_are_told(run):
    assert "oscillator; from 0 to 100" in run("rsi").stdout
    assert "oscillator; from 0\n" in run("atr").stdout


def test_an_unknown_indicator_is_refused_with_the_nearest_name(run):
    found = run("supertrand")
    assert found.exit_code == console.WRONG_INPUT
    assert found.stdout == ""
    assert "there is no indicator 'supertrand' (did you mean 'supertrend'?)" in found.stderr


def test_an_unknown_indicator_is_refused_as_json_too(run):
    found = run("\x1b[31mqq\u202e", "--json")
    assert found.exit_code == console.WRONG_INPUT
    document = json.loads(found.stdout)
    assert document["error"]["code"] == "UNKNOWN_INDICATOR"
    assert "\x1b" not in document["error"]["message"]
