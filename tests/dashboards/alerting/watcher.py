"""A program that looks for alerts, or sends what is owed, when it is told to."""

import sys

import django


def main():
    django.setup()
    from dashboards.alerting import notifying, watching

    print("ready", flush=True)
    for order in sys.stdin:
        if order.strip() == "look":
            watching.look()
        else:
            notifying.deliver()
        print("done", flush=True)


if __name__ == "__main__":
    main()
