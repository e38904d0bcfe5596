"""What enters a history: ids, codes, numbers and times. A field of any other kind could carry a person's data."""

import dataclasses
import inspect
import types
import typing
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

import pytest
from temporalio import workflow

from pulang.processes.worker import WORKFLOWS
from workflows import messages
from workflows.steps import STEPS

PLAIN = (str, int, float, bool, datetime, timedelta, type(None))
# Texts a person types have such names; an id or a code never has.
PERSONAL = {
    "name",
    "nik",
    "phone",
    "address",
    "email",
    "passport",
    "birth",
    "note",
    "reason",
    "words",
    "text",
    "details",
}


def message_types() -> set[type]:
    """Every type that a workflow takes, gives or is signalled with, and every dataclass of `workflows.messages`."""
    found: set[type] = {one for step in STEPS for one in (step.takes, step.gives)}
    found |= {one for _, one in inspect.getmembers(messages, dataclasses.is_dataclass) if isinstance(one, type)}
    for conductor in WORKFLOWS:
        definition = workflow._Definition.must_from_class(conductor)
        found |= {*(definition.arg_types or []), definition.ret_type or type(None)}
        for signal in definition.signals.values():
            found |= set(signal.arg_types or [])
    return found


def kinds_of(one: Any) -> list[tuple[str, Any]]:
    """(field, type) of everything in *one*, lists and unions opened."""
    if dataclasses.is_dataclass(one):
        hints = typing.get_type_hints(one)
        return [(name, kind) for name, hint in hints.items() for _, kind in named(name, hint)]
    return named("", one)


def named(name: str, hint: Any) -> list[tuple[str, Any]]:
    origin = typing.get_origin(hint)
    if origin in (list, tuple, typing.Union, types.UnionType):
        return [pair for inner in typing.get_args(hint) if inner is not ... for pair in named(name, inner)]
    if dataclasses.is_dataclass(hint):
        return kinds_of(hint)
    return [(name, hint)]


@pytest.mark.proves("I08")
def test_messages_hold_only_ids_codes_numbers_and_times() -> None:
    for message in message_types():
        for name, kind in kinds_of(message):
            assert kind in PLAIN or (isinstance(kind, type) and issubclass(kind, Enum)), (message, name, kind)
            assert not PERSONAL & set(name.split("_")), (message, name)


def test_messages_may_grow_because_every_field_of_a_start_but_its_subject_has_a_default() -> None:
    needed = [field.name for field in dataclasses.fields(messages.Start) if field.default is dataclasses.MISSING]

    assert needed == ["subject"]
