"""What is past or the family's: the history codes that stand for a disease's code."""

from __future__ import annotations

_PERSONAL = """
A15 A16 A17 A18 A19 Z22.7 = Z86.11
A49.02 B95.62 L02 = Z86.14
A B0 B1 B2 B3 B4 B5 B6 B7 B8 B9 = Z86.19
U07.1 J12.82 U09.9 = Z86.16
C15 = Z85.01
C16 = Z85.028
C17 = Z85.068
C18 = Z85.038
C19 C20 C21 = Z85.048
C22 = Z85.05
C25 = Z85.07
C26 C23 C24 = Z85.09
C32 = Z85.21
C33 = Z85.12
C34 = Z85.118
C30 C31 = Z85.22
C40 C41 = Z85.830
C43 D03 = Z85.820
C44 = Z85.828
C4A = Z85.821
C46 C49 C47 = Z85.831
C50 = Z85.3
D05 = Z86.000
D06 = Z86.001
C53 = Z85.41
C54 C55 = Z85.42
C56 = Z85.43
C51 C52 C57 C58 = Z85.44
C60 C63 = Z85.49
C61 = Z85.46
C62 = Z85.47
C64 = Z85.528
C65 = Z85.53
C66 C68 = Z85.59
C67 = Z85.51
C69 = Z85.840
C70 C71 = Z85.841
C72 = Z85.848
C73 = Z85.850
C74 C75 = Z85.858
C00 C01 C02 C03 C04 C05 C06 = Z85.819
C07 C08 C09 C10 C11 C12 C13 C14 = Z85.819
C81 = Z85.71
C82 C83 C84 C85 = Z85.72
C90 = Z85.79
C91 C92 C93 C94 C95 = Z85.6
C80 C = Z85.9
D12.6 K63.5 D12 = Z86.0100 Z86.0109
D3 D2 D1 = Z86.018
D5 D6 D7 D8 = Z86.2
E66 E11 E10 E78 E = Z86.39
O24.4 = Z86.32
F17 = Z87.891
F10 F11 F12 F13 F14 F15 F16 F18 F19 = Z86.59
F = Z86.59
G0 = Z86.61
G45 = Z86.73
G40 R56 G = Z86.69
H = Z86.69
I21 I22 I25.2 = I25.2
I26 = Z86.711
I80 = Z86.72
I82 = Z86.718
I60 I61 I62 I63 = Z86.73
I46 = Z86.74
I = Z86.79
J18 J12 J13 J14 J15 J16 J17 J69.0 = Z87.01 Z09
J = Z87.09
K25 K26 K27 K28 = Z87.11
K = Z87.19
L = Z87.2
M = Z87.39
M80 = Z87.310
M84.3 = Z87.312
N20 N21 = Z87.442
N39.0 N30 N10 = Z87.440
N04 N03 = Z87.441
N40 N41 N42 N43 N44 N45 N46 N47 N48 N49 N50 N52 = Z87.438
N18 N17 N19 N2 N3 = Z87.448
N6 = Z87.898
N87 = Z87.410
N8 N9 N7 = Z87.42
O60 = Z87.51
O00 = Z87.59
O14 O13 O = Z87.59
P = Z87.898
Q2 = Z87.74
Q0 Q1 = Z87.728
Q35 Q36 Q37 = Z87.730
Q5 Q6 = Z87.718
Q = Z87.798
R = Z87.898
S06 S09.9 = Z87.820
S02 S12 S22 S32 S42 S52 S62 S72 S82 S92 = Z87.81
S T14 = Z87.828
T78.2 T78.0 = Z87.892
T36 T37 T38 T39 T4 T50 = Z91.89
"""
_FAMILY = """
C15 C16 C17 C18 C19 C20 C21 C22 C23 C24 C25 C26 = Z80.0
C33 C34 = Z80.1
C30 C31 C32 C37 C38 C39 = Z80.2
C50 D05 = Z80.3
C56 = Z80.41
C61 = Z80.42
C62 = Z80.43
C51 C52 C53 C54 C55 C57 C60 C63 = Z80.49
C64 = Z80.51
C67 = Z80.52
C65 C66 C68 = Z80.59
C91 C92 C93 C94 C95 = Z80.6
C81 C82 C83 C84 C85 C88 C90 C96 = Z80.7
C43 C44 C73 C71 C40 C41 C69 C70 C72 C74 C75 = Z80.8
C = Z80.9
F70 F71 F72 F79 = Z81.0
F10 = Z81.1
F17 Z72.0 = Z81.2
F11 F12 F13 F14 F15 F16 F18 F19 = Z81.4
F = Z81.8
G40 = Z82.0
G30 G20 G35 G10 G12 G = Z82.0
F01 F02 F03 = Z81.8
H54 = Z82.1
H90 H91 = Z82.2
G45 I60 I61 I62 I63 = Z82.3
I46 = Z82.41
I = Z82.49
J45 = Z82.5
J = Z82.5
M05 M06 M15 M16 M17 M18 M19 M13 M10 = Z82.61
M80 M81 = Z82.62
M = Z82.69
Q = Z82.79
Q61 = Z82.71
N18 N17 N03 N04 = Z84.1
N20 N = Z84.1
B20 Z21 = Z83.0
A B = Z83.1
D5 D6 D7 D8 = Z83.2
E08 E09 E10 E11 E13 = Z83.3
E31 = Z83.41
E78.01 = Z83.42
E78 = Z83.438 Z83.430
E66 = Z83.49
E = Z83.49
H40 = Z83.511
H = Z83.518
H60 H61 H65 H66 H80 H81 H83 = Z83.52
D12 K63.5 = Z83.710 Z83.719
K = Z83.79
L = Z84.0
S72 = Z82.69 Z82.62
S = Z84.89
T88.3 = Z84.89
O = Z84.89
R = Z84.89
R99 = Z84.1
"""

