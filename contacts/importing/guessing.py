"""Guesses from headers and from values which column fills which field."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from contacts.importing.evidence import Evidence, weigh
from contacts.importing.fields import BY_NAME, FIELDS, fold_header, without_number, word_set
from contacts.importing.mapping import Mapping, NoPhoneColumn

_SAMPLE = 100
# A header that only holds a known one ("Business phone (new)") is less sure.
_EXACT, _PART, _VALUES = 1.0, 0.7, 0.6
_LEAST_LETTERS = 4
_KIND_BY_WORD = {
    word: rank
    for rank, words in (
        (0, "mobile cell cellphone handy mobil handynummer mobilnummer portable movil celular "
            "cellulare telemovel mobiel gsm mobiltelefon whatsapp"),
        (1, "primary main haupt principal principale hoofd"),
        (3, "home privat private secondary other alternate assistant fax 2 3 4 5 fisso fixe "
            "festnetz company"),
    )
    for word in words.split()
}  # fmt: skip
_PLAIN_KIND = 2
# A header with such a word is about the field, it doesn't hold it: "Phone type", "Company id".
_ASIDES = word_set(
    "type typ label status valid ext extension id date count size carrier verified consent code "
    "owner opt optin out timezone fax telefax zip source created updated modified by hq seat"
    " headquarters linkedin twitter facebook expires provider policy"
)
# Words that name a field alone, and anything in company.
_VAGUE = word_set(
    "name contact number numero direct portable fixe first last list group person customer "
    "account land site team label service contacto"
)
_FAX = ("fax", "telefax", "faxnummer", "fax number")
_PLAIN_NAMES = ("name", "nom", "nombre", "nome", "naam")


@dataclass(frozen=True, slots=True)
class _Match:
    """A field's claim to a column."""

    score: float
    field: str
    column: int
    why: str


def guess(columns: Sequence[str], sample_rows: Iterable[Sequence[str]], region: str) -> Mapping:
    """The likeliest mapping; raises NoPhoneColumn."""
    rows = list(islice(sample_rows, _SAMPLE))
    folded = [fold_header(column) for column in columns]
    evidence = [
        weigh([row[at] if at < len(row) else "" for row in rows], region)
        for at in range(len(columns))
    ]
    phones = _phone_matches(folded, evidence)
    if not phones:
        raise NoPhoneColumn(columns)
    matches = [phones[0], *_other_matches(folded, evidence)]
    chosen = _assign(matches, spare={match.column for match in phones})
    _split_plain_name(chosen, folded)
    chosen = {name: chosen[name] for name in BY_NAME if name in chosen}
    return Mapping(
        {name: match.column for name, match in chosen.items()},
        {name: round(match.score, 2) for name, match in chosen.items()},
        {name: match.why for name, match in chosen.items()},
        _phone_notes(columns, phones),
    )


def _phone_matches(folded: list[str], evidence: list[Evidence]) -> list[_Match]:
    """Columns that may be the phone, the best first."""
    matches = []
    for at, (header, seen) in enumerate(zip(folded, evidence, strict=True)):
        score = _header_score("phone", header)
        if score and _can_hold_phones(header, score, seen):
            matches.append(_Match(score * (0.5 + seen.phones / 2), "phone", at, "header"))
        elif seen.may_be_phones and (header in _FAX or not _names_another_field(header)):
            matches.append(_Match(_VALUES * seen.phones, "phone", at, "values"))
    return sorted(matches, key=lambda match: _phone_order(match, folded, evidence))


def _can_hold_phones(header: str, score: float, seen: Evidence) -> bool:
    """A known header is believed even when every number under it is bad; a vague one isn't."""
    if seen.is_counter or max(seen.dates, seen.postal_codes, seen.emails) > max(seen.phones, 0.5):
        return False
    return seen.phones >= 0.2 or (score > _PART and without_number(header) not in _VAGUE)


