"""The `huashu` command. Exit codes: 0 fine, 1 findings or regression, 2 wrong use or configuration, 3 could not run."""

from __future__ import annotations

import sys
from importlib import import_module

import typer

from assistant.errors import AssistantError, ModelError
from corpus.errors import CorpusError, EmbedderError, IndexUnavailable, UnknownEmbedder

# Where each command lives; only the one that is called is imported, so that `check` starts at once.
_COMMANDS = {
    "suggest": "assistant.cli.suggest:suggest",
    "rewrite": "assistant.cli.rewrite:rewrite",
    "polish": "assistant.cli.polish:polish",
    "check": "assistant.cli.check:check",
    "rules": "assistant.cli.rules:app",
    "corpus": "assistant.cli.knowledge:corpus_app",
    "index": "assistant.cli.knowledge:index_app",
    "doctor": "assistant.cli.doctor:doctor",
    "demo": "assistant.cli.demo:demo",
}


def make_app(command: str | None = None) -> typer.Typer:
    """Return the command line with all commands, or with the one that is wanted."""
    app = typer.Typer(
        name="huashu",
        help="话术 Huashu: customer-service replies that obey the book. Works offline; set HUASHU_MODEL to draft with a model.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
        callback=_group,
    )
    for name in [command] if command in _COMMANDS else _COMMANDS:
        module, _, attribute = _COMMANDS[name].partition(":")
        _add(app, name, getattr(import_module(module), attribute))
    if command not in _COMMANDS:
        _add_other_packages(app)
    return app


def _group() -> None:
    """Keep `huashu check` a sub-command even when it is the only one loaded."""


def _add(app: typer.Typer, name: str, loaded: object) -> None:
    if isinstance(loaded, typer.Typer):
        app.add_typer(loaded, name=name)
    elif callable(loaded):
        app.command(name)(loaded)


def _add_other_packages(app: typer.Typer) -> None:
    """Add `eval` and `ui`, which live in packages that this one may not import."""
    from importlib.metadata import entry_points

    for point in entry_points(group="huashu.commands"):
        _add(app, point.name, point.load())


def main() -> None:
    """Run the command line; errors that a person can mend print without a traceback."""
    for stream in (sys.stdout, sys.stderr, sys.stdin):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        make_app(sys.argv[1] if len(sys.argv) > 1 else None)()
    except UnknownEmbedder as error:
        _fail(error, 2)
    except (IndexUnavailable, EmbedderError, ModelError) as error:
        _fail(error, 3)
    except (AssistantError, CorpusError) as error:
        _fail(error, 2)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    except KeyboardInterrupt:
        sys.stderr.write("stopped\n")
        sys.exit(130)


def _fail(error: Exception, code: int) -> None:
    from assistant.cli.show import fail

    fail(str(error), code)
