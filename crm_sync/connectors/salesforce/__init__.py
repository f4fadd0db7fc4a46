"""Salesforce: accounts and contacts, through the REST API and Bulk API 2.0.

A record is written by our key in an external id field, in one step, so a lost answer is written
again. Up to 2,000 records go in collections of 200; more go into a job of the Bulk API, which
costs a handful of requests of the day (15,000 for a Developer org; 100,000 and 1,000 for each
user with Enterprise; 25 long ones at a time).
https://developer.salesforce.com/docs/atlas.en-us.salesforce_app_limits_cheatsheet.meta/salesforce_app_limits_cheatsheet/salesforce_app_limits_platform_api.htm
"""

from __future__ import annotations

from collections.abc import Awaitable, Mapping, Sequence
from typing import Any

from crm_sync.connector import (
    COMPANY,
    CONTACT,
    Allowance,
    Api,
    Field,
    Page,
    Problem,
    Remote,
    Row,
    Write,
    Written,
)
from crm_sync.connectors.salesforce import bulk, describing, reading, writing
from crm_sync.connectors.salesforce.asking import groups
from crm_sync.connectors.salesforce.faults import classify
from integrations.auth import bearer
from integrations.provider import Provider

KEY_FIELD = "Switchboard_Id__c"
IN_A_JOB = 10_000  # as many as Salesforce itself works at once
BULK_ABOVE = 2_000  # records; where Salesforce advises the Bulk API

PROVIDER = Provider(
    slug="salesforce",
    label="Salesforce",
    docs="https://developer.salesforce.com/docs/apis",
    base_url="https://login.salesforce.com",  # the token tells the org's own address
    auth=bearer("token"),
    secrets=(),
    max_in_flight=10,  # of 25 long requests that the whole org may have at once
    timeout_s=120.0,  # 200 records may start much of the org's own automation
    classify=classify,
)


class Salesforce:
    """`connector.Connector`. Options: "api_version" ("v64.0"), "bulk_above" (2,000 records)."""

    slug = "salesforce"
    label = "Salesforce"
    docs = PROVIDER.docs
    provider = PROVIDER
    objects: Sequence[str] = (COMPANY, CONTACT)
    key_fields: Mapping[str, str] = {COMPANY: KEY_FIELD, CONTACT: KEY_FIELD}
    batch: Mapping[str, int] = {COMPANY: IN_A_JOB, CONTACT: IN_A_JOB}
    per_call = 200
    call_cost = 1
    has_upsert = True
    defaults: Mapping[str, Sequence[Row]] = {
        COMPANY: (
            Row("name", "Name"),
            Row("website", "Website"),
            Row("phone", "Phone"),
            Row("employee_count", "NumberOfEmployees"),
            Row("annual_revenue_usd", "AnnualRevenue"),
            Row("description", "Description", wins="blank"),
            Row("address_line", "BillingStreet"),
            Row("city", "BillingCity"),
            Row("state", "BillingState"),
            Row("postal_code", "BillingPostalCode"),
            Row("country", "BillingCountry"),
        ),
        CONTACT: (
            Row("name.first", "FirstName"),
            Row("name.last", "LastName"),
            Row("email", "Email"),
            Row("phone_e164", "Phone"),
            Row("position", "Title"),
            Row("department", "Department"),
            Row("address_line", "MailingStreet"),
            Row("city", "MailingCity"),
            Row("state", "MailingState"),
            Row("postal_code", "MailingPostalCode"),
            Row("country", "MailingCountry"),
        ),
    }
    same_by: Mapping[str, Sequence[tuple[str, str]]] = {
        COMPANY: (("website", "Website"), ("name", "Name")),
        CONTACT: (("email", "Email"),),
    }

    async def describe(self, api: Api, obj: str) -> Sequence[Field]:
        return await describing.describe(api, obj)

    async def allowances(self, api: Api) -> Sequence[Allowance]:
        return await describing.allowances(api)

    async def check(self, api: Api, obj: str) -> Sequence[Problem]:
        return await describing.check(api, obj)

    async def write(self, api: Api, obj: str, writes: Sequence[Write]) -> Sequence[Written]:
        """Write by key what is new, by id what is known; in jobs above `bulk_above` of a kind."""
        known = [one for one in writes if one.remote_id]
        new = [one for one in writes if not one.remote_id]
        sent = [*_sent(api, obj, known, is_known=True), *_sent(api, obj, new, is_known=False)]
        return await writing.together(sent)

    async def relate(self, api: Api, pairs: Sequence[tuple[str, str]]) -> Sequence[Written]:
        return await writing.relate(api, pairs)

    async def delete(self, api: Api, obj: str, remote_ids: Sequence[str]) -> Sequence[Written]:
        return await writing.delete(api, remote_ids)

    async def read(
        self, api: Api, obj: str, remote_ids: Sequence[str], fields: Sequence[str]
    ) -> Sequence[Remote]:
        return await reading.read(api, obj, remote_ids, fields)

    async def find(
        self, api: Api, obj: str, by: Sequence[tuple[str, str]], fields: Sequence[str]
    ) -> Sequence[Remote]:
        return await reading.find(api, obj, by, fields)

    async def changed(
        self, api: Api, obj: str, cursor: Mapping[str, Any], fields: Sequence[str]
    ) -> Page:
        return await reading.changed(api, obj, cursor, fields)


def _sent(
    api: Api, obj: str, writes: Sequence[Write], *, is_known: bool
) -> list[tuple[Sequence[Write], Awaitable[list[Written]]]]:
    """Return records in groups, each with its sending; what a job cannot say goes without one."""
    jobs: list[tuple[Sequence[Write], Awaitable[list[Written]]]] = []
    if len(writes) > int(api.options.get("bulk_above", BULK_ABOVE)):
        carried = [one for one in writes if bulk.is_said_plainly(one)]
        writes = [one for one in writes if not bulk.is_said_plainly(one)]
        loads = [
            bulk.Load(obj, api.key_fields[obj], some, is_known)
            for some in groups(carried, IN_A_JOB)
        ]
        jobs = [(load.writes, bulk.send(api, load)) for load in loads]
    send = writing.update if is_known else writing.upsert
    return [*jobs, *((some, send(api, obj, some)) for some in groups(writes, writing.MOST))]


SALESFORCE = Salesforce()
