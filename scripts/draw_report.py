"""Draw the pictures of docs/report.md: the page of a synthetic coronary intervention in a browser.

``python scripts/draw_report.py`` with dosemap[report] and playwright installed, and Debian's
chromium; needs Pillow.
"""

import tempfile
from io import BytesIO
from pathlib import Path
from shutil import which
from typing import Literal

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

import dosemap as dm
from dosemap.simulate import simulate_procedure

PICTURES = Path(__file__).parents[1] / "docs/pictures"
_ARGUMENTS = (
    "--no-sandbox",
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--ignore-gpu-blocklist",
)
STEP = 78


def save(png: bytes, name: str) -> None:
    """Write a picture, compressed as far as it goes without loss."""
    picture = Image.open(BytesIO(png)).convert("RGB")
    picture.save(PICTURES / name, optimize=True)


def opened(browser: Browser, file: Path, *, width: int, scheme: Literal["light", "dark"]) -> Page:
    """Return the page, drawn."""
    page = browser.new_page(viewport={"width": width, "height": 860}, color_scheme=scheme)
    page.goto(file.as_uri())
    page.wait_for_selector("#view[data-ready]")
    return page


def move(page: Page, step: int) -> None:
    """Set the slider and wait for the drawing."""
    page.locator("#step").evaluate(
        "(s, step) => { s.value = step; s.dispatchEvent(new Event('input')); }", step
    )
    page.wait_for_selector(f"#view[data-step='{step}']")


def draw(browser: Browser, file: Path) -> None:
    """Write all pictures of a page."""
    light = opened(browser, file, width=1180, scheme="light")
    save(light.screenshot(), "report_top.png")
    save(light.locator("#map").screenshot(), "report_map.png")
    dark = opened(browser, file, width=1180, scheme="dark")
    move(dark, STEP)
    save(dark.locator("#map").screenshot(), "report_beam_dark.png")
    phone = opened(browser, file, width=375, scheme="light")
    save(phone.locator("#map").screenshot(), "report_phone.png")


def main() -> None:
    """Write the pictures."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        report, file = Path(folder) / "coronary_intervention.dcm", Path(folder) / "case.html"
        simulate_procedure("pci_complex", device="siemens_artis").write(report)
        dm.estimate(dm.read_rdsr(report)).report(file)
        browser = playwright.chromium.launch(
            executable_path=which("chromium"), args=list(_ARGUMENTS)
        )
        draw(browser, file)
        browser.close()


if __name__ == "__main__":
    main()
