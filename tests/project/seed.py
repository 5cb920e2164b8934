"""Fills the database named by PROJECT_DATABASE."""

from __future__ import annotations

import django
from django.core.management import call_command


def fill() -> None:
    from django.contrib.auth.models import User

    from project.library.models import Author, Book

    User.objects.create_superuser("admin", "admin@example.com", "admin-password")
    User.objects.create_user("ann", "ann@example.com", "ann-password")
    authors = [
        Author.objects.create(name=name, email=f"{name.lower()}@example.com") for name in ("Borges", "Woolf", "Sebald")
    ]
    Book.objects.bulk_create(
        Book(title=f"Book {number}", pages=100 + number, author=authors[number % 3]) for number in range(1, 31)
    )


if __name__ == "__main__":
    django.setup()
    call_command("migrate", verbosity=0)
    fill()
