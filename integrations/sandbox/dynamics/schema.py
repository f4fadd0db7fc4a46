"""The tables of the played Dynamics: their columns with what each takes, as a customer's are."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

NONE, RECOMMENDED, BUSINESS, SYSTEM = (
    "None", "Recommended", "ApplicationRequired", "SystemRequired",
)  # fmt: skip
KEY = "new_switchboardid"


@dataclass(frozen=True, slots=True)
class Column:
    """A column; `kind` is its AttributeType, `length` of texts, `options` of choices.

    `form` is a text's FormatName or a date's Format. `targets` are the tables that a lookup may
    point to, by the navigation property that binds them.
    """

    name: str
    label: str
    kind: str = "String"
    length: int = 0
    level: str = NONE
    is_written: bool = True
    form: str = "Text"
    options: Mapping[int, str] = field(default_factory=dict)
    targets: Mapping[str, str] = field(default_factory=dict)

    @property
    def property(self) -> str:
        """The name in the Web API: a lookup's is of its value."""
        return f"_{self.name}_value" if self.targets else self.name


@dataclass(frozen=True, slots=True)
class Spec:
    """A table: its logical name, the set that it is in the API, and its columns by name."""

    name: str
    label: str
    entity_set: str
    columns: Mapping[str, Column]

    @property
    def id(self) -> str:
        return f"{self.name}id"

    def without(self, names: Collection[str]) -> Spec:
        """Return the table as it is without some columns."""
        left = {name: column for name, column in self.columns.items() if name not in names}
        return replace(self, columns=left)

    @property
    def properties(self) -> Mapping[str, Column]:
        return {column.property: column for column in self.columns.values()}


def text(name: str, label: str, length: int, level: str = NONE, form: str = "Text") -> Column:
    return Column(name, label, "String", length, level, form=form)


def memo(name: str, label: str) -> Column:
    return Column(name, label, "Memo", 2_000)


def whole(name: str, label: str) -> Column:
    return Column(name, label, "Integer")


def choice(name: str, label: str, *labels: str, first: int = 816_940_000) -> Column:
    return Column(name, label, "Picklist", options=dict(enumerate(labels, first)))


def date(name: str, label: str, form: str = "DateAndTime", *, is_written: bool = True) -> Column:
    return Column(name, label, "DateTime", form=form, is_written=is_written)


def address() -> list[Column]:
    return [
        text("address1_line1", "Address 1: Street 1", 250),
        text("address1_city", "Address 1: City", 80),
        text("address1_stateorprovince", "Address 1: State/Province", 50),
        text("address1_postalcode", "Address 1: ZIP/Postal Code", 20),
        text("address1_country", "Address 1: Country/Region", 80),
    ]


def reached() -> list[Column]:
    return [
        text("emailaddress1", "Email", 100, form="Email"),
        text("telephone1", "Business Phone", 50, form="Phone"),
        text("websiteurl", "Website", 200, form="Url"),
    ]


def named() -> list[Column]:
    return [
        text("firstname", "First Name", 50, RECOMMENDED),
        text("lastname", "Last Name", 50, BUSINESS),
        Column("fullname", "Full Name", "String", 160, is_written=False),
        text("jobtitle", "Job Title", 100),
        text("mobilephone", "Mobile Phone", 50, form="Phone"),
    ]


def everywhere(name: str, label: str) -> list[Column]:
    return [
        Column(f"{name}id", label, "Uniqueidentifier", level=SYSTEM, is_written=False),
        text(KEY, "Switchboard id", 100),
        memo("description", "Description"),
        Column("statecode", "Status", "State", level=SYSTEM, options={0: "Active", 1: "Inactive"}),
        Column("ownerid", "Owner", "Owner", level=SYSTEM, targets={"ownerid": "systemuser"}),
        date("createdon", "Created On", is_written=False),
        date("modifiedon", "Modified On", is_written=False),
    ]


