"""What can be set: where each kind is kept, which model it must hold against, how it is read and put."""

from __future__ import annotations

import datetime as dt
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field as Setting, create_model

from profithunt.api.changing import toml
from profithunt.api.changing.fields import Field, Form, Read, fields_of, read_form
from profithunt.config import AgentAutonomy, RoleLimits
from profithunt.errors import NotFound, ProfithuntError

if TYPE_CHECKING:
    import sqlalchemy as sa

    from profithunt.actions.automation import Rule
    from profithunt.actions.policies import Actor
    from profithunt.api.shop import Shop
    from profithunt.detectors.definition import Detector

Json = Any
Stored = dict[str, Json] | None
NEW: Final = "new"
"""What a rule is called that is not there yet."""


class Kind(ABC):
    """One kind of setting."""

    about: str
    note: str

    @abstractmethod
    def model(self, shop: Shop, subject: str) -> type[BaseModel]:
        """What it must hold against. Raises NotFound for a subject that isn't there."""

    @abstractmethod
    def now(self, shop: Shop, subject: str) -> Stored:
        """What is set, as it is stored; None where nothing is."""

    @abstractmethod
    def put(
        self, shop: Shop, connection: sa.Connection, by: Actor, subject: str, value: Stored, at: dt.datetime
    ) -> None:
        """Store it; None: nothing is set."""

    def hidden(self, shop: Shop, subject: str) -> frozenset[str]:
        """Settings of the model that no form shows."""
        del shop, subject
        return frozenset()

    def shown(self, shop: Shop, subject: str) -> Mapping[str, Json]:
        """The values that a form begins with."""
        return self.now(shop, subject) or {}

    def title(self, shop: Shop, subject: str) -> str:
        """What the form is headed by."""
        del shop
        return subject.replace("_", " ").capitalize()

    def fields(self, shop: Shop, subject: str) -> list[Field]:
        """The fields of the form."""
        model = self.model(shop, subject)
        return fields_of(model, self.shown(shop, subject), self.hidden(shop, subject))

    def form(self, shop: Shop, subject: str) -> Form:
        """The form."""
        fields = tuple(self.fields(shop, subject))
        return Form(self.about, subject, self.title(shop, subject), self.note, fields)

    def read(self, shop: Shop, subject: str, typed: Mapping[str, str]) -> Read:
        """What was typed, held against the model."""
        kept = {
            name: value for name, value in (self.now(shop, subject) or {}).items() if name in self.hidden(shop, subject)
        }
        return read_form(self.model(shop, subject), self.fields(shop, subject), typed, kept)

    def named(self, subject: str, value: Stored) -> str:
        """What the thing is called once it is kept."""
        del value
        return subject

    def stored(self, read: Read) -> Stored:
        """What is stored of what was typed."""
        from profithunt.actions.reading import plain

        return {name: plain(value) for name, value in read.values.items()} or None


class _Limits(Kind):
    """Limits of a role, or of one person or agent, in the operational store."""

    note = "Counts at once. What is left empty is not limited."

    def _holder(self, subject: str) -> str:
        return subject

    def model(self, shop: Shop, subject: str) -> type[BaseModel]:
        del shop, subject
        return RoleLimits

    def hidden(self, shop: Shop, subject: str) -> frozenset[str]:
        del shop, subject
        return frozenset({"may"})

    def read(self, shop: Shop, subject: str, typed: Mapping[str, str]) -> Read:
        found = read_form(self.model(shop, subject), self.fields(shop, subject), typed, {"may": []})
        return replace(found, values={name: value for name, value in found.values.items() if name != "may"})

    def stored(self, read: Read) -> Stored:
        from profithunt.actions.policies import Limits

        return Limits(**read.values).to_json()

    def now(self, shop: Shop, subject: str) -> Stored:
        from profithunt.actions.store import people

        self.shown(shop, subject)
        with shop.act.store.reading() as connection:
            found = people.limits_set(connection, self._holder(subject))
        return None if found is None else found.to_json()

    def put(
        self, shop: Shop, connection: sa.Connection, by: Actor, subject: str, value: Stored, at: dt.datetime
    ) -> None:
        from profithunt.actions.policies import Limits
        from profithunt.actions.store import people

        del shop
        people.put_limits(connection, by, self._holder(subject), None if value is None else Limits.from_json(value), at)


class _RoleLimit(_Limits):
    """Limits of everybody in a role."""

    about = "role"

    def _holder(self, subject: str) -> str:
        return f"role:{subject}"

    def title(self, shop: Shop, subject: str) -> str:
        del shop
        return f"Limits of the role {subject}, a day"

    def shown(self, shop: Shop, subject: str) -> Mapping[str, Json]:
        return shop.act.limits_of(subject).to_json()


