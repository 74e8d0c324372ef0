"""The vault: nothing is read without its key, from elsewhere, or changed; keys can be changed; a dump tells nothing."""

import os

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import isolate_apps

from trivium.core import private_files, sql, vault
from trivium.core.fields import EncryptedTextField, FingerprintField
from trivium.core.models import Model

OLD, NEW = "the-first-key-of-this-test-is-long-enough", "the-second-key-of-this-test-is-long-enough"
PHONE = "+8613800138000"


@pytest.fixture(autouse=True)
def keys(settings, tmp_path):
    settings.VAULT_KEYS, settings.SEARCH_KEYS = OLD, OLD
    settings.MEDIA_ROOT = tmp_path


def test_what_is_encrypted_is_read_again_and_shows_nothing():
    stored = vault.encrypt(PHONE.encode(), "here")
    assert vault.decrypt(stored, "here") == PHONE.encode()
    assert PHONE.encode() not in stored and stored != vault.encrypt(PHONE.encode(), "here")


def test_it_is_read_neither_with_another_key_nor_in_another_place(settings):
    stored = vault.encrypt(b"6222", "here")
    with pytest.raises(vault.Unreadable, match="belongs elsewhere"):
        vault.decrypt(stored, "there")
    settings.VAULT_KEYS = NEW
    with pytest.raises(vault.Unreadable, match="not among TRIVIUM_VAULT_KEYS"):
        vault.decrypt(stored, "here")


@pytest.mark.parametrize("found_by", [None, "phone"])
def test_one_changed_bit_anywhere_is_noticed(found_by):
    stored = vault.encrypt(b"6222", "here", found_by=found_by)
    for place in range(len(stored)):
        changed = bytearray(stored)
        changed[place] ^= 1
        with pytest.raises(vault.Unreadable):
            vault.decrypt(bytes(changed), "here")
    for end in range(len(stored)):
        with pytest.raises(vault.Unreadable):
            vault.decrypt(stored[:end], "here")


def test_a_ring_writes_with_its_first_key_and_reads_with_all(settings):
    before = vault.encrypt(b"6222", "here")
    settings.VAULT_KEYS = f"{NEW},{OLD}"
    after = vault.encrypt(b"6222", "here")
    assert not vault.is_current(before) and vault.is_current(after)
    assert vault.decrypt(before, "here") == vault.decrypt(after, "here") == b"6222"
    settings.VAULT_KEYS = NEW
    assert vault.decrypt(after, "here") == b"6222"


def test_keys_in_a_file_are_read_again_when_one_is_added(settings, tmp_path):
    settings.VAULT_KEYS = tmp_path / "vault_keys"
    settings.VAULT_KEYS.write_text(OLD)
    before = vault.encrypt(b"6222", "here")
    settings.VAULT_KEYS.write_text(f"{NEW}\n{OLD}\n")
    os.utime(settings.VAULT_KEYS, ns=(1, 1))
    assert vault.decrypt(before, "here") == b"6222" and not vault.is_current(before)


def test_a_key_too_short_is_no_key(settings):
    settings.VAULT_KEYS = "short"
    with pytest.raises(ValueError, match="at least 32"):
        vault.ring()


@isolate_apps("trivium.core")
def _table() -> type[Model]:
    class Contact(Model):
        phone = EncryptedTextField(found_by="phone")
        phone_print = FingerprintField("phone", unique=True)
        account = EncryptedTextField()

        class Meta:
            app_label = "core"
            db_table = "test_contact"

    return Contact


@pytest.fixture
def contacts(db):
    model = _table()
    with connection.schema_editor() as editor:
        editor.create_model(model)
    return model.objects


