"""What the practice decides about its coding: reviews with verdicts, and coverage articles."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from desktop.models.base import Base, only_where


class VisitReview(Base):
    """A visit that somebody else looks over before it is claimed; one at a time.

    `coder_id` is who coded it; `reviewer_id` who gave the verdicts, empty until then.
    """

    __tablename__ = "visit_review"
    __table_args__ = (
        Index(
            "uq_visit_review_open",
            "visit_id",
            unique=True,
            info=only_where("closed_at IS NULL"),
        ),
        Index("ix_visit_review_closed", "closed_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"), index=True)
    coder_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    sent_by: Mapped[int] = mapped_column(ForeignKey("user.id"))
    sent_at: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    reviewer_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    closed_at: Mapped[str | None]
    version: Mapped[int] = mapped_column()

    verdicts: Mapped[list[ReviewVerdict]] = relationship(
        order_by="ReviewVerdict.id", cascade="all, delete-orphan"
    )

    __mapper_args__ = {"version_id_col": version}


class ReviewVerdict(Base):
    """What the reviewer says of one code: agree, change it, remove it, or add one."""

    __tablename__ = "review_verdict"
    __table_args__ = (
        UniqueConstraint("review_id", "kind", "position"),
        CheckConstraint("kind IN ('diagnosis', 'line')", name="kind"),
        CheckConstraint("verdict IN ('agree', 'change', 'remove', 'add')", name="verdict"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    review_id: Mapped[int] = mapped_column(ForeignKey("visit_review.id"))
    kind: Mapped[str]
    position: Mapped[int]
    code: Mapped[str] = mapped_column(default="")
    verdict: Mapped[str]
    better_code: Mapped[str] = mapped_column(default="")
    reason: Mapped[str] = mapped_column(default="")


class ArticleChoice(Base):
    """Which diagnosis groups of a Medicare coverage article serve a procedure here.

    `groups` are joined by one blank; empty: the article does not apply to this practice.
    """

    __tablename__ = "article_choice"

    article: Mapped[str] = mapped_column(primary_key=True)
    procedure: Mapped[str] = mapped_column(primary_key=True)
    groups: Mapped[str] = mapped_column(default="")
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    chosen_at: Mapped[str]
