"""Replies that are QuerySets and model instances."""

from __future__ import annotations

import msgspec
from django.db import connection
from django.http import Http404
from django.shortcuts import get_object_or_404

from project.library.models import Author, Book
from ultrafox import Router

router = Router()


class BookOut(msgspec.Struct):
    id: int
    title: str


class AuthorOut(msgspec.Struct):
    id: int
    name: str


class BookDeep(msgspec.Struct):
    title: str
    author: AuthorOut


@router.get("/books", response=list[BookOut])
def books(request, limit: int = 5):
    return Book.objects.all()[:limit]


@router.get("/async/books", response=list[BookOut])
async def books_async(limit: int = 5):
    return Book.objects.all()[:limit]


@router.get("/annotated/books")
async def books_annotated() -> list[BookOut]:
    return Book.objects.filter(pages__lte=102)


@router.get("/listed/books", response=list[BookOut])
def books_listed():
    return list(Book.objects.all()[:3])


@router.get("/none", response=list[BookOut])
async def no_books():
    return Book.objects.none()


@router.get("/deep", response=list[BookDeep])
def deep():
    return Book.objects.select_related("author")[:2]


@router.get("/books/{id}", response=BookOut)
def book(id: int):
    return Book.objects.get(id=id)


@router.get("/async/books/{id}", response=BookOut)
async def book_async(id: int):
    return await Book.objects.aget(id=id)


@router.get("/or404/{id}", response=BookOut)
def book_or_404(id: int):
    return get_object_or_404(Book, id=id)


@router.get("/http404")
async def http404():
    raise Http404("No Book matches canary-query.")


@router.get("/authors", response=list[AuthorOut])
def authors():
    """Also says, in a header of the log, which columns were asked for."""
    return Author.objects.all()


@router.get("/columns")
def columns(request):
    """The SQL that a reply of `/authors`' kind runs is not seen from here: only that this thread has a connection."""
    return {"vendor": connection.vendor}


@router.get("/unschemed")
def unschemed():
    return Book.objects.all()[:1]
