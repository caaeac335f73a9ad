"""Options that several commands share: written once, as the fields of a data class."""

import inspect
from collections.abc import Callable
from dataclasses import fields
from functools import wraps
from typing import Any, get_type_hints


def taking(options: type[Any]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command an option for each field of a data class.

    The command has a parameter ``options``; typer sees the fields in its place, and the command
    gets an instance with what was given.

    Parameters
    ----------
    options
        The data class; its fields are annotated as typer wants options.
    """
    names = [field.name for field in fields(options)]
    hints = get_type_hints(options, include_extras=True)
    shared = [
        inspect.Parameter(
            field.name,
            inspect.Parameter.KEYWORD_ONLY,
            default=field.default,
            annotation=hints[field.name],
        )
        for field in fields(options)
    ]

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        @wraps(command)
        def run(**given: Any) -> None:  # noqa: ANN401  (typer passes what it has read)
            taken = {name: given.pop(name) for name in names}
            command(**given, options=options(**taken))

        own = inspect.signature(command, eval_str=True).parameters
        seen: list[inspect.Parameter] = []
        for name, parameter in own.items():
            seen += shared if name == "options" else [parameter]
        run.__signature__ = inspect.Signature(seen)  # type: ignore[attr-defined]
        run.__annotations__ = {parameter.name: parameter.annotation for parameter in seen}
        return run

    return decorate