def test_a_column_reads_in_clear_and_stands_encrypted(contacts):
    row = contacts.create(phone=PHONE, account="6222 0000 1234")
    assert (row.phone, contacts.get().phone, contacts.get().account) == (PHONE, PHONE, "6222 0000 1234")
    assert contacts.read("", {})[0].phone == PHONE
    ((dumped,),) = sql.rows("SELECT c::text FROM test_contact c")
    for form in (PHONE, PHONE.encode().hex(), PHONE[3:], "6222 0000 1234", b"6222 0000 1234".hex()):
        assert form not in dumped


def test_equals_are_found_by_their_fingerprint_alone(contacts, settings):
    contacts.create(phone=PHONE)
    assert contacts.filter(phone_print__of=PHONE).count() == 1
    assert not contacts.filter(phone_print__of="+8613800138001").exists()
    assert not contacts.filter(phone_print__of="").exists()
    with pytest.raises(IntegrityError), transaction.atomic():
        contacts.create(phone=PHONE)
    with pytest.raises(TypeError, match="fingerprint"):
        contacts.filter(phone=PHONE)
    settings.SEARCH_KEYS = f"{NEW},{OLD}"
    assert contacts.get(phone_print__of=PHONE).phone == PHONE


def test_the_fingerprint_follows_every_way_of_writing(contacts):
    row = contacts.create(phone=PHONE)
    contacts.update(phone="+862112345678")
    assert contacts.filter(phone_print__of="+862112345678").exists()
    row.phone = ""
    row.save(update_fields=["phone"])
    contacts.create(phone="")
    assert contacts.filter(phone_print=None).count() == 2


def test_nothing_in_clear_gets_into_the_column(contacts):
    row = contacts.create(phone=PHONE)
    with pytest.raises(IntegrityError), transaction.atomic():
        sql.execute("UPDATE test_contact SET account = 'in clear'::bytea")
    for short_way in (lambda: contacts.insert([row]), lambda: contacts.change([row], ["phone"])):
        with pytest.raises(TypeError, match="columns of bytes"):
            short_way()


def test_a_value_copied_to_another_column_is_not_read_there(contacts):
    contacts.create(phone=PHONE, account="6222")
    sql.execute("UPDATE test_contact SET account = phone")
    with pytest.raises(vault.Unreadable):
        contacts.get()


def test_a_private_file_is_read_by_the_program_alone(tmp_path):
    name = private_files.keep(b"business licence 91310000MA1FL1LG8U")
    (path,) = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert b"91310000MA1FL1LG8U" not in path.read_bytes() and path.parts[-3] == "private"
    assert private_files.read(name) == b"business licence 91310000MA1FL1LG8U"
    assert list(private_files.names()) == [name]
    private_files.forget(name)
    with pytest.raises(FileNotFoundError):
        private_files.read(name)


def test_a_private_file_is_not_read_under_another_name_nor_changed(tmp_path):
    name = private_files.keep(b"licence")
    (path,) = [path for path in tmp_path.rglob("*") if path.is_file()]
    stored = path.read_bytes()
    path.write_bytes(stored[:-1] + bytes([stored[-1] ^ 1]))
    with pytest.raises(vault.Unreadable):
        private_files.read(name)
    other = private_files.keep(b"another")
    (its,) = [path for path in tmp_path.rglob("*") if path.is_file() and path.name.startswith(other)]
    its.write_bytes(stored)
    with pytest.raises(vault.Unreadable):
        private_files.read(other)


def test_a_private_file_is_renewed_and_survives_a_kill_half_way(settings, tmp_path):
    name = private_files.keep(b"licence")
    settings.VAULT_KEYS = f"{NEW},{OLD}"
    half = tmp_path / "private" / name[:2] / f"{name}.{vault.ring().current.id.hex()}"
    half.write_bytes(vault.encrypt(b"licence", f"file:{name}")[:30])  # what a killed rotation has left
    assert private_files.read(name) == b"licence"
    assert private_files.renew(name) and not private_files.renew(name)
    settings.VAULT_KEYS = NEW
    assert private_files.read(name) == b"licence" and len(private_files.versions(name)) == 1
