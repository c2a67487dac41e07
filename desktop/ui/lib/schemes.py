"""The colours of the window: light, dark and high contrast, computed and tested.

Each scheme is a handful of named colours; everything else is derived. `CONTRACTS` lists which
pair needs which contrast (WCAG 2.2: 4.5:1 for text, 3:1 for controls), so that a test can
compute them instead of trusting an eye.
"""

from __future__ import annotations

from dataclasses import dataclass

TEXT_CONTRAST = 4.5
CONTROL_CONTRAST = 3.0


@dataclass(frozen=True, slots=True)
class Scheme:
    """Colours of one theme, as ``#rrggbb``.

    Attributes:
        window: behind everything; `side` behind the side bar; `base` behind rows and fields.
        stripe: every second row.
        line: hairlines between areas, decoration only.
        edge: outline of a control, which must be seen.
        text: on window, side and base; `muted` for what matters less but is still read.
        accent: the one accent, for focus, links, the chosen page and the main button.
        on_accent: text upon the accent.
        selection: behind chosen rows, with `text` upon it.
        good, warn, bad: text and icons of a state; always with a word beside them.
        banner: behind the sample practice's line, with `on_banner` upon it.
    """

    name: str
    window: str
    side: str
    base: str
    stripe: str
    line: str
    edge: str
    text: str
    muted: str
    accent: str
    on_accent: str
    selection: str
    good: str
    warn: str
    bad: str
    banner: str
    on_banner: str

    @property
    def is_dark(self) -> bool:
        """Whether light text stands on a dark ground."""
        return luminance(self.window) < 0.2


LIGHT = Scheme(
    name="light",
    window="#f4f5f3",
    side="#e9ece8",
    base="#ffffff",
    stripe="#f7f8f6",
    line="#d3d8d2",
    edge="#7f8a83",
    text="#1b231f",
    muted="#55605a",
    accent="#0b6650",
    on_accent="#ffffff",
    selection="#cfe6de",
    good="#1d6b33",
    warn="#855000",
    bad="#a8231d",
    banner="#fbe8b8",
    on_banner="#4a3500",
)
DARK = Scheme(
    name="dark",
    window="#1b1f1e",
    side="#151918",
    base="#222726",
    stripe="#272d2b",
    line="#38403d",
    edge="#7d8a85",
    text="#e6ebe8",
    muted="#a9b5af",
    accent="#5cc4a4",
    on_accent="#06231a",
    selection="#24493e",
    good="#7fd091",
    warn="#e8b660",
    bad="#ff9c90",
    banner="#4a3a10",
    on_banner="#fbe6b3",
)
HIGH_LIGHT = Scheme(
    name="high contrast, light",
    window="#ffffff",
    side="#ffffff",
    base="#ffffff",
    stripe="#ffffff",
    line="#000000",
    edge="#000000",
    text="#000000",
    muted="#1f1f1f",
    accent="#003f2f",
    on_accent="#ffffff",
    selection="#b9f0dc",
    good="#00420f",
    warn="#4d2d00",
    bad="#7a0000",
    banner="#ffe27a",
    on_banner="#000000",
)
HIGH_DARK = Scheme(
    name="high contrast, dark",
    window="#000000",
    side="#000000",
    base="#000000",
    stripe="#000000",
    line="#ffffff",
    edge="#ffffff",
    text="#ffffff",
    muted="#e6e6e6",
    accent="#7dffd8",
    on_accent="#000000",
    selection="#004d3a",
    good="#8dff9f",
    warn="#ffd75e",
    bad="#ffb3ab",
    banner="#ffd75e",
    on_banner="#000000",
)
SCHEMES = (LIGHT, DARK, HIGH_LIGHT, HIGH_DARK)

# (foreground, background, least contrast): every pair that the window really paints.
CONTRACTS: tuple[tuple[str, str, float], ...] = (
    *(
        (ink, ground, TEXT_CONTRAST)
        for ink in ("text", "muted", "good", "warn", "bad")
        for ground in ("window", "side", "base", "stripe")
    ),
    ("text", "selection", TEXT_CONTRAST),
    ("muted", "selection", TEXT_CONTRAST),
    ("good", "selection", TEXT_CONTRAST),
    ("warn", "selection", TEXT_CONTRAST),
    ("bad", "selection", TEXT_CONTRAST),
    ("on_accent", "accent", TEXT_CONTRAST),
    ("accent", "window", TEXT_CONTRAST),
    ("accent", "base", TEXT_CONTRAST),
    ("on_banner", "banner", TEXT_CONTRAST),
    ("edge", "base", CONTROL_CONTRAST),
    ("edge", "window", CONTROL_CONTRAST),
    ("accent", "side", CONTROL_CONTRAST),
)


def luminance(colour: str) -> float:
    """Relative luminance by WCAG 2.2, 0 to 1."""
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    linear = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (red, green, blue)
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Contrast ratio by WCAG 2.2, 1 to 21."""
    brighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)
