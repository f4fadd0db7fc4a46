"""Which column is what: by its header, by its values, in seven languages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contacts.importing.fields import FIELDS, KNOWN_HEADERS, fold_header
from contacts.importing.guessing import guess
from contacts.importing.mapping import (
    Mapping,
    NoPhoneColumn,
    header_key,
)

PHONES = ["(415) 555-0123", "+1 415 555 0124", "4155550125", "", "415-555-0126"]


def named(columns, rows, region="US"):
    """The guess as column names by field."""
    return by_name(guess(columns, rows, region), columns)


def by_name(mapping, columns):
    return {field: columns[at] for field, at in mapping.fields.items()}


def beside_phones(*others):
    return [[phone, *other] for phone, *other in zip(PHONES, *others, strict=True)]


@pytest.mark.parametrize(
    ("headers", "fields"),
    [
        ("First Name,Last Name,Job Title,E-mail,Phone Number,Ext.,Company Name,Website",
         "first_name,last_name,position,email,phone,phone_ext,company,company_domain"),
        ("Contact_ID,FullName,Mobile,Street Address,City,State,ZIP,Country,Notes,Tags",
         "external_id,full_name,phone,address_line,city,state,postal_code,country,notes,tags"),
        ("Vorname,Name,Firma,Abteilung,Telefonnummer,E-Mail-Adresse,Straße,PLZ,Ort,Land",
         "first_name,last_name,company,department,phone,email,address_line,postal_code,city,country"),
        ("Prénom,Nom,Société,Fonction,Téléphone,Courriel,Adresse,Code postal,Ville,Pays",
         "first_name,last_name,company,position,phone,email,address_line,postal_code,city,country"),
        ("Nombre,Apellidos,Empresa,Cargo,Teléfono,Correo electrónico,Dirección,Ciudad,Provincia",
         "first_name,last_name,company,position,phone,email,address_line,city,state"),
        ("Nome,Cognome,Azienda,Ruolo,Cellulare,Indirizzo e-mail,Indirizzo,CAP,Città",
         "first_name,last_name,company,position,phone,email,address_line,postal_code,city"),
        ("Nome completo,Empresa,Telemóvel,Correio eletrónico,Morada,Código postal,Cidade,País",
         "full_name,company,phone,email,address_line,postal_code,city,country"),
        ("Voornaam,Achternaam,Bedrijf,Functie,Telefoonnummer,E-mailadres,Postcode,Plaats",
         "first_name,last_name,company,position,phone,email,postal_code,city"),
    ],
)  # fmt: skip
def test_headers_are_understood_in_seven_languages(headers, fields):
    columns = headers.split(",")

    found = guess(columns, [], "US")

    assert by_name(found, columns) == dict(zip(fields.split(","), columns, strict=True))
    assert set(found.why.values()) == {"header"}


def test_values_tell_what_headers_do_not():
    columns = ["Column 1", "Column 2", "Column 3", "Column 4"]
    rows = beside_phones(
        ["a@acme.test", "b@acme.test", "", "d@acme.test", "e@acme.test"],
        ["Ann", "Bob", "Cid", "Dot", "Eve"],
        ["acme.test", "www.acme.test", "", "", "https://acme.test/x"],
    )

    found = guess(columns, rows, "US")

    assert found.fields == {"phone": 0, "email": 1, "company_domain": 3}
    assert found.why == {"phone": "values", "email": "values", "company_domain": "values"}
    assert 0.5 < found.confidence["phone"] < 0.7


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("Customer number", ["2015550101", "2015550102", "2015550103", "2015550104", "2015550105"]),
        ("Column 1", ["2015550101", "2015550102", "2015550104", "2015550105", "2015550109"]),
        ("Phone verified on", ["2026-01-05", "2026-01-06", "", "2026-02-01", "2026-03-01"]),
        ("Number", ["17", "18", "19", "4", "5"]),
        ("Order number", ["A-1001", "A-1002", "B-1", "B-2", "B-3"]),
        ("ZIP", ["94105", "10001", "60601", "94105", "73301"]),
        ("Phone type", ["cell", "home", "cell", "", "work"]),
        ("Phone number", ["a@acme.test", "b@acme.test", "c@acme.test", "d@acme.test", "x"]),
    ],
)
def test_ids_dates_postcodes_and_types_are_no_phones(column, values):
    rows = [[value, "Ann"] for value in values]

    with pytest.raises(NoPhoneColumn) as refused:
        guess([column, "Name"], rows, "US")

    assert str(refused.value) == (
        f"no column holds phone numbers. Columns: {column}, Name. "
        "Name one of them phone, or say which one it is"
    )


def test_a_column_called_phone_is_believed_even_when_its_numbers_are_bad():
    found = guess(["Name", "Phone"], [["Ann", "CALL ME"], ["Bob", "123"]], "US")

    assert (found.fields["phone"], found.confidence["phone"]) == (1, 0.5)


@pytest.mark.parametrize(
    ("columns", "chosen"),
    [
        (["Home Phone", "Work Phone", "Mobile Phone"], "Mobile Phone"),
        (["Phone 2", "Phone", "Fax"], "Phone"),
        (["Other phone", "Primary phone", "Phone"], "Primary phone"),
        (["Telefon privat", "Telefon", "Handy"], "Handy"),
        (["Column 1", "Tel.", "Column 3"], "Tel."),
    ],
)
def test_of_several_phones_the_personal_one_is_taken_and_said(columns, chosen):
    rows = [[phone] * 3 for phone in PHONES]

    found = guess(columns, rows, "US")

    assert by_name(found, columns) == {"phone": chosen}
    rest = [f"{name!r}" for name in columns if name != chosen]
    assert found.notes[0].startswith(f"{chosen!r} is read as the phone; ")
    assert all(name in found.notes[0] for name in rest)


def test_a_nearly_empty_mobile_column_does_not_win():
    rows = [["", "415-555-0123"]] * 9 + [["415-555-0124", "415-555-0125"]]

    assert named(["Mobile", "Phone"], rows) == {"phone": "Phone"}


def test_a_column_fills_one_field_and_a_field_has_one_column():
    columns = ["Company", "Company Phone", "Company ID", "Email", "Email 2", "Email opt out"]

    assert named(columns, []) == {
        "phone": "Company Phone",
        "email": "Email",
        "company": "Company",
    }


@pytest.mark.parametrize(
    ("region", "number"),
    [("GB", "020 7946 0018"), ("DE", "030 23125000"), ("FR", "01 99 00 12 34")],
)
def test_values_are_read_in_the_default_region(region, number):
    assert named(["a", "b"], [["x", number]] * 3, region) == {"phone": "b"}


def test_synonyms_are_folded_and_belong_to_one_field():
    synonyms = [synonym for field in FIELDS for synonym in field.synonyms]

    assert [s for s in synonyms if fold_header(s) != s] == []
    assert len(synonyms) == len(KNOWN_HEADERS)
    assert [field.name for field in FIELDS if field.is_required] == ["phone"]


def test_a_header_set_has_one_key_whatever_its_order_and_case():
    key = header_key(["Phone", "E-Mail"])

    assert key == header_key(["e_mail", "PHONE"])
    assert key != header_key(["Phone", "E-Mail", "Name"])
    assert len(key) == 64


def test_a_remembered_mapping_finds_its_columns_again():
    mapping = guess(["Name", "Phone"], [], "US")

    again = Mapping.from_names(by_name(mapping, ["Name", "Phone"]), ["Phone", "x", "Name"])

    assert again.fields == {"phone": 0, "full_name": 2}
    with pytest.raises(ValueError, match="no column 'Phone': there are x"):
        Mapping.from_names({"phone": "Phone"}, ["x"])
    with pytest.raises(ValueError, match="unknown field 'fone'"):
        Mapping.from_names({"fone": "x"}, ["x"])
    with pytest.raises(NoPhoneColumn):
        Mapping.from_names({"city": "x"}, ["x"])


@given(st.lists(st.text(max_size=20), min_size=1, max_size=6), st.data())
def test_any_table_is_mapped_or_refused(columns, data):
    rows = data.draw(st.lists(st.lists(st.text(max_size=20), max_size=6), max_size=4))

    try:
        found = guess(columns, rows, "US")
    except NoPhoneColumn as refused:
        assert "no column holds phone numbers" in str(refused)
    else:
        used = list(found.fields.values())
        assert "phone" in found.fields and len(used) == len(set(used)) <= len(columns)
