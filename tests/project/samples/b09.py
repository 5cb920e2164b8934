"""B9: title, version, and a namespace for reverse()."""

from django.urls import path, reverse

from ultrafox import API

api = API(title="Bookstore API", version="2.0", urls_namespace="api")


@api.get("/books/{book_id}", name="book")
def book(book_id: int):
    return {"id": book_id, "url": reverse("api:book", kwargs={"book_id": book_id})}


@api.get("/async/books/{book_id}", name="book-async")
async def book_async(book_id: int):
    return {"id": book_id, "url": reverse("api:book-async", kwargs={"book_id": book_id})}


urlpatterns = [path("shop/", api.urls)]
