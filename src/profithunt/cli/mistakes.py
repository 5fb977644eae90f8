"""How a mistake reads: what is wrong, where, what was expected, what to do. Never a traceback, unless asked for."""

from __future__ import annotations

import difflib
import errno
import sys
import traceback
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

from profithunt.errors import ProfithuntError, UsageError

if TYPE_CHECKING:
    from profithunt.cli.output import Output

USAGE: Final = 2
FAILED: Final = 1
WRONG_PATH: Final = (errno.ENOENT, errno.EACCES, errno.EPERM, errno.EISDIR, errno.ENOTDIR, errno.EEXIST, errno.EROFS)


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that the mistyped one is closest to, if any is close."""
    by_low = {name.lower(): name for name in known}
    found = difflib.get_close_matches(word.lower(), by_low, n=1, cutoff=0.6)
    return by_low[found[0]] if found else None


def choice(word: str, known: Sequence[str], what: str) -> str:
    """The word if it is known. Raises UsageError that names the nearest one and all there are."""
    if word in known:
        return word
    close = nearest(word, known)
    raise UsageError(
        f"there is no {what} '{word}'",
        expected=f"one of {', '.join(known)}",
        do=f"did you mean '{close}'?" if close else "",
    )


def from_parser(error: Exception) -> ProfithuntError:
    """A mistake that the parser of the command line found, in the form of the house."""
    context = getattr(error, "ctx", None)
    where = getattr(context, "command_path", "") or "profithunt"
    typed = getattr(error, "option_name", None)
    if typed is not None and hasattr(error, "possibilities"):
        known = [name for part in context.command.params for name in part.opts] if context is not None else []
        close = nearest(typed, known)
        do = f"did you mean {close}? " if close else ""
        return UsageError(f"there is no option {typed}", where=where, do=f"{do}{where} --help lists them all")
    message = str(error.format_message() if hasattr(error, "format_message") else error)
    head, _, _ = message.partition(" Did you mean ")
    if head.startswith("No such command "):
        name = head.removeprefix("No such command ").strip(" .'\"")
        known = list(getattr(getattr(context, "command", None), "commands", {}))
        close = nearest(name, known)
        return UsageError(
            f"there is no command '{name}'",
            expected=f"one of {', '.join(known)}",
            do=f"did you mean '{close}'?" if close else f"{where} --help says what each does",
        )
    text = head.strip().rstrip(".")
    return UsageError(text[:1].lower() + text[1:], where=where, do=f"{where} --help shows what it takes")


def from_system(error: OSError) -> ProfithuntError:
    """A file that can't be read or written."""
    reason = (error.strerror or str(error)).lower()
    where = str(error.filename or "")
    if error.errno in WRONG_PATH:
        return UsageError(reason, where=where, do="check the path and who may read and write it")
    return ProfithuntError(reason, where=where, do="make room or choose another place, then run it again")


def from_bug(error: BaseException) -> ProfithuntError:
    """A fault of the program itself."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f"{frames[-1].filename}:{frames[-1].lineno}" if frames else ""
    text = f"{type(error).__name__}: {error}".strip().rstrip(":").splitlines()[0]
    return ProfithuntError(
        f"profithunt itself failed ({text})", where=where, do="run it again with --debug and report what it shows"
    )


def is_interrupt(error: BaseException) -> bool:
    """Whether the user stopped the command while the engine was at work, which it reports in words of its own."""
    return isinstance(error, (RuntimeError, ProfithuntError)) and "interrupted" in str(error).lower()


def understood(error: BaseException) -> ProfithuntError:
    """Any error as one of the tree."""
    if isinstance(error, ProfithuntError):
        return error
    if hasattr(error, "format_message") and isinstance(error, Exception):
        return from_parser(error)
    if isinstance(error, OSError):
        return from_system(error)
    return from_bug(error)


def show(error: ProfithuntError, output: Output) -> None:
    """Write the error: a sentence, then where, expected and do on lines of their own; as JSON too if that was asked."""
    from rich.text import Text

    what = error.what.strip().rstrip(".")
    output.err.print(Text.assemble(("Error: ", "bold red"), what[:1].upper() + what[1:] + "."), soft_wrap=True)
    for name, value in (("where", error.where), ("expected", error.expected), ("do", error.do)):
        if value:
            output.err.print(Text.assemble((f"  {name:<9}", "dim"), value), soft_wrap=True)
    if output.json:
        output.data({**error.to_json(), "exit_code": error.exit_code})


def trace(error: BaseException) -> None:
    """Write the whole traceback (`--debug`)."""
    sys.stderr.write("".join(traceback.format_exception(error)))
