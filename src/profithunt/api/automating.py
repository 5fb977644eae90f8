"""Rules that work the queue by themselves: `Shop.automation`.

automation = shop.automation
automation.add("bids", every="6h", detector="KW29", min_confidence=0.8, does="execute", alert=["slack"])
automation.run()                 # evaluates what is due, once; a scheduler, or --watch, calls it again and again
automation.history("bids")
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from profithunt import fmt
from profithunt.errors import ConfigError, NotFound, ProfithuntError, Stopped, UsageError

if TYPE_CHECKING:
    from profithunt.actions.automation import Evaluation, Kept, Result, Rule
    from profithunt.actions.reading import Item
    from profithunt.api.act import Act
    from profithunt.api.progress import Progress
    from profithunt.api.shop import Shop

Json = Any
_ALERTS = ("task", "webhook", "slack", "email")


class Automation:
    """The rules of one shop. Who adds them must be allowed to manage; what they do, the agent `automation` does."""

    def __init__(self, shop: Shop, user: str | None = None) -> None:
        self._shop = shop
        self._user = user

    def as_(self, user: str) -> Automation:
        """The same rules, looked after by somebody else."""
        return Automation(self._shop, user)

    def list(self) -> Sequence[Kept]:
        """All rules, by name."""
        act, store = self._act()
        act.whoami().must("see")
        from profithunt.actions import automation

        with store.reading() as connection:
            return automation.listed(connection)

    def add(self, name: str, **said: Json) -> Kept:
        """Add a rule, or put it in the place of the one with its name; said are the fields of `Rule`.

        Makes the agent `automation` where there is none: it acts inside the limits of the role `agent`. Raises
        UsageError, Forbidden.
        """
        act, store = self._act()
        from profithunt.actions import automation

        unknown = set(said) - set(automation.Rule.__dataclass_fields__)
        if unknown:
            raise UsageError(
                f"a rule has no {min(unknown)!r}", expected=", ".join(automation.Rule.__dataclass_fields__)
            )
        rule = automation.Rule.from_json({"name": name, **said})
        self.check(rule)
        who = act.whoami()
        who.must("manage")
        known = {user.name: user for user in act.users()}
        if automation.AGENT not in known:
            act.set_user(automation.AGENT, role="agent", agent=True, level="inside_limits")
        elif known[automation.AGENT].kind != "agent":
            raise UsageError("a person is known by the name of automation; rules act under it", do="rename the person")
        with store.writing() as connection:
            automation.put(connection, who, rule, _now())
            return automation.one(connection, name)

    def pause(self, name: str) -> Kept:
        """Stop a rule until it is resumed. Raises NotFound."""
        return self._pause(name, paused=True)

    def resume(self, name: str) -> Kept:
        """Let a rule go on. Raises NotFound."""
        return self._pause(name, paused=False)

    def history(self, name: str | None = None, limit: int = 50) -> Sequence[Evaluation]:
        """What evaluations did, or why they did nothing, the latest first; of one rule, or of all."""
        act, store = self._act()
        act.whoami().must("see")
        from profithunt.actions import automation

        with store.reading() as connection:
            return automation.history(connection, name, limit)

    def run(
        self, name: str | None = None, *, at: dt.datetime | None = None, progress: Progress | None = None
    ) -> Sequence[Evaluation]:
        """Evaluate the rules that are due, once, or the named one now. Of several processes, one evaluates each.

        Raises NotFound, and Stopped for a named rule that is paused.
        """
        act, store = self._act()
        act.whoami().must("execute")
        from profithunt.actions import automation

        moment = at or _now()
        zone = ZoneInfo(self._shop.config.shop.timezone)
        with store.reading() as connection:
            kept = automation.listed(connection) if name is None else [automation.one(connection, name)]
        if name is not None and kept[0].paused:
            raise Stopped(f"the rule {name} is paused", do=f"profithunt automation resume {name}")
        done = []
        # What makes a run goes first, so that the others see what it finds.
        for each in sorted(kept, key=lambda one: not one.rule.hunt):
            if name is None and not each.rule.due(moment, each.last_at, each.set_at, zone):
                continue
            with store.writing() as connection:
                mine = automation.claim(connection, each, moment)
            if mine:
                done.append(self._evaluate(each, moment, progress))
        return done

    def _evaluate(self, kept: Kept, at: dt.datetime, progress: Progress | None) -> Evaluation:
        from profithunt.actions import automation

        rule = kept.rule
        found = automation.Evaluation(rule.name, at, fired=False, why="it is paused", run=None, matched=0, results=())
        if not kept.paused:
            try:
                if rule.hunt:
                    run = self._shop.run(progress)
                    found = replace(found, fired=True, run=run.run_id, why=f"a run was made ({run.run_id})")
                if rule.works:
                    found = self._worked(rule, found)
            except ProfithuntError as error:
                found = replace(found, why=str(error))
        with self._shop.act.store.writing() as connection:
            automation.keep(connection, found)
        return found

    def _worked(self, rule: Rule, found: Evaluation) -> Evaluation:
        """The evaluation after each opportunity that the rule looks for was dealt with."""
        from profithunt.actions.automation import AGENT

        act = self._shop.act.as_(AGENT)
        states = ["detected", "triaged", *(["approved"] if rule.does == "execute" else [])]
        queue = act.list(state=states, owner=rule.owner, detector=rule.detector, level=rule.level)
        wanted = [item for item in queue if rule.wants(item)]
        if not wanted:
            why = (
                f"none of {len(queue)} open opportunities of its kind is what it looks for" if queue else "none is open"
            )
            return replace(found, why=_also(found, why))
        taken = wanted[: rule.most]
        with act.working() if rule.does == "execute" else contextlib.nullcontext():
            dealt = [_dealt_with(act, rule, item) for item in taken]
        results, failed = self._alert(act, rule, taken, dealt)
        said = "; ".join([_summary(results, len(wanted)), *failed])
        fired = found.fired or any(result.did for result in results)
        return replace(found, fired=fired, why=_also(found, said), matched=len(wanted), results=tuple(results))

    def _alert(
        self, act: Act, rule: Rule, items: Sequence[Item], results: Sequence[Result]
    ) -> tuple[Sequence[Result], Sequence[str]]:
        """Tell of what it has not told so far, through each adapter; and what of that did not go through."""
        from profithunt.actions import automation
        from profithunt.actions.store import audit

        told: set[str] = set()
        failed = []
        for adapter in rule.alert:
            with act.store.reading() as connection:
                before = automation.told(connection, rule.name, adapter, items)
            fresh = [(item, result) for item, result in zip(items, results, strict=True) if item.id not in before]
            if not fresh:
                continue
            try:
                _send(act, rule, adapter, fresh)
            except ProfithuntError as error:
                failed.append(f"no alert by {adapter}: {error}")
                continue
            data = {"automation": rule.name, "adapter": adapter}
            with act.store.writing() as connection:
                entries = [audit.Act("alert", "opportunity", item.id, data) for item, _ in fresh]
                audit.append(connection, act.whoami(), entries, _now())
            told |= {item.id for item, _ in fresh}
        after = [
            replace(result, did=(*result.did, "alert")) if result.opportunity in told else result for result in results
        ]
        return after, failed

    def _pause(self, name: str, *, paused: bool) -> Kept:
        act, store = self._act()
        from profithunt.actions import automation

        with store.writing() as connection:
            automation.pause(connection, act.whoami(), name, _now(), paused=paused)
            return automation.one(connection, name)

    def check(self, rule: Rule) -> None:
        """Raise UsageError, ConfigError or NotFound for a rule that can't be here."""
        rule.check()
        act, _ = self._act()
        if rule.assign_to is not None and rule.assign_to not in {user.name for user in act.users()}:
            raise NotFound(
                f"nobody is known by the name of {rule.assign_to!r}", do="add them with: profithunt act user"
            )
        configured = self._shop.config.adapters
        for adapter in rule.alert:
            if adapter not in _ALERTS:
                raise UsageError(f"there is no alert by {adapter!r}", expected=f"one of {', '.join(_ALERTS)}")
            if adapter != "task" and adapter not in configured:
                raise ConfigError(
                    f"{adapter} is not set up", where="shop.toml", expected=f"a section [adapters.{adapter}]"
                )

    def _act(self) -> tuple[Act, Any]:
        act = self._shop.act if self._user is None else self._shop.act.as_(self._user)
        return act, act.store


