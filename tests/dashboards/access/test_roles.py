"""The roles: four of them, each wider than the one before, kept by the program."""

from django.contrib.auth.models import Group, Permission

from dashboards.access import checks
from dashboards.access.roles import ADMIN, NAMES, Role, ensure_roles, permissions_of

# Rows that nobody makes, changes or deletes on a page of their own, or that have no page.
WITHOUT_PAGE = {
    "admin.*_logentry", "auth.*_permission", "axes.*", "contenttypes.*", "sessions.*",
    "django_celery_beat.*_clockedschedule", "django_celery_beat.*_solarschedule",
    "django_celery_beat.*_periodictasks", "django_celery_beat.*_crontabschedule",
    "django_celery_beat.*_intervalschedule", "contacts.*_contactchange", "contacts.*_importrow",
    "contacts.*_bulkchunk", "contacts.*_columnset", "contacts.*_listcolumns",
    "contacts.*_searchblock", "contacts.*_companyblock", "contacts.*_savedmapping",
    "contacts.*_tag", "contacts.*_listednumber", "contacts.*_refusedline",
    "enrichment.*_recipestep", "enrichment.*_discoveryplace",
    "enrichment.*_discoveryfind",
    "crm_sync.*_change", "crm_sync.*_finding", "crm_sync.*_mapping", "crm_sync.*_position",
    "crm_sync.*_signin",
    "enrichment.*_runlookup", "integrations.*_lookupday", "integrations.*_reservation",
}  # fmt: skip
WITHOUT_ACTION = {
    "contacts.add_bulkaction", "contacts.change_bulkaction", "contacts.delete_bulkaction",
    "contacts.add_export", "contacts.change_export", "contacts.add_exportdownload",
    "contacts.change_exportdownload", "contacts.delete_exportdownload",
    "auth.delete_user", "contacts.add_company",
    "contacts.delete_company", "contacts.add_contact", "contacts.add_worker",
    "contacts.change_worker", "contacts.delete_worker", "contacts.change_note",
    "contacts.delete_note", "contacts.view_note", "contacts.change_contacttag",
    "contacts.view_contacttag", "enrichment.add_answer",
    "enrichment.delete_answer", "enrichment.delete_discovery", "enrichment.delete_run",
    "enrichment.add_runitem",
    "enrichment.change_runitem", "enrichment.delete_runitem", "integrations.add_account",
    "integrations.delete_account", "integrations.delete_accountlookup",
    "integrations.add_apicall", "integrations.change_apicall", "integrations.delete_apicall",
    "integrations.add_budget", "integrations.change_budget", "integrations.delete_budget",
    "webhooks.add_delivery", "webhooks.change_delivery", "webhooks.delete_delivery",
    "webhooks.delete_apikey", "webhooks.add_sender", "webhooks.delete_sender",
    "webhooks.add_parcel", "webhooks.change_parcel", "webhooks.delete_parcel",
    "contacts.change_suppression", "contacts.delete_suppression",
    "outreach.delete_campaign", "outreach.delete_template", "outreach.delete_consent",
    "outreach.add_message", "outreach.change_message", "outreach.delete_message",
    "outreach.add_rules", "outreach.delete_rules", "crm_sync.delete_connection",
    "crm_sync.add_sync", "crm_sync.change_sync", "crm_sync.delete_sync",
    "crm_sync.add_outboxitem", "crm_sync.change_outboxitem", "crm_sync.delete_outboxitem",
    "crm_sync.add_link", "crm_sync.change_link", "crm_sync.delete_link",
    "crm_sync.add_conflict", "crm_sync.change_conflict", "crm_sync.delete_conflict",
    "crm_sync.add_deletion", "crm_sync.change_deletion", "crm_sync.delete_deletion",
}  # fmt: skip


def is_without_page(permission):
    app, _, codename = permission.partition(".")
    return {f"{app}.*", f"{app}.*_{codename.partition('_')[2]}"} & WITHOUT_PAGE


def held(name):
    found = Group.objects.get(name=name).permissions.values_list(
        "content_type__app_label", "codename"
    )
    return {f"{app}.{codename}" for app, codename in found}


def test_each_role_may_more_than_the_one_before():
    sizes = [len(permissions_of(name)) for name in NAMES]

    assert NAMES == ("viewer", "operator", "manager", "admin")
    assert sizes == sorted(set(sizes))


def test_every_permission_belongs_to_a_role_or_to_no_page():
    known = {one for one in checks.permissions_of_models() if not is_without_page(one)}

    assert known - permissions_of(ADMIN.name) == WITHOUT_ACTION


def test_roles_are_written_as_the_table_says_them_and_again_after_a_change(roles):
    viewer = Group.objects.get(name="viewer")
    viewer.permissions.set(Permission.objects.filter(codename="change_user"))

    ensure_roles()

    for name in NAMES:
        assert held(name) == permissions_of(name)


def test_group_made_by_hand_stays_as_it_is(roles):
    by_hand = Group.objects.create(name="interns")
    by_hand.permissions.set(Permission.objects.filter(codename="view_contact"))

    ensure_roles()

    assert held("interns") == {"contacts.view_contact"}
    assert Group.objects.count() == 5


def test_viewer_holds_nothing_that_changes():
    verbs = {one.partition(".")[2].partition("_")[0] for one in permissions_of("viewer")}

    assert verbs == {"view"}


def test_role_that_names_what_no_model_has_is_an_error(monkeypatch):
    monkeypatch.setattr(checks, "ROLES", (Role("odd", "", ("contacts.fly_contact",)),))

    (found,) = checks.roles_name_what_exists(None)

    assert found.id == "switchboard.E006"
    assert "The role odd names contacts.fly_contact" in found.msg


def test_roles_of_the_program_name_what_exists():
    assert checks.roles_name_what_exists(None) == []
