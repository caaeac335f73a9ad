"""One table of an equipment profile's TOML, taken key by key and checked."""

from typing import get_args

from dosemap.equipment import Claim, Evidence
from dosemap.errors import ProfileError
from dosemap.spectrum import material_symbols
from dosemap.toml_section import TomlSection


class Section(TomlSection):
    """One table of a profile; what is wrong in it is a :class:`ProfileError`."""

    error = ProfileError

    def only(self, *keys: str, claim: bool = True) -> None:
        """Refuse keys that have no meaning here; those of a claim have, unless told otherwise."""
        super().only(*keys, *(Claim.__dataclass_fields__ if claim else ()))

    def sign(self, key: str) -> int:
        """Take 1 or -1."""
        value = self.take(key)
        if value not in (1, -1) or isinstance(value, bool | float):
            raise self.fail(key, value, "1 or -1")
        return int(value)

    def material(self, key: str) -> str:
        """Take a material that the tables have."""
        value: str = self.text(key)
        known = material_symbols()
        if value.lower() not in map(str.lower, known):
            raise self.fail(key, value, f"one of {', '.join(known)}")
        return value

    def claim(self) -> Claim:
        """Take the three keys of a claim and close the table."""
        evidence = self.choice("evidence", get_args(Evidence))
        basis = self.text("basis")
        validated = self.flag("validated")
        self.close()
        return Claim(evidence=evidence, basis=basis, validated=validated)
