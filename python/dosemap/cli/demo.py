"""``dosemap demo``: two synthetic reports, written and estimated."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from dosemap.cli.console import Output, messages
from dosemap.cli.render import render_result
from dosemap.engine import estimate
from dosemap.errors import DosemapError
from dosemap.rdsr import read_rdsr
from dosemap.result import DoseResult


def demo(
    *,
    out: Annotated[Path, typer.Option(help="Folder to write the reports to.")] = Path("demo"),
) -> None:
    """Write two synthetic dose reports, estimate them and show the results.

    A coronary intervention of several Gy and a prone lumbar pain injection; no patient.
    """
    # Styles of reports would cost every other command some hundredths of a second.
    from dosemap.simulate import simulate_procedure  # noqa: PLC0415

    console, log = Output(), messages()
    coronary, lumbar = out / "coronary_intervention.dcm", out / "lumbar_injection.dcm"
    try:
        _is_no_file(out)
        out.mkdir(parents=True, exist_ok=True)
        with log.status("writing the reports ..."):
            simulate_procedure("pci_complex", device="siemens_artis").write(coronary)
            simulate_procedure("transforaminal_epidural_injection", device="philips_allura").write(
                lumbar
            )
        for path in (coronary, lumbar):
            with log.status(f"estimating {path.name} ..."):
                result = estimate(read_rdsr(path))
                result.to_netcdf(path.with_suffix(".nc"))
            render_result(result, console, events=False)
            if path == coronary:
                with log.status(f"drawing {path.name} ..."):
                    _draw(result, path.with_suffix(".html"), log)
    except (OSError, ImportError, DosemapError) as error:
        log.print(f"error: {error}", markup=False)
        raise typer.Exit(2) from error
    log.print(f"written to {out}: the reports (.dcm) and their dose maps (.nc)", markup=False)
    if coronary.with_suffix(".html").exists():
        log.print(f"to look at, in a browser: {coronary.with_suffix('.html')}", markup=False)
    log.print(f"next: dosemap estimate {coronary} --events", markup=False)


def _draw(result: DoseResult, page: Path, log: Console) -> None:
    """Write the page, where the extra for it is installed."""
    try:
        result.report(page)
    except DosemapError as error:
        log.print(f"no page: {error}", markup=False)


def _is_no_file(out: Path) -> None:
    if out.exists() and not out.is_dir():
        raise DosemapError(f"--out {out} is a file; name a folder for the reports")
