"""Rules that work the queue by themselves, and what each of their evaluations did."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from profithunt.actions.store.columns import Json, UtcTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the store forward."""
    op.create_table(
        "automations",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("rule", Json, nullable=False),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("set_by", sa.String(length=120), nullable=False),
        sa.Column("set_at", UtcTime(), nullable=False),
        sa.Column("last_at", UtcTime(), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_automations")),
    )
    op.create_table(
        "evaluations",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("automation", sa.String(length=60), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("fired", sa.Boolean(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("run", sa.String(length=60), nullable=True),
        sa.Column("matched", sa.Integer(), nullable=False),
        sa.Column("results", Json, nullable=False),
        sa.ForeignKeyConstraint(["automation"], ["automations.name"], name=op.f("fk_evaluations_automation")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evaluations")),
    )
    with op.batch_alter_table("evaluations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_evaluations_automation"), ["automation"], unique=False)


def downgrade() -> None:
    """Bring the store back."""
    with op.batch_alter_table("evaluations", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_evaluations_automation"))
    op.drop_table("evaluations")
    op.drop_table("automations")
