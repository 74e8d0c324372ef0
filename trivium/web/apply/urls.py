"""Paths of those who apply."""

from django.urls import path

from trivium.web.apply import applications, filing

app_name = "apply"
urlpatterns = [
    path("", applications.applications, name="applications"),
    path("start/", applications.start, name="start"),
    path("papers/<ref:ref>/", filing.paper, name="paper"),
    path("<ref:ref>/", filing.application, name="application"),
    path("<ref:ref>/save/", filing.save, name="save"),
    path("<ref:ref>/send/", filing.send, name="send"),
    path("<ref:ref>/paper/", filing.add_paper, name="add_paper"),
    path("<ref:ref>/withdraw/", filing.withdraw, name="withdraw"),
]
