"""`huashu eval`."""

import typer

app = typer.Typer(help="Evaluation suites.", no_args_is_help=True)


@app.command("run")
def run(suite: str = "smoke") -> None:
    """Run a suite."""
