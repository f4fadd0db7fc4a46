"""A process that serves one export and tells how long and how much it took: FORMAT SELECTION."""

from __future__ import annotations

import json
import os
import sys
import time
from typing import Any

from tests.bench.report import peak_mib


def main(format_name: str, query: str) -> None:
    os.environ["SWITCHBOARD_EXPORT_DIRECT_ROWS"] = str(10**9)  # sent, however many
    import django

    django.setup()
    from django.contrib.auth.models import User
    from django.test import Client

    from contacts.exports import service

    user, _ = User.objects.get_or_create(username="bench", is_staff=True, is_superuser=True)
    client = Client(headers={"host": "localhost"})
    client.force_login(user)
    assert client.get(f"/admin/contacts/export/add/?{query}").status_code == 200
    idle_mib = peak_mib()
    told = served(client, format_name, query)
    asked = user_export()
    assert asked.state == "done", asked.error
    told |= {"rows": asked.row_count, "idle_mib": idle_mib, "peak_mib": peak_mib()}
    service.delete(asked)
    sys.stdout.write(json.dumps(told) + "\n")


def served(client: Any, format_name: str, query: str) -> dict[str, float]:
    """Fetch an export and let go of each block at once, as a browser does."""
    from contacts.exports.columns import DEFAULT

    wish = {"format": format_name, "column": DEFAULT, "do": "export"}
    began, cpu = time.monotonic(), time.process_time()
    response = client.post(f"/admin/contacts/export/add/?{query}", wish)
    assert response.streaming, response.status_code
    moments, size = [], 0
    for block in response.streaming_content:
        if len(moments) < 2:  # the headings, then the first contacts
            moments.append(time.monotonic() - began)
        size += len(block)
    return {
        "seconds": round(time.monotonic() - began, 1),
        "cpu_s": round(time.process_time() - cpu, 1),
        "first_byte_s": round(moments[0], 2),
        "first_contacts_s": round(moments[-1], 2),
        "size_mib": size >> 20,
    }


def user_export() -> Any:
    from contacts.models import Export

    return Export.objects.latest("pk")


if __name__ == "__main__":
    main(*sys.argv[1:])
