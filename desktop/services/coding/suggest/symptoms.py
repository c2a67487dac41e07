"""Which symptoms belong to which disease: offered while it is suspected, left out once it is sure.

The outpatient rule (ICD-10-CM guidelines IV.H): what is “probable” or “ruled out” is not coded,
the symptoms that led to it are. What belongs to a confirmed disease is not coded beside it (I.B.5).
"""

from __future__ import annotations

_RESPIRATORY = "R05 R50.9 R07.0 J02.9 R51.9 M79.1 R53 R09.81 R09.82 R68.83 R52 J34.89 R43 R49.0"

_INTEGRAL = f"""
J09 J10 J11 U07.1 = {_RESPIRATORY} R06 R11 R19.7
J00 J01 J06 J04 J05 B34.9 = {_RESPIRATORY} H92.0
J02.0 J02 J03 = R07.0 J02.9 R50.9 R13.10 R51.9 R59
J12 J13 J14 J15 J16 J18 J69.0 = R05 R50.9 R06 R68.83 R07.1 R07.9 R04.2 R53 R09.89
J20 J21 J22 J40 = R05 R50.9 R06.2 R06.0 R07.89 R09.81 R09.89
J44.0 J44.1 J45.901 J45.21 J45.31 J45.41 J45.51 = R05 R06
J44 J43 = R06.0
J30 = R09.81 R09.82 J34.89 R06.7 H04.2
A08 A09 K52 = R11 R19.7 R10 R50.9
K35 = R10 R11 R50.9
K80 K81 = R10 R11
K57 = R10 R50.9
K85 = R10 R11
K21 = R12 R10.13 R07.89
K29 K25 K26 K27 = R10.13 R12 R11 K30
K59.0 = R10 R14.0
K58 = R10 R14
K64 = K62.5
N20 N23 = R10 R11 R31
N10 = R30 R35.0 R39.15 R50.9 R10 R11 R68.83
N39.0 N30 = R30 R35.0 R39.15 R10.2 R10.30 R31.0 R31.9 R82.90
N76 B37.3 A59 = N89.8 L29.2
N92 N94 N80 = R10.2
I50 = R06 R60 R05 I51.7
I20 I21 = R07 R06.02
I26 = R07 R06
I48 I47 = R00
I82 I80 = M79.6 M79.89 R60 M25.4
I63 G45 = R47 R29.8 R53.1 R20
H66 H65 H60 = H92 R50.9
H10 = H57 H11.43
H81 = R42
G43 G44 = R51.9 R11 H53
G56.0 = R20 M79.6
M54.1 M54.3 M54.4 M51 M50 M48 M47 = M54.50 M54.2 M54.9 R20 M79.6
M16 = M25.55
M17 M22 M23 S83 = M25.56 M25.46
M75 S43 S46 = M25.51 M25.61
M76 M72.2 M77 = M79.67 M25.57
M10 = M25 M79.6 M79.89
M70.6 = M25.55
M06 = M25.5
S06.0 = R51.9 R42 R11
S S0 S1 S2 S3 S4 S5 S6 S7 S8 S9 S43 S46 S83 = M25.50 M25.40 M79.60 M79.89 R22
S0 = R51 M54.2
S1 = M54 R51 M25.51
S2 = M54 R07.8
S3 = M54 R10
S4 S43 S46 = M25.51 M25.52 M25.41 M25.42 M79.62
S5 = M25.52 M25.53 M25.42 M25.43 M79.63
S6 = M25.53 M25.54 M25.43 M25.44 M79.63 M79.64
S7 = M25.55 M25.56 M25.45 M25.46 M79.65
S8 S83 = M25.56 M25.57 M25.46 M25.47 M79.66
S9 = M25.57 M25.47 M79.66 M79.67
L03 L02 = M79.6 M79.89 L53.9 R22
L50 = L29.9 R21
L20 L23 L25 L30 L40 B86 B35 B37.2 B02 B01 B08 L42 = R21 L29.9
E10.65 E11.65 = R73.9 R35 R63.1
E10 E11 = R73 R35 R63.1
E03 = R53.83 R63.5 K59.00
E86.0 = R53 R42
D50 D64 D51 = R53 R42
F32 F33 F41 = R45.0 R53.83
A69.2 B27 = R50.9 R53 M25.5 R07.0 J02.9 R59
K40 K42 K43 = R19.00 R10
G30 F03 = R41
F17 = R05
"""

