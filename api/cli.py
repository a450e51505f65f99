"""The command line: `kek` and its commands.

Starting it imports nothing heavy: a command imports what it needs when it runs. Every way of failing
ends here, in one line (or one JSON document) and an exit status, never in a traceback.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from api import console
from api.commands import (
    backtest,
    chat,
    check,
    compare,
    data,
    db,
    demo,
    evaluate,
    indicators,
    judge,
    ledger,
    optimize,
    refine,
    replay,
    schema,
    serve,
    strategies,
    validate,
    verify,
)

INTERRUPTED, PIPE_CLOSED = 130, 141
"""Exit statuses by shell convention: 128 + the signal's number."""

COLLECT_AFTER = (100_000, 20, 20)
"""Thresholds of the garbage collector: with Python's own, a command spends an eighth of its time walking modules."""

app = typer.Typer(
    name="kek",
    help="Turn a trading idea, in plain words or as a strategy spec, into an honest backtest.",
    add_completion=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("demo")(demo.demo)
app.command("chat")(chat.chat)
app.command("refine")(refine.refine)
app.add_typer(strategies.app, name="strategies")
app.add_typer(ledger.app, name="ledger")
app.command("replay")(replay.replay)
app.command("validate")(validate.validate)
app.command("check")(check.check)
app.command("backtest")(backtest.backtest)
app.command("optimize")(optimize.optimize)
app.command("compare")(compare.compare)
app.command("judge")(judge.judge)
app.command("verify")(verify.verify)
app.add_typer(data.app, name="data")
app.add_typer(db.app, name="db")
app.command("indicators")(indicators.indicators)
app.command("schema")(schema.schema)
app.command("serve", epilog=serve.FROM_VARIABLES)(serve.serve)
app.command("eval")(evaluate.evaluate)


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        console.say(f"kek-mix {version('kek-mix')}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def root(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", help="On an unexpected failure show where it happened.")] = False,
) -> None:
    if context.invoked_subcommand is None:
        console.say(context.get_help(), error=True)
        raise typer.Exit(console.NOT_DONE)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status: 0 done, 1 the input is wrong, 2 it could not be done."""
    gc.set_threshold(*COLLECT_AFTER)
    given = list(sys.argv[1:] if arguments is None else arguments)
    debug, json = "--debug" in given, "--json" in given
    given = [argument for argument in given if argument != "--debug"]
    if sys.stdout is None:  # the caller closed it
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - open for as long as the process
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")  # a terminal that cannot show a character is no failure
    try:
        status = _run(given, json=json)
        sys.stdout.flush()
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        _forget_output()
        return PIPE_CLOSED
    except OSError as failure:  # standard output itself, at the last flush
        return _explain_system(failure, json=json)
    except Exception as failure:
        if debug:
            raise
        message = f"{type(failure).__name__}: {failure}" if str(failure) else type(failure).__name__
        console.report(f"unexpected {message} (--debug shows where)", json=json, code="UNEXPECTED")
        return console.NOT_DONE
    finally:
        if arguments is None:
            gc.freeze()  # the process ends: what is loaded need not be walked before it is thrown away
    return status


def _run(arguments: list[str], *, json: bool) -> int:
    """Run the command; turn what the user can mend into a message and a status."""
    from agent.errors import AgentError, LanguageError, NotKept
    from engine.errors import EngineError, EngineInputError, SpecError
    from storage.errors import StorageError

    try:
        command = typer.main.get_command(app)
        with command.make_context("kek", arguments) as context:
            command.invoke(context)
        return console.DONE
    except typer.Exit as ending:
        return ending.exit_code
    except typer.Abort:
        return INTERRUPTED
    except typer.TyperException as misuse:
        return _explain_misuse(misuse, json=json)
    except SpecError as refusal:
        try:
            console.refuse_problems(refusal.problems, json=json)
        except typer.Exit as ending:
            return ending.exit_code
    except EngineError as refusal:
        code = refusal.code if isinstance(refusal, EngineInputError) else "DATA"
        console.report(str(refusal), json=json, code=code)
        return console.WRONG_INPUT
    except AgentError as refusal:
        console.report(str(refusal), json=json, code=refusal.code)
        return console.NOT_DONE if isinstance(refusal, LanguageError | NotKept) else console.WRONG_INPUT
    except StorageError as refusal:
        console.report(str(refusal), json=json, code=refusal.code)
        return console.NOT_DONE
    except BrokenPipeError:
        raise
    except OSError as failure:
        return _explain_system(failure, json=json)


def _explain_system(failure: OSError, *, json: bool) -> int:
    """Say what the system refused; a standard output that takes nothing more cannot take a document either."""
    what = failure.strerror or str(failure)
    message = f"{failure.filename}: {what}" if failure.filename is not None else what
    try:
        console.report(message, json=json, code="SYSTEM")
    except OSError:
        _forget_output()
        console.report(message, json=False, code="SYSTEM")
    return console.NOT_DONE


def _explain_misuse(misuse: typer.TyperException, *, json: bool) -> int:
    """Say what was wrong with the command's words and where its help is."""
    context = getattr(misuse, "ctx", None)
    where = context.command_path if context is not None else "kek"
    message = misuse.format_message()
    if context is not None and message == context.get_help():  # a group of commands without one of them
        if not json:
            console.say(message, error=True)
            return console.NOT_DONE
        message = f"{where} needs a command"
    console.report(f"{message.rstrip('.')} (see '{where} --help')", json=json, code="USAGE")
    return console.NOT_DONE


def _forget_output() -> None:
    """Point standard output at nothing, so that flushing it at exit cannot fail again."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (OSError, ValueError):
        return
