"""Pairs of codes and the provider directory."""

from alembic import op

revision = "codes_0002"
down_revision = "codes_0001"
branch_labels = None
depends_on = None

STATEMENTS = (
    """CREATE TABLE directory_provider (
    npi TEXT NOT NULL,
    is_person INTEGER NOT NULL,
    last TEXT NOT NULL,
    first TEXT NOT NULL,
    middle TEXT NOT NULL,
    suffix TEXT NOT NULL,
    credential TEXT NOT NULL,
    taxonomy TEXT NOT NULL,
    line1 TEXT NOT NULL,
    line2 TEXT NOT NULL,
    city TEXT NOT NULL,
    state TEXT NOT NULL,
    zip_code TEXT NOT NULL,
    phone TEXT NOT NULL,
    ended_on TEXT,
    "key" TEXT NOT NULL,
    PRIMARY KEY (npi)
)
 WITHOUT ROWID""",
    """CREATE TABLE code_pair (
    system_id INTEGER NOT NULL,
    first TEXT NOT NULL,
    second TEXT NOT NULL,
    valid_from TEXT NOT NULL,
    valid_to TEXT,
    indicator TEXT NOT NULL,
    note TEXT NOT NULL,
    PRIMARY KEY (system_id, first, second, valid_from),
    CONSTRAINT ck_pair_dates CHECK (valid_to IS NULL OR valid_to >= valid_from),
    FOREIGN KEY(system_id) REFERENCES code_system (id)
)
 WITHOUT ROWID""",
    """CREATE INDEX ix_directory_provider_key ON directory_provider ("key")""",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    for table in (
        "code_pair",
        "directory_provider",
    ):
        op.execute(f'DROP TABLE "{table}"')
