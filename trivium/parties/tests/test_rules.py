"""Jobs and votes: pure."""

import pytest

from trivium.core.permissions import permissions_of
from trivium.parties.rules import ApprovalStatus, Job, Role, rights_of, verdict


def test_an_administrator_has_every_right_of_the_workspace() -> None:
    for role in Role:
        assert rights_of(role, Job.ADMIN) == permissions_of(role)


@pytest.mark.parametrize("job", [Job.STAFF, Job.REQUESTER])
def test_staff_neither_decides_nor_opens_doors(job: Job) -> None:
    reserved = {"approval.decide", "apikey.manage", "party.edit", "budget.set", "party.admit", "credit.set"}
    for role in Role:
        assert not rights_of(role, job) & reserved


def test_an_approver_decides_but_changes_no_rules() -> None:
    rights = rights_of(Role.BUYER, Job.APPROVER)
    assert "approval.decide" in rights
    assert not {"party.edit", "apikey.manage"} & rights


def test_one_no_declines_whatever_else_was_said() -> None:
    assert verdict(1, [False]) is ApprovalStatus.DECLINED
    assert verdict(2, [True, True, False]) is ApprovalStatus.DECLINED


def test_enough_yeses_approve() -> None:
    assert verdict(2, []) is ApprovalStatus.WAITING
    assert verdict(2, [True]) is ApprovalStatus.WAITING
    assert verdict(2, [True, True]) is ApprovalStatus.APPROVED
