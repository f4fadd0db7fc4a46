"""Leads: the hnt_ columns of a customer's, in the mapping to begin with and in what is written."""

from __future__ import annotations

from datetime import UTC, datetime

from crm_sync.connector import LEAD, Field
from crm_sync.connectors.dynamics import status
from crm_sync.connectors.dynamics.defaults import DEFAULTS
from tests.crm_sync.connectors.dynamics.asking import again, lead


def test_all_24_columns_begin_in_the_mapping_and_are_only_written(dynamics):
    described = {one.name: one for one in dynamics.ask("describe", LEAD)}
    rows = [row for row in DEFAULTS[LEAD] if row.remote.startswith("hnt_")]

    assert len({row.remote for row in rows}) == len(rows) == 24
    assert {name for name in described if name.startswith("hnt_")} == {r.remote for r in rows}
    assert {row.direction for row in rows} == {"push"}
    for row in rows:
        assert {*row.options.values()} <= {*described[row.remote].options.values()}


def test_xr_68_a_lead_tells_its_state_after_the_push_in_the_same_request(dynamics):
    one = lead(hnt_domain="works.example.test")
    dynamics.make(LEAD, new_switchboardid=one.key, hnt_syncerrormessage="It was too long.")

    dynamics.write(one, obj=LEAD)

    row = dynamics.row(LEAD)
    synced_at = datetime.fromisoformat(row["hnt_lastsynctime"])
    assert abs((datetime.now(UTC) - synced_at).total_seconds()) < 60
    assert (row["hnt_processingstatus"], row["hnt_syncerrormessage"]) == (816_940_002, None)
    assert dynamics.told()["writes"] == {"updated": 1}  # and no second write
    assert dynamics.asked() == 2  # what the columns are, and the write


def test_xr_68_a_known_lead_bears_its_own_id(dynamics):
    one = lead()
    remote_id = dynamics.write(one, obj=LEAD)[one.key].remote_id
    assert "hnt_d365leadid" not in dynamics.row(LEAD)

    dynamics.write(again(one, remote_id), obj=LEAD)

    assert dynamics.row(LEAD)["hnt_d365leadid"] == remote_id


def test_what_a_mapping_sets_goes_before(dynamics):
    dynamics.write(lead(hnt_processingstatus="816940003"), obj=LEAD)
    assert dynamics.row(LEAD)["hnt_processingstatus"] == 816_940_003


def test_nothing_is_told_without_the_columns_or_where_it_is_switched_off(dynamics):
    dynamics.write(lead(), obj=LEAD, options={"tells_state": False})
    assert "hnt_lastsynctime" not in dynamics.row(LEAD)

    dynamics.let(dropped=["hnt_lastsynctime", "hnt_processingstatus", "hnt_syncerrormessage"])
    assert dynamics.outcomes(lead(), obj=LEAD) == ["created"]


def test_xr_69_the_number_of_a_choice_is_the_organisations():
    def completed(options):
        field = Field("hnt_processingstatus", "Status", "option", options=options)
        return status.completed({field.name: field})

    assert completed({"1": "Idle", "7": "Completed"}) == 7
    assert completed({"1": "Waiting"}) is None
    assert status.completed({}) is None
