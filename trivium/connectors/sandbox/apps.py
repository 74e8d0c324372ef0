"""The Django app of the sandbox; makes the gateway known."""

from django.apps import AppConfig


class SandboxConfig(AppConfig):
    name = "trivium.connectors.sandbox"
    label = "sandbox"

    def ready(self) -> None:
        """Register the gateway under its name."""
        from trivium.connectors.sandbox.adapter import SandboxGateway
        from trivium.settlement.rules import register_gateway

        register_gateway(SandboxGateway())
