"""Reviews of coding, coverage articles, licences."""

from alembic import op

revision = "practice_0002"
down_revision = "practice_0001"
branch_labels = None
depends_on = None

STATEMENTS = (
    """CREATE TABLE article_choice (
    article TEXT NOT NULL,
    procedure TEXT NOT NULL,
    groups TEXT NOT NULL,
    user_id INTEGER NOT NULL,
    chosen_at TEXT NOT NULL,
    CONSTRAINT pk_article_choice PRIMARY KEY (article, procedure),
    CONSTRAINT fk_article_choice_user_id FOREIGN KEY(user_id) REFERENCES user (id)
)
 STRICT""",
    """CREATE TABLE code_licence (
    system TEXT NOT NULL,
    user_id INTEGER NOT NULL,
    confirmed_at TEXT NOT NULL,
    CONSTRAINT pk_code_licence PRIMARY KEY (system),
    CONSTRAINT fk_code_licence_user_id FOREIGN KEY(user_id) REFERENCES user (id)
)
 STRICT""",
    """CREATE TABLE visit_review (
    id INTEGER NOT NULL,
    visit_id INTEGER NOT NULL,
    coder_id INTEGER NOT NULL,
    sent_by INTEGER NOT NULL,
    sent_at TEXT NOT NULL,
    note TEXT NOT NULL,
    reviewer_id INTEGER,
    closed_at TEXT,
    version INTEGER NOT NULL,
    CONSTRAINT pk_visit_review PRIMARY KEY (id),
    CONSTRAINT fk_visit_review_visit_id FOREIGN KEY(visit_id) REFERENCES visit (id),
    CONSTRAINT fk_visit_review_coder_id FOREIGN KEY(coder_id) REFERENCES user (id),
    CONSTRAINT fk_visit_review_sent_by FOREIGN KEY(sent_by) REFERENCES user (id),
    CONSTRAINT fk_visit_review_reviewer_id FOREIGN KEY(reviewer_id) REFERENCES user (id)
)
 STRICT""",
    """CREATE TABLE review_verdict (
    id INTEGER NOT NULL,
    review_id INTEGER NOT NULL,
    kind TEXT NOT NULL,
    position INTEGER NOT NULL,
    code TEXT NOT NULL,
    verdict TEXT NOT NULL,
    better_code TEXT NOT NULL,
    reason TEXT NOT NULL,
    CONSTRAINT pk_review_verdict PRIMARY KEY (id),
    CONSTRAINT uq_review_verdict_review_id_kind_position UNIQUE (review_id, kind, position),
    CONSTRAINT ck_review_verdict_kind CHECK (kind IN ('diagnosis', 'line')),
    CONSTRAINT ck_review_verdict_verdict CHECK (verdict IN ('agree', 'change', 'remove', 'add')),
    CONSTRAINT fk_review_verdict_review_id FOREIGN KEY(review_id) REFERENCES visit_review (id)
)
 STRICT""",
    """CREATE UNIQUE INDEX uq_visit_review_open ON visit_review (visit_id) WHERE closed_at IS NULL""",
    """CREATE INDEX ix_visit_review_closed ON visit_review (closed_at)""",
    """CREATE INDEX ix_visit_review_visit_id ON visit_review (visit_id)""",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    for table in (
        "review_verdict",
        "visit_review",
        "code_licence",
        "article_choice",
    ):
        op.execute(f'DROP TABLE "{table}"')
