"""`huashu ui`."""


def app() -> None:
    """Open the pages in a browser."""
