"""promptfoo: a config that runs as it is, as a second opinion on our scores."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import yaml

from evo.exports.nunjucks import escaped, nunjucks
from evo.exports.provenance import provenance
from evo.exports.source import ModelRef, Source
from fitness.suites import Example, Suite
from genomes import Domain, Rendered
from genomes.placeholders import placeholders

SHOWN = 50
"""Most tests: each costs the user a call."""

_PREFIXES = {"openai": "openai:chat", "anthropic": "anthropic:messages", "gemini": "google"}
_BEGINS = (
    "((o, t) => o !== '' && (t.startsWith(o) || o.startsWith(t)))(output.toLowerCase(), {wanted})"
)
# promptfoo would read a file or run a package instead of showing such a text.
_LOADED = ("file://", "package:")


def export_promptfoo(source: Source) -> str:
    """Chat prompt, provider and tests for one domain in one file.

    Tests come from the first search examples of the domain that are no demonstrations; without
    suites there are none.

    Raises:
        ConfigError: The domain or the model is not known.
    """
    rendered = source.rendered()
    domain = source.genome.domain(rendered.domain)
    content = {
        "description": f"{source.name or 'genome'} {source.genome.id[:12]}, {domain.name}",
        "prompts": [{"label": source.genome.id[:12], "raw": _prompt(rendered)}],
        "providers": [_provider(source.meant_model(), rendered)],
        "defaultTest": {"options": {"transform": "output.trim()"}},
        "tests": list(_tests(source, domain, rendered)),
    }
    header = "".join(f"# {what}: {text}\n" for what, text in provenance(source))
    body = yaml.dump(content, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100)
    return f"# Exported by evogate; run with: promptfoo eval -c FILE\n{header}\n{body}"


class _Dumper(yaml.SafeDumper):
    """Writes texts of several lines as block scalars."""

    def represent_str(self, data: str) -> yaml.ScalarNode:
        style = "|" if "\n" in data else None
        return self.represent_scalar("tag:yaml.org,2002:str", data, style=style)


_Dumper.add_representer(str, _Dumper.represent_str)


def _prompt(rendered: Rendered) -> str:
    messages = [{"role": turn.role, "content": nunjucks(turn)} for turn in rendered.turns]
    return json.dumps(messages, indent=2, ensure_ascii=False)


def _provider(model: ModelRef, rendered: Rendered) -> dict[str, Any]:
    config: dict[str, Any] = {
        "temperature": rendered.sampling.temperature,
        "max_tokens": rendered.sampling.max_tokens,
    }
    if model.base_url:
        config["apiBaseUrl"] = model.base_url
    if model.api_key_env:
        config["apiKeyEnvar"] = model.api_key_env
    return {"id": _provider_id(model), "config": config}


def _provider_id(model: ModelRef) -> str:
    provider, slash, name = model.name.partition("/")
    if not slash or model.base_url:
        # A server of one's own is asked for by the OpenAI protocol, whatever the model.
        return f"openai:chat:{model.name.removeprefix('openai/')}"
    return f"{_PREFIXES.get(provider, provider)}:{name}"


def _tests(source: Source, domain: Domain, rendered: Rendered) -> Iterator[dict[str, Any]]:
    suites = [suite for suite in source.suites if suite.domain == domain.name]
    fit = [(s, e) for s in suites for e in s if e.id not in rendered.excludes and _shown_as_is(e)]
    for suite, example in fit[:SHOWN]:
        yield {
            "description": example.id,
            "vars": {name: example.inputs[name] for name in domain.inputs},
            "assert": [_assertion(suite, domain, example.target)],
        }


def _shown_as_is(example: Example) -> bool:
    return not any(
        text.startswith(_LOADED) or placeholders(text) & set(example.inputs)
        for text in example.inputs.values()
    )


def _assertion(suite: Suite, domain: Domain, target: str) -> dict[str, str]:
    if domain.labels:
        # A reply of one token may be the beginning of a label; no label begins another.
        wanted = json.dumps(target.lower(), ensure_ascii=False)
        return {"type": "javascript", "value": escaped(_BEGINS.format(wanted=wanted))}
    if suite.scorer == "exact":
        return {"type": "equals", "value": escaped(target)}
    return {"type": "icontains", "value": escaped(target)}
