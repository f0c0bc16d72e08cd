"""Pictures as elements of a page: themed by the page, with ids of their own, without scripts."""

from __future__ import annotations

import re
from io import BytesIO
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from evo.plots.canvas import PALETTE, style

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_NAMESPACE = re.compile(r"\{.*\}")
_REFERENCE = re.compile(r"url\(#([^)]+)\)")
# Colours that a page may exchange; what the palette does not name stays as drawn.
_VARIABLES = {color.lower(): f"var(--{name})" for name, color in PALETTE.items()} | {
    "#ffffff": "var(--paper)",
    "#000000": "var(--ink)",
    "#e6e6e6": "var(--grid)",
}


def inline_svg(figure: Figure, name: str, description: str) -> str:
    """The figure as one ``svg`` element.

    Styles become attributes, so that a page may forbid inline styles altogether.

    Args:
        figure: Drawn text becomes paths: nothing depends on the reader's fonts.
        name: Prefix of all ids; different for each picture of a page.
        description: What it shows, for readers who cannot see it.
    """
    drawn = BytesIO()
    with style():
        figure.savefig(drawn, format="svg", metadata={"Date": None}, transparent=True)
    root = ElementTree.fromstring(drawn.getvalue())  # noqa: S314 (we have drawn it ourselves)
    for element in root.iter():
        _rewrite(element, name)
    _drop(root, ("metadata", "style"))
    for attribute in ("width", "height", "version"):
        root.attrib.pop(attribute, None)
    root.attrib |= {"role": "img", "aria-label": description}
    return ElementTree.tostring(root, encoding="unicode")


def _rewrite(element: ElementTree.Element, name: str) -> None:
    element.tag = _NAMESPACE.sub("", element.tag)
    for key, value in list(element.attrib.items()):
        del element.attrib[key]
        plain = _NAMESPACE.sub("", key)
        if plain == "style":
            element.attrib |= _declarations(value, name)
        elif plain == "id":
            element.set("id", f"{name}-{value}")
        elif plain == "href":
            element.set("href", f"#{name}-{value.removeprefix('#')}")
        else:
            element.set(plain, _value(value, name))


def _declarations(text: str, name: str) -> dict[str, str]:
    pairs = (part.split(":", 1) for part in text.split(";") if ":" in part)
    return {key.strip(): _value(value.strip(), name) for key, value in pairs}


def _value(value: str, name: str) -> str:
    return _VARIABLES.get(value.lower(), _REFERENCE.sub(rf"url(#{name}-\1)", value))


def _drop(root: ElementTree.Element, tags: tuple[str, ...]) -> None:
    for parent in list(root.iter()):
        for child in [child for child in parent if child.tag in tags]:
            parent.remove(child)