def _phone_order(match: _Match, folded: list[str], evidence: list[Evidence]) -> tuple[float, ...]:
    """Well filled, known header, mobile before primary before others, the fullest."""
    ranks = [_KIND_BY_WORD[w] for w in folded[match.column].split() if w in _KIND_BY_WORD]
    usable = [seen.filled * seen.phones for seen in evidence]
    own = usable[match.column]
    is_sparse = own < max(usable) / 2
    rank = min(ranks, default=_PLAIN_KIND)
    return (is_sparse, match.why != "header", rank, -own, match.column)


def _phone_notes(columns: Sequence[str], phones: list[_Match]) -> tuple[str, ...]:
    if len(phones) < 2:
        return ()
    others = ", ".join(repr(columns[match.column]) for match in phones[1:])
    return (f"{columns[phones[0].column]!r} is read as the phone; {others} could be, too",)


def _other_matches(folded: list[str], evidence: list[Evidence]) -> list[_Match]:
    matches = []
    for known in FIELDS:
        if known.name == "phone":
            continue
        for at, header in enumerate(folded):
            score = _header_score(known.name, header)
            if score and not _contradicts(known.name, evidence[at]):
                matches.append(_Match(score, known.name, at, "header"))
    for at, seen in enumerate(evidence):
        if seen.emails >= 0.6:
            matches.append(_Match(_VALUES * seen.emails, "email", at, "values"))
        if seen.domains >= 0.8 and seen.emails < 0.2:
            matches.append(_Match(_VALUES * seen.domains, "company_domain", at, "values"))
    return matches


def _contradicts(name: str, seen: Evidence) -> bool:
    if seen.filled == 0:
        return False
    if name == "email":
        return seen.emails < 0.2
    if name == "consent_on":  # a column of yes and no says whether, not when
        return seen.dates < 0.5
    if name in ("first_name", "last_name", "full_name", "company", "city"):
        return max(seen.emails, seen.dates) > 0.5 or (seen.phones > 0.8 and name != "company")
    return False


def _header_score(name: str, header: str) -> float:
    """1 for a known header, 0.7 at most for one that holds it, the less the more other words."""
    synonyms = BY_NAME[name].synonyms
    if header in synonyms or without_number(header) in synonyms:
        return _EXACT if header in synonyms else _EXACT - 0.05
    words = header.split()
    if any(word in _ASIDES for word in words):
        return 0.0
    lengths = [len(phrase.split()) for phrase in synonyms if _holds(words, phrase)]
    return _PART * max(lengths) / len(words) if lengths else 0.0


def _holds(words: list[str], phrase: str) -> bool:
    if len(phrase) < _LEAST_LETTERS or phrase in _VAGUE:
        return False
    parts = phrase.split()
    return any(words[at : at + len(parts)] == parts for at in range(len(words)))


def _names_another_field(header: str) -> bool:
    known = (f for f in FIELDS if f.name != "phone")
    return any(without_number(header) in f.synonyms for f in known)


def _assign(matches: list[_Match], spare: set[int]) -> dict[str, _Match]:
    """Each field its best column, each column one field; phone first. Columns in `spare` are
    phones that were not chosen."""
    chosen: dict[str, _Match] = {}
    taken = set(spare)
    for match in sorted(matches, key=lambda m: (m.field != "phone", -m.score, m.column)):
        if match.field == "phone" or (match.field not in chosen and match.column not in taken):
            chosen[match.field] = match
            taken.add(match.column)
    return chosen


def _split_plain_name(chosen: dict[str, _Match], folded: list[str]) -> None:
    """Beside a column of first names "Name" is the last name (Vorname and Name, prénom and nom),
    beside one of last names it is the first (nombre and apellidos, nome and cognome)."""
    full = chosen.get("full_name")
    if full is None or folded[full.column] not in _PLAIN_NAMES:
        return
    missing = {"first_name", "last_name"} - chosen.keys()
    if len(missing) == 1:
        chosen[missing.pop()] = chosen.pop("full_name")