_SUSPECTED = """
K35 = R10.31 R10.9
K81 K80 = R10.11
K57 = R10.32 R10.30
K85 = R10.13 R10.10
K25 K26 K27 K29 = R10.13
K21 = R12 R10.13 R07.89
N20 = R10.9 R31.9
K56 = R10.9 R11.10
K50 K51 = R19.7 R10.9
K90 = R19.7
O00 = R10.20 O26.899
I21 I20 I25 I24 = R07.9
I26 = R06.02 R07.9 R07.1
I82 I80 = M79.669 R60.0 M79.89
I63 G45 I61 = R53.1 R47.81 R29.810 R20.2
I50 = R06.02 R60.0
I48 I47 I49 = R00.2
I71 = R10.9 R19.00
J12 J13 J14 J15 J18 = R05.9 R50.9 R06.02
J45 = R06.2 R05.9
J44 = R06.02 R05.9
J02.0 J03 J02 = J02.9 R07.0
J10 J11 U07.1 = R50.9 R05.9
J01 J32 = R09.81 R51.9
J20 J40 = R05.9
J93 = R07.9 R06.02
A37 = R05.9
A15 = R05.3 R91.8
A40 A41 = R50.9
A69.2 = R21 R53.83
G00 G03 = R51.9 R50.9
G35 = R20.2
G40 = R56.9
G43 G44 = R51.9
A08 A09 K52 A04 = R11.2 R19.7 R10.9
G30 F03 = R41.3
G56 = R20.2 M79.643
G47.3 = R06.83 R53.83
N39.0 N30 N10 = R30.0 R35.0
N40 = R39.12 R35.1
N73 = R10.20
N83 N80 N70 N44 = R10.20
N44 N45 = N50.819
C61 = R97.20
C50 = N63.0 R92.8
C34 = R91.8 R91.1
C67 C64 = R31.9
C18 C19 C20 = R19.5 K62.5 R19.4
C25 C22 = R17 R10.9 R63.4
C56 = R19.00 R10.20
C54 = N95.0 N93.9
C43 C44 = L98.9
C73 = E04.1
C71 = R51.9
C81 C85 C95 = R59.9
C = R63.4
E11 E10 = R73.9 R35.89
E03 E05 E06 = R53.83 R94.6
E27 = R53.83
D5 D6 = R53.83
M10 M00 M1A = M25.50
M05 M06 M32 = M25.50
M81 = M89.9
S83 M23 = M25.569
M75 S46 = M25.519
M84.3 = M79.673 M25.559
S72 = M25.559
S62 S63 S52 = M25.539
S92 S82 S93 = M25.579
S22 = R07.81
S06 = R51.9
B27 = R07.0 R53.83
B02 B01 B86 L2 L4 = R21
L03 L02 = M79.89
L50 = R21
F32 F41 F33 = R45.89
H66 H65 = H92.09
H40 = H57.10
T78 = R21
Z33 Z34 O = N91.2
"""
SYMPTOMS = ("R", "M255", "M796", "M254", "M7989", "M54", "H571", "H920", "N63", "N644", "J029",
            "N508", "K625", "N939", "N950", "H538", "E041", "L989", "N912", "K921", "N898", "M626",
            "M791", "K3", "H57", "H93", "M2561", "M2565", "H109")  # fmt: skip
"""Starts of codes that are findings and not diseases."""


def _table(lines: str) -> dict[str, tuple[str, ...]]:
    out: dict[str, tuple[str, ...]] = {}
    for line in lines.strip().splitlines():
        starts, codes = line.split("=")
        for start in starts.replace(".", "").split():
            known = out.get(start, ())
            out[start] = (*known, *codes.replace(".", "").split())
    return out


_PARTS = _table(_INTEGRAL)
_LEADS = _table(_SUSPECTED)


def is_symptom(code: str) -> bool:
    """Whether a code is a sign, symptom or finding."""
    return code.startswith(SYMPTOMS)


def integral(disease: str) -> tuple[str, ...]:
    """Starts of the symptom codes that belong to a disease."""
    return _longest(_PARTS, disease)


def leading_to(disease: str) -> tuple[str, ...]:
    """Codes of the symptoms that usually make one suspect a disease."""
    return _longest(_LEADS, disease)


def _longest(table: dict[str, tuple[str, ...]], code: str) -> tuple[str, ...]:
    for length in range(len(code), 0, -1):
        if code[:length] in table:
            return table[code[:length]]
    return ()
