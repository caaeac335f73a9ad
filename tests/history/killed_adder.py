"""Adds records until it is killed; run by ``test_killed.py`` as a program of its own.

Argument: the store. For every line "go N" on stdin a child starts to add at record N, says "N" for
each one that was added, and is killed by SIGKILL at a random moment; then the parent says what it
was told: "killed" and the numbers.
"""

import os
import random
import signal
import sys
import time
from datetime import timedelta
from functools import cache
from itertools import count

import numpy as np
from history_records import FIRST_DAY, empty_map, record

from dosemap import History
from dosemap.history import ProcedureRecord, adding, database, timeline

_LOADED_ONCE = (adding, database, timeline)
"""A store loads them when it is opened, which takes long; the children inherit them."""
PATIENTS = 300


@cache
def noise() -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    """A map that does not compress, so that a record is on many pages of the database."""
    return np.random.default_rng(4).random(len(empty_map()))


def numbered(number: int) -> ProcedureRecord:
    """Return a procedure of 20 events and 4 Gy."""
    return record(
        [f"1.3.{number}.{event}" for event in range(20)],
        study=f"1.2.{number}",
        patient_id=f"ID-{number % PATIENTS}",
        started=FIRST_DAY + timedelta(days=number),
        peak_gy=4.0,
        dose_gy=noise(),
    )


def adds(store: str, first: int, told: int) -> None:
    """Add records from the first on, each told when it is there."""
    with History(store) as history:
        os.write(told, b"open\n")
        for number in count(first):
            history.add_record(numbered(number))
            os.write(told, f"{number}\n".encode())


def rounds(store: str) -> None:
    """Start and kill a child for every line of stdin."""
    numbered(0)  # what all children need is made once
    dice = random.Random(5)
    one_takes_s = 0.05
    for line in sys.stdin:
        listens, told = os.pipe()
        child = os.fork()
        if child == 0:
            adds(store, int(line.split()[1]), told)
        os.close(told)
        with os.fdopen(listens, "rb") as lines:
            said: list[bytes] = []
            # Every tenth is killed while it opens the store, the others after some records.
            if dice.random() > 0.1:
                said.append(lines.readline())
                began = time.perf_counter()
                said += [lines.readline() for _ in range(dice.choice((1, 1, 2, 3)))]
                one_takes_s = (time.perf_counter() - began) / (len(said) - 1)
            time.sleep(dice.uniform(0, 1.5 * one_takes_s))
            os.kill(child, signal.SIGKILL)
            _, status = os.waitpid(child, 0)
            said += lines.readlines()
        numbers = [word.decode().strip() for word in said if word.strip().isdigit()]
        was = "killed" if os.WIFSIGNALED(status) else "ended"
        sys.stdout.write(" ".join((was, *numbers)) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    rounds(sys.argv[1])