class _OwnLimit(_Limits):
    """Limits of one person or agent, in place of their role's."""

    about = "limits"

    def title(self, shop: Shop, subject: str) -> str:
        del shop
        return f"Limits of {subject}, a day"

    def shown(self, shop: Shop, subject: str) -> Mapping[str, Json]:
        found = next((user for user in shop.act.users() if user.name == subject), None)
        if found is None:
            raise NotFound(f"nobody is known by the name of {subject!r}", do="add them in Settings first")
        return found.limits.to_json()


class _Autonomy(Kind):
    """How far an agent goes by itself, in the operational store."""

    about = "autonomy"
    note = (
        "Counts at once. Suggest: people decide. Approval: it carries out what people approved. Inside limits: alone."
    )

    def model(self, shop: Shop, subject: str) -> type[BaseModel]:
        self.now(shop, subject)
        return AgentAutonomy

    def title(self, shop: Shop, subject: str) -> str:
        del shop
        return f"How far {subject} goes by itself"

    def stored(self, read: Read) -> Stored:
        made = AgentAutonomy.model_validate(dict(read.given))
        return {"level": made.level, "levels": dict(made.levels)}

    def now(self, shop: Shop, subject: str) -> Stored:
        found = next((user for user in shop.act.users() if user.name == subject), None)
        if found is None or found.kind != "agent":
            raise NotFound(f"there is no agent {subject!r}", do="add it in Settings first")
        return {"level": str(found.level), "levels": dict(found.levels or {})}

    def put(
        self, shop: Shop, connection: sa.Connection, by: Actor, subject: str, value: Stored, at: dt.datetime
    ) -> None:
        from profithunt.actions.store import people

        del shop
        said = value or {"level": "suggest", "levels": {}}
        people.put_autonomy(connection, by, subject, said["level"], said["levels"], at)


class _InFile(Kind):
    """A section of shop.toml."""

    section: str

    def now(self, shop: Shop, subject: str) -> Stored:
        return toml.section(shop.path, self.section, subject) or None

    def put(
        self, shop: Shop, connection: sa.Connection, by: Actor, subject: str, value: Stored, at: dt.datetime
    ) -> None:
        del connection, by, at
        shop.config = toml.write_section(shop.path, (self.section, subject), value or {})


class _Thresholds(_InFile):
    """Thresholds of a detector."""

    about = "thresholds"
    section = "thresholds"
    note = "Counts from the next run on. What is left empty is as the detector has it."

    def model(self, shop: Shop, subject: str) -> type[BaseModel]:
        return _threshold_model(_detector(shop, subject))

    def title(self, shop: Shop, subject: str) -> str:
        found = _detector(shop, subject)
        return f"{found.code} {found.title}"


class _Adapters(_InFile):
    """Settings of a system that takes actions; never a secret, nor the name of the variable that holds one."""

    about = "adapters"
    section = "adapters"
    note = "Counts at once. Secrets are in environment variables, and not set here."

    def model(self, shop: Shop, subject: str) -> type[BaseModel]:
        from profithunt.actions.adapters.settings import SETTINGS

        del shop
        if subject not in SETTINGS:
            raise NotFound(f"there is no adapter {subject!r}", expected=f"one of {', '.join(SETTINGS)}")
        return SETTINGS[subject]

    def hidden(self, shop: Shop, subject: str) -> frozenset[str]:
        return frozenset(name for name in self.model(shop, subject).model_fields if name.endswith("_env"))

    def title(self, shop: Shop, subject: str) -> str:
        del shop
        return f"Adapter {subject}"


class _Automation(Kind):
    """A rule that works the queue by itself, in the operational store."""

    about = "automation"
    note = "Counts at once. A rule acts as the agent automation, inside its limits."

    def model(self, shop: Shop, subject: str) -> type[BaseModel]:
        del shop, subject
        return RuleForm

    def title(self, shop: Shop, subject: str) -> str:
        del shop
        return "A new rule" if subject == NEW else f"Rule {subject}"

    def hidden(self, shop: Shop, subject: str) -> frozenset[str]:
        del shop
        return frozenset() if subject == NEW else frozenset({"name"})

    def now(self, shop: Shop, subject: str) -> Stored:
        from profithunt.actions import automation

        if subject == NEW:
            return None
        with shop.act.store.reading() as connection:
            kept = next((one for one in automation.listed(connection) if one.rule.name == subject), None)
        return None if kept is None else {**kept.rule.to_json(), "paused": kept.paused}

    def shown(self, shop: Shop, subject: str) -> Mapping[str, Json]:
        found = self.now(shop, subject)
        if found is None and subject != NEW:
            raise NotFound(f"there is no rule {subject!r}", do="make one in Settings")
        return found or {}

    def read(self, shop: Shop, subject: str, typed: Mapping[str, str]) -> Read:
        extra = {} if subject == NEW else {"name": subject}
        found = read_form(RuleForm, self.fields(shop, subject), typed, extra)
        if found.mistakes:
            return found
        rule = _rule(RuleForm.model_validate(dict(found.given)))
        if subject == NEW and self.now(shop, rule.name) is not None:
            return replace(found, values={}, mistakes={"name": f"there is a rule {rule.name} already"})
        try:
            shop.automation.check(rule)
        except ProfithuntError as error:
            return replace(found, values={}, mistakes={_blamed(rule): str(error)})
        return replace(found, values=rule.to_json())

    def named(self, subject: str, value: Stored) -> str:
        return str((value or {}).get("name", subject))

    def stored(self, read: Read) -> Stored:
        return {**read.values, "paused": False}

    def put(
        self, shop: Shop, connection: sa.Connection, by: Actor, subject: str, value: Stored, at: dt.datetime
    ) -> None:
        from profithunt.actions import automation

        del shop
        if value is None:
            automation.pause(connection, by, subject, at, paused=True)
            return
        rule = automation.Rule.from_json({name: one for name, one in value.items() if name != "paused"})
        automation.put(connection, by, rule, at)
        if value["paused"]:
            automation.pause(connection, by, rule.name, at, paused=True)


