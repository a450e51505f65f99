"""What an undo goes back to and a redo brings back, against a stack of states."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from agent.language.port import Version
from agent.version_path import VersionPath


@given(st.lists(st.sampled_from(["change", "undo", "redo"]), max_size=30))
def test_undo_and_redo_are_those_of_an_editor(steps: list[str]) -> None:
    done, undone, fresh = [0], list[int](), 0
    versions = [Version("1.0", {"n": 0})]
    for step in steps:
        if step == "change":
            fresh += 1
            done.append(fresh)
            undone.clear()
        elif step == "undo" and len(done) > 1:
            undone.append(done.pop())
        elif step == "redo" and undone:
            done.append(undone.pop())
        else:
            continue
        versions.append(Version(f"1.{len(versions)}", {"n": done[-1]}))

    way = VersionPath.of(versions)

    assert [spec["n"] for spec in way.standing] == done
    assert [spec["n"] for spec in way.undone] == undone
    assert way.before == ({"n": done[-2]} if len(done) > 1 else None)
    assert way.after == ({"n": undone[-1]} if undone else None)
