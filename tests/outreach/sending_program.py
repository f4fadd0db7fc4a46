"""A worker process of its own that sends, and asks Twilio what it knows, until it is killed."""

import time

import django

from tests.outreach.clock import OFFSET, shifted

HELD_S = 30.0  # the sandbox answers sooner than Twilio may


def main():
    django.setup()
    from outreach import looking
    from outreach.runtime import runtime

    looking.HELD_S = HELD_S
    print("ready", flush=True)
    while True:
        runtime().work(5)
        looking.work(runtime(), 1)
        time.sleep(0.1)


if __name__ == "__main__":
    with shifted(OFFSET):
        main()
