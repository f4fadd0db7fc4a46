"""A program that works exports in children of its own, which a test may kill at any moment."""

import os
import sys

import django


def main():
    django.setup()
    from contacts.exports.work import work_exports

    for _ in sys.stdin:
        child = os.fork()
        if child == 0:
            work_exports()
            os._exit(0)
        print(child, flush=True)
        os.waitpid(child, 0)
        print("ended", flush=True)


if __name__ == "__main__":
    main()
