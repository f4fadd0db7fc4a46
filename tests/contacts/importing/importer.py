"""A program that works imports in children of its own, which a test may kill at any moment."""

import os
import sys

import django


def main():
    django.setup()
    from contacts.importing.work import run_import

    for order in sys.stdin:
        import_id, chunk_rows = map(int, order.split())
        child = os.fork()
        if child == 0:
            run_import(import_id, chunk_rows=chunk_rows)
            os._exit(0)
        print(child, flush=True)
        os.waitpid(child, 0)
        print("ended", flush=True)


if __name__ == "__main__":
    main()
