"""Tests of the API as a project writes them: `python manage.py test`. No server runs, and the database is Django's."""

import tempfile
from typing import Any, ClassVar

from django.test import TestCase, override_settings
from ultrafox.testing import AsyncTestClient, Response, TestClient

from world.api import api
from world.models import City, Country, Picture

PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)


class WithParis(TestCase):
    paris: ClassVar[City]

    @classmethod
    def setUpTestData(cls) -> None:
        france = Country.objects.create(
            code="FR",
            name="France",
            iso3="FRA",
            continent="EU",
            population=67_000_000,
            area_km2=547_030,
            currency="EUR",
        )
        Country.objects.create(
            code="IS", name="Iceland", iso3="ISL", continent="EU", population=350_000, area_km2=103_000, currency="ISK"
        )
        cls.paris = City.objects.create(
            name="Paris", country=france, population=2_000_000, latitude=48.9, longitude=2.3, timezone="Europe/Paris"
        )

    def setUp(self) -> None:
        self.client: Any = TestClient(api)
        media = tempfile.TemporaryDirectory()
        self.addCleanup(media.cleanup)
        self.enterContext(override_settings(MEDIA_ROOT=media.name))

    def add_picture(self, content: bytes = PNG, taken: str = "2026-05-01") -> Response:
        form = {"caption": "The Seine", "taken": taken}
        file = ("../seine.png", content, "image/png")
        response: Response = self.client.post(f"/cities/{self.paris.pk}/pictures", data=form, files={"file": file})
        return response


class Pictures(WithParis):
    def test_a_picture_comes_back_as_it_was_sent(self) -> None:
        added = self.add_picture()
        self.assertEqual(added.status_code, 201)
        self.assertEqual(added.json()["taken"], "2026-05-01")
        file = self.client.get(f"/pictures/{added.json()['id']}/file")
        self.assertEqual((file.content, file.headers["content-type"]), (PNG, "image/png"))

    def test_the_same_picture_again_is_the_one_that_is_there(self) -> None:
        first, second = self.add_picture(), self.add_picture()
        self.assertEqual((second.status_code, second.json()), (200, first.json()))
        self.assertEqual(Picture.objects.count(), 1)

    def test_what_is_no_picture_is_refused(self) -> None:
        refused = self.add_picture(b"GIF89a")
        self.assertEqual(refused.status_code, 422)
        self.assertIn("png or jpeg", refused.json()["detail"])
        self.assertEqual(Picture.objects.count(), 0)

    def test_every_wrong_field_of_the_form_is_named(self) -> None:
        refused = self.client.post(f"/cities/{self.paris.pk}/pictures", data={"caption": "", "taken": "May"})
        self.assertEqual(refused.status_code, 422)
        places = [fault["loc"] for fault in refused.json()["errors"]]
        self.assertCountEqual(places, [["form", "caption"], ["form", "taken"], ["file", "file"]])

    def test_a_city_that_is_not_there_has_no_pictures(self) -> None:
        form, files = {"caption": "x", "taken": "2026-05-01"}, {"file": ("x.png", PNG)}
        self.assertEqual(self.client.post("/cities/999999/pictures", data=form, files=files).status_code, 404)

    def test_pictures_are_filtered_by_city_kind_and_day(self) -> None:
        self.add_picture()
        self.add_picture(PNG + b"more", taken="2025-12-31")
        for query, count in {
            "": 2,
            "taken_from=2026-01-01": 1,
            "taken_to=2025-12-31": 1,
            "taken_from=2026-01-01&taken_to=2026-04-30": 0,
            f"city={self.paris.pk}&kind=png&kind=jpeg": 2,
            "kind=jpeg": 0,
        }.items():
            self.assertEqual(len(self.client.get(f"/pictures?{query}").json()), count, query)
        self.assertEqual(self.client.get("/pictures?kind=gif&taken_from=soon").status_code, 422)

    def test_a_city_with_pictures_stays(self) -> None:
        picture = self.add_picture().json()["id"]
        for prefix in ("", "/sync"):
            kept = self.client.delete(f"{prefix}/cities/{self.paris.pk}")
            self.assertEqual((kept.status_code, kept.json()["pictures"]), (409, [picture]))
        self.assertEqual(self.client.delete(f"/pictures/{picture}").status_code, 204)
        self.assertEqual(self.client.delete(f"/cities/{self.paris.pk}").status_code, 204)


class Others(WithParis):
    def test_countries_are_filtered_by_a_group(self) -> None:
        def codes(query: str) -> list[str]:
            return [country["code"] for country in self.client.get(f"/countries?{query}").json()]

        self.assertEqual(codes("continent=EU"), ["FR", "IS"])
        self.assertEqual(codes("continent=EU&continent=AS&min_population=1000000"), ["FR"])
        self.assertEqual(codes("currency=ISK"), ["IS"])
        self.assertEqual(codes("continent=AS"), [])
        self.assertEqual(self.client.get("/countries?continent=XX").status_code, 422)

    def test_the_export_has_a_line_for_each_city(self) -> None:
        with self.client.stream("GET", "/cities.csv") as response:
            lines = list(response.iter_lines())
        self.assertEqual(response.headers["content-type"], "text/csv; charset=utf-8")
        self.assertEqual(lines[0].split(",")[:2], ["id", "name"])
        self.assertEqual([line.split(",")[1] for line in lines[1:]], ["Paris"])

    async def test_who_listens_hears_of_changes(self) -> None:
        client = AsyncTestClient(api)
        async with client.stream("GET", "/news?seconds=5") as news:
            lines = news.aiter_lines()
            self.assertEqual(await anext(lines), ": listening")
            changed = await client.patch(f"/cities/{self.paris.pk}", json={"population": 3})
            self.assertEqual(changed.status_code, 200)
            said = [await anext(lines) for _ in range(3)]
        self.assertEqual(said, ["", "event: changed", f'data: {{"city":{self.paris.pk}}}'])
