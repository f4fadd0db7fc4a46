"""A program that works in children of its own, which a test may kill at any moment.

Told which function to call, it calls it once a line of standard input, with the values that the
line names in JSON.
"""

import json
import os
import sys
from importlib import import_module

import django


def main():
    django.setup()
    module, _, name = sys.argv[1].partition(":")
    work = getattr(import_module(module), name)
    for order in sys.stdin:
        child = os.fork()
        if child == 0:
            work(**json.loads(order))
            os._exit(0)
        print(child, flush=True)
        os.waitpid(child, 0)
        print("ended", flush=True)


if __name__ == "__main__":
    main()