def _dealt_with(act: Act, rule: Rule, item: Item) -> Result:
    """Route, approve or execute one; what a limit, a level or a conflict forbids is the reason why not."""
    from profithunt.actions.automation import AGENT, Result

    did: list[str] = []
    if item.assignee not in (None, rule.assign_to, AGENT):
        return Result(item.id, (), f"it is given to {item.assignee}")
    try:
        if rule.assign_to is not None and item.assignee is None:
            act.assign(item.id, rule.assign_to)
            did.append("assign")
        if rule.does == "approve":
            act.approve(item.id)
            did.append("approve")
        if rule.does == "execute":
            act.execute(item.id)
            did.append("execute")
    except ProfithuntError as error:
        return Result(item.id, tuple(did), str(error))
    return Result(item.id, tuple(did), None if did else "it was dealt with before")


def _also(found: Evaluation, why: str) -> str:
    """A reason after what was done already."""
    return f"{found.why}; {why}" if found.fired else why


def _summary(results: Sequence[Result], wanted: int) -> str:
    """How many were dealt with and how; where none was, the first reason."""
    counts: dict[str, int] = {}
    for result in results:
        for verb in result.did:
            counts[verb] = counts.get(verb, 0) + 1
    left = [result.why for result in results if result.why and not result.did]
    said = [f"{verb} {number}" for verb, number in counts.items()]
    beyond = [f"{wanted - len(results)} more wait for the next evaluation"] if wanted > len(results) else []
    if not counts:
        return "; ".join([f"of {wanted} none: {left[0]}" if left else f"of {wanted} none", *beyond])
    return "; ".join([f"of {wanted}: {', '.join(said)}", *([f"{len(left)} left: {left[0]}"] if left else []), *beyond])


