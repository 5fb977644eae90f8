"""Tables of the operational store: what people and agents found worth doing, decided, did, and what came of it.

The migrations in `migrations/` make them; a test holds the two against each other.
"""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

from profithunt.actions.store.columns import Json, Money, UtcTime

metadata: Final = sa.MetaData(
    naming_convention={
        "ix": "ix_%(column_0_N_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

facts = sa.Table(
    "facts", metadata,
    sa.Column("name", sa.String(80), primary_key=True),
    sa.Column("value", Json, nullable=False),
)  # fmt: skip
"""Single facts: the run that the opportunities were last taken from, sizes of the shop, the store's own id."""

users = sa.Table(
    "users", metadata,
    sa.Column("name", sa.String(120), primary_key=True),
    sa.Column("kind", sa.String(10), nullable=False),
    sa.Column("role", sa.String(60), nullable=False),
    sa.Column("email", sa.String(200)),
    sa.Column("active", sa.Boolean, nullable=False),
    sa.Column("created_at", UtcTime, nullable=False),
)  # fmt: skip
"""People and agents (`kind`: person, agent) with their role."""

roles = sa.Table(
    "roles", metadata,
    sa.Column("name", sa.String(60), primary_key=True),
    sa.Column("may", Json, nullable=False),
)  # fmt: skip
"""Roles made here beside those of shop.toml, and what they may do."""

limits = sa.Table(
    "limits", metadata,
    sa.Column("holder", sa.String(120), primary_key=True),
    sa.Column("limits", Json, nullable=False),
    sa.Column("set_by", sa.String(120), nullable=False),
    sa.Column("set_at", UtcTime, nullable=False),
)  # fmt: skip
"""Limits of a person, an agent or a role (`role:manager`) that go before those of shop.toml."""

agents = sa.Table(
    "agents", metadata,
    sa.Column("name", sa.String(120), sa.ForeignKey("users.name"), primary_key=True),
    sa.Column("level", sa.String(20), nullable=False),
    sa.Column("levels", Json, nullable=False),
    sa.Column("answers_to", sa.String(120)),
    sa.Column("set_at", UtcTime, nullable=False),
)  # fmt: skip
"""Autonomy of each agent: `level` in general, `levels` by action type, and the person who answers for it."""

tokens = sa.Table(
    "tokens", metadata,
    sa.Column("id", sa.String(12), primary_key=True),
    sa.Column("digest", sa.String(64), nullable=False, unique=True),
    sa.Column("owner", sa.String(120), sa.ForeignKey("users.name"), nullable=False, index=True),
    sa.Column("label", sa.String(120), nullable=False),
    sa.Column("scopes", Json, nullable=False),
    sa.Column("created_at", UtcTime, nullable=False),
    sa.Column("expires_at", UtcTime),
    sa.Column("revoked_at", UtcTime),
    sa.Column("used_at", UtcTime),
)  # fmt: skip
"""Tokens of the HTTP interface; only their hash is kept."""

opportunities = sa.Table(
    "opportunities", metadata,
    sa.Column("id", sa.String(12), primary_key=True),
    sa.Column("origin", sa.String(10), nullable=False),
    sa.Column("detector", sa.Integer, nullable=False),
    sa.Column("code", sa.String(20), nullable=False),
    sa.Column("name", sa.String(120), nullable=False),
    sa.Column("level", sa.String(40), nullable=False, index=True),
    sa.Column("entity", Json, nullable=False),
    sa.Column("words", sa.Text, nullable=False),
    sa.Column("value", Money, nullable=False),
    sa.Column("p10", Money, nullable=False),
    sa.Column("p90", Money, nullable=False),
    sa.Column("confidence", sa.Float, nullable=False),
    sa.Column("window_days", sa.Integer, nullable=False),
    sa.Column("rank", sa.Integer, nullable=False),
    sa.Column("score", sa.Float, nullable=False, index=True),
    sa.Column("action", sa.String(120), nullable=False),
    sa.Column("reversible", sa.Boolean, nullable=False),
    sa.Column("team", sa.String(60), nullable=False, index=True),
    sa.Column("effort", sa.Float, nullable=False),
    sa.Column("counted", sa.Boolean, nullable=False),
    sa.Column("evidence", Json, nullable=False),
    sa.Column("params", Json, nullable=False),
    sa.Column("found", sa.Boolean, nullable=False),
    sa.Column("first_run", sa.String(60)),
    sa.Column("last_run", sa.String(60)),
    sa.Column("first_found_at", UtcTime, nullable=False),
    sa.Column("last_found_at", UtcTime, nullable=False),
    sa.Column("times_found", sa.Integer, nullable=False),
    sa.Column("state", sa.String(20), nullable=False, index=True),
    sa.Column("state_at", UtcTime, nullable=False),
    sa.Column("cycle", sa.Integer, nullable=False),
    sa.Column("opened_at", UtcTime, nullable=False),
    sa.Column("decided_at", UtcTime),
    sa.Column("assignee", sa.String(120), index=True),
    sa.Column("reason", sa.Text),
    sa.Column("snoozed_until", UtcTime),
    sa.Column("document", sa.String(12)),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("net_value", Money),
)  # fmt: skip
"""One row an opportunity, for good: the same detector on the same entity. `cycle` counts how often it was opened;
`net_value` is what is left of its value where others claim the same money;
`version` goes up with each change, so that of two who change it at once one is told."""

sightings = sa.Table(
    "sightings", metadata,
    sa.Column("opportunity", sa.String(12), sa.ForeignKey("opportunities.id"), primary_key=True),
    sa.Column("run", sa.String(60), primary_key=True),
    sa.Column("found_at", UtcTime, nullable=False),
    sa.Column("value", Money, nullable=False),
    sa.Column("p10", Money, nullable=False),
    sa.Column("p90", Money, nullable=False),
    sa.Column("confidence", sa.Float, nullable=False),
    sa.Column("rank", sa.Integer, nullable=False),
)  # fmt: skip
"""What each run said of an opportunity."""

assignments = sa.Table(
    "assignments", metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("opportunity", sa.String(12), sa.ForeignKey("opportunities.id"), nullable=False, index=True),
    sa.Column("assignee", sa.String(120)),
    sa.Column("by", sa.String(120), nullable=False),
    sa.Column("at", UtcTime, nullable=False),
)  # fmt: skip

comments = sa.Table(
    "comments", metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("about", sa.String(12), nullable=False),
    sa.Column("subject", sa.String(12), nullable=False, index=True),
    sa.Column("by", sa.String(120), nullable=False),
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("place", sa.String(200)),
)  # fmt: skip
"""Remarks on an opportunity or a document (`about`); `place` is the heading of a document."""

decisions = sa.Table(
    "decisions", metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("opportunity", sa.String(12), sa.ForeignKey("opportunities.id"), nullable=False, index=True),
    sa.Column("cycle", sa.Integer, nullable=False),
    sa.Column("verdict", sa.String(12), nullable=False),
    sa.Column("by", sa.String(120), nullable=False),
    sa.Column("kind", sa.String(10), nullable=False),
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("reason", sa.Text),
    sa.Column("exposure", Json),
    sa.UniqueConstraint("opportunity", "cycle", "verdict", "by"),
)  # fmt: skip
"""Who said approve, reject or withdraw, as person or agent, with what it put at stake."""

actions = sa.Table(
    "actions", metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("opportunity", sa.String(12), sa.ForeignKey("opportunities.id"), nullable=False, index=True),
    sa.Column("cycle", sa.Integer, nullable=False),
    sa.Column("attempt", sa.Integer, nullable=False),
    sa.Column("kind", sa.String(120), nullable=False),
    sa.Column("adapter", sa.String(60), nullable=False),
    sa.Column("action", Json, nullable=False),
    sa.Column("exposure", Json, nullable=False),
    sa.Column("plan", Json),
    sa.Column("digest", sa.String(64)),
    sa.Column("state", sa.String(12), nullable=False, index=True),
    sa.Column("by", sa.String(120), nullable=False),
    sa.Column("created_at", UtcTime, nullable=False),
    sa.Column("executed_at", UtcTime),
    sa.Column("confirmed_at", UtcTime),
    sa.Column("measured_until", UtcTime),
    sa.Column("undone_at", UtcTime),
    sa.Column("undone_by", sa.String(120)),
    sa.Column("receipt", Json),
    sa.Column("confirmation", Json),
    sa.Column("undo_receipt", Json),
    sa.Column("error", sa.Text),
    sa.Column("turn", sa.Integer, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.UniqueConstraint("opportunity", "cycle", "attempt"),
)  # fmt: skip
"""One execution of a decision. `id` is also the key under which it is sent: the same action is sent once. `turn` goes
up when trying was given up for the time being; the next turn goes on under the same key."""

touched = sa.Table(
    "touched", metadata,
    sa.Column("action", sa.String(40), sa.ForeignKey("actions.id"), primary_key=True),
    sa.Column("thing", sa.String(40), primary_key=True),
    sa.Column("member", sa.String(300), primary_key=True),
    sa.Column("until", UtcTime, nullable=False, index=True),
    sa.Column("price", Money),
    sa.Column("scope", sa.String(120)),
    sa.Index("ix_touched_thing_member", "thing", "member"),
)  # fmt: skip
"""SKUs, customers, keywords … that an action holds until a day, so that no second one works on them at once."""

spent = sa.Table(
    "spent", metadata,
    sa.Column("action", sa.String(40), sa.ForeignKey("actions.id"), primary_key=True),
    sa.Column("holder", sa.String(120), nullable=False),
    sa.Column("day", sa.Date, nullable=False),
    sa.Column("money", Money, nullable=False),
    sa.Column("skus", sa.Integer, nullable=False),
    sa.Column("customers", sa.Integer, nullable=False),
    sa.Column("spend", Money, nullable=False),
    sa.Index("ix_spent_holder_day", "holder", "day"),
)  # fmt: skip
"""What each action took of its holder's limits on its day."""

outcomes = sa.Table(
    "outcomes", metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("action", sa.String(40), sa.ForeignKey("actions.id"), nullable=False, unique=True),
    sa.Column("opportunity", sa.String(12), sa.ForeignKey("opportunities.id"), nullable=False, index=True),
    sa.Column("detector", sa.String(20), nullable=False, index=True),
    sa.Column("team", sa.String(60), nullable=False),
    sa.Column("by", sa.String(120), nullable=False),
    sa.Column("kind", sa.String(10), nullable=False),
    sa.Column("predicted", Money, nullable=False),
    sa.Column("predicted_p10", Money, nullable=False),
    sa.Column("predicted_p90", Money, nullable=False),
    sa.Column("realised", Money),
    sa.Column("low", Money),
    sa.Column("high", Money),
    sa.Column("method", sa.String(60), nullable=False),
    sa.Column("observational", sa.Boolean, nullable=False),
    sa.Column("details", Json, nullable=False),
    sa.Column("measured_at", UtcTime, nullable=False),
)  # fmt: skip
"""What an action brought, beside what was predicted."""

documents = sa.Table(
    "documents", metadata,
    sa.Column("id", sa.String(12), primary_key=True),
    sa.Column("kind", sa.String(40), nullable=False),
    sa.Column("title", sa.String(300), nullable=False),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("data", Json, nullable=False),
    sa.Column("subject", sa.String(12), index=True),
    sa.Column("author", sa.String(120), nullable=False),
    sa.Column("created_at", UtcTime, nullable=False),
    sa.Column("changed_at", UtcTime, nullable=False),
    sa.Column("reading_until", UtcTime),
    sa.Column("decided_at", UtcTime),
    sa.Column("decided_by", sa.String(120)),
    sa.Column("decision", sa.Text),
    sa.Column("version", sa.Integer, nullable=False),
)  # fmt: skip
"""Press releases and FAQs, six-pagers, corrections of error: draft, reading, decided."""

audit = sa.Table(
    "audit", metadata,
    sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("by", sa.String(120), nullable=False),
    sa.Column("kind", sa.String(10), nullable=False),
    sa.Column("verb", sa.String(40), nullable=False, index=True),
    sa.Column("about", sa.String(20), nullable=False),
    sa.Column("subject", sa.String(120), nullable=False, index=True),
    sa.Column("data", Json, nullable=False),
    sa.Column("before", sa.String(64), nullable=False),
    sa.Column("digest", sa.String(64), nullable=False),
)  # fmt: skip
"""Everything that was ever done, in order, each entry with the hash of the one before it. Never changed or removed:
the database refuses."""

audit_head = sa.Table(
    "audit_head", metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("seq", sa.Integer, nullable=False),
    sa.Column("digest", sa.String(64), nullable=False),
)  # fmt: skip
"""The last entry of the audit: one row, whose lock puts writers in a line."""

workers = sa.Table(
    "workers", metadata,
    sa.Column("id", sa.String(120), primary_key=True),
    sa.Column("host", sa.String(200), nullable=False),
    sa.Column("pid", sa.Integer, nullable=False),
    sa.Column("born", sa.String(60), nullable=False),
    sa.Column("beat_at", UtcTime, nullable=False),
    sa.Column("ended", sa.Boolean, nullable=False),
    sa.Column("heir", sa.String(120)),
)  # fmt: skip
"""Processes that carry actions out; who took over what a dead one left."""

automations = sa.Table(
    "automations", metadata,
    sa.Column("name", sa.String(60), primary_key=True),
    sa.Column("rule", Json, nullable=False),
    sa.Column("paused", sa.Boolean, nullable=False),
    sa.Column("set_by", sa.String(120), nullable=False),
    sa.Column("set_at", UtcTime, nullable=False),
    sa.Column("last_at", UtcTime),
)  # fmt: skip
"""Rules that work the queue by themselves; `last_at` is when each was last evaluated."""

evaluations = sa.Table(
    "evaluations", metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("automation", sa.String(60), sa.ForeignKey("automations.name"), nullable=False, index=True),
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("fired", sa.Boolean, nullable=False),
    sa.Column("why", sa.Text, nullable=False),
    sa.Column("run", sa.String(60)),
    sa.Column("matched", sa.Integer, nullable=False),
    sa.Column("results", Json, nullable=False),
)  # fmt: skip
"""What each evaluation of a rule did, or why it did nothing; `results` opportunity by opportunity."""
