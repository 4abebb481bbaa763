#!/usr/bin/env python
"""The command line of bzpeer: `manage.py help` lists the commands."""

import sys

from bzpeer import commandline

if __name__ == "__main__":
    sys.exit(commandline.main(sys.argv))
