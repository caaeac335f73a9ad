"""A real browser without a screen; its pages tell what they ask for and complain of."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Literal

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, Route, sync_playwright

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
needs_browser = pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")

# Pixels by the processor: no graphics card in CI.
_ARGUMENTS = (
    "--no-sandbox",
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--ignore-gpu-blocklist",
)
_PATIENCE_MS = 60_000
LAPTOP = (1280, 900)
PHONE = (375, 812)


@dataclass
class Visit:
    """A page that was opened."""

    page: Page
    requests: list[str] = field(default_factory=list)
    """Of anything but the file itself; none is let through."""
    complaints: list[str] = field(default_factory=list)
    """Errors of scripts and of the console."""

    def move_to_step(self, step: int) -> None:
        """Set the slider as a person does, and wait until it is drawn."""
        self.page.locator("#step").evaluate(
            "(slider, step) => { slider.value = step; slider.dispatchEvent(new Event('input')); }",
            step,
        )
        self.page.wait_for_selector(f"#view[data-step='{step}']", timeout=_PATIENCE_MS)

    def pixels(self, selector: str = "#view") -> "np.ndarray":
        """Return what is seen of an element, (rows, columns, 3)."""
        png = self.page.locator(selector).screenshot()
        return np.asarray(Image.open(BytesIO(png)).convert("RGB")).astype(int)


@contextmanager
def browser() -> Iterator[Browser]:
    """Start the browser; one for all tests of a file."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=list(_ARGUMENTS))
        yield started
        started.close()


@contextmanager
def visit(
    started: Browser,
    path: Path,
    *,
    size: tuple[int, int] = LAPTOP,
    scheme: Literal["light", "dark"] = "light",
    is_drawn: bool = True,
) -> Iterator[Visit]:
    """Open a file and wait until its drawing is complete, where it has one."""
    width, height = size
    page = started.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)
    opened = Visit(page)
    own = path.as_uri()

    def look_at(route: Route) -> None:
        if route.request.url == own:
            route.continue_()
        else:
            opened.requests.append(route.request.url)
            route.abort()

    page.route("**/*", look_at)
    page.on("pageerror", lambda error: opened.complaints.append(str(error)))
    page.on(
        "console",
        lambda said: opened.complaints.append(said.text) if said.type == "error" else None,
    )
    page.goto(own)
    if is_drawn:
        page.wait_for_selector("#view[data-ready]", timeout=_PATIENCE_MS)
    yield opened
    page.close()
