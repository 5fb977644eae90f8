"""`profithunt version`."""

from __future__ import annotations

import typer

from profithunt.cli import options


def callback(value: bool) -> None:
    """Print the bare version (`--version`) and leave."""
    if value:
        from profithunt import __version__

        typer.echo(__version__)
        raise typer.Exit


def version(json: options.Json = False, quiet: options.Quiet = False, debug: options.Debug = False) -> None:
    """Show the versions of profithunt and of what it computes with."""
    import platform
    from importlib.metadata import PackageNotFoundError, version as installed

    from profithunt import __version__
    from profithunt.cli.output import Output

    output = Output(json=json, quiet=quiet, debug=debug)
    found = {"profithunt": __version__, "python": platform.python_version()}
    for package in ("duckdb", "sqlglot"):
        try:
            found[package] = installed(package)
        except PackageNotFoundError:
            found[package] = ""
    if json:
        output.data(found)
        return
    output.show("\n".join(f"{name:<12}{number}" for name, number in found.items()))
