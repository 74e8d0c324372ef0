"""Import contract: some rooms of a context are private to that context (docs/house.md, rooms)."""

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class PrivateRooms(Contract):
    """Refuses an import of `<root>.<context>.<room>` from outside that context; core is everyone's."""

    type_name = "private_rooms"
    root = fields.StringField()
    rooms = fields.SetField(subfield=fields.StringField())

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        """Find every import that enters a private room from outside."""
        broken = [
            (importer, module)
            for module in graph.modules
            if self._is_private(module)
            for importer in graph.find_modules_that_directly_import(module)
            if importer.split(".")[1:2] != module.split(".")[1:2]
        ]
        return ContractCheck(kept=not broken, metadata={"broken": sorted(broken)})

    def _is_private(self, module: str) -> bool:
        parts = module.split(".")
        return len(parts) > 2 and parts[0] == self.root and parts[1] != "core" and parts[2] in self.rooms

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Name each such import."""
        for importer, module in check.metadata["broken"]:
            output.print_error(f"{importer} -> {module}: a private room of another context")
