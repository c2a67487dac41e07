"""Every item of the CMS-1500 stands where the form has its box, read back from the PDF."""

from __future__ import annotations

import datetime as dt
import time
from dataclasses import replace
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from reportlab.pdfgen.canvas import Canvas

from desktop.models.values.enums import FilingCode, Relationship, Sex, TaxIdKind
from desktop.services.formats.documents import cms1500
from desktop.services.formats.documents.cms1500 import FormOptions, PrinterProfile
from tests.unit.formats.documents.records import (
    COVERAGE,
    HOME,
    PATIENT,
    claim,
    full_claim,
    shown_texts,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from desktop.models.values.claim_record import ClaimRecord

# (line from the top, column, text) for `full_claim`, typed from the form's own grid.
HEADER = [
    (2, 41, "PRAIRIE MUTUAL HEALTH"), (4, 41, "PO BOX 981106"), (5, 41, "EL PASO TX 799981106"),
    (8, 31, "X"), (8, 50, "XYZ123456789"),
    (10, 1, "OBRIEN-LUK JR, MARIA, A"), (10, 31, "03"), (10, 34, "07"), (10, 37, "1979"),
    (10, 47, "X"), (10, 50, "BRIEN, THOMAS, Q"),
    (12, 1, "12 N ELM ST APT 4"), (12, 38, "X"), (12, 50, "12 N ELM ST APT 4"),
    (14, 1, "SPRINGFIELD"), (14, 26, "IL"), (14, 50, "SPRINGFIELD"), (14, 74, "IL"),
    (16, 1, "627040012"), (16, 15, "217"), (16, 19, "5550142"),
    (16, 50, "627040012"), (16, 65, "217"), (16, 69, "5550143"),
    (18, 1, "OBRIEN-LUK JR, MARIA, A"), (18, 50, "GRP77"),
    (20, 1, "LL9001"), (20, 41, "X"),
    (20, 53, "12"), (20, 56, "31"), (20, 59, "1977"), (20, 68, "X"),
    (22, 35, "X"), (22, 45, "IL"), (22, 50, "Y4"), (22, 53, "PC202644"),
    (24, 41, "X"), (24, 50, "PRAIRIE PPO"),
    (26, 1, "LAKESIDE PLUS"), (26, 30, "W2   W4"), (26, 52, "X"),
    (30, 7, "SIGNATURE ON FILE"), (30, 38, "08 30 2026"), (30, 55, "SIGNATURE ON FILE"),
]  # fmt: skip
MIDDLE = [
    (32, 2, "08"), (32, 5, "20"), (32, 8, "2026"), (32, 16, "431"),
    (32, 31, "439"), (32, 37, "08"), (32, 40, "19"), (32, 43, "2026"),
    (32, 54, "08"), (32, 57, "20"), (32, 60, "2026"),
    (32, 68, "09"), (32, 71, "20"), (32, 74, "2026"),
    (33, 30, "0B"), (33, 33, "03699887"),
    (34, 1, "DN"), (34, 4, "PETER J STONE DO"), (34, 33, "1588667638"),
    (34, 54, "08"), (34, 57, "21"), (34, 60, "2026"),
    (34, 68, "08"), (34, 71, "23"), (34, 74, "2026"),
    (35, 1, "SEEN AGAIN AFTER THE ACCIDENT OF AUGUST 19, SEE"), (36, 1, "THE RECORD"),
    (36, 52, "X"), (36, 66, "42 05"),
    (37, 42, "0"),
    (38, 3, "E119"), (38, 16, "I10"), (38, 29, "J449"), (38, 42, "S72001A"),
    (39, 3, "M545"), (39, 16, "R51"), (39, 29, "Z0000"), (39, 42, "K219"),
    (40, 3, "N390"), (40, 16, "F329"), (40, 29, "G4733"), (40, 42, "H9190"),
    (38, 50, "7"), (38, 62, "20260001PRIOR"), (40, 50, "AUTH5521"),
]  # fmt: skip
FOOTER = [
    (56, 1, "361234567"), (56, 19, "X"), (56, 23, "C000000123"), (56, 38, "X"),
    (56, 52, "12972"), (56, 58, "57"), (56, 65, "20"), (56, 68, "00"),
    (60, 1, "SIGNATURE ON FILE"), (61, 6, "09022026"),
    (58, 23, "NORTH CLINIC"), (59, 23, "9 LAKE RD"), (60, 23, "CHATHAM IL 626291111"),
    (61, 24, "1497758544"), (61, 36, "G2NC55"),
    (57, 66, "217"), (57, 70, "5550100"),
    (58, 50, "ELM STREET FAMILY PRACTICE PC"), (59, 50, "500 OAK AVENUE SUITE 200"),
    (60, 50, "SPRINGFIELD IL 627010500"), (61, 51, "1234567893"), (61, 63, "ZZ207Q00000X"),
]  # fmt: skip
SHADED = {1: "N400071015523 ML2.5", 2: "ZZUNLISTED (TEST)"}


def service_lines() -> list[tuple[int, int, str]]:
    rows = []
    for n, line in enumerate((44, 46, 48, 50, 52, 54), start=1):
        dollars, cents = ((50, "12345"), "07") if n == 2 else ((52, "125"), "50")
        rows += [
            (line, 1, "09"), (line, 4, "01"), (line, 7, "26"),
            (line, 10, "09"), (line, 13, f"0{n + 1}"), (line, 16, "26"),
            (line, 19, "11"), (line, 22, "Y"), (line, 25, "99213"),
            (line, 33, "25"), (line, 36, "59"), (line, 39, "RT"), (line, 42, "GT"),
            (line, 45, "ADIL"), (line, *dollars), (line, 56, cents),
            (line, 59, "1.5" if n == 3 else "1"), (line, 63, "Y"), (line, 68, "1679576722"),
            (line - 1, 65, "ZZ"), (line - 1, 68, "207R00000X"),
        ]  # fmt: skip
        if n in SHADED:
            rows.append((line - 1, 1, SHADED[n]))
    return rows


EXPECTED = HEADER + MIDDLE + service_lines() + FOOTER
SIGNED = FormOptions(signed_on=dt.date(2026, 9, 2))


def inches(line: int, column: int) -> tuple[float, float]:
    return 0.32 + 0.1 * (column - 1), 0.267 + line / 6


def at(pdf: bytes, page: int = 0) -> dict[tuple[int, int], str]:
    """The texts of a page by line and column, each within 0.01 inch of the grid."""
    found = {}
    for x, y, text in shown_texts(pdf)[page]:
        line, column = round((y - 0.267) * 6), round((x - 0.32) * 10) + 1
        right, down = inches(line, column)
        assert abs(x - right) <= 0.01, (text, x, right)
        assert abs(y - down) <= 0.01, (text, y, down)
        assert (line, column) not in found, f"two texts at line {line} column {column}"
        found[line, column] = text
    return found


def test_every_item_of_a_full_claim_stands_at_its_place() -> None:
    found = at(cms1500.render([full_claim()], options=SIGNED))

    assert found == {(line, column): text for line, column, text in EXPECTED}


@pytest.mark.parametrize(
    ("code", "group", "column"),
    [
        (FilingCode.MEDICARE_B, "", 1),
        (FilingCode.MEDICAID, "", 8),
        (FilingCode.TRICARE, "", 15),
        (FilingCode.CHAMPVA, "", 24),
        (FilingCode.COMMERCIAL, "G1", 31),
        (FilingCode.HMO, "G1", 31),
        (FilingCode.PPO, "G1", 31),
        (FilingCode.FECA, "", 39),
        (FilingCode.COMMERCIAL, "", 45),
        (FilingCode.WORKERS_COMPENSATION, "G1", 45),
        (FilingCode.AUTO, "", 45),
        (FilingCode.MEDICARE_ADVANTAGE, "G1", 45),
    ],
)
def test_item_1_has_one_box_for_the_kind_of_payer(
    code: FilingCode, group: str, column: int
) -> None:
    coverage = replace(
        COVERAGE, payer=replace(COVERAGE.payer, filing_code=code), group_number=group
    )
    found = at(cms1500.render([claim(coverages=(coverage,))]))

    assert [c for (line, c) in found if line == 8 and c < 50] == [column]


@pytest.mark.parametrize(
    ("relationship", "column"),
    [
        (Relationship.SELF, 33),
        (Relationship.SPOUSE, 38),
        (Relationship.CHILD, 42),
        (Relationship.OTHER, 47),
    ],
)
def test_item_6_marks_the_relationship(relationship: Relationship, column: int) -> None:
    found = at(cms1500.render([claim(coverages=(replace(COVERAGE, relationship=relationship),))]))

    assert [c for (line, c) in found if line == 12 and 30 < c < 50] == [column]


def boxes_of(record: ClaimRecord) -> set[tuple[int, int]]:
    return {place for place, text in at(cms1500.render([record])).items() if text == "X"}


def test_the_other_answer_of_each_pair_of_boxes_has_its_own_place() -> None:
    record = claim(
        patient=replace(PATIENT, sex=Sex.MALE),
        coverages=(replace(COVERAGE, subscriber=replace(PATIENT, address=HOME)),),
        related_causes=("EM", "OA"),
        accept_assignment=False,
        billing=replace(claim().billing, tax_id_kind=TaxIdKind.SSN),
    )

    assert boxes_of(record) == {
        (8, 31), (10, 42), (12, 38), (20, 35), (20, 75), (22, 41), (24, 35), (26, 57),
        (36, 57), (56, 17), (56, 43),
    }  # fmt: skip


def test_an_offset_moves_every_text_by_hundredths_of_an_inch() -> None:
    straight = shown_texts(cms1500.render([full_claim()]))[0]
    moved = shown_texts(cms1500.render([full_claim()], PrinterProfile(7, -12)))[0]

    for (x, y, text), (x2, y2, text2) in zip(straight, moved, strict=True):
        assert text == text2
        assert x2 - x == pytest.approx(0.07, abs=0.001)
        assert y2 - y == pytest.approx(-0.12, abs=0.001)


def test_a_scale_keeps_the_middle_of_the_sheet_and_stretches_the_rest() -> None:
    straight = shown_texts(cms1500.render([full_claim()]))[0]
    wide = shown_texts(cms1500.render([full_claim()], PrinterProfile(scale=1020)))[0]

    for (x, y, _), (x2, y2, _) in zip(straight, wide, strict=True):
        assert x2 - 4.25 == pytest.approx((x - 4.25) * 1.02, abs=0.001)
        assert y2 - 5.5 == pytest.approx((y - 5.5) * 1.02, abs=0.001)


def test_the_preview_has_the_same_text_over_boxes_that_are_drawn_once() -> None:
    records = [full_claim()] * 30
    bare, boxed = cms1500.render(records), cms1500.render(records, boxes=True)

    assert shown_texts(bare) == shown_texts(boxed)
    assert b"/XObject" in boxed
    assert b"/XObject" not in bare
    assert len(boxed) - len(bare) < 16_000


def test_the_test_sheet_reaches_both_ends_of_every_item() -> None:
    pdf = cms1500.test_sheet(PrinterProfile(3, -2, 1005))
    texts = [text for _, _, text in shown_texts(pdf)[0]]

    assert "RIGHT +0.03 IN  DOWN -0.02 IN" in texts
    assert "SCALE 100.5 PERCENT" in texts
    sheet = at(cms1500.test_sheet(PrinterProfile()))
    places = {(line, column) for line, column, _ in EXPECTED if line != 35}
    right_justified = {(36, 66), (56, 52), (56, 65)} | {(n, 52) for n in range(44, 55, 2)}
    assert places - right_justified <= set(sheet)
    assert len(sheet[10, 1]) == 28
    assert len(sheet[40, 50]) == 29


def test_forms_print_about_as_fast_as_bare_text() -> None:
    records = [full_claim()] * 60
    placed = [cms1500.fields(record) for record in records]

    def bare() -> None:
        canvas = Canvas(BytesIO(), pagesize=(612, 792), invariant=1, pageCompression=1)
        for page in placed:
            text = canvas.beginText()
            text.setFont("Courier", 12)
            for _, said, line, column, _ in page:
                text.setTextOrigin(23 + 7.2 * (column - 1), 773 - 12 * line)
                text.textOut(said)
            canvas.drawText(text)
            canvas.showPage()
        canvas.save()

    def best(work: Callable[[], object]) -> float:
        times = []
        for _ in range(3):
            start = time.perf_counter()
            work()
            times.append(time.perf_counter() - start)
        return min(times)

    assert best(lambda: cms1500.render(records)) <= 1.3 * best(bare)
