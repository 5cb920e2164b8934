from django.contrib import admin

from project.library.models import Author, Book

admin.site.register([Author, Book])
