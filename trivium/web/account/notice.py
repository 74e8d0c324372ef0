"""The pages on which somebody signs up, whichever way they come: the privacy notice stands on each."""

from typing import Any

from trivium.web.shared.notice import notice


class Notified:
    """Comes before a page of sign-up, and puts the notice on it."""

    template_name = "account/sign_up.html"

    def get_context_data(self, **named: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**named)  # type: ignore[misc]
        return {**context, "notice": notice()}
