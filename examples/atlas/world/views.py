"""The index page: an ordinary Django view, served by the same process as the API."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

URLS = (
    ("The documentation, to read and to try", "/api/docs", ""),
    ("List cities, 20 at a time", "/api/cities?limit=20&offset=0", ""),
    ("… of one country", "/api/cities?country=FR&limit=5", ""),
    ("Search by name, largest first", "/api/cities/search?q=san&limit=5", ""),
    ("One city", "/api/cities/2988507", ""),
    (
        "Create a city",
        "/api/cities",
        """--json '{"name": "Atlantis", "country_id": "GR", "population": 1, "latitude": 36.4, "longitude": 25.4, """
        """"timezone": "Europe/Athens"}'""",
    ),
    ("Change one field", "/api/cities/2988507", """-X PATCH --json '{"population": 2100000}'"""),
    ("Delete a city", "/api/cities/362", "-X DELETE"),
    ("All cities as CSV, made while it is sent", "/api/cities.csv", ""),
    (
        "Add a picture to a city",
        "/api/cities/2988507/pictures",
        "-F file=@picture.png -F caption='The Seine' -F taken=2026-05-01",
    ),
    ("Pictures", "/api/pictures?taken_from=2026-01-01&kind=png", ""),
    ("What changes, as it changes", "/api/news?seconds=60", "-N"),
    ("The same by synchronous handlers", "/api/sync/cities?limit=5", ""),
    ("Countries", "/api/countries", ""),
    ("… of two continents", "/api/countries?continent=EU&continent=AF&min_population=50000000", ""),
    ("One country", "/api/countries/FR", ""),
    ("A handler that waits", "/api/slow?seconds=1", ""),
    ("A handler that fails", "/api/fail", ""),
    ("The smallest handler", "/api/ping", ""),
)


def index(request: HttpRequest) -> HttpResponse:
    base = request.build_absolute_uri("/").rstrip("/")
    rows = [
        {"what": what, "url": url, "curl": f"curl -i {options} '{base}{url}'".replace("  ", " "), "opens": not options}
        for what, url, options in URLS
    ]
    return render(request, "world/index.html", {"rows": rows})
