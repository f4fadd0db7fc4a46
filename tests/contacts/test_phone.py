"""Phone numbers as people and spreadsheets write them."""

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st
from phonenumbers import PhoneMetadata, PhoneNumberFormat

from contacts.numbering import Home, home
from contacts.phone import Phone, PhoneRefused, parse

KINDS = (
    "fixed_line", "mobile", "toll_free", "premium_rate", "shared_cost",
    "voip", "personal_number", "pager", "uan", "voicemail",
)  # fmt: skip
REGIONS = sorted(phonenumbers.SUPPORTED_REGIONS)


def ask_library(text: str, region: str):
    """What phonenumbers says, or None when it can't read the text or calls it invalid."""
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    country = phonenumbers.region_code_for_number(number)
    e164 = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    return e164, "" if country == "001" else country


@st.composite
def written_numbers(draw):
    """A region's example number with some digits changed, after any prefix people dial."""
    region = draw(st.sampled_from(REGIONS))
    plan = PhoneMetadata.metadata_for_region(region)
    examples = [d.example_number for k in KINDS if (d := getattr(plan, k)) and d.example_number]
    digits = list(draw(st.sampled_from(examples)))
    for at in draw(st.lists(st.integers(0, len(digits) - 1), max_size=5)):
        digits[at] = draw(st.sampled_from("0123456789"))
    code, trunk = str(plan.country_code), plan.national_prefix or ""
    prefixes = ("", trunk, code, f"+{code}", f"+{code}{trunk}", f"00{code}", f"011{code}", "+")
    return draw(st.sampled_from(prefixes)) + "".join(digits), region


@given(written_numbers(), st.sampled_from(REGIONS))
def test_the_fast_reader_never_disagrees_with_the_library(written, other):
    text, region = written

    for where in (region, other):
        found = home(where).read(text)
        assert found is None or found == ask_library(text, where)


def test_the_fast_reader_knows_nearly_every_example_number():
    known = total = 0
    for region in REGIONS:
        plan = PhoneMetadata.metadata_for_region(region)
        for kind in KINDS:
            if (desc := getattr(plan, kind)) and desc.example_number:
                total += 1
                known += home(region).read(f"+{plan.country_code}{desc.example_number}") is not None

    assert known / total > 0.97


@given(st.text(max_size=30) | st.text("+0123456789 ()-./x#eE,'", max_size=30))
def test_any_text_is_a_number_or_refused_with_a_reason(text):
    try:
        phone = parse(text, "US")
    except PhoneRefused as refused:
        assert refused.reason == str(refused) != ""
    else:
        assert phone.e164.startswith("+") and phone.e164[1:].isdigit()


@given(st.sampled_from(["(415) 555-0123", "+44 20 7946 0018", "030 23125000", "x", "+1 555"]))
def test_the_slow_way_gives_what_the_fast_way_gives(text):
    def read(raw):
        try:
            return parse(raw, "US")
        except PhoneRefused as refused:
            return refused.reason

    assert read(text) == read(f"\u202a{text}\u202c")


US = Phone("+14155550123", "US", "", is_valid=True)


@pytest.mark.parametrize(
    "raw",
    [
        "4155550123",
        "(415) 555-0123",
        "415.555.0123",
        "415/555-0123",
        " 1-415-555-0123\n",
        "+1 (415) 555-0123",
        "(+1) 415 555 0123",
        "0014155550123",
        "011 1 415 555 0123",
        "+1 (0)415 555 0123",
        "1.4155550123E+10",
        "1,4155550123e10",
        "14155550123.0",
        "14,155,550,123",
        "'14155550123",
        '="14155550123"',
        "tel:+1-415-555-0123",
        "tel:555-0123;phone-context=+1-415",
        "Cell: 415-555-0123",
        "415-555-0123 (work)",
        "٤١٥٥٥٥٠١٢٣",
        "４１５－５５５－０１２３",
        "415\u2011555\u20110123",
        "415\u00a0555\u00a00123",
        "\u202a+1 415\u200b5550123\u202c",
        "415-555-0123\0",
    ],
)
def test_every_way_of_writing_it_is_the_same_number(raw):
    assert parse(raw) == US


