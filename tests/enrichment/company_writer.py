"""A program that writes facts of companies as the engine does, when told to, in one transaction."""

import json
import sys
import time

import django


def main():
    django.setup()
    from django.db import transaction

    from enrichment.engine.companies import update_companies
    from enrichment.engine.items import Finished, Item, RunView
    from enrichment.planner import Plan
    from enrichment.survivorship import Claim

    run = RunView(1, is_sandbox=True, plan=Plan(()))

    def told(contact_id, facts):
        item = Item(0, run, contact_id, 1, {}, 0, {}, {}, {})
        for name, (value, source, sure, at) in facts.items():
            item.said[name] = [Claim(value, source, sure, at)]
        return Finished(item, "done")

    print("ready", flush=True)
    for line in sys.stdin:
        order = json.loads(line)
        time.sleep(max(0.0, order["at"] - time.time()))
        with transaction.atomic():
            update_companies([told(contact, order["facts"]) for contact in order["contacts"]])
            time.sleep(order.get("hold_s", 0.0))
        print("ended", flush=True)


if __name__ == "__main__":
    main()