ALREADY = ("Z", "I25.2", "I252")
"""Codes that say themselves that something is past or a state: they stay."""

NEVER_ENDS = tuple("E10 B20 G20 G35 G30 F03 F20 F84 Q90 D57 J43 J44 K74 I251 N186 H40 M32".split())
"""Diseases that stay present though somebody calls them resolved."""

_LIFELONG = (
    "E08 E09 E10 E11 E13 I10 I11 I12 I13 E78 J44 J43 N18 I50 I48 E03 M05 M06 M32 G40 G20 G35 B20 "
    "F03 G30 I25.1 I73.9 M81 K50 K51 L40 G47.3 I27 D57 K74 F20 F31 N40 M15 M16 M17 M19 H40 M10 "
    "K21 E66 F90 F84 J45 G43 M79.7 I42 I35 I34 B18 Z94 Z95 Q90 I87.2 E28.2 K58 F41 F32 F33 K90.0 "
    "D56 I65 I71 M54.5 N52 G62 G25.81 E05 L20 J30 K86.1 E21 F10.2 F17 F11.2 Z72.0"
)
_LASTING = tuple(p.replace(".", "") for p in _LIFELONG.split())
_STILL = tuple(
    p.replace(".", "")
    for p in (
        "E08 E09 E10 E11 E13 I10 I11 I12 I13 E78 J44 J43 N18 I50 I48 E03 M05 M06 M32 G20 G35 B20 "
        "F03 G30 I25.1 I73.9 K50 K51 D57 K74 F20 F31 N40 H40 F84 Q90 G47.3 I42 M81 E28.2 B18"
    ).split()
)


def _table(lines: str) -> dict[str, tuple[str, ...]]:
    out: dict[str, tuple[str, ...]] = {}
    for line in lines.strip().splitlines():
        starts, codes = line.split("=")
        for start in starts.replace(".", "").split():
            out.setdefault(start, tuple(codes.replace(".", "").split()))
    return out


_OWN = _table(_PERSONAL)
_KIN = _table(_FAMILY)


def lasting(code: str, *, said: bool) -> bool:
    """Whether a disease listed as past is one that still is treated.

    Args:
        code: of the active disease, without dot.
        said: the words say “history of”, not a heading alone; then only what never ends stays.
    """
    return code.startswith(_STILL if said else _LASTING)


def personal(code: str) -> tuple[str, ...]:
    """The history codes of a disease, best first."""
    if code.startswith(ALREADY):
        return (code,)
    return _longest(_OWN, code) or ("Z87898",)


def family(code: str) -> tuple[str, ...]:
    """The family history codes of a disease, best first."""
    return _longest(_KIN, code) or ("Z8489",)


def _longest(table: dict[str, tuple[str, ...]], code: str) -> tuple[str, ...]:
    for length in range(len(code), 0, -1):
        if code[:length] in table:
            return table[code[:length]]
    return ()
