"""Who another service says may not sign in through it, and whom it means."""

from allauth.socialaccount.models import SocialAccount

from trivium.parties.models import ServiceMember


def is_barred(provider: str, uid: str) -> bool:
    """Whether the service has said that this member was disabled or has left. One statement."""
    return ServiceMember.objects.filter(provider=provider, uid=uid, may_sign_in=False).exists()


def members_called(provider: str, company: str, member: str) -> list[str]:
    """How the sign-in knows a member of a company whom the service calls by another name than it tells at sign-in."""
    found = SocialAccount.objects.filter(
        provider=provider, extra_data__corpid=company, extra_data__userid=member
    ).order_by("pk")
    return list(found.values_list("uid", flat=True))
