"""The first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from profithunt.actions.store.columns import Json, Money, UtcTime

SQLITE = """
CREATE TRIGGER audit_no_{verb} BEFORE {VERB} ON audit
BEGIN SELECT RAISE(ABORT, 'the audit is never changed'); END
"""
POSTGRES_FUNCTION = """
CREATE FUNCTION audit_is_kept() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'the audit is never changed'; END $$
"""
POSTGRES = "CREATE TRIGGER audit_no_{verb} BEFORE {VERB} ON audit FOR EACH STATEMENT EXECUTE FUNCTION audit_is_kept()"

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def _keep_the_audit() -> None:
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    if not on_sqlite:
        op.execute(POSTGRES_FUNCTION)
    for verb in ("update", "delete") if on_sqlite else ("update", "delete", "truncate"):
        op.execute((SQLITE if on_sqlite else POSTGRES).format(verb=verb, VERB=verb.upper()))


def upgrade() -> None:  # noqa: PLR0915 - one statement a table
    """Bring the store forward."""
    op.create_table(
        "audit",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("by", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("verb", sa.String(length=40), nullable=False),
        sa.Column("about", sa.String(length=20), nullable=False),
        sa.Column("subject", sa.String(length=120), nullable=False),
        sa.Column("data", Json, nullable=False),
        sa.Column("before", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit")),
    )
    with op.batch_alter_table("audit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_subject"), ["subject"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_verb"), ["verb"], unique=False)

    op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_head")),
    )
    op.create_table(
        "comments",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("about", sa.String(length=12), nullable=False),
        sa.Column("subject", sa.String(length=12), nullable=False),
        sa.Column("by", sa.String(length=120), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comments")),
    )
    with op.batch_alter_table("comments", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_comments_subject"), ["subject"], unique=False)

    op.create_table(
        "documents",
        sa.Column("id", sa.String(length=12), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("data", Json, nullable=False),
        sa.Column("subject", sa.String(length=12), nullable=True),
        sa.Column("author", sa.String(length=120), nullable=False),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.Column("changed_at", UtcTime(), nullable=False),
        sa.Column("reading_until", UtcTime(), nullable=True),
        sa.Column("decided_at", UtcTime(), nullable=True),
        sa.Column("decided_by", sa.String(length=120), nullable=True),
        sa.Column("decision", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_documents")),
    )
    with op.batch_alter_table("documents", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_documents_subject"), ["subject"], unique=False)

    op.create_table(
        "facts",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("value", Json, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_facts")),
    )
    op.create_table(
        "limits",
        sa.Column("holder", sa.String(length=120), nullable=False),
        sa.Column("limits", Json, nullable=False),
        sa.Column("set_by", sa.String(length=120), nullable=False),
        sa.Column("set_at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("holder", name=op.f("pk_limits")),
    )
    op.create_table(
        "opportunities",
        sa.Column("id", sa.String(length=12), nullable=False),
        sa.Column("origin", sa.String(length=10), nullable=False),
        sa.Column("detector", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("level", sa.String(length=40), nullable=False),
        sa.Column("entity", Json, nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("value", Money(precision=18, scale=4), nullable=False),
        sa.Column("p10", Money(precision=18, scale=4), nullable=False),
        sa.Column("p90", Money(precision=18, scale=4), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("window_days", sa.Integer(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("action", sa.String(length=120), nullable=False),
        sa.Column("reversible", sa.Boolean(), nullable=False),
        sa.Column("team", sa.String(length=60), nullable=False),
        sa.Column("effort", sa.Float(), nullable=False),
        sa.Column("counted", sa.Boolean(), nullable=False),
        sa.Column("evidence", Json, nullable=False),
        sa.Column("params", Json, nullable=False),
        sa.Column("found", sa.Boolean(), nullable=False),
        sa.Column("first_run", sa.String(length=60), nullable=True),
        sa.Column("last_run", sa.String(length=60), nullable=True),
        sa.Column("first_found_at", UtcTime(), nullable=False),
        sa.Column("last_found_at", UtcTime(), nullable=False),
        sa.Column("times_found", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("state_at", UtcTime(), nullable=False),
        sa.Column("cycle", sa.Integer(), nullable=False),
        sa.Column("opened_at", UtcTime(), nullable=False),
        sa.Column("decided_at", UtcTime(), nullable=True),
        sa.Column("assignee", sa.String(length=120), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("snoozed_until", UtcTime(), nullable=True),
        sa.Column("document", sa.String(length=12), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opportunities")),
    )
    with op.batch_alter_table("opportunities", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_opportunities_assignee"), ["assignee"], unique=False)
        batch_op.create_index(batch_op.f("ix_opportunities_level"), ["level"], unique=False)
        batch_op.create_index(batch_op.f("ix_opportunities_score"), ["score"], unique=False)
        batch_op.create_index(batch_op.f("ix_opportunities_state"), ["state"], unique=False)
        batch_op.create_index(batch_op.f("ix_opportunities_team"), ["team"], unique=False)

    op.create_table(
        "roles",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("may", Json, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_roles")),
    )
    op.create_table(
        "users",
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("role", sa.String(length=60), nullable=False),
        sa.Column("email", sa.String(length=200), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_users")),
    )
    op.create_table(
        "workers",
        sa.Column("id", sa.String(length=120), nullable=False),
        sa.Column("host", sa.String(length=200), nullable=False),
        sa.Column("pid", sa.Integer(), nullable=False),
        sa.Column("born", sa.String(length=60), nullable=False),
        sa.Column("beat_at", UtcTime(), nullable=False),
        sa.Column("ended", sa.Boolean(), nullable=False),
        sa.Column("heir", sa.String(length=120), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workers")),
    )
    op.create_table(
        "actions",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("opportunity", sa.String(length=12), nullable=False),
        sa.Column("cycle", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=120), nullable=False),
        sa.Column("adapter", sa.String(length=60), nullable=False),
        sa.Column("action", Json, nullable=False),
        sa.Column("exposure", Json, nullable=False),
        sa.Column("plan", Json, nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("by", sa.String(length=120), nullable=False),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.Column("executed_at", UtcTime(), nullable=True),
        sa.Column("confirmed_at", UtcTime(), nullable=True),
        sa.Column("measured_until", UtcTime(), nullable=True),
        sa.Column("undone_at", UtcTime(), nullable=True),
        sa.Column("undone_by", sa.String(length=120), nullable=True),
        sa.Column("receipt", Json, nullable=True),
        sa.Column("confirmation", Json, nullable=True),
        sa.Column("undo_receipt", Json, nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["opportunity"], ["opportunities.id"], name=op.f("fk_actions_opportunity")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_actions")),
        sa.UniqueConstraint("opportunity", "cycle", "attempt", name=op.f("uq_actions_opportunity_cycle_attempt")),
    )
    with op.batch_alter_table("actions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_actions_opportunity"), ["opportunity"], unique=False)
        batch_op.create_index(batch_op.f("ix_actions_state"), ["state"], unique=False)

    op.create_table(
        "agents",
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("level", sa.String(length=20), nullable=False),
        sa.Column("levels", Json, nullable=False),
        sa.Column("answers_to", sa.String(length=120), nullable=True),
        sa.Column("set_at", UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(["name"], ["users.name"], name=op.f("fk_agents_name")),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_agents")),
    )
    op.create_table(
        "assignments",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("opportunity", sa.String(length=12), nullable=False),
        sa.Column("assignee", sa.String(length=120), nullable=True),
        sa.Column("by", sa.String(length=120), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(["opportunity"], ["opportunities.id"], name=op.f("fk_assignments_opportunity")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignments")),
    )
    with op.batch_alter_table("assignments", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_assignments_opportunity"), ["opportunity"], unique=False)

    op.create_table(
        "decisions",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("opportunity", sa.String(length=12), nullable=False),
        sa.Column("cycle", sa.Integer(), nullable=False),
        sa.Column("verdict", sa.String(length=12), nullable=False),
        sa.Column("by", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("exposure", Json, nullable=True),
        sa.ForeignKeyConstraint(["opportunity"], ["opportunities.id"], name=op.f("fk_decisions_opportunity")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decisions")),
        sa.UniqueConstraint(
            "opportunity", "cycle", "verdict", "by", name=op.f("uq_decisions_opportunity_cycle_verdict_by")
        ),
    )
    with op.batch_alter_table("decisions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_decisions_opportunity"), ["opportunity"], unique=False)

    op.create_table(
        "sightings",
        sa.Column("opportunity", sa.String(length=12), nullable=False),
        sa.Column("run", sa.String(length=60), nullable=False),
        sa.Column("found_at", UtcTime(), nullable=False),
        sa.Column("value", Money(precision=18, scale=4), nullable=False),
        sa.Column("p10", Money(precision=18, scale=4), nullable=False),
        sa.Column("p90", Money(precision=18, scale=4), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["opportunity"], ["opportunities.id"], name=op.f("fk_sightings_opportunity")),
        sa.PrimaryKeyConstraint("opportunity", "run", name=op.f("pk_sightings")),
    )
    op.create_table(
        "tokens",
        sa.Column("id", sa.String(length=12), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("owner", sa.String(length=120), nullable=False),
        sa.Column("label", sa.String(length=120), nullable=False),
        sa.Column("scopes", Json, nullable=False),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.Column("expires_at", UtcTime(), nullable=True),
        sa.Column("revoked_at", UtcTime(), nullable=True),
        sa.Column("used_at", UtcTime(), nullable=True),
        sa.ForeignKeyConstraint(["owner"], ["users.name"], name=op.f("fk_tokens_owner")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tokens")),
        sa.UniqueConstraint("digest", name=op.f("uq_tokens_digest")),
    )
    with op.batch_alter_table("tokens", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_tokens_owner"), ["owner"], unique=False)

    op.create_table(
        "outcomes",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("opportunity", sa.String(length=12), nullable=False),
        sa.Column("detector", sa.String(length=20), nullable=False),
        sa.Column("team", sa.String(length=60), nullable=False),
        sa.Column("by", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("predicted", Money(precision=18, scale=4), nullable=False),
        sa.Column("predicted_p10", Money(precision=18, scale=4), nullable=False),
        sa.Column("predicted_p90", Money(precision=18, scale=4), nullable=False),
        sa.Column("realised", Money(precision=18, scale=4), nullable=True),
        sa.Column("low", Money(precision=18, scale=4), nullable=True),
        sa.Column("high", Money(precision=18, scale=4), nullable=True),
        sa.Column("method", sa.String(length=60), nullable=False),
        sa.Column("observational", sa.Boolean(), nullable=False),
        sa.Column("details", Json, nullable=False),
        sa.Column("measured_at", UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(["action"], ["actions.id"], name=op.f("fk_outcomes_action")),
        sa.ForeignKeyConstraint(["opportunity"], ["opportunities.id"], name=op.f("fk_outcomes_opportunity")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outcomes")),
        sa.UniqueConstraint("action", name=op.f("uq_outcomes_action")),
    )
    with op.batch_alter_table("outcomes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_outcomes_detector"), ["detector"], unique=False)
        batch_op.create_index(batch_op.f("ix_outcomes_opportunity"), ["opportunity"], unique=False)

    op.create_table(
        "spent",
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("holder", sa.String(length=120), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("money", Money(precision=18, scale=4), nullable=False),
        sa.Column("skus", sa.Integer(), nullable=False),
        sa.Column("customers", sa.Integer(), nullable=False),
        sa.Column("spend", Money(precision=18, scale=4), nullable=False),
        sa.ForeignKeyConstraint(["action"], ["actions.id"], name=op.f("fk_spent_action")),
        sa.PrimaryKeyConstraint("action", name=op.f("pk_spent")),
    )
    with op.batch_alter_table("spent", schema=None) as batch_op:
        batch_op.create_index("ix_spent_holder_day", ["holder", "day"], unique=False)

    op.create_table(
        "touched",
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("thing", sa.String(length=40), nullable=False),
        sa.Column("member", sa.String(length=300), nullable=False),
        sa.Column("until", UtcTime(), nullable=False),
        sa.Column("price", Money(precision=18, scale=4), nullable=True),
        sa.Column("scope", sa.String(length=120), nullable=True),
        sa.ForeignKeyConstraint(["action"], ["actions.id"], name=op.f("fk_touched_action")),
        sa.PrimaryKeyConstraint("action", "thing", "member", name=op.f("pk_touched")),
    )
    with op.batch_alter_table("touched", schema=None) as batch_op:
        batch_op.create_index("ix_touched_thing_member", ["thing", "member"], unique=False)
        batch_op.create_index(batch_op.f("ix_touched_until"), ["until"], unique=False)
    head = sa.table("audit_head", sa.column("id"), sa.column("seq"), sa.column("digest"))
    op.bulk_insert(head, [{"id": 1, "seq": 0, "digest": "0" * 64}])
    _keep_the_audit()


def downgrade() -> None:  # noqa: PLR0915 - the same
    """Bring the store back."""
    with op.batch_alter_table("touched", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_touched_until"))
        batch_op.drop_index("ix_touched_thing_member")

    op.drop_table("touched")
    with op.batch_alter_table("spent", schema=None) as batch_op:
        batch_op.drop_index("ix_spent_holder_day")

    op.drop_table("spent")
    with op.batch_alter_table("outcomes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_outcomes_opportunity"))
        batch_op.drop_index(batch_op.f("ix_outcomes_detector"))

    op.drop_table("outcomes")
    with op.batch_alter_table("tokens", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_tokens_owner"))

    op.drop_table("tokens")
    op.drop_table("sightings")
    with op.batch_alter_table("decisions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_decisions_opportunity"))

    op.drop_table("decisions")
    with op.batch_alter_table("assignments", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_assignments_opportunity"))

    op.drop_table("assignments")
    op.drop_table("agents")
    with op.batch_alter_table("actions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_actions_state"))
        batch_op.drop_index(batch_op.f("ix_actions_opportunity"))

    op.drop_table("actions")
    op.drop_table("workers")
    op.drop_table("users")
    op.drop_table("roles")
    with op.batch_alter_table("opportunities", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_opportunities_team"))
        batch_op.drop_index(batch_op.f("ix_opportunities_state"))
        batch_op.drop_index(batch_op.f("ix_opportunities_score"))
        batch_op.drop_index(batch_op.f("ix_opportunities_level"))
        batch_op.drop_index(batch_op.f("ix_opportunities_assignee"))

    op.drop_table("opportunities")
    op.drop_table("limits")
    op.drop_table("facts")
    with op.batch_alter_table("documents", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_documents_subject"))

    op.drop_table("documents")
    with op.batch_alter_table("comments", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_comments_subject"))

    op.drop_table("comments")
    op.drop_table("audit_head")
    with op.batch_alter_table("audit", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_audit_verb"))
        batch_op.drop_index(batch_op.f("ix_audit_subject"))

    op.drop_table("audit")
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION audit_is_kept")
