"""Skin dose maps of fluoroscopy procedures: how much, where, how sure."""

from dosemap._core import __version__

__all__ = ["__version__"]
