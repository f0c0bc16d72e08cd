"""What the checks of phone and account show, as a state that rules can ask about."""

from __future__ import annotations

from datetime import date
from typing import Any

from benchmarks.worlds.telecom.world import TelecomWorld

TODAY = date(2025, 2, 25)
"""The day on which the source's episodes take place."""


def readings(world: TelecomWorld) -> dict[str, Any]:
    """The state of the episode as an agent could read it with the world's own checks.

    ``bar`` is what icons the status bar shows, which is not the same as the settings: in airplane
    mode it shows no data icon. The others are the answers of one check each; ``speed`` is the
    speed test's word, ``none`` without a connection.
    """
    phone, device = world.phone, world.phone.device
    app = device.app_statuses["messaging"].permissions
    return {
        "bar": _bar(phone._check_status_bar()),
        "sim": phone._check_sim_status().value,
        "mode": device.network_mode_preference.value,
        "data": device.data_enabled,
        "roaming": device.roaming_enabled,
        "saver": device.data_saver_mode,
        "vpn": device.vpn_connected,
        "wifi_calling": device.wifi_calling_enabled,
        "apn": device.active_apn_settings.apn_name.value,
        "mmsc": device.active_apn_settings.mmsc_url is not None,
        "permission": {"sms": app.sms, "storage": app.storage},
        "mms": phone._can_send_mms(),
        "speed": _word(phone._run_speed_test()),
        "abroad": phone.surroundings.is_abroad,
        "payment": phone.surroundings.payment_request is not None,
        "line": _line(world),
    }


def _bar(text: str) -> dict[str, bool]:
    return {
        "airplane": "Airplane Mode" in text,
        "service": "No Signal" not in text and "Airplane Mode" not in text,
        "data": "Data Enabled" in text,
    }


def _word(speed: tuple[float | None, str | None]) -> str:
    return "none" if speed[0] is None else (speed[1] or "none").lower()


def _line(world: TelecomWorld) -> dict[str, Any]:
    account, owner = world.account, world.phone.surroundings.phone_number
    line = account._get_line_by_phone(owner)
    customer = account.get_customer_by_phone(owner)
    statuses = {account._get_bill_by_id(bill).status.value for bill in customer.bill_ids}
    return {
        "status": line.status.value.lower(),
        "roaming": line.roaming_enabled,
        "exceeded": world.phone.surroundings.mobile_data_usage_exceeded,
        "ended": line.contract_end_date is not None and line.contract_end_date < TODAY,
        "overdue": any(status.lower() == "overdue" for status in statuses),
    }
