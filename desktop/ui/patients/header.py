"""The header of a patient's page: always visible, whichever tab is open."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from desktop.models.values.enums import Sex
from desktop.models.values.money import ZERO, Money
from desktop.services.people.header import Alert, AlertKind, PatientHeader
from desktop.ui.lib import dates, theme
from desktop.ui.lib.edits import plain_label
from desktop.ui.lib.icons import icon

_SEX: Final = {Sex.FEMALE: "female", Sex.MALE: "male", Sex.UNKNOWN: "sex unknown"}
_SEVERE: Final = {AlertKind.MAY_NOT_BILL, AlertKind.EXPIRED, AlertKind.INACTIVE}


class HeaderBar(QFrame):
    """Name, birth date, coverage, balances, alerts."""

    def __init__(self) -> None:
        super().__init__()
        theme.flag(self, "card")
        self.name = plain_label()
        theme.flag(self.name, "title")
        self.facts = plain_label()
        self.facts.setWordWrap(True)
        self.coverage = plain_label()
        self.coverage.setWordWrap(True)
        self.balances = plain_label()
        self.balances.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
        self._alerts = QHBoxLayout()
        self._alerts.setSpacing(14)
        left = QVBoxLayout()
        left.setSpacing(2)
        first = QHBoxLayout()
        first.setSpacing(16)
        first.addWidget(self.name)
        first.addWidget(self.facts, 1, Qt.AlignmentFlag.AlignBottom)
        left.addLayout(first)
        left.addWidget(self.coverage)
        left.addLayout(self._alerts)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 12, 8)
        row.addLayout(left, 1)
        row.addWidget(self.balances)
        self._alert_texts: list[str] = []

    def show_header(self, header: PatientHeader) -> None:
        """Show a patient."""
        self.name.setText(header.name)
        self.facts.setText(_facts(header))
        copay = f"   Copay {header.copay.shown}" if header.copay else ""
        self.coverage.setText((header.coverage or "No coverage in force") + copay)
        self.balances.setText(_balances(header))
        self._show_alerts(header.alerts)

    def alert_texts(self) -> list[str]:
        """What the alerts say now."""
        return list(self._alert_texts)

    def _show_alerts(self, alerts: tuple[Alert, ...]) -> None:
        while self._alerts.count():
            item = self._alerts.takeAt(0)
            widget = item.widget() if item else None
            if widget is not None:
                widget.deleteLater()
        # What “No coverage in force” says stands in the line above already.
        shown = [a for a in alerts if a.kind is not AlertKind.NO_COVERAGE]
        self._alert_texts = [alert.text for alert in shown]
        for alert in shown:
            self._alerts.addWidget(_alert(alert))
        self._alerts.addStretch(1)


def _facts(header: PatientHeader) -> str:
    parts = []
    if header.birth_on:
        parts.append(f"born {dates.shown(header.birth_on)} ({header.age})")
    parts.append(_SEX[header.sex])
    parts.append(f"account {header.account_number}")
    if header.phone:
        phone = header.phone
        parts.append(f"({phone[:3]}) {phone[3:6]}-{phone[6:]}" if len(phone) == 10 else phone)
    return "   ".join(parts)


def _balances(header: PatientHeader) -> str:
    lines = [
        f"Patient owes {_money(header.patient_balance)}",
        f"Insurance owes {_money(header.insurance_balance)}",
    ]
    if header.unapplied != ZERO:
        lines.append(f"Paid ahead {header.unapplied.shown}")
    return "\n".join(lines)


def _money(amount: Money) -> str:
    return f"${amount.shown}" if amount >= ZERO else f"{amount.shown} (credit)"


def _alert(alert: Alert) -> QWidget:
    severe = alert.kind in _SEVERE
    scheme = theme.current()
    holder = QWidget()
    row = QHBoxLayout(holder)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(5)
    mark = QLabel()
    name, colour = ("problem", scheme.bad) if severe else ("warning", scheme.warn)
    mark.setPixmap(icon(name, colour, 15).pixmap(15, 15))
    text = plain_label(alert.text)
    theme.flag(text, "bad" if severe else "warn")
    row.addWidget(mark)
    row.addWidget(text)
    return holder
