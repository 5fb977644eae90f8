"""What an opportunity is worth beside the others that claim the same money."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from profithunt.actions.store.columns import Money

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the store forward."""
    op.add_column("opportunities", sa.Column("net_value", Money(), nullable=True))


def downgrade() -> None:
    """Bring the store back."""
    with op.batch_alter_table("opportunities", schema=None) as batch_op:
        batch_op.drop_column("net_value")