class RuleForm(BaseModel):
    """A rule of automation, as a form has it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Setting(pattern=r"^[a-z0-9][a-z0-9_-]{0,59}$", description="Small letters, digits, - and _.")
    every: str | None = Setting(None, description="How often it looks: 15m, 6h or 1d.")
    at: str | None = Setting(None, description="Or when, once a day: 06:00 in the shop's time zone.")
    hunt: bool = Setting(False, description="Make a run first.")
    detector: str | None = Setting(None, description="Only what this detector finds, by code or name.")
    owner: str | None = Setting(None, description="Only what this team owns.")
    level: str | None = Setting(None, description="Only this level: sku, customer, keyword …")
    min_value: float | None = Setting(None, ge=0, description="Only from this value on, in shop currency.")
    max_value: float | None = Setting(None, ge=0, description="Only up to this value.")
    min_confidence: float | None = Setting(None, ge=0, le=1, description="Only from this confidence on, 0 to 1.")
    assign_to: str | None = Setting(None, description="Give it to this person, if nobody has it.")
    does: Literal["route", "approve", "execute"] = Setting(
        "route", description="Only give and tell, approve, carry out."
    )
    alert: list[str] = Setting(default_factory=list, description="Tell of it by slack, email, webhook, task.")
    most: int = Setting(20, ge=1, le=1000, description="Opportunities an evaluation.")


def _rule(form: RuleForm) -> Rule:
    from profithunt.actions.automation import Rule

    return Rule.from_json(form.model_dump(mode="json"))


def _blamed(rule: Rule) -> str:
    """The field without which the rule would hold; what is missing altogether is said at the first field."""
    from profithunt.actions.automation import Rule

    usual = Rule("x", every="1h", hunt=True)
    for name in ("every", "at", "min_value", "most", "does", "assign_to", "alert"):
        if getattr(rule, name) in (None, getattr(usual, name)):
            continue
        alone: dict[str, Any] = {name: getattr(rule, name), **({"every": None} if name == "at" else {})}
        try:
            replace(usual, **alone).check()
        except ProfithuntError:
            return name
    if rule.min_value is not None and rule.max_value is not None and rule.min_value > rule.max_value:
        return "min_value"
    if (rule.every is None) == (rule.at is None):
        return "every"
    return "assign_to" if rule.assign_to else "alert" if rule.alert else "does"


def _detector(shop: Shop, name: str) -> Detector:
    from profithunt.api.hunting import detectors_of

    found = next((one for one in detectors_of(shop.config)[0] if one.name == name), None)
    if found is None:
        raise NotFound(f"there is no detector {name!r}", do="`profithunt detectors` lists them")
    return found


def _threshold_model(detector: Detector) -> type[BaseModel]:
    """What thresholds a detector has, as a model: numbers stay numbers, text stays text."""
    made: dict[str, Any] = {}
    for name, usual in detector.thresholds.items():
        kind: Any = bool if isinstance(usual, bool) else str if isinstance(usual, str) else int | float
        made[name] = (kind, Setting(usual))
    made["window_days"] = (int, Setting(detector.window_days, ge=1, le=3650, description="How far back it looks."))
    made["outlier"] = (
        float | None,
        Setting(detector.outlier, ge=0.5, lt=1, description="Share of ordinary peers that it must lie beyond."),
    )
    made["probability"] = (
        float,
        Setting(detector.probability, gt=0, lt=1, description="How sure it must be that there is a leak."),
    )
    model: type[BaseModel] = create_model(detector.name, __config__=ConfigDict(extra="forbid"), **made)
    return model


KINDS: Final[Mapping[str, Kind]] = {
    one.about: one for one in (_RoleLimit(), _OwnLimit(), _Autonomy(), _Thresholds(), _Adapters(), _Automation())
}
