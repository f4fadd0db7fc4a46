"""The fields of a contact that a file can fill, and what people call them in seven languages."""

import re
import unicodedata
from dataclasses import dataclass

_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Field:
    """`synonyms` are folded headers (see `fold_header`); `limit` is the longest value
    kept, no more than the contact's column takes."""

    name: str
    label: str
    synonyms: frozenset[str]
    limit: int = 200
    is_required: bool = False


def word_set(text: str) -> frozenset[str]:
    """The words of a text."""
    return frozenset(text.split())


def _named(*phrases: str) -> frozenset[str]:
    """Phrases separated by commas."""
    return frozenset(phrase.strip() for line in phrases for phrase in line.split(","))


FIELDS = (
    Field("phone", "Phone", _named(
        "phone, phone number, phone no, telephone, telephone number, tel, tel no, mobile, cell",
        "mobile phone, mobile number, cell phone, cell number, cellphone, contact number, number",
        "work phone, business phone, office phone, home phone, direct phone, direct line, direct",
        "main phone, primary phone, other phone, phone home, phone work, phone mobile, whatsapp",
        "company phone, person phone, phones, msisdn, e164, phone e164, direct dial",
        "telefon, telefonnummer, rufnummer, handy, handynummer, mobil, mobilnummer, mobiltelefon",
        "festnetz, telefon geschaftlich, telefon privat, durchwahlnummer, telefon mobil",
        "telephone portable, portable, numero de telephone, numero, mobile pro, telephone fixe",
        "fixe, telefono, telefono movil, movil, celular, numero de telefono, telefono fijo",
        "cellulare, telefono cellulare, numero di telefono, telefono fisso, recapito telefonico",
        "telefone, telemovel, numero de telefone, telefone celular, telefone fixo, contacto",
        "telefoon, telefoonnummer, mobiel, mobiel nummer, gsm, vaste telefoon",
    ), limit=250, is_required=True),
    Field("phone_ext", "Extension", _named(
        "ext, extension, phone ext, phone extension, durchwahl, nebenstelle, poste, interno",
        "anexo, ramal, toestel, toestelnummer, extensao",
    ), limit=20),
    Field("first_name", "First name", _named(
        "first name, firstname, given name, forename, first, fname, contact first name",
        "vorname, prenom, nombre de pila, primer nombre, nome proprio, primeiro nome, voornaam",
        "nombres",
    ), limit=100),
    Field("last_name", "Last name", _named(
        "last name, lastname, surname, family name, last, lname, contact last name",
        "nachname, familienname, zuname, nom de famille, apellido, apellidos, cognome, sobrenome",
        "apelido, achternaam",
    ), limit=100),
    Field("full_name", "Full name", _named(
        "name, full name, fullname, contact, contact name, person, person name, customer name",
        "client name, lead name, display name, customer, vollstandiger name, ansprechpartner",
        "kontakt, kontaktperson, nom, nom complet, nom et prenom, nombre, nombre completo",
        "nombre y apellidos, nome, nome completo, nome e cognome, nominativo, naam",
        "volledige naam, contactpersoon",
    ), limit=200),
    Field("position", "Position", _named(
        "position, title, job title, jobtitle, job, role, function, occupation, beruf, funktion",
        "stellung, poste occupe, fonction, cargo, puesto, ruolo, mansione, funcao, functie",
        "functietitel, qualifica",
    ), limit=150),
    Field("department", "Department", _named(
        "department, dept, team, division, abteilung, service, departement, departamento",
        "reparto, afdeling, setor",
    ), limit=100),
    Field("email", "E-mail", _named(
        "email, e mail, email address, e mail address, mail, email 1, work email, business email",
        "emailadresse, e mail adresse, mailadresse, courriel, adresse email, adresse e mail",
        "adresse mail, correo, correo electronico, posta elettronica, indirizzo email",
        "indirizzo e mail, correio eletronico, endereco de email, mailadres, e mailadres",
        "emailadres",
    ), limit=254),
    Field("company", "Company", _named(
        "company, company name, organization, organisation, organization name, account",
        "account name, business, business name, employer, firm, firma, firmenname, unternehmen",
        "organisationsname, societe, entreprise, raison sociale, nom de l entreprise, empresa",
        "nombre de la empresa, compania, razon social, azienda, societa, ragione sociale, ditta",
        "nome da empresa, razao social, bedrijf, bedrijfsnaam, organisatie",
    )),
    Field("company_domain", "Website", _named(
        "website, web site, domain, company domain, company website, url, web, homepage, site",
        "webseite, webadresse, internetseite, domane, site web, site internet, domaine",
        "sitio web, pagina web, dominio, sito, sito web, sitio, site da empresa, webpagina",
        "domein",
    ), limit=253),
    Field("address_line", "Address", _named(
        "address, street, street address, address 1, address line 1, address line, mailing address",
        "adresse, strasse, str, anschrift, strasse und hausnummer, rue, adresse postale, direccion",
        "calle, domicilio, indirizzo, via, endereco, morada, rua, adres, straat",
        "straat en huisnummer",
    ), limit=255),
    Field("city", "City", _named(
        "city, town, locality, stadt, ort, wohnort, ville, commune, ciudad, poblacion, localidad",
        "citta, comune, cidade, plaats, stad, woonplaats",
    ), limit=100),
    Field("state", "State", _named(
        "state, province, region, county, state province, bundesland, departement code",
        "estado, provincia, regione, distrito, provincie",
    ), limit=100),
    Field("postal_code", "Postal code", _named(
        "postal code, postcode, zip, zip code, zipcode, post code, plz, postleitzahl, code postal",
        "cp, codigo postal, cap, codice postale, cep",
    ), limit=20),
    Field("country", "Country", _named(
        "country, country code, country name, nation, land, staat, pays, pais, paese, nazione",
        "country region",
    ), limit=100),
    Field("notes", "Notes", _named(
        "notes, note, comment, comments, remarks, description, notiz, notizen, bemerkung",
        "bemerkungen, kommentar, remarque, remarques, commentaire, commentaires, notas",
        "comentario, comentarios, observaciones, osservazioni, commenti, observacoes",
        "opmerking, opmerkingen, notities",
    ), limit=5000),
    Field("tags", "Tags", _named(
        "tags, tag, labels, label, groups, group, list, category, categories, segment",
        "schlagworte, gruppe, gruppen, kategorie, etiquettes, etiquette, etiquetas, grupo",
        "etichette, gruppo, categoria, labels groep, groep",
    ), limit=1000),
    Field("external_id", "External id", _named(
        "id, external id, externalid, record id, contact id, customer id, customer number",
        "customer no, customer nr, client id, lead id, person id, crm id, uuid, guid, ref",
        "reference, kundennummer, kunden nr, kunden id, kontakt id, identifiant",
        "numero client, numero de client, id cliente, numero cliente, codice cliente, klantnummer",
        "klant id, codigo de cliente",
    ), limit=100),
    Field("consent_on", "Consent given on", _named(
        "consent on, consent date, consented on, date of consent, consent given on, opt in date",
        "opted in on, optin date, consent, opt in, einwilligung, einwilligung am",
        "einwilligungsdatum, date de consentement, consentement, fecha de consentimiento",
        "consentimiento, data consenso, consenso, data do consentimento, consentimento",
        "toestemming, toestemmingsdatum",
    ), limit=40),
)  # fmt: skip
BY_NAME = {field.name: field for field in FIELDS}
KNOWN_HEADERS = frozenset[str]().union(*(field.synonyms for field in FIELDS))


def fold_header(header: str) -> str:
    """A header in lower case, without accents and signs: "E-Mail_Adresse " is "e mail adresse"."""
    split = _CAMEL.sub(" ", header)
    plain = unicodedata.normalize("NFKD", split.replace("ß", "ss"))
    plain = "".join(char for char in plain if not unicodedata.combining(char))
    return " ".join(_WORD.findall(plain.casefold()))


def without_number(folded: str) -> str:
    """ "phone 2" is "phone"."""
    return re.sub(r"\s*\d+$", "", folded)
