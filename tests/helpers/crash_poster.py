"""Kills a poster at random instants and looks what is left: run as a program of its own.

    python -m tests.helpers.crash_poster FOLDER KEYHEX ROUNDS SEED [early]

Each round forks a child that opens the practice and posts payments and remittances, writing
one line for each as soon as it is acknowledged; the parent kills it with SIGKILL. With
``early`` the child acknowledges before the commit: then the check must fail.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from functools import partial
from pathlib import Path

from sqlalchemy.orm import Session

from desktop.clock import SystemClock
from desktop.models.values.enums import ReceiptMethod, Role
from desktop.models.values.money import Money
from desktop.services.coding.library.store import CodeStore
from desktop.services.core.database import Database
from desktop.services.core.work import Actor, UserId, Work
from desktop.services.money import receipts
from desktop.services.money.ledger import verify
from desktop.services.payments import posting, staging
from desktop.services.store import engines
from desktop.services.store.documents import DocumentStore
from tests.unit.payments.scene import Clp, Svc, era

ACTOR = Actor(UserId(1), "owner", Role.OWNER)


def post_for_ever(folder: Path, key: bytes, patient: int, turn: int, out: int, early: bool) -> None:
    """The child: post until killed."""
    database = Database(folder, key, ACTOR, SystemClock())
    number = 0
    while True:
        number += 1
        name = f"{turn}-{number}"
        draft = receipts.ReceiptDraft(
            patient, Money(1000 + number), ReceiptMethod.CASH, entry_key=name
        )
        if early:
            os.write(out, f"{name}\n".encode())
        database.write(partial(receipts.take_payment, draft=draft))
        if not early:
            os.write(out, f"{name}\n".encode())
        data = era([Clp("NOBODY", [Svc(500, 500)])], trace=name)

        def both(work: Work, data: bytes = data) -> None:
            (found,) = staging.stage_file(work, data, "x.835").remittances
            posting.post_remittance(work, found.id)

        database.write(both)
        os.write(out, f"E{name}\n".encode())


def look(folder: Path, key: bytes, acknowledged: set[str]) -> str:
    """What is wrong after a kill; empty when nothing is."""
    engine = engines.reading(folder / "practice.db", key, pooled=False)
    documents = DocumentStore(folder, key, SystemClock())
    try:
        with Session(engine) as session:
            work = Work(session, ACTOR, SystemClock(), documents, CodeStore(folder / "codes.db"))
            raw = session.connection().exec_driver_sql
            keys = {k for (k,) in raw("SELECT entry_key FROM receipt WHERE entry_key NOT NULL")}
            keys |= {f"E{k}" for (k,) in raw("SELECT trace FROM remittance WHERE state='posted'")}
            lost = acknowledged - keys
            if lost:
                return f"acknowledged and lost: {sorted(lost)[:3]}"
            half = raw(
                "SELECT r.number FROM receipt r LEFT JOIN entry e ON e.receipt_id = r.id "
                "AND e.kind IN ('receipt', 'remittance') GROUP BY r.id HAVING count(e.id) <> 1"
            ).all()
            if half:
                return f"half a transaction: {half[:3]}"
            staged = raw("SELECT id FROM remittance WHERE state <> 'posted'").all()
            if staged:
                return f"a remittance that is read and not posted: {staged[:3]}"
            bad = verify(work)[1]
            if bad is not None:
                return f"ledger entry {bad} does not verify"
            named = {s for (s,) in raw("SELECT document_sha FROM remittance")}
            if named - documents.hashes():
                return "a remittance names a document that is not there"
            if raw("PRAGMA quick_check").scalar() != "ok":
                return "the database is damaged"
            work.codes.close()
    finally:
        engine.dispose()
        documents.close()
    return ""


def main() -> int:
    """Run the rounds; prints what was found and returns 1 for any loss."""
    folder, key = Path(sys.argv[1]), bytes.fromhex(sys.argv[2])
    rounds, seed = int(sys.argv[3]), int(sys.argv[4])
    early = sys.argv[5:] == ["early"]
    chance = random.Random(seed)
    acknowledged: set[str] = set()
    print(f"seed {seed}", flush=True)
    for turn in range(rounds):
        source, out = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(source)
            post_for_ever(folder, key, 1, turn, out, early)
        os.close(out)
        os.set_blocking(source, True)
        first = os.read(source, 64)
        time.sleep(chance.uniform(0, 0.12))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        text = first
        while part := os.read(source, 65536):
            text += part
        os.close(source)
        acknowledged |= set(text.decode().split())
        problem = look(folder, key, acknowledged) if turn % 10 == 9 or turn == rounds - 1 else ""
        if problem:
            print(f"round {turn}: {problem}")
            return 1
    print(f"{rounds} rounds, {len(acknowledged)} acknowledged, 0 lost, 0 half")
    return 0


if __name__ == "__main__":
    sys.exit(main())
