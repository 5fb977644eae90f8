"""Every error that profithunt raises on purpose, in one tree.

The command line, the API and the pages show them alike: one clear sentence that says what is wrong, where,
what was expected and what to do. `exit_code` is what the command line returns: 1 a check found something or a
run failed, 2 wrong use, 3 bad data.

    ProfithuntError
    ├── UsageError          what was asked for can't be done as asked
    │   ├── ConfigError     a setting in shop.toml
    │   ├── Forbidden       a person or agent may not do this
    │   └── NotFound        a run, table, customer, order … that isn't there
    ├── DataError           the data that was given
    │   └── SourceError     a source that can't be read at all
    ├── ModelError          a definition (SQL model, detector, metric) that breaks its contract
    ├── EngineError         the engine refused a statement
    ├── ActionError         an action that can't be carried out now
    │   ├── Stopped         a limit, a conflict or a missing approval holds it back
    │   └── DeliveryError   the other side did not take it
    └── RunError            a run that can't start or finish
"""

from __future__ import annotations


class ProfithuntError(Exception):
    """The root. `what` is the sentence; `where`, `expected` and `do` are shown below it when given."""

    exit_code = 1

    def __init__(self, what: str, *, where: str = "", expected: str = "", do: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.expected = expected
        self.do = do

    def __str__(self) -> str:
        parts = [self.what if not self.where else f"{self.where}: {self.what}"]
        if self.expected:
            parts.append(f"expected {self.expected}")
        if self.do:
            parts.append(self.do)
        return "; ".join(part.rstrip(".;") for part in parts) + "."

    def to_json(self) -> dict[str, str]:
        """The same as data: `{error, what, where, expected, do}`."""
        return {
            "error": type(self).__name__,
            "what": self.what,
            "where": self.where,
            "expected": self.expected,
            "do": self.do,
        }


class UsageError(ProfithuntError):
    """What was asked for can't be done as asked."""

    exit_code = 2


class ConfigError(UsageError):
    """A setting that is missing, unknown or not of its form."""


class Forbidden(UsageError):
    """What this person or agent, or this token, may not do."""


class NotFound(UsageError):
    """A run, table, customer, order, dimension … that isn't there; says what there is."""


class DataError(ProfithuntError):
    """The data that was given can't give the answer."""

    exit_code = 3


class SourceError(DataError):
    """A source that can't be read at all."""


class ModelError(ProfithuntError):
    """A definition (SQL model, detector, metric) that breaks its contract."""


class EngineError(ProfithuntError):
    """The engine refused a statement."""


class RunError(ProfithuntError):
    """A run that can't start or can't finish."""


class ActionError(ProfithuntError):
    """An action that can't be carried out now."""


class Stopped(ActionError):
    """A limit, a conflict with another action or a missing approval holds an action back; says which."""


class DeliveryError(ActionError):
    """The receiving system did not take an action. `retry` says whether trying again may help."""

    def __init__(self, what: str, *, where: str = "", expected: str = "", do: str = "", retry: bool = True) -> None:
        super().__init__(what, where=where, expected=expected, do=do)
        self.retry = retry
