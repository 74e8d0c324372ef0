"""How many tasks wait for each of the four who may sign in: prints a line for each. Run beside a demonstration."""

import os
import sys

import django

from demo.logins import PASSWORD, login
from trivium.project import embedded


def main() -> None:
    """Count as the homes do."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "trivium.project.settings"
    embedded.use_database()
    django.setup()
    from django.contrib.auth import authenticate

    from trivium.ordering import queries as ordering
    from trivium.parties import queries as people
    from trivium.settlement import queries as books

    for role in ("operator", "supplier", "partner", "buyer"):
        actor = people.actor_of(authenticate(email=login(role), password=PASSWORD).pk)
        assert actor is not None and actor.role == role
        waiting = [work for work in ordering.worklist(actor)]
        approvals = [each for each in people.approvals_waiting(actor) if not each["voted"] and not each["mine"]]
        side = "operator" if role == "operator" else "party"
        stated = [] if role == "buyer" else [
            each for each in books.statements_of(actor, limit=50)
            if each["status"] == "issued" and side not in {c["side"] for c in each["confirmations"]}
        ]  # fmt: skip
        sys.stdout.write(f"{role} {len(waiting) + len(approvals) + len(stated)}\n")


if __name__ == "__main__":
    main()
