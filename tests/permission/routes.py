"""Every route of the product, read from its URL configuration."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse

# Methods of a page; a route of the REST interface says itself which it has.
PAGE_METHODS = ("GET", "POST")


@dataclass(frozen=True)
class Route:
    """A named route with its arguments and methods."""

    name: str
    arguments: tuple[str, ...]
    methods: tuple[str, ...]
    permission: str
    pattern: str

    @property
    def rows(self) -> tuple[str, ...]:
        """The keys of its rows in the matrix."""
        return tuple(f"{method} {self.name}" for method in self.methods)

    def address(self, arguments: dict[str, Any]) -> str:
        """Where it is with these arguments (those that it does not take are left out)."""
        return reverse(self.name, kwargs={k: v for k, v in arguments.items() if k in self.arguments})


def _methods(view: Any) -> tuple[str, ...]:
    """Of a page both; of the REST interface what its operations take (the view closes over them)."""
    if view.__module__ != "ninja.operation":
        return PAGE_METHODS
    operations = inspect.getclosurevars(view).nonlocals["self"].operations
    return tuple(sorted({method for operation in operations for method in operation.methods}))


def _walk(patterns: list[Any], space: str, prefix: str, arguments: tuple[str, ...]) -> Iterator[Route]:
    for pattern in patterns:
        own = tuple(pattern.pattern.regex.groupindex)
        where = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from _walk(pattern.url_patterns, inner, where, arguments + own)
        elif isinstance(pattern, URLPattern):
            yield Route(
                name=f"{space}{pattern.name}" if pattern.name else f"(nameless {where})",
                arguments=arguments + own,
                methods=_methods(pattern.callback),
                permission=getattr(pattern.callback, "permission", ""),
                pattern=where,
            )


def all_routes() -> list[Route]:
    """All routes, by name. Two patterns of one name (alternatives of an address) are one route."""
    found: dict[str, Route] = {}
    for route in _walk(get_resolver().url_patterns, "", "", ()):
        found.setdefault(route.name, route)
    return [found[name] for name in sorted(found)]


__all__ = ["PAGE_METHODS", "NoReverseMatch", "Route", "all_routes"]
