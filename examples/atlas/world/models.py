"""The countries of the world, their cities above 15,000 inhabitants, and pictures of them."""

from django.db import models


class Country(models.Model):
    code = models.CharField(max_length=2, primary_key=True, help_text="ISO 3166-1 alpha-2")
    name = models.CharField(max_length=100, unique=True)
    iso3 = models.CharField(max_length=3, unique=True)
    capital = models.CharField(max_length=100, blank=True)
    continent = models.CharField(max_length=2)
    population = models.PositiveBigIntegerField()
    area_km2 = models.PositiveIntegerField()
    currency = models.CharField(max_length=3, blank=True, help_text="ISO 4217")
    phone = models.CharField(max_length=20, blank=True, help_text="International dialling code")

    class Meta:
        ordering = ("name",)
        verbose_name_plural = "countries"

    def __str__(self) -> str:
        return self.name


class City(models.Model):
    id = models.BigAutoField(primary_key=True, help_text="As geonames.org numbers it; new ones count on")
    name = models.CharField(max_length=200)
    country = models.ForeignKey(Country, on_delete=models.PROTECT, related_name="cities")
    population = models.PositiveBigIntegerField()
    latitude = models.FloatField()
    longitude = models.FloatField()
    timezone = models.CharField(max_length=40)
    admin1 = models.CharField(max_length=20, blank=True, help_text="Code of the state, province or region")

    class Meta:
        ordering = ("id",)
        verbose_name_plural = "cities"
        indexes = (
            # Lists are filtered by country and go on by id; search shows the largest first.
            models.Index(fields=("country", "id"), name="city_country_id"),
            models.Index(fields=("-population", "id"), name="city_population_id"),
        )

    def __str__(self) -> str:
        return self.name


class Picture(models.Model):
    class Kind(models.TextChoices):
        PNG = "png", "PNG"
        JPEG = "jpeg", "JPEG"

    city = models.ForeignKey(City, on_delete=models.PROTECT, related_name="pictures")
    file = models.FileField(upload_to="pictures/")
    kind = models.CharField(max_length=4, choices=Kind.choices)
    caption = models.CharField(max_length=200)
    taken = models.DateField()
    digest = models.CharField(max_length=64, help_text="SHA-256 of the file, in hexadecimal digits")

    class Meta:
        ordering = ("-taken", "-id")
        constraints = (models.UniqueConstraint(fields=("city", "digest"), name="picture_once_per_city"),)

    def __str__(self) -> str:
        return self.caption
