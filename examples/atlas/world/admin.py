from django.contrib import admin

from world.models import City, Country, Picture


@admin.register(Country)
class CountryAdmin(admin.ModelAdmin):
    list_display = ("name", "code", "capital", "continent", "population")
    list_filter = ("continent",)
    search_fields = ("name", "code", "iso3")


@admin.register(City)
class CityAdmin(admin.ModelAdmin):
    list_display = ("name", "country", "population", "timezone")
    list_filter = ("country__continent",)
    list_select_related = ("country",)
    search_fields = ("name",)
    autocomplete_fields = ("country",)


@admin.register(Picture)
class PictureAdmin(admin.ModelAdmin):
    list_display = ("caption", "city", "taken", "kind")
    list_filter = ("kind",)
    list_select_related = ("city",)
    autocomplete_fields = ("city",)
