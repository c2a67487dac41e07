"""How this machine's printer is corrected for pre-printed CMS-1500 forms. No patients."""

from __future__ import annotations

from typing import NamedTuple

from desktop.ui.lib.settings import machine_settings

_FULL_SIZE = 1000


class FormOffsets(NamedTuple):
    """Offsets in hundredths of an inch, scale in tenths of a percent (1000 is full size)."""

    x_offset: int = 0
    y_offset: int = 0
    scale: int = _FULL_SIZE


def form_offsets() -> FormOffsets:
    """What was set up on this machine; nothing corrected when nothing was, or when it is torn."""
    settings = machine_settings()
    found = {}
    for name, default in FormOffsets()._asdict().items():
        text = str(settings.value(f"cms1500/{name}", default))
        found[name] = int(text) if text.lstrip("-").isdigit() else default
    return FormOffsets(**found)


def keep_form_offsets(offsets: FormOffsets) -> None:
    """Remember the correction on this machine."""
    settings = machine_settings()
    for name, value in offsets._asdict().items():
        settings.setValue(f"cms1500/{name}", value)
    settings.sync()
