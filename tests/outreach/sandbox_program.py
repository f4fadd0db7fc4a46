"""The sandbox with its clock put back, so that it and we speak of the same hours."""

from integrations.sandbox.__main__ import main
from tests.outreach.clock import OFFSET, shifted

if __name__ == "__main__":
    with shifted(OFFSET):
        main()