def hunter() -> list[Column]:
    """The 24 columns of a customer's leads (publisher prefix hnt); logical names are lower case."""
    return [
        whole("hnt_finalscore", "Final Score"),
        whole("hnt_priorityscore", "Priority Score"),
        choice("hnt_segment", "Segment", "SMB", "MidMarket", "Enterprise"),
        text("hnt_provider", "Provider", 100),
        choice("hnt_huntertenantsize", "Tenant Size", "small", "medium", "large", "enterprise"),
        memo("hnt_infrasummary", "Infra Summary"),
        Column("hnt_confidence", "Confidence", "Decimal"),
        text("hnt_referralid", "Referral ID", 100),
        choice("hnt_referraltype", "Referral Type", "Co-sell", "Marketplace", "Solution provider"),
        text("hnt_tenantid", "Tenant ID", 100),
        choice("hnt_source", "Source", "Partner Center", "Manual", "Import", "Other"),
        whole("hnt_m365fitscore", "M365 Fit Score"),
        memo("hnt_m365matchtags", "M365 Match Tags"),
        text("hnt_d365leadid", "D365 Lead ID", 100),
        date("hnt_lastsynctime", "Last Sync Time"),
        whole("hnt_syncattemptcount", "Sync Attempt Count"),
        choice(
            "hnt_processingstatus", "Processing Status", "Idle", "Working", "Completed", "Error"
        ),
        memo("hnt_syncerrormessage", "Sync Error Message"),
        choice("hnt_pushstatus", "Push Status", "Pending", "Success", "Failed"),
        text("hnt_hunterautoscoreversion", "Auto Score Version", 100),
        text("hnt_domain", "Domain", 253),
        Column("hnt_isreenriched", "Is Re-enriched", "Boolean"),
        memo("hnt_huntermlweightjson", "ML Weight JSON"),
        memo("hnt_intelligencejson", "Intelligence JSON"),
    ]


def table(name: str, label: str, *columns: Column) -> Spec:
    return Spec(name, label, f"{name}s", {each.name: each for each in columns})


CONTACT = table(
    "contact", "Contact", *everywhere("contact", "Contact"), *named(), *reached(), *address(),
    text("department", "Department", 100),
    choice("gendercode", "Gender", "Male", "Female", first=1),
    choice("preferredcontactmethodcode", "Preferred Method", "Any", "Email", "Phone", first=1),
    Column("new_interests", "Interests", "MultiSelectPicklist",
           options={1: "Phones", 2: "Lines", 3: "Data"}),
    Column("donotemail", "Do not allow Emails", "Boolean"),
    date("birthdate", "Birthday", "DateOnly"),
    whole("numberofchildren", "No. of Children"),
    Column("creditlimit", "Credit Limit", "Money"),
    Column("parentcustomerid", "Company Name", "Customer",
           targets={"parentcustomerid_account": "account", "parentcustomerid_contact": "contact"}),
)  # fmt: skip
ACCOUNT = table(
    "account", "Account", *everywhere("account", "Account"), *reached(), *address(),
    text("name", "Account Name", 160, BUSINESS),
    whole("numberofemployees", "Number of Employees"),
    Column("revenue", "Annual Revenue", "Money"),
    choice("industrycode", "Industry", "Accounting", "Agriculture", "Broadcasting", first=1),
)  # fmt: skip
LEAD = table(
    "lead", "Lead", *everywhere("lead", "Lead"), *named(), *reached(), *address(), *hunter(),
    text("subject", "Topic", 200, BUSINESS),
    text("companyname", "Company Name", 100),
    Column("parentaccountid", "Parent Account for lead", "Lookup",
           targets={"parentaccountid": "account"}),
)  # fmt: skip
SPECS: Mapping[str, Spec] = {each.name: each for each in (ACCOUNT, CONTACT, LEAD)}
BY_SET: Mapping[str, Spec] = {each.entity_set: each for each in SPECS.values()}
# What records are looked up by; the others are searched.
INDEXED = (KEY, "emailaddress1", "websiteurl", "telephone1", "mobilephone", "name")
