"""Stored records that gain fields without changing what is stored already."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, SerializerFunctionWrapHandler, model_serializer


class Growing(BaseModel):
    """A frozen record whose later fields are left out while they say nothing.

    A record that an earlier release wrote lacks them; leaving them out at their default keeps its
    JSON, and so every hash over it, as it was.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    LATER: ClassVar[frozenset[str]] = frozenset()
    """Fields added after the first release; each has a default that means what absence meant."""

    @model_serializer(mode="wrap")
    def _without_unused(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        content: dict[str, Any] = handler(self)
        for name in self.LATER:
            if getattr(self, name) == type(self).model_fields[name].default:
                content.pop(name, None)
        return content
