"""The folder of texts."""

from trivium.connectors.texts.sender import Folder
from trivium.parties.rules import text_sender


def test_each_text_is_a_file_nobody_else_reads(tmp_path, settings):
    settings.TRIVIUM = {**settings.TRIVIUM, "TEXTS_DIR": tmp_path / "texts"}
    for text in ("code 123456", "验证码 654321"):
        text_sender().send("+8613800138000", text)
    kept = sorted(path.read_text(encoding="utf-8") for path in (tmp_path / "texts").iterdir())
    assert kept == ["To: +8613800138000\n\ncode 123456\n", "To: +8613800138000\n\n验证码 654321\n"]
    assert (tmp_path / "texts").stat().st_mode & 0o077 == 0


def test_it_is_the_sender_of_a_trial_site():
    assert isinstance(text_sender(), Folder)
