"""Paths of the accounts."""

from django.urls import path

from asbuilt.accounts import views

app_name = "accounts"

urlpatterns = [
    path("login", views.login, name="login"),
    path("logout", views.logout, name="logout"),
    path("site", views.choose_site, name="choose-site"),
]
