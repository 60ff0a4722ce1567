"""The `huashu` command. Exit codes: 0 fine, 1 findings or regression, 2 wrong use or configuration, 3 could not run."""

from __future__ import annotations

import sys
from importlib.metadata import entry_points

import typer

from assistant.cli import demo, doctor, knowledge, suggest
from assistant.cli.show import console, fail
from assistant.errors import AssistantError, ModelError
from corpus import CorpusError, EmbedderError, IndexUnavailable, UnknownEmbedder

app = typer.Typer(
    name="huashu",
    help="话术 Huashu: customer-service replies that obey the book. Works offline; set HUASHU_MODEL to draft with a model.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("suggest")(suggest.suggest)
app.command("demo")(demo.demo)
app.command("doctor")(doctor.doctor)
app.add_typer(knowledge.index_app, name="index")
app.add_typer(knowledge.corpus_app, name="corpus")


def _add_other_packages() -> None:
    """Add `eval` and `ui`, which live in packages that this one may not import."""
    for point in entry_points(group="huashu.commands"):
        loaded = point.load()
        if isinstance(loaded, typer.Typer):
            app.add_typer(loaded, name=point.name)
        else:
            app.command(point.name)(loaded)


def main() -> None:
    """Run the command line; errors that a person can mend print without a traceback."""
    for stream in (sys.stdout, sys.stderr, sys.stdin):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    _add_other_packages()
    try:
        app()
    except UnknownEmbedder as error:
        fail(str(error), 2)
    except (IndexUnavailable, EmbedderError, ModelError) as error:
        fail(str(error), 3)
    except (AssistantError, CorpusError) as error:
        fail(str(error), 2)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    except KeyboardInterrupt:
        console.print("stopped")
        sys.exit(130)
