"""A page as a browser reads it, as far as the tests need."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

EVIL = "<script>alert(1)</script> & \"quoted\" 'text' <b onclick=x>"
"""What a model, a data file or a user may write."""

VOID = {"meta", "br", "link", "img", "input", "hr"}


@dataclass
class Page(HTMLParser):
    """Elements in order, and the text of each ``section``.

    Raises:
        AssertionError: Tags are not balanced.
    """

    source: str
    elements: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)
    sections: dict[str, str] = field(default_factory=dict)
    text: str = ""

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._open: list[str] = []
        self._section = ""
        self.feed(self.source)
        self.close()
        assert not self._open, self._open

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag == "section":
            self._section = dict(attrs)["id"] or ""
            self.sections[self._section] = ""
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self._open, tag
        assert self._open.pop() == tag
        if tag == "section":
            self._section = ""

    def handle_data(self, data):
        self.text += data
        if self._section:
            self.sections[self._section] += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        """The attributes of all elements of this name."""
        return [attributes for name, attributes in self.elements if name == tag]
