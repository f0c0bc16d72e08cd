"""The repair steps, and the script that follows the world's own support document."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from types import MappingProxyType

from evo.agents.policy import Call
from genomes.rules import Rule, Tool, Toolset, parse_rules

_LINE = MappingProxyType({"customer_id": "C1001", "line_id": "L1002"})
"""The customer of all tasks; the ticket names him, and a look-up gives these."""

STEPS: tuple[Call, ...] = (
    Call("toggle_airplane_mode"),
    Call("reseat_sim_card"),
    Call("reset_apn_settings"),
    Call("reboot_device"),
    Call("toggle_roaming"),
    Call("enable_roaming", _LINE),
    Call("toggle_data"),
    Call("refuel_data", {**_LINE, "gb_amount": 2.0}),
    Call("toggle_data_saver_mode"),
    Call("set_network_mode_preference", {"mode": "4g_5g_preferred"}),
    Call("disconnect_vpn"),
    Call("toggle_wifi_calling"),
    Call("grant_app_permission", {"app_name": "messaging", "permission": "sms"}),
    Call("grant_app_permission", {"app_name": "messaging", "permission": "storage"}),
)
"""What the document's three paths do to the phone and the line, in the document's order."""

BILLING: tuple[Call, ...] = (
    Call("send_payment_request", {"customer_id": "C1001", "bill_id": "B1234321"}),
    Call("make_payment"),
    Call("resume_line", _LINE),
    Call("transfer_to_human_agents", {"summary": "I cannot fix the issue."}),
)
"""What else the tasks may need: a bill paid, a line resumed, a case handed over."""

GUARDS: tuple[str, ...] = (
    "never toggle_airplane_mode when state.bar.airplane = false",
    'never reseat_sim_card when state.sim != "missing"',
    "never reset_apn_settings when state.bar.service = true and state.mmsc = true",
    "never toggle_roaming when state.roaming = true",
    "never toggle_roaming when state.abroad = false",
    "never enable_roaming when state.line.roaming = true",
    "never enable_roaming when state.abroad = false",
    "never toggle_data when state.bar.data = true",
    "never refuel_data when state.line.exceeded = false",
    "never toggle_data_saver_mode when state.saver = false",
    'never set_network_mode_preference when state.mode = "4g_5g_preferred"',
    "never disconnect_vpn when state.vpn = false",
    "never toggle_wifi_calling when state.wifi_calling = false",
    'never grant_app_permission when x.permission = "sms" and state.permission.sms = true',
    'never grant_app_permission when x.permission = "storage" and state.permission.storage = true',
)
"""When the document says that a step is not for this phone."""

NAMES: tuple[str, ...] = tuple(dict.fromkeys(call.tool for call in STEPS))
"""The 13 steps by tool, in the document's order."""


def ordered(names: Sequence[str] = NAMES) -> tuple[str, ...]:
    """One rule a step; the priorities put them in this order."""
    return tuple(f"{name} first priority {len(names) - place}" for place, name in enumerate(names))


@cache
def by_hand() -> tuple[Rule, ...]:
    """The script that the document describes."""
    return parse_rules((*ordered(), *GUARDS))


UNUSED: tuple[str, ...] = tuple(f"never {call.tool}" for call in BILLING)
"""What the script of 13 steps says of the calls that it does not make."""

_BILLING_GUARDS: tuple[str, ...] = (
    "never send_payment_request when state.line.overdue = false",
    "never send_payment_request when state.line.ended = true",
    "never make_payment when state.payment = false",
    'never resume_line when state.line.status = "active"',
    "never resume_line when state.line.overdue = true",
    "never resume_line when state.line.ended = true",
    'never transfer_to_human_agents when state.sim = "active" and state.line.ended = false',
    'never transfer_to_human_agents when state.sim = "missing" and state.line.ended = false',
)


@cache
def whole_document() -> tuple[Rule, ...]:
    """The script with all that the documents say: bills, suspended lines, and when to hand over.

    A reference: written by someone who has seen what the tasks ask for.
    """
    before, after = NAMES[:3], NAMES[3:]
    names = (*before, *(call.tool for call in BILLING[:3]), *after, BILLING[3].tool)
    return parse_rules((*ordered(names), *GUARDS, *_BILLING_GUARDS))


@cache
def toolset(steps: tuple[Call, ...] = STEPS) -> Toolset:
    """The tools of the steps, as rules know them."""
    return Toolset(rule_tools(steps))


def rule_tools(steps: Sequence[Call]) -> tuple[Tool, ...]:
    """The tools of the steps; what they do in class."""
    args = {call.tool: tuple(call.args) for call in steps}
    return tuple(Tool(name=name, args=given) for name, given in args.items())
