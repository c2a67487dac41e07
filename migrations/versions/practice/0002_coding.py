"""Reviews of coding, coverage articles, licences."""

from alembic import op

revision = "practice_0002"
down_revision = "practice_0001"
branch_labels = None
depends_on = None

STATEMENTS = (
    """CREATE TABLE code_licence (
    system TEXT NOT NULL,
    user_id INTEGER NOT NULL,
    confirmed_at TEXT NOT NULL,
    CONSTRAINT pk_code_licence PRIMARY KEY (system),
    CONSTRAINT fk_code_licence_user_id FOREIGN KEY(user_id) REFERENCES user (id)
)
 STRICT""",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    for table in ("code_licence",):
        op.execute(f'DROP TABLE "{table}"')
