"""A worker process of its own that works at syncs until it is killed."""

import time

import django


def main():
    django.setup()
    from crm_sync.runtime import runtime

    print("ready", flush=True)
    while True:
        runtime().work(5)
        time.sleep(0.1)


if __name__ == "__main__":
    main()