@pytest.mark.parametrize(
    ("raw", "ext"),
    [
        ("415-555-0123 x12", "12"),
        ("(415) 555-0123 ext. 012", "012"),
        ("415-555-0123 extension: 7", "7"),
        ("415-555-0123 #12", "12"),
        ("415-555-0123,12", "12"),
        ("tel:+1-415-555-0123;ext=1234", "1234"),
    ],
)
def test_extensions_are_kept(raw, ext):
    assert parse(raw) == Phone("+14155550123", "US", ext, is_valid=True)


@pytest.mark.parametrize(
    ("raw", "region", "e164", "country"),
    [
        ("+44 (0)20 7946 0018", "US", "+442079460018", "GB"),
        ("442079460018", "US", "+442079460018", "GB"),
        ("442079460018.0", "US", "+442079460018", "GB"),
        ("0044 20 7946 0018", "US", "+442079460018", "GB"),
        ("020 7946 0018", "GB", "+442079460018", "GB"),
        ("2079460018", "GB", "+442079460018", "GB"),
        ("0114 496 0018", "GB", "+441144960018", "GB"),
        ("030/23125 000", "DE", "+493023125000", "DE"),
        ("0152 28817386", "de", "+4915228817386", "DE"),
        ("01 99 00 12 34", "FR", "+33199001234", "FR"),
        ("(02) 5550 1234", "AU", "+61255501234", "AU"),
        ("0011 1 415 555 0123", "AU", "+14155550123", "US"),
        ("416-555-0123", "US", "+14165550123", "CA"),
        ("+1 876 555 0123", "US", "+18765550123", "JM"),
        ("1-800-JKL-0123", "US", "+18005550123", "US"),
    ],
)
def test_the_country_is_found(raw, region, e164, country):
    assert parse(raw, region) == Phone(e164, country, "", is_valid=True)


def test_a_possible_number_that_nobody_has_is_kept_as_invalid():
    assert parse("(555) 555-5555") == Phone("+15555555555", "", "", is_valid=False)


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        ("", "empty"),
        (" \u200b\u00a0", "empty"),
        ("-", "no digits"),
        ("CALL-ME", "has letters: 'CALL-ME'"),
        ("415-55S-0123", "has letters: 'S'"),
        ("415-555-CALL", "has letters: 'CALL'"),
        ("123", "too short: 3 digits"),
        ("1", "too short: 1 digit"),
        ("555-0123", "too short: 7 digits, the area code is missing"),
        ("415-555-01234", "too long: 11 digits"),
        ("1" * 40, "too long: 40 digits"),
        ("4" * 1_000_000, "too long: 1000000 characters"),
        ("+999 1234567", "unknown country code: +999"),
        ("415-555-0123 or 415-555-0124", "more than one number: '415-555-0123 or 415-555-0124'"),
        ("+49 30 23125 001 / 002", "more than one number: '+49 30 23125 001 / 002'"),
    ],
)
def test_what_cannot_be_dialled_is_refused_in_plain_words(raw, reason):
    with pytest.raises(PhoneRefused) as refused:
        parse(raw)

    assert refused.value.reason == reason


@pytest.mark.parametrize("raw", ["1.41556E+10", "4.15555E+09", "1.4155550E+10", "4,2E+11"])
def test_digits_that_a_spreadsheet_has_lost_are_not_made_up(raw):
    with pytest.raises(PhoneRefused, match="digits lost"):
        parse(raw)


def test_an_unknown_region_is_the_callers_mistake():
    with pytest.raises(ValueError, match="unknown region 'XX'"):
        parse("415-555-0123", "XX")


def test_decimals_never_become_digits_where_numbers_vary_in_length():
    assert parse("03023125000.0", "DE").e164 == "+493023125000"


def test_readers_are_built_once():
    assert isinstance(home("US"), Home) and home("US") is home("US")
