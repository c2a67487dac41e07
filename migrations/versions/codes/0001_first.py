"""The first code-set file: systems, releases, codes, notes, search index."""

from __future__ import annotations

from alembic import op

revision = "codes_0001"
down_revision = None
branch_labels = None
depends_on = None

STATEMENTS = (
    """
    CREATE TABLE code_system (
        id INTEGER NOT NULL,
        name TEXT NOT NULL,
        title TEXT NOT NULL,
        dot_after INTEGER NOT NULL,
        PRIMARY KEY (id),
        CONSTRAINT uq_code_system_name UNIQUE (name)
    )
    """,
    """
    CREATE TABLE code (
        id INTEGER NOT NULL,
        system_id INTEGER NOT NULL,
        kind TEXT NOT NULL,
        code TEXT NOT NULL,
        parent TEXT NOT NULL,
        title TEXT NOT NULL,
        short_title TEXT,
        billable INTEGER NOT NULL,
        order_key INTEGER NOT NULL,
        attributes TEXT,
        replaced_by TEXT,
        valid_from TEXT NOT NULL,
        valid_to TEXT,
        PRIMARY KEY (id),
        CONSTRAINT uq_code_interval UNIQUE (system_id, code, kind, valid_from),
        CONSTRAINT ck_code_kind CHECK (kind IN ('code', 'section', 'chapter')),
        CONSTRAINT ck_code_billable CHECK (billable IN (0, 1)),
        CONSTRAINT ck_code_dates CHECK (valid_to IS NULL OR valid_to >= valid_from),
        FOREIGN KEY(system_id) REFERENCES code_system (id)
    )
    """,
    """
    CREATE INDEX ix_code_parent ON code (system_id, parent, order_key)
    """,
    """
    CREATE TABLE note (
        id INTEGER NOT NULL,
        system_id INTEGER NOT NULL,
        node_kind TEXT NOT NULL,
        node TEXT NOT NULL,
        kind TEXT NOT NULL,
        position INTEGER NOT NULL,
        mark TEXT NOT NULL,
        text TEXT NOT NULL,
        valid_from TEXT NOT NULL,
        valid_to TEXT,
        PRIMARY KEY (id),
        CONSTRAINT ck_note_dates CHECK (valid_to IS NULL OR valid_to >= valid_from),
        FOREIGN KEY(system_id) REFERENCES code_system (id)
    )
    """,
    """
    CREATE INDEX ix_note_node ON note (system_id, node, node_kind)
    """,
    """
    CREATE TABLE release (
        id INTEGER NOT NULL,
        system_id INTEGER NOT NULL,
        name TEXT NOT NULL,
        valid_from TEXT NOT NULL,
        valid_to TEXT,
        records INTEGER NOT NULL,
        billable INTEGER NOT NULL,
        PRIMARY KEY (id),
        CONSTRAINT uq_release_start UNIQUE (system_id, valid_from),
        CONSTRAINT ck_release_dates CHECK (valid_to IS NULL OR valid_to >= valid_from),
        FOREIGN KEY(system_id) REFERENCES code_system (id)
    )
    """,
    """
    CREATE TABLE search_gram (
        system_id INTEGER NOT NULL,
        gram TEXT NOT NULL,
        words TEXT NOT NULL,
        PRIMARY KEY (system_id, gram),
        FOREIGN KEY(system_id) REFERENCES code_system (id)
    )
     WITHOUT ROWID
    """,
    """
    CREATE TABLE search_term (
        id INTEGER NOT NULL,
        system_id INTEGER NOT NULL,
        code TEXT NOT NULL,
        kind TEXT NOT NULL,
        text TEXT NOT NULL,
        valid_from TEXT NOT NULL,
        valid_to TEXT,
        PRIMARY KEY (id),
        FOREIGN KEY(system_id) REFERENCES code_system (id)
    )
    """,
    """
    CREATE INDEX ix_search_term_code ON search_term (system_id, code)
    """,
    """
    CREATE TABLE search_word (
        system_id INTEGER NOT NULL,
        word TEXT NOT NULL,
        hits INTEGER NOT NULL,
        terms BLOB NOT NULL,
        PRIMARY KEY (system_id, word),
        FOREIGN KEY(system_id) REFERENCES code_system (id)
    )
     WITHOUT ROWID
    """,
    """
    CREATE TABLE release_file (
        id INTEGER NOT NULL,
        release_id INTEGER NOT NULL,
        kind TEXT NOT NULL,
        file_name TEXT NOT NULL,
        sha256 TEXT NOT NULL,
        records INTEGER NOT NULL,
        rejected INTEGER NOT NULL,
        imported_at TEXT NOT NULL,
        PRIMARY KEY (id),
        CONSTRAINT uq_release_file_hash UNIQUE (release_id, sha256),
        FOREIGN KEY(release_id) REFERENCES release (id)
    )
    """,
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
