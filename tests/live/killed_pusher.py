"""Pushes frames with a journal until it is killed, a hundred times: a helper of test_journal.py.

Run by the test; a child per line of stdin, forked, so that each starts at once. A child goes on
with the journal and tells every frame whose push returned. The parent computes nothing: a fork has
none of the threads that work for it.
"""

import os
import random
import signal
import sys
import time

from dosemap import LiveSession
from live_frames import block, session, single, trunk

FRAMES = block(1000, stand=2)


def pushes(journal: str, first: int, told: int) -> None:
    """Push frames from the first on."""
    live = LiveSession.resume(journal, surface=trunk())
    os.write(told, b"open\n")
    for number in range(first, len(FRAMES["time_s"])):
        live.push(**single(FRAMES, number))
        os.write(told, f"{number}\n".encode())


def rounds(journal: str) -> None:
    """Start and kill a child for every line of stdin."""
    if os.fork() == 0:
        session(journal=journal, surface=trunk()).close()
        os._exit(0)
    os.wait()
    dice = random.Random(5)
    for line in sys.stdin:
        listens, told = os.pipe()
        child = os.fork()
        if child == 0:
            pushes(journal, int(line), told)
            os._exit(0)
        os.close(told)
        with os.fdopen(listens, "rb") as lines:
            said: list[bytes] = []
            # Every tenth is killed while it opens the journal, the others after some frames.
            if dice.random() > 0.1:
                said += [lines.readline() for _ in range(1 + dice.choice((0, 1, 1, 2, 3)))]
            time.sleep(dice.uniform(0, 0.0008))
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            said += lines.readlines()
        numbers = [word.decode().strip() for word in said if word.strip().isdigit()]
        sys.stdout.write(" ".join(numbers) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    rounds(sys.argv[1])
