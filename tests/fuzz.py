"""Damages reports for a while and sends each through the whole program; ``make fuzz`` runs it.

Whatever gets out but a result that makes sense or a DosemapError is saved with what was said. Each
case hangs on the seed and its number alone.
"""

import argparse
import random
import sys
import time
import traceback
import warnings
from io import BytesIO
from pathlib import Path

from dicom_tree import DataSet, copied, parsed, written
from dosemap.simulate import write_rdsr
from mutations import BYTE_DAMAGE, TREE_DAMAGE
from report_chain import check_chain, written_procedures
from simulated_reports import RDSR

SLOW_S = 10.0
"""A case that takes longer is a find too."""


def written_reports() -> dict[str, bytes]:
    """Return one report of each style."""
    reports = {}
    for style, procedure in written_procedures().items():
        buffer = BytesIO()
        write_rdsr(procedure, buffer, style=style)
        reports[style] = buffer.getvalue()
    return reports


def damaged(trees: list[DataSet], sizes: list[int], dice: random.Random) -> bytes:
    """Return a report with some damage; small ones more often, because they are done sooner."""
    (tree,) = dice.choices(trees, [1 / size for size in sizes])
    tree = copied(tree)
    for _ in range(dice.choice((1, 1, 2, 4, 8))):
        dice.choice(TREE_DAMAGE)(tree, dice)
    data = bytearray(written(tree))
    if dice.random() < 0.25:
        dice.choice(BYTE_DAMAGE)(data, dice)
    return bytes(data)


def main() -> None:
    """Run for some seconds; exit with 1 when something was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--seed", default=str(int(time.time())))
    parser.add_argument("--out", type=Path, default=Path("target/fuzz"))
    parser.add_argument("--corpus", type=Path, help="only write the synthetic reports here")
    options = parser.parse_args()
    if options.corpus:
        options.corpus.mkdir(parents=True, exist_ok=True)
        for name, data in written_reports().items():
            (options.corpus / f"{name}.dcm").write_bytes(data)
        return
    warnings.simplefilter("error")
    finds = run(options.seconds, options.seed, options.out)
    sys.exit(1 if finds else 0)


def run(seconds: float, seed: str, out: Path) -> int:
    """Return how many different finds there were."""
    reports = [
        *written_reports().values(),
        *(path.read_bytes() for path in sorted(RDSR.glob("*.dcm"))),
    ]
    trees, sizes = [parsed(data) for data in reports], [len(data) for data in reports]
    signatures: set[str] = set()
    cases = results = 0
    slowest, end = 0.0, time.monotonic() + seconds
    while time.monotonic() < end:
        dice = random.Random(f"{seed} {cases}")
        data = damaged(trees, sizes, dice)
        start = time.process_time()
        found = None
        try:
            results += check_chain(data, dice)
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # a panic of the compiled module is no Exception
            found = traceback.format_exc()
            frame = traceback.extract_tb(error.__traceback__)[-1]
            signature = f"{type(error).__name__} {frame.filename}:{frame.lineno}"
        took = time.process_time() - start
        slowest = max(slowest, took)
        if found is None and took > SLOW_S:
            found, signature = f"took {took:.0f} s of CPU time", "slow"
        if found is not None and signature not in signatures:
            signatures.add(signature)
            save(out, f"python-{seed}-{cases}", data, found)
        cases += 1
    print(
        f"chain: {cases} cases of seed {seed}, {results} with a result, slowest {slowest:.1f} s,"
        f" {len(signatures)} different finds"
    )
    return len(signatures)


def save(out: Path, name: str, data: bytes, said: str) -> None:
    """Keep a find: the report, and what was said of it."""
    out.mkdir(parents=True, exist_ok=True)
    (out / f"{name}.dcm").write_bytes(data)
    (out / f"{name}.txt").write_text(said, encoding="utf-8")
    print(f"found: {out / name}.dcm\n{said}", file=sys.stderr)


if __name__ == "__main__":
    main()
