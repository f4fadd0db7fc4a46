"""What the mail of the United States calls its states, streets and units, and where ZIPs lie.

From USPS Publication 28 (appendices B and C) and the Domestic Mail Manual's labeling list L002
(three-digit ZIP prefixes by state), as of November 2026.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from integrations.providers.own.refusing import refused

# Code: (name, prefixes of its ZIPs, as ranges).
STATES: Mapping[str, tuple[str, str]] = {
    "AL": ("Alabama", "350-352 354-369"), "AK": ("Alaska", "995-999"),
    "AZ": ("Arizona", "850-853 855-857 859-860 863-865"), "AR": ("Arkansas", "716-729"),
    "CA": ("California", "900-908 910-928 930-961"), "CO": ("Colorado", "800-816"),
    "CT": ("Connecticut", "060-069"), "DE": ("Delaware", "197-199"),
    "DC": ("District of Columbia", "200 202-205 569"),
    "FL": ("Florida", "320-339 341-342 344 346-347 349"), "GA": ("Georgia", "300-319 398-399"),
    "HI": ("Hawaii", "967-968"), "ID": ("Idaho", "832-838"), "IL": ("Illinois", "600-620 622-629"),
    "IN": ("Indiana", "460-479"), "IA": ("Iowa", "500-516 520-528"),
    "KS": ("Kansas", "660-662 664-679"), "KY": ("Kentucky", "400-418 420-427"),
    "LA": ("Louisiana", "700-701 703-708 710-714"), "ME": ("Maine", "039-049"),
    "MD": ("Maryland", "206-212 214-219"), "MA": ("Massachusetts", "010-027 055"),
    "MI": ("Michigan", "480-499"), "MN": ("Minnesota", "550-551 553-567"),
    "MS": ("Mississippi", "386-397"), "MO": ("Missouri", "630-631 633-641 644-658"),
    "MT": ("Montana", "590-599"), "NE": ("Nebraska", "680-681 683-693"),
    "NV": ("Nevada", "889-891 893-895 897-898"), "NH": ("New Hampshire", "030-038"),
    "NJ": ("New Jersey", "070-089"), "NM": ("New Mexico", "870-871 873-875 877-884"),
    "NY": ("New York", "005 063 100-149"), "NC": ("North Carolina", "270-289"),
    "ND": ("North Dakota", "580-588"), "OH": ("Ohio", "430-459"),
    "OK": ("Oklahoma", "730-731 734-741 743-749"), "OR": ("Oregon", "970-979"),
    "PA": ("Pennsylvania", "150-191 193-196"), "RI": ("Rhode Island", "028-029"),
    "SC": ("South Carolina", "290-299"), "SD": ("South Dakota", "570-577"),
    "TN": ("Tennessee", "370-385"), "TX": ("Texas", "733 750-770 772-799 885"),
    "UT": ("Utah", "840-847"), "VT": ("Vermont", "050-054 056-059"),
    "VA": ("Virginia", "201 220-246"), "WA": ("Washington", "980-986 988-994"),
    "WV": ("West Virginia", "247-268"), "WI": ("Wisconsin", "530-532 534-535 537-549"),
    "WY": ("Wyoming", "820-831 834"), "PR": ("Puerto Rico", "006-007 009"),
    "VI": ("Virgin Islands", "008"), "GU": ("Guam", "969"),
    "MP": ("Northern Mariana Islands", "969"),
    "AS": ("American Samoa", "967"), "AA": ("Armed Forces Americas", "340"),
    "AE": ("Armed Forces Europe", "090-098"), "AP": ("Armed Forces Pacific", "962-966"),
}  # fmt: skip
CODES: Mapping[str, str] = {
    **{name.lower(): code for code, (name, _) in STATES.items()},
    **{code.lower(): code for code in STATES},
    "washington dc": "DC",
}

DIRECTIONS: Mapping[str, str] = {
    "north": "N", "south": "S", "east": "E", "west": "W", "northeast": "NE", "northwest": "NW",
    "southeast": "SE", "southwest": "SW",
    **{short.lower(): short for short in ("N", "S", "E", "W", "NE", "NW", "SE", "SW")},
}  # fmt: skip
SUFFIXES: Mapping[str, str] = {
    "alley": "Aly", "avenue": "Ave", "av": "Ave", "boulevard": "Blvd", "boul": "Blvd",
    "bridge": "Brg", "bypass": "Byp", "causeway": "Cswy", "center": "Ctr", "centre": "Ctr",
    "circle": "Cir", "commons": "Cmns", "corner": "Cor", "court": "Ct", "cove": "Cv",
    "creek": "Crk", "crescent": "Cres", "crossing": "Xing", "drive": "Dr", "estates": "Ests",
    "expressway": "Expy", "extension": "Ext", "freeway": "Fwy", "gardens": "Gdns",
    "heights": "Hts", "highway": "Hwy", "hills": "Hls", "hill": "Hl", "hollow": "Holw",
    "island": "Is", "junction": "Jct", "lake": "Lk", "landing": "Lndg", "lane": "Ln",
    "manor": "Mnr", "meadows": "Mdws", "mount": "Mt", "mountain": "Mtn", "parkway": "Pkwy",
    "pike": "Pike", "place": "Pl", "plaza": "Plz", "point": "Pt", "ranch": "Rnch",
    "ridge": "Rdg", "road": "Rd", "route": "Rte", "shore": "Shr", "spring": "Spg",
    "springs": "Spgs", "square": "Sq", "station": "Sta", "street": "St", "str": "St",
    "summit": "Smt", "terrace": "Ter", "trace": "Trce", "track": "Trak", "trail": "Trl",
    "tunnel": "Tunl", "turnpike": "Tpke", "valley": "Vly", "view": "Vw", "village": "Vlg",
    "vista": "Vis",
}  # fmt: skip
UNITS: Mapping[str, str] = {
    "apartment": "Apt", "building": "Bldg", "department": "Dept", "floor": "Fl", "lobby": "Lbby",
    "office": "Ofc", "penthouse": "Ph", "room": "Rm", "space": "Spc", "suite": "Ste",
    "trailer": "Trlr",
}  # fmt: skip


def _prefixes() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for code, (_, ranges) in STATES.items():
        for part in ranges.split():
            first, _, last = part.partition("-")
            for number in range(int(first), int(last or first) + 1):
                found.setdefault(f"{number:03d}", set()).add(code)
    return {prefix: frozenset(codes) for prefix, codes in found.items()}


# Which states a ZIP's first three digits may lie in; a prefix that is not here has no ZIP.
STATES_BY_PREFIX: Mapping[str, frozenset[str]] = _prefixes()

_ZIP = re.compile(r"(\d{5})(?:-?(\d{4}))?")
_SHORTENED = re.compile(r"\d{3,4}")  # a spreadsheet has eaten the leading zeros


def state_code(text: str) -> str:
    """Return a state's two letters by its name or letters, "" for "". Raises QuestionRejected."""
    name = " ".join(text.replace(".", "").replace(",", " ").split()).lower()
    if name and name not in CODES:
        raise refused("state", f"there is no state {text.strip()[:40]!r}")
    return CODES.get(name, "")


def zip_code(text: str, state: str = "") -> str:
    """Return a ZIP as 12345 or 12345-6789, "" for "". Raises QuestionRejected.

    It has to lie in the `state` where one is given, and in any where none is.
    """
    digits = text.strip()
    if not digits:
        return ""
    if state and _SHORTENED.fullmatch(digits):
        digits = digits.zfill(5)
    found = _ZIP.fullmatch(digits)
    states = STATES_BY_PREFIX.get(found.group(1)[:3], frozenset()) if found else frozenset()
    if not found or not states:
        raise refused("postal_code", f"there is no ZIP {text.strip()[:20]!r}")
    if state and state not in states:
        raise refused("postal_code", f"{found.group(1)} does not lie in {state}")
    return "-".join(part for part in found.groups() if part)
