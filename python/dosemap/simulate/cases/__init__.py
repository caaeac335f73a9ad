"""Reports that are no procedure of anybody: procedures are data (``data/procedures``)."""

from dosemap.simulate.cases.single import single_beam

__all__ = ["single_beam"]
