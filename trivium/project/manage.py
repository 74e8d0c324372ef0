"""Django's own commands against the database this installation uses: python -m trivium.project.manage."""

import os
import sys

from trivium.project import embedded


def main() -> None:
    """Run one Django management command."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trivium.project.settings")
    embedded.use_database()
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
