# ruff: noqa: E501 (a table of questions)
"""What a diagnosis leaves open besides side, trimester and visit: its type, stage or severity."""

from __future__ import annotations

_ASTHMA = "Mild intermittent={0}2{1}; Mild persistent={0}3{1}; Moderate persistent={0}4{1}; Severe persistent={0}5{1}"

_LINES = f"""
J45.909 | How severe is it? | {_ASTHMA.format("J45.", "0")}
J45.901 | How severe is it? | {_ASTHMA.format("J45.", "1")}
I50.9 | Which type? | Systolic=I50.20; Diastolic=I50.30; Combined=I50.40
I50.20 | Acute or chronic? | Acute=I50.21; Chronic=I50.22; Acute on chronic=I50.23
I50.30 | Acute or chronic? | Acute=I50.31; Chronic=I50.32; Acute on chronic=I50.33
N18.9 | Which stage? | Stage 1=N18.1; Stage 2=N18.2; Stage 3a=N18.31; Stage 3b=N18.32; Stage 4=N18.4; Stage 5=N18.5; End stage=N18.6
N18.30 | Which stage, 3a or 3b? | Stage 3a=N18.31; Stage 3b=N18.32
G43.909 | Which type? | Without aura=G43.009; With aura=G43.109; Chronic=G43.709
I48.91 | Which type? | Paroxysmal=I48.0; Persistent=I48.19; Longstanding persistent=I48.11; Permanent=I48.21
D64.9 | Which type? | Iron deficiency=D50.9; Vitamin B12 deficiency=D51.9; Chronic kidney disease=D63.1; Other chronic disease=D63.8
F32.A | How severe is it? | Mild=F32.0; Moderate=F32.1; Severe=F32.2; Recurrent=F33.9
F32.9 | How severe is it? | Mild=F32.0; Moderate=F32.1; Severe=F32.2; In partial remission=F32.4
F33.9 | How severe is it? | Mild=F33.0; Moderate=F33.1; Severe=F33.2; In partial remission=F33.41
E66.9 | Which class? | Class 1=E66.811; Class 2=E66.812; Class 3=E66.813
L89.90 | Which site and stage? | Sacrum, stage 2=L89.152; Right heel, stage 2=L89.612; Left heel, stage 2=L89.622
H40.9 | Which type? | Open-angle=H40.10X0; Angle-closure=H40.20X0
F03.90 | How severe is it? | Mild=F03.A0; Moderate=F03.B0; Severe=F03.C0
E11.9 | Which type? | Type 1=E10.9; Type 2=E11.9; Due to another disease=E08.9; Drug-induced=E09.9
"""


def _table() -> dict[str, tuple[str, tuple[tuple[str, str], ...]]]:
    out: dict[str, tuple[str, tuple[tuple[str, str], ...]]] = {}
    for line in _LINES.strip().splitlines():
        code, question, answers = (part.strip() for part in line.split("|"))
        pairs = tuple(a.strip().split("=") for a in answers.split(";"))
        out[code.replace(".", "")] = (question, tuple((p[0], p[1].replace(".", "")) for p in pairs))
    return out


_OPEN = _table()


def open_question(code: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """The question that a code leaves open, and answers as (text, code); else empty."""
    return _OPEN.get(code, ("", ()))


def diabetes_types(code: str) -> tuple[tuple[str, str], ...]:
    """The same complication under the other types of diabetes."""
    return (("Type 1", "E10" + code[3:]), ("Type 2", "E11" + code[3:]), ("Other", "E13" + code[3:]))