def _send(act: Act, rule: Rule, adapter: str, fresh: Sequence[tuple[Item, Result]]) -> None:
    """One message about all of them, under a key of its own: the same message is sent once."""
    from profithunt.actions.adapters.protocol import Action
    from profithunt.api.executing import hands_of

    currency = act.shop.config.shop.currency
    about = "|".join(f"{item.id}@{item.opened_at.isoformat()}" for item, _ in fresh)
    key = f"alert-{rule.name}-{hashlib.sha256(about.encode()).hexdigest()[:12]}"
    total = sum((item.value for item, _ in fresh), Decimal(0))
    lines = [
        f"{item.title} ({', '.join(item.entity.values())}): {item.value:.2f} {currency}, "
        f"{' and '.join(_DONE[verb] for verb in result.did) or 'to be decided'}, {item.id}"
        for item, result in fresh
    ]
    count = fmt.counted(len(fresh), "opportunity", "opportunities")
    params = {
        "task": f"Rule {rule.name}: {count}, {total:.2f} {currency} in all.",
        "team": rule.owner or "default",
        "opportunities": lines,
    }
    hands = hands_of(act)
    made = hands.adapter(adapter)
    action = Action(key, "alert", "shop", {"rule": rule.name}, adapter, None, None, None, None, currency, params)
    made.execute(hands.plan(made, action), key=key)


_DONE = {"assign": "assigned", "approve": "approved", "execute": "carried out"}


def watch(automation: Automation, seconds: float, *, progress: Progress | None = None) -> Iterator[Evaluation]:
    """Evaluate what is due again and again, until stopped."""
    import time

    while True:
        yield from automation.run(progress=progress)
        time.sleep(seconds)


def _now() -> dt.datetime:
    return dt.datetime.now(tz=dt.UTC)
