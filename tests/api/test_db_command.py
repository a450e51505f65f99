"""`kek db` says what it did to the database, and what is wrong with it."""

from __future__ import annotations

import json
import sqlite3

import pytest
from reference.filled import add_owner, steps

from api.cli import main
from storage.database import open_database
from storage.migrations.upgrade import NEWEST


@pytest.fixture
def kek(capsys):
    """Run a command; return its status, what it printed, and what it said beside it."""

    def run(*words):
        status = main(words)
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return run


@pytest.fixture
def kek_json(kek):
    """Run a command with --json; return its status and its one document."""

    def run(*words):
        status, out, _ = kek(*words, "--json")
        return status, json.loads(out)

    return run


@pytest.fixture
def filled_url(database, database_url):
    with database.write() as work:
        add_owner(work, "me")
        for step in steps("words"):
            step(work, "me")
    database.close()
    return database_url


def test_upgrade_says_from_where_to_where(kek, kek_json, empty_url):
    status, out, _ = kek("db", "upgrade", "--db", empty_url)
    assert status == 0
    assert f"from nothing to revision {NEWEST}" in out

    status, document = kek_json("db", "upgrade", "--db", empty_url)
    assert status == 0
    assert (document["from"], document["to"]) == (NEWEST, NEWEST)
    assert "newest" in kek("db", "upgrade", "--db", empty_url)[1]


def test_check_counts_what_is_there_and_finds_nothing(kek, kek_json, filled_url):
    status, out, err = kek("db", "check", "--db", filled_url)
    assert (status, err) == (0, "")
    assert "2  messages" in out
    assert "everything is as it was written" in out

    status, document = kek_json("db", "check", "--db", filled_url)
    assert status == 0
    assert (document["sound"], document["faults"], document["revision"]) == (True, [], NEWEST)
    assert document["counts"]["messages"] == 2


def test_check_lists_what_is_wrong_and_fails(kek, kek_json, tmp_path):
    open_database(f"sqlite:///{tmp_path / 'kek.db'}").close()
    with sqlite3.connect(tmp_path / "kek.db") as raw:
        raw.execute("INSERT INTO users VALUES ('me', '0x01', '{]', NULL, 1, 1)")
        raw.execute("INSERT INTO threads VALUES ('you', 't', NULL, NULL, 1, 1, NULL, NULL)")
    raw.close()

    status, out, err = kek("db", "check", "--db", f"sqlite:///{tmp_path / 'kek.db'}")
    assert status == 1
    assert "users 'me' of 'me'" in err
    assert "2 faults" in out

    status, document = kek_json("db", "check", "--db", f"sqlite:///{tmp_path / 'kek.db'}")
    assert (status, document["sound"], len(document["faults"])) == (1, False, 2)


def test_a_backup_goes_from_one_database_into_another(kek, kek_json, filled_url, tmp_path):
    file, target = str(tmp_path / "kek.backup"), f"sqlite:///{tmp_path / 'target.db'}"

    status, made = kek_json("db", "backup", file, "--db", filled_url)
    assert (status, made["file"]) == (0, file)
    assert "is there already" in kek("db", "backup", file, "--db", filled_url)[2]
    assert kek("db", "backup", file, "--replace", "--db", filled_url)[0] == 0
    status, out, _ = kek("db", "restore", file, "--db", target)

    assert status == 0
    assert f"into {tmp_path / 'target.db'}" in out
    status, checked = kek_json("db", "check", "--db", target)
    assert (status, checked["counts"]) == (0, made["counts"])


def test_restore_replaces_only_when_asked_and_refuses_what_is_no_backup(kek, filled_url, tmp_path):
    file = str(tmp_path / "kek.backup")
    kek("db", "backup", file, "--db", filled_url)
    (tmp_path / "tale").write_text("once upon a time", "utf-8")

    status, _, err = kek("db", "restore", file, "--db", filled_url)
    assert status == 2
    assert "rows: name an empty database, or replace it" in err
    assert kek("db", "restore", file, "--replace", "--db", filled_url)[0] == 0
    status, _, err = kek("db", "restore", str(tmp_path / "tale"), "--replace", "--db", filled_url)
    assert status == 1
    assert "is no backup of this program" in err
    assert kek("db", "check", "--db", filled_url)[0] == 0


@pytest.mark.parametrize("command", ["check", "backup FILE"])
def test_a_database_that_is_not_there_is_not_made(kek, tmp_path, command):
    words = [word.replace("FILE", str(tmp_path / "kek.backup")) for word in command.split()]

    status, _, err = kek("db", *words, "--db", f"sqlite:///{tmp_path / 'kek.db'}")

    assert status == 2
    assert "there is no database" in err
    assert not list(tmp_path.iterdir())


@pytest.mark.postgres
def test_a_password_is_not_shown(kek, postgresql, tmp_path):
    url = postgresql.url("nothing").replace("kek@", "kek:s3cr3t@")

    for words in (["upgrade"], ["check", "--json"], ["backup", str(tmp_path / "file")]):
        status, out, err = kek("db", *words, "--db", url)
        assert status == 2
        assert "s3cr3t" not in out + err


@pytest.mark.parametrize("command", ["upgrade", "check", "backup", "restore"])
def test_the_help_of_a_command_shows_examples(kek, command):
    status, out, _ = kek("db", command, "--help")

    assert status == 0
    assert f"kek db {command}" in out
