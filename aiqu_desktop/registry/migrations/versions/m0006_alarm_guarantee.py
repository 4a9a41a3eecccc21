"""What an alarm promises about false ones, stated on the alarm itself."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("alarms", sa.Column("guarantee", sa.String(), nullable=False, server_default=""))
