"""Templates for tools that fill them with Nunjucks, such as promptfoo."""

from __future__ import annotations

import re

from genomes import Turn
from genomes.placeholders import PLACEHOLDER

# A brace that would open an expression, a tag or a comment; also one just before a placeholder;
# and the end of a comment, which Nunjucks refuses where none was begun.
_ACTIVE = re.compile(r"\{(?=[{%#]|\Z)|#(?=\})")


def nunjucks(turn: Turn) -> str:
    """The turn's text so that Nunjucks fills our placeholders and nothing else."""
    if turn.literal:
        return escaped(turn.text)
    pieces, end = [], 0
    for match in PLACEHOLDER.finditer(turn.text):
        pieces += [escaped(turn.text[end : match.start()]), f"{{{{ {match.group(1)} }}}}"]
        end = match.end()
    return "".join([*pieces, escaped(turn.text[end:])])


def escaped(text: str) -> str:
    """Text that Nunjucks renders to itself."""
    return _ACTIVE.sub(lambda match: f"{{{{ '{match.group(0)}' }}}}", text)
