"""First schema of documents.db."""

from alembic import op

revision = "documents_0001"
down_revision = None
branch_labels = None
depends_on = None

STATEMENTS = (
    """CREATE TABLE document (
    sha256 TEXT NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    size INTEGER NOT NULL,
    packed BLOB NOT NULL,
    stored_at TEXT NOT NULL,
    PRIMARY KEY (sha256)
)
 STRICT""",
    """CREATE TRIGGER document_no_update BEFORE UPDATE ON document BEGIN SELECT RAISE(ABORT, 'a document is never changed or deleted'); END""",
    """CREATE TRIGGER document_no_delete BEFORE DELETE ON document BEGIN SELECT RAISE(ABORT, 'a document is never changed or deleted'); END""",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    for table in ("document",):
        op.execute(f'DROP TABLE "{table}"')
