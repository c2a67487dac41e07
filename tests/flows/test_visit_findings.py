"""What the checks say beside a visit, by keys: sources, advice, coverage articles asked once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from desktop.models.practice import Payer
from desktop.models.values.enums import FilingCode
from desktop.services.claims.rules.coding import articles
from desktop.services.coding.base.values import ImportOptions
from desktop.services.practice.codes import code_sets
from desktop.services.visits import entry
from desktop.services.visits.values import LineDraft
from desktop.ui.lib import messages
from desktop.ui.lib.dialog import FormDialog
from desktop.ui.visits.article_dialog import ArticleDialog
from desktop.ui.visits.page import VisitsPage
from tests.flows.conftest import back, focused, settle
from tests.helpers.keys import CONTROL, press, type_in
from tests.helpers.shared import shared_dir
from tests.unit.visits.scenes import ON, Scene, make_scene

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from desktop.services.core.database import Database
    from desktop.services.core.work import Work
    from desktop.ui.frame.main_window import MainWindow

ENTER = Qt.Key.Key_Return
CONTROL_SHIFT = CONTROL | Qt.KeyboardModifier.ShiftModifier
_ARTICLES = (
    "article.csv",
    "article_x_hcpc_code.csv",
    "article_x_icd10_covered.csv",
    "article_x_icd10_covered_group.csv",
)


@pytest.fixture
def scene(database: Database) -> Scene:
    """A patient with Medicare first."""

    def prepare(work: Work) -> Scene:
        scene = make_scene(work)
        work.session.get_one(Payer, scene.payers["first"]).filing_code = FilingCode.MEDICARE_B
        return scene

    return database.write(prepare)


def _open(
    qtbot: QtBot, window: MainWindow, database: Database, scene: Scene, **values: object
) -> VisitsPage:
    visit_id = database.write(lambda work: entry.save(work, scene.draft(**values)))
    assert window.shell is not None
    window.shell.go("visits", visit_id)
    settle(qtbot, window)
    shown = window.shell.page()
    assert isinstance(shown, VisitsPage)
    qtbot.waitUntil(lambda: shown.editor.view is not None)
    settle(qtbot, window)
    return shown


def _choose(page: VisitsPage, start: str) -> int:
    texts = page.editor.findings.texts()
    at = next(n for n, text in enumerate(texts) if text.startswith(start))
    page.editor.findings.list.setCurrentRow(at)
    page.editor.findings.list.setFocus()
    return at


def test_a_coding_warning_names_its_source_jumps_and_is_passed_with_a_reason(
    scene: Scene, window: MainWindow, qtbot: QtBot, database: Database
) -> None:
    page = _open(
        qtbot, window, database, scene, diagnoses=("I10", "M25.569"),
        lines=(LineDraft(procedure="99213", pointers=(1, 2)),),
    )  # fmt: skip
    panel = page.editor.findings
    at = _choose(page, "Warning: M25.569")
    item = panel.list.item(at)
    spoken = str(item.data(Qt.ItemDataRole.AccessibleTextRole))
    assert panel.current() is not None
    assert str(panel.current().source) in spoken  # type: ignore[union-attr]
    press(panel.list, ENTER)
    assert page.editor.diagnoses.list.hasFocus()
    assert page.editor.diagnoses.current() == "M25569"
    _choose(page, "Warning: M25.569")
    press(panel.list, Qt.Key.Key_N, CONTROL_SHIFT)
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, FormDialog)
    qtbot.waitUntil(lambda: dialog.form.editor("reason").hasFocus())
    type_in(focused(), "the note does not say it")
    press(focused(), ENTER, CONTROL)
    settle(qtbot, window)
    qtbot.waitUntil(lambda: any("note does not say" in t for t in panel.texts()))
    assert not any(t.startswith("Warning: M25.569") for t in panel.texts())


def test_a_coverage_article_is_asked_once_and_then_judged(
    scene: Scene, window: MainWindow, qtbot: QtBot, database: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(messages, "confirm", lambda *_args, **_more: True)
    samples = shared_dir("code-samples/synthetic")
    paths = [samples / name for name in _ARTICLES]
    database.write(
        lambda work: code_sets.import_files(
            work, paths, ImportOptions(valid_from=ON.replace(month=7))
        )
    )
    settle(qtbot, window)
    page = _open(
        qtbot, window, database, scene, diagnoses=("I10",),
        lines=(LineDraft(procedure="G0101", pointers=(1,)),),
    )  # fmt: skip
    panel = page.editor.findings
    _choose(page, "Advice: Line 1: G0101 is listed by coverage article 99999")
    press(panel.list, ENTER)
    qtbot.waitUntil(lambda: isinstance(QApplication.activeModalWidget(), ArticleDialog))
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, ArticleDialog)
    qtbot.waitUntil(dialog.list.hasFocus)
    press(dialog.list, Qt.Key.Key_1)
    assert dialog.marked() == ["99999/1"]
    press(dialog.list, ENTER)
    settle(qtbot, window)
    qtbot.waitUntil(lambda: QApplication.activeModalWidget() is None)
    qtbot.waitUntil(lambda: any("no diagnosis of this line is covered" in t for t in panel.texts()))
    assert not any("say once" in t for t in panel.texts())
    (kept,) = database.read(articles.list_choices)
    assert (kept.article, kept.procedure, kept.groups) == ("99999", "G0101", ("99999/1",))
    # A wrong answer is no fate: with the cursor on the line it is asked again.
    back(qtbot, window)
    page.editor.lines.rows[0].units.setFocus()
    page.editor.answer_articles_again()
    qtbot.waitUntil(lambda: isinstance(QApplication.activeModalWidget(), ArticleDialog))
    again = QApplication.activeModalWidget()
    assert isinstance(again, ArticleDialog)
    again.none_button.click()
    settle(qtbot, window)
    qtbot.waitUntil(lambda: QApplication.activeModalWidget() is None)
    qtbot.waitUntil(lambda: not any("covered for G0101" in text for text in panel.texts()))
    assert [c.groups for c in database.read(articles.list_choices)] == [()]
