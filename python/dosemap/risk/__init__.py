"""What a dose to the skin may lead to, as published; information for a qualified person.

``tables`` reads the published bands, ``fractions`` turns several sessions into one dose, and
``assess`` puts them together (``docs/risk.md``).
"""

from dosemap.risk.assess import Risk, risk_of
from dosemap.risk.fractions import Equivalent, Session, Sessions, sessions_of
from dosemap.risk.tables import Band, SkinReactions, skin_reactions

__all__ = [
    "Band",
    "Equivalent",
    "Risk",
    "Session",
    "Sessions",
    "SkinReactions",
    "risk_of",
    "sessions_of",
    "skin_reactions",
]
