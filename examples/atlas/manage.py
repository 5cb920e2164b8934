#!/usr/bin/env python3
"""Runs Django's and Ultrafox's commands for this project: `python manage.py runfox`."""

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "atlas.settings")
    execute_from_command_line(sys.argv)
