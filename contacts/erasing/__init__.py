"""Erasing a person: what there is of them, its going in every room, and their staying out.

Each room erases its own part and registers it (`parts.add_part`); the service here runs them all.
What is left afterwards names nobody: a receipt, and keyed digests by which the person is known when
an import, a lead, a referral or a CRM brings them again (`keeping_out`). Decision 0030.
"""
