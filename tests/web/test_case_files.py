"""Files and amounts that people hand in with a case: what they are is judged, not what they are called."""

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from kerong.web.base.forms import fen_of
from kerong.web.base.models import Attachment
from kerong.web.base.services.attachment import kind_of, place_of, titled
from kerong.web.base.services.case_refusals import CaseRefused
from tests.web.cases.office import client_of, grants_run, office, said_after
from tests.web.cases.town import Town

__all__ = ["grants_run", "office"]
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"


def _sheet(*names: str) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as book:
        for name in names:
            book.writestr(name, "x")
    return held.getvalue()


SHEET = ("[Content_Types].xml", "xl/workbook.xml")


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (PDF, "pdf"),
        (b"\x89PNG\r\n\x1a\n....IEND\xaeB`\x82", "png"),
        (b"\xff\xd8\xff\xe0....\xff\xd9", "jpg"),
        (_sheet(*SHEET), "xlsx"),
        (_sheet(*SHEET, "xl/vbaProject.bin"), None),
        (_sheet("word/document.xml"), None),
        (b"<html><script>alert(1)</script></html>", None),
        (b"%PDF-1.7 cut off", None),
        (b"MZ\x90\x00", None),
        (b"PK\x03\x04 broken", None),
        (b"", None),
    ],
)
def test_a_file_is_what_its_bytes_are_whatever_it_is_called(data: bytes, kind: str | None) -> None:
    assert kind_of(data) == kind


def test_an_attachment_is_kept_by_digest_and_given_only_to_who_may_see_the_case(office: Town) -> None:
    office.call()
    case = office.applied()
    firm, path = client_of(office, "firm1"), f"/cases/{case.pk}/attachments/"
    for name in ("../../etc/合同\u202efdp.exe", "again.pdf"):
        said_after(firm, path, file=SimpleUploadedFile(name, PDF, "text/html"))
    held = Attachment.objects.get()
    assert held.title == "合同fdp.pdf"
    assert place_of(held.digest).read_bytes() == PDF
    answer = client_of(office, "sun").get(f"/attachments/{held.pk}/")
    assert answer.content == PDF
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Type"] == "application/pdf"
    office.firm(2)
    assert client_of(office, "firm2").get(f"/attachments/{held.pk}/").status_code == 404
    said = said_after(firm, path, file=SimpleUploadedFile("a.pdf", b"<html>"))
    assert "不是 PDF" in said
    said = said_after(firm, path, file=SimpleUploadedFile("b.pdf", PDF + b" " * (11 << 20)))
    assert "超过 10 MB" in said
    assert "请选择文件" in said_after(firm, path)
    assert Attachment.objects.count() == 1
    assert sum(place.is_file() for place in place_of(held.digest).parent.parent.rglob("*")) == 1


def test_names_of_files_keep_no_path_and_have_their_true_ending() -> None:
    assert titled("C:\\temp\\a.b.PDF", "pdf") == "a.b.pdf"
    assert titled("...", "png") == "file.png"
    assert len(titled("长" * 500, "xlsx")) <= 200


@pytest.mark.parametrize(
    ("text", "fen"),
    [("1234.5", 123_450), ("1,234.05", 123_405), ("０．０１", 1), ("7", 700), ("", None), (" 12 ", 1200)],
)
def test_amounts_are_read_as_people_type_them(text: str, fen: int | None) -> None:
    assert fen_of(text) == fen


@pytest.mark.parametrize("text", ["-1", "1.234", "12,34", "1e5", "NaN", "十", "1 000", "99999999999999", "1.2.3"])
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(CaseRefused):
        fen_of(text)
