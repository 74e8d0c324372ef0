"""One row of a sheet: what it says against how things stand, and the acts that bring the one to the other."""

from collections.abc import Mapping
from decimal import Decimal

from trivium.catalog import commands as goods
from trivium.catalog import queries as catalog
from trivium.catalog.queries import CategoryRow, Entry
from trivium.catalog.rules import NewSku
from trivium.core.actor import Actor
from trivium.core.errors import NotFound, Refusal
from trivium.integration.errors import NewGoodsNeedMore, NoSuchCategory, NotTheLead
from trivium.integration.queries import Standing
from trivium.integration.rules import read_grams, read_prices, read_quantity, read_unit, read_yes
from trivium.inventory import commands as inventory
from trivium.inventory.rules import Item
from trivium.parties import queries as parties
from trivium.pricing import commands as pricing
from trivium.pricing import queries as prices
from trivium.pricing.queries import PriceListRow
from trivium.pricing.rules import NewPrice

Cells = Mapping[str, str]
LIST_NAME = "Price list"


class Taker:
    """Brings a supplier's skus to what rows say, on a person's word.

    `known` and `stands` are how things stood before; what a row makes new is not looked up again.
    """

    def __init__(self, actor: Actor, supplier: Actor, known: Mapping[str, Entry], stands: Standing) -> None:
        self._actor, self._supplier, self._known, self._stands = actor, supplier, known, stands
        self._categories: list[CategoryRow] | None = None

    def take(self, cells: Cells) -> bool:
        """Do what a row says; whether that was anything.

        Refuses: whatever is wrong with the row, naming the column.
        """
        stands = self._stands
        try:
            return self._take(cells)
        except Refusal:
            self._stands = stands  # what the row had begun is undone
            raise

    def _take(self, cells: Cells) -> bool:
        entry = self._known.get(cells["code"])
        if entry is None:
            self._bring(cells)
            return True
        changed = [
            self._words(entry, cells), self._place(entry, cells), self._terms(entry, cells),
            self._prices(entry.sku_ref, entry.code, cells), self._stock(entry.sku_ref, cells),
            self._listed(entry, cells),
        ]  # fmt: skip
        return any(changed)

    # -- what is new -----------------------------------------------------------------------------------------------

    def _bring(self, cells: Cells) -> None:
        sku = NewSku(
            code=cells["code"], unit=read_unit(cells.get("unit") or "pcs"),
            moq=read_quantity(cells.get("moq") or "1", "moq"),
            quantity_step=read_quantity(cells.get("step") or "1", "step"),
            weight_g=read_grams(cells.get("weight_g") or "0"),
        )  # fmt: skip
        name = _words({}, cells, "name")
        if lead_code := cells.get("variant_of"):
            lead = self._known.get(lead_code) or self._just_brought(lead_code)
            if lead is None:
                raise NotFound(what="sku", ref=lead_code, field="variant_of")
            _refuse_product_words(lead, cells)
            own = NewSku(code=sku.code, name=name, unit=sku.unit, moq=sku.moq, quantity_step=sku.quantity_step,
                         weight_g=sku.weight_g)  # fmt: skip
            ref = goods.add_sku(self._actor, lead.product_ref, own)
        else:
            if not name or not cells.get("category"):
                raise NewGoodsNeedMore(code=sku.code, field="name")
            made = goods.create_product(
                self._actor, name=name, category_ref=self._category(cells.get("category", "")), skus=[sku],
                description=_words({}, cells, "description"), supplier_ref=self._supplier.organization_ref,
            )  # fmt: skip
            ref = made.sku_refs[sku.code]
        self._prices(ref, sku.code, cells)
        self._stock(ref, cells)
        if cells.get("listed") and not read_yes(cells["listed"]):
            goods.delist_sku(self._actor, ref)

    def _just_brought(self, code: str) -> Entry | None:
        return catalog.entries_by_code(self._supplier.organization_id or 0, [code]).get(code)

    # -- what is there ---------------------------------------------------------------------------------------------

    def _words(self, entry: Entry, cells: Cells) -> bool:
        """Names and description, if they differ. A sku that is called like its product renames the product."""
        changed = False
        name = _words(entry.name, cells, "name")
        if name != entry.name:
            changed = True
            if entry.own_name or entry.code != entry.lead_code:
                goods.revise_sku(self._actor, entry.sku_ref, name=name)
            else:
                goods.revise_product(self._actor, entry.product_ref, name=name)
        description = _words(entry.description, cells, "description")
        if description != entry.description:
            if entry.code != entry.lead_code:
                raise NotTheLead(column="description", lead=entry.lead_code, field="description")
            changed = True
            goods.revise_product(self._actor, entry.product_ref, description=description)
        return changed

    def _place(self, entry: Entry, cells: Cells) -> bool:
        if not cells.get("category"):
            return False
        category_ref = self._category(cells["category"])
        if category_ref == entry.category_ref:
            return False
        if entry.code != entry.lead_code:
            raise NotTheLead(column="category", lead=entry.lead_code, field="category")
        goods.revise_product(self._actor, entry.product_ref, category_ref=category_ref)
        return True

    def _terms(self, entry: Entry, cells: Cells) -> bool:
        """Smallest quantity, step and weight. The unit stays: stock and prices are counted in it."""
        moq = read_quantity(cells["moq"], "moq") if cells.get("moq") else entry.moq
        step = read_quantity(cells["step"], "step") if cells.get("step") else entry.quantity_step
        weight = read_grams(cells["weight_g"]) if cells.get("weight_g") else entry.weight_g
        if (moq, step, weight) == (entry.moq, entry.quantity_step, entry.weight_g):
            return False
        goods.revise_sku(self._actor, entry.sku_ref, moq=moq, quantity_step=step, weight_g=weight)
        return True

    def _prices(self, sku_ref: str, code: str, cells: Cells) -> bool:
        """The steps of the sheet's list: those the row does not name are gone."""
        if not cells.get("prices"):
            return False
        steps = read_prices(cells["prices"], code)
        before = self._stands.steps.get(sku_ref, [])
        if steps == before:
            return False
        new = [NewPrice(sku_ref, step, price) for step, price in steps]
        price_list = self._stands.price_list
        if price_list is None:
            supplier = parties.names_of([self._supplier.organization_id or 0])[self._supplier.organization_id or 0]
            ref = pricing.publish_price_list(
                self._actor, name=LIST_NAME, currency=supplier.currency, prices=new, supplier_ref=supplier.ref
            )
            self._stands = Standing(_list_of(self._supplier, ref), self._stands.steps, self._stands.on_hand)
            return True
        if {step for step, _price in before} - {step for step, _price in steps}:
            pricing.remove_prices(self._actor, price_list.ref, [sku_ref])
        pricing.set_prices(self._actor, price_list.ref, new)
        return True

    def _stock(self, sku_ref: str, cells: Cells) -> bool:
        if not cells.get("stock"):
            return False
        counted = read_quantity(cells["stock"], "stock", zero=True)
        if counted == self._stands.on_hand.get(sku_ref, Decimal(-1)):
            return False
        item = Item(sku_ref, counted)
        inventory.count_stock(self._actor, [item], supplier_ref=self._supplier.organization_ref)
        return True

    def _listed(self, entry: Entry, cells: Cells) -> bool:
        if not cells.get("listed") or read_yes(cells["listed"]) == entry.is_listed:
            return False
        if entry.is_listed:
            goods.delist_sku(self._actor, entry.sku_ref)
        else:
            goods.list_product(self._actor, entry.product_ref)
            goods.list_sku(self._actor, entry.sku_ref)
        return True

    def _category(self, said: str) -> str:
        """A category by its code, its path or its name in any language.

        Refuses: NoSuchCategory.
        """
        if self._categories is None:
            self._categories = catalog.categories()
        wanted = said.strip().casefold()
        by_code = [row for row in self._categories if wanted and wanted in (row.code, row.path)]
        by_name = [row for row in self._categories if wanted in (name.casefold() for name in row.name.values())]
        if len(found := by_code or by_name) != 1:
            raise NoSuchCategory(value=said[:40], field="category")
        return found[0].ref


def _list_of(supplier: Actor, ref: str) -> PriceListRow | None:
    return next((row for row in prices.price_lists(supplier, limit=200) if row.ref == ref), None)


def _words(before: Mapping[str, str], cells: Cells, column: str) -> dict[str, str]:
    """Words by language with what the row says of them; an empty cell leaves them as they are."""
    said = {"zh-hans": cells.get(column, ""), "en": cells.get(f"{column}_en", "")}
    return {**before, **{language: text for language, text in said.items() if text}}


def _refuse_product_words(lead: Entry, cells: Cells) -> None:
    for column in ("description", "description_en", "category"):
        if cells.get(column):
            raise NotTheLead(column=column, lead=lead.lead_code, field=column)
