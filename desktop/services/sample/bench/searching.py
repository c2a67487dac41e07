"""Type-ahead: what each keystroke costs below the window."""

from __future__ import annotations

import functools
import random
from typing import TYPE_CHECKING, Any, Final

from desktop.services.coding.base.connection import Connection, beside
from desktop.services.coding.base.values import ICD10CM
from desktop.services.coding.library.store import CodeStore
from desktop.services.core.database import CODES_NAME
from desktop.services.people import search
from desktop.services.sample.bench import people
from desktop.services.sample.bench.practice import TODAY, Bench
from desktop.services.sample.bench.result import MILLISECONDS, BenchResult, p99, timed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

LIMIT_MS: Final = 30.0
_ROWS: Final = 50
_HITS: Final = 12
_PHRASES: Final = (
    "type 2 diabetes with kidney",
    "low back pain",
    "fracture of left femur",
    "high blood pressure",
    "copd exacerbation",
    "chest pain unspecified",
    "broken wrist right",
    "uti",
    "pregnancy third trimester",
    "hypertnesion",
)
_CODES: Final = ("E11.65", "S52.501A", "M54.50", "Z00.00", "I10", "J44.1")

# The same rows as the program's list, each in one statement.
_PATIENTS: Final = f"""
SELECT patient.id, last, first, middle, suffix, birth_on, account_number, phone,
 (SELECT payer.name FROM coverage JOIN payer ON payer.id = coverage.payer_id
  WHERE coverage.patient_id = patient.id AND valid_from <= ?1
  AND (valid_to IS NULL OR valid_to >= ?1) ORDER BY rank, coverage.id LIMIT 1),
 (SELECT sum(amount) FROM open_item
  WHERE open_item.patient_id = patient.id AND party = 0 AND amount <> 0)
FROM patient JOIN person ON person.id = patient.person_id
WHERE patient.id IN
 (SELECT DISTINCT k.patient_id FROM patient_key k JOIN patient p ON p.id = k.patient_id
  WHERE p.is_active AND k.key >= ?2 AND k.key < ?3 LIMIT {_ROWS})
ORDER BY last, first
"""


def typed(text: str) -> Iterator[str]:
    """What stands in the box after each key."""
    return (text[:end] for end in range(1, len(text) + 1))


def spread(texts: Sequence[str], count: int) -> list[str]:
    """So many of the texts, evenly from first to last."""
    return [texts[i * len(texts) // count] for i in range(min(count, len(texts)))]


def patient_search(bench: Bench) -> BenchResult:
    """Names, phones, accounts and birth dates typed key by key into the patients' box."""
    keys = spread(_patient_keys(bench), bench.scale.keys)
    with bench.crowd.opened() as database, bench.crowd.raw() as raw:

        def floor(text: str) -> list[Any]:
            words = search.query_words(text, TODAY)
            low, high = words[0][0] if words and words[0] else ("", "")
            return list(raw.execute(_PATIENTS, (TODAY.isoformat(), low, high)))

        def ours(text: str) -> list[Any]:
            return list(database.read(lambda work: search.search(work, text)))

        result = _compared("patient-search", keys, ours, floor)
    return BenchResult(
        "patient-search",
        *result,
        LIMIT_MS,
        MILLISECONDS,
        f"99th percentile of {len(keys)} keys over {bench.scale.patients:,} patients",
    )


def _patient_keys(bench: Bench) -> list[str]:
    chance = random.Random(3)  # noqa: S311 - picks names, no secrets
    found: list[str] = []
    for _ in range(max(4, bench.scale.keys // 8)):
        number = chance.randrange(bench.scale.patients) + 1
        row = dict(zip(people.PERSON, people.person_row(number, chance), strict=True))
        found.extend(typed(str(row["last"]).lower()))
        found.extend(typed(f"{row['first']} {row['last']}".lower()))
        found.extend(typed(str(row["phone"])[-4:]))
        found.append(str(row["birth_on"]))
        found.extend(typed(f"{number:06d}"))
    return found


def code_search(bench: Bench) -> BenchResult:
    """Words and codes typed key by key over all of ICD-10-CM.

    The floor is a full-text index of the billable titles, asked for the same words.
    """
    keys = spread([key for text in (*_PHRASES, *_CODES) for key in typed(text)], bench.scale.keys)
    with CodeStore(bench.empty.folder / CODES_NAME) as store:
        index = _full_text(bench)

        def ours(text: str) -> list[Any]:
            return list(store.search(text, TODAY, _HITS))

        def floor(text: str) -> list[Any]:
            words = " ".join(f'"{word}"*' for word in text.replace(".", "").split())
            query = f"SELECT code, title FROM titles WHERE titles MATCH ? LIMIT {_HITS}"
            return list(index.execute(query, (words,))) if words else []

        result = _compared("code-search", keys, ours, floor)
        index.close()
    return BenchResult(
        "code-search",
        *result,
        LIMIT_MS,
        MILLISECONDS,
        f"99th percentile of {len(keys)} keys over all of ICD-10-CM; floor: FTS5 on titles",
    )


def _full_text(bench: Bench) -> Connection:
    index = beside(bench.empty.folder / CODES_NAME)
    index.execute("CREATE VIRTUAL TABLE titles USING fts5(code, title, prefix='1 2 3')")
    index.execute(
        "INSERT INTO titles SELECT c.code, c.title FROM codes.code c "
        "JOIN codes.code_system s ON s.id = c.system_id WHERE s.name = ? AND c.billable = 1",
        (ICD10CM,),
    )
    index.commit()
    return index


def _compared(
    name: str,
    keys: Sequence[str],
    ours: Callable[[str], list[Any]],
    floor: Callable[[str], list[Any]],
) -> tuple[float, float]:
    """The 99th percentiles of both sides, key by key by turns, after one pass to warm up."""
    found = 0
    for key in keys:
        found += len(ours(key))
        floor(key)
    if not found:
        raise AssertionError(f"{name} found nothing at all: it measures no search")
    times = [
        (timed(functools.partial(ours, key))[0], timed(functools.partial(floor, key))[0])
        for key in keys
    ]
    return p99([t[0] for t in times]), p99([t[1] for t in times])
