"""What the catalog refuses."""

from trivium.core.errors import Conflict, Invalid
from trivium.core.i18n import gettext_noop as _


class SkuCodeTaken(Conflict):
    """A supplier uses each of its codes once."""

    code = "catalog.sku_code_taken"
    message = _("You already have a sku with the code %(codes)s. A code belongs to one sku; choose another.")


class CategoryCodeTaken(Conflict):
    code = "catalog.category_code_taken"
    message = _("There is already a category with the code “%(code)s”. Choose another.")


class BadCode(Invalid):
    code = "catalog.bad_code"
    message = _("“%(value)s” is not a code. Use at most %(limit)s characters: %(allowed)s.")


class TooDeep(Invalid):
    code = "catalog.too_deep"
    message = _("Categories nest at most %(limit)s deep. Choose a parent nearer to the top.")


class BadWords(Invalid):
    """A name or a description in several languages that cannot be read as such."""

    code = "catalog.bad_words"
    message = _(
        "Write it as a text, or as texts by language, such as en or zh-hans, in at most %(limit)s languages."
    )


class OffStep(Invalid):
    """A quantity that is not made of whole steps."""

    code = "catalog.off_step"
    message = _("%(quantity)s of %(code)s cannot be traded: it is sold in steps of %(step)s.")


class BelowMinimum(Invalid):
    code = "catalog.below_minimum"
    message = _("%(quantity)s of %(code)s is too little: at least %(moq)s are sold at once.")


class BadWeight(Invalid):
    code = "catalog.bad_weight"
    message = _("“%(value)s” is not a weight. Give whole grams, from 0 to %(limit)s.")


class NoSkus(Invalid):
    code = "catalog.no_skus"
    message = _("A product needs at least one sku: what exactly is sold, by which code and in which unit.")


class TooMany(Invalid):
    code = "catalog.too_many"
    message = _("%(count)s at once are too many; send at most %(limit)s and the rest after that.")


class SupplierNeeded(Invalid):
    """The platform acts for a supplier only when it says for which."""

    code = "catalog.supplier_needed"
    message = _("Say for which supplier this is.")


class TooManyPictures(Invalid):
    code = "catalog.too_many_pictures"
    message = _("A product has at most %(limit)s pictures. Remove one first.")


class PictureThere(Conflict):
    code = "catalog.picture_there"
    message = _("This product has this very picture already. Choose another.")


class OtherPictures(Conflict):
    """An order of pictures that were changed meanwhile, or that are another product's."""

    code = "catalog.other_pictures"
    message = _("Name each of the product’s %(count)s pictures once. Somebody may have changed them: look again.")
