"""What parties refuse about the papers of admitted companies."""

from trivium.core.errors import Conflict, Denied, Invalid
from trivium.core.i18n import gettext_noop as _


class PaperOver(Invalid):
    """A paper that is handed in, or approved, after its last day."""

    code = "parties.paper_over"
    message = _("This paper expired on %(day)s. Hand in the one that is in force now.")


class PaperMoved(Conflict):
    """The paper that was to be replaced is in force no more: a colleague's renewal, or another decision, came first."""

    code = "parties.paper_moved"
    message = _("The paper this one shall replace is no longer in force. Look at the papers as they are now.")


class RenewalWaits(Conflict):
    code = "parties.renewal_waits"
    message = _("A renewal of this paper waits for the operator already. Take it back first to hand in another.")


class TooManyOwnPapers(Conflict):
    code = "parties.too_many_own_papers"
    message = _("At most %(most)s papers are kept of a company. Renew one instead of adding another.")


class OwnPaper(Denied):
    code = "parties.own_paper"
    message = _("Nobody decides on a paper of a company they work in. A colleague has to decide.")


class LicenceLapsed(Conflict):
    """A paper without which nothing is listed is in force no more; what is on sale stays on sale."""

    code = "parties.licence_lapsed"
    message = _(
        "%(paper)s expired on %(day)s, so nothing new goes on sale. What is on sale stays there. Hand in the renewed "
        "paper under “Our company”; it counts once the operator has approved it."
    )


class CertificateLapsed(Conflict):
    """The same for goods of one category."""

    code = "parties.certificate_lapsed"
    message = _(
        "Goods of “%(category)s” need a paper that expired on %(day)s: %(paper)s. Nothing new of them goes on sale "
        "until a renewed one, handed in under “Our company”, is approved."
    )


class CertificateNeeded(Conflict):
    """A company that has handed in papers lists goods that need one more."""

    code = "parties.certificate_needed"
    message = _(
        "Goods of “%(category)s” need a paper: %(paper)s. Hand it in under “Our company”; they can go on sale once the "
        "operator has approved it."
    )
