"""Which page answers which path: the front door here, the portals in their own files."""

from django.urls import include, path, register_converter

from trivium.web.shared import look, pictures, sign_in
from trivium.web.shared.converters import RefConverter

register_converter(RefConverter, "ref")

front = (
    [
        path("", sign_in.root, name="root"),
        path("welcome/", sign_in.welcome, name="welcome"),
        path("sign-in/", sign_in.sign_in, name="sign_in"),
        path("sign-out/", sign_in.sign_out, name="sign_out"),
        path("workspace/", sign_in.switch, name="switch"),
        path("language/", sign_in.language, name="language"),
        path("look/", look.look, name="look"),
        path("keyboard/", look.keyboard, name="keyboard"),
        path("pictures/<ref:ref>.webp", pictures.picture_file, name="picture"),
    ],
    "web",
)

urlpatterns = [
    path("", include(front)),
    path("operator/", include("trivium.web.operator.urls")),
    path("supplier/", include("trivium.web.supplier.urls")),
    path("partner/", include("trivium.web.partner.urls")),
    path("buyer/", include("trivium.web.buyer.urls")),
]
