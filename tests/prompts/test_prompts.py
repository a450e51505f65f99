"""Prompts: versions, digests, slots, and what may stand in them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import prompts
from prompts import load, locked, names, parsed

ROOT = Path(prompts.__file__).parent.parent


@pytest.mark.parametrize("name", names())
def test_a_changed_prompt_carries_a_new_version(name: str) -> None:
    prompt = load(name)

    assert locked().get(prompt.key) == prompt.digest, (
        f'{prompt.key} changed: raise its version, then add the new line to lock.toml: "{prompt.key}" = '
        f'"{prompt.digest}"'
    )


def test_the_lock_keeps_every_version_there_ever_was() -> None:
    versions: dict[str, list[int]] = {}
    for key in locked():
        name, _, version = key.partition("@")
        versions.setdefault(name, []).append(int(version))

    assert {name: max(found) for name, found in versions.items()} == {name: load(name).version for name in names()}
    for name, found in versions.items():
        assert found == list(range(1, len(found) + 1)), f"{name}: versions of lock.toml have a gap, or are out of order"


@pytest.mark.parametrize("name", names())
def test_the_owner_test_of_a_prompt_exists(name: str) -> None:
    assert (ROOT / load(name).owner_test).is_file()


@pytest.mark.parametrize("name", names())
def test_a_prompt_teaches_the_form_and_quotes_no_request(name: str) -> None:
    text = load(name).text

    assert not re.search(r"(?i)\b(buy|sell) (when|if|on)\b", text)


def test_slots_are_filled_in_one_pass() -> None:
    prompt = parsed("p", '+++\nversion = 1\nowner_test = "t"\n+++\n{{ a }} and {{ b }} and {{run:1.x|.2f}}\n')

    assert prompt.slots == {"a", "b"}
    assert prompt.render(a="{{ b }}", b="2") == "{{ b }} and 2 and {{run:1.x|.2f}}"


@pytest.mark.parametrize(
    ("values", "complaint"), [({}, r"without a value: \['a'\]"), ({"a": "", "c": ""}, r"slot: \['c'\]")]
)
def test_a_missing_or_unused_slot_is_an_error(values: dict[str, str], complaint: str) -> None:
    prompt = parsed("p", '+++\nversion = 1\nowner_test = "t"\n+++\n{{ a }}\n')

    with pytest.raises(ValueError, match=complaint):
        prompt.render(**values)


@pytest.mark.parametrize(
    "written", ["text", "+++\nversion = 1\n+++\ntext\n", '+++\nversion = "1"\nowner_test = "t"\n+++\n']
)
def test_a_head_that_says_too_little_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="head"):
        parsed("p", written)


def test_an_unknown_prompt_is_refused_with_what_there_is() -> None:
    with pytest.raises(ValueError, match=r"no prompt 'reed'; there are: explain, read"):
        load("reed")
