"""A payment gateway inside the test's process, which answers as it is told and remembers what it was asked."""

from dataclasses import dataclass, field, replace

from trivium.core.ids import new_ref
from trivium.settlement.rules import Charge, register_gateway

NAME = "fake"


@dataclass
class FakeGateway:
    """Takes every payment, unless the next answer is set to fail; its messages can be delivered again."""

    name: str = NAME
    succeeds: bool = True
    charges: dict[str, Charge] = field(default_factory=dict)
    second: dict[str, Charge] = field(default_factory=dict)
    refunds: dict[str, tuple[str, int]] = field(default_factory=dict)

    def charge(self, payment_ref: str, amount: int, currency: str) -> Charge:
        """Take the money once per reference; asked again, answer the same."""
        if payment_ref not in self.charges:
            self.charges[payment_ref] = Charge(
                gateway_ref=new_ref("fgw"),
                payment_ref=payment_ref,
                succeeded=self.succeeds,
                amount=amount,
                currency=currency,
            )
        return self.charges[payment_ref]

    def later(self, payment_ref: str) -> Charge:
        """What a message says of a payment that failed at first: it went through after all."""
        self.charges[payment_ref] = replace(self.charges[payment_ref], succeeded=True)
        return self.charges[payment_ref]

    def once_more(self, payment_ref: str) -> Charge:
        """The money of one payment was taken twice, by a mistake of the gateway; its message may come again."""
        if payment_ref not in self.second:
            self.second[payment_ref] = replace(self.charges[payment_ref], succeeded=True, gateway_ref=new_ref("fgw"))
        return self.second[payment_ref]

    def otherwise(self, payment_ref: str, amount: int) -> Charge:
        """It went through with another amount."""
        self.charges[payment_ref] = replace(self.charges[payment_ref], succeeded=True, amount=amount)
        return self.charges[payment_ref]

    def refund(self, gateway_ref: str, refund_ref: str, amount: int, currency: str) -> None:
        """Send money back once per reference; never more than was taken."""
        self.refunds[f"{gateway_ref} {refund_ref}"] = (gateway_ref, amount)
        charges = (*self.charges.values(), *self.second.values())
        taken = sum(c.amount for c in charges if c.gateway_ref == gateway_ref and c.succeeded)
        back = sum(amount for ref, amount in self.refunds.values() if ref == gateway_ref)
        assert back <= taken, f"{gateway_ref}: {back} sent back of {taken}"

    def read_message(self, body: bytes, signature: str) -> Charge:
        """Messages are delivered by the tests as charges."""
        raise NotImplementedError


def install() -> FakeGateway:
    """A fresh gateway under the one name the tests use."""
    gateway = FakeGateway()
    register_gateway(gateway)
    return gateway
