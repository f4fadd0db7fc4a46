"""The one way through a contact's states, held by triggers, so that no statement can leave it."""

from __future__ import annotations

import pgtrigger

# `reprocessed_at` has to move in the same statement before a completed contact may be worked again,
# so that no careless update can reopen it. What is allowed stands in the trigger's condition: to
# call a function for each good row costs more than the check.
FORBIDDEN = """
OLD.status IS DISTINCT FROM NEW.status
AND (OLD.status, NEW.status) NOT IN (
    ('pending', 'processing'), ('processing', 'completed'), ('processing', 'failed'),
    ('failed', 'pending'), ('failed', 'processing')
)
AND NOT (
    OLD.status = 'completed' AND NEW.status = 'pending'
    AND NEW.reprocessed_at IS DISTINCT FROM OLD.reprocessed_at
)
"""
REFUSAL = """
RAISE EXCEPTION 'a contact cannot go from % to % (contact %)', OLD.status, NEW.status, OLD.id
    USING ERRCODE = 'check_violation', CONSTRAINT = 'contact_status_transition';
"""

TRIGGERS = [
    pgtrigger.Trigger(
        name="status_transition",
        when=pgtrigger.Before,
        operation=pgtrigger.UpdateOf("status"),  # type: ignore[no-untyped-call]
        condition=pgtrigger.Condition(FORBIDDEN),
        func=REFUSAL,
    ),
    pgtrigger.Trigger(
        name="status_initial",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        condition=pgtrigger.Condition("NEW.status <> 'pending'"),
        func="RAISE EXCEPTION 'a new contact is pending, not %', NEW.status"
        " USING ERRCODE = 'check_violation', CONSTRAINT = 'contact_status_initial';",
    ),
]
