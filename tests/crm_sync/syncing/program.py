"""A worker process of its own that works at syncs until it is killed."""

import time
from datetime import timedelta

import django

LATEST = timedelta(seconds=5)  # the sandbox answers sooner than any real CRM


def main():
    django.setup()
    from crm_sync.pushing import preparing
    from crm_sync.runtime import runtime

    preparing.STALE = LATEST
    print("ready", flush=True)
    while True:
        runtime().work(5)
        time.sleep(0.1)


if __name__ == "__main__":
    main()
