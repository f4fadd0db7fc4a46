"""Files as people send them: text, workbooks and archives."""

import zipfile

import openpyxl
import pytest


@pytest.fixture
def write(tmp_path):
    def write(content, name="list.csv"):
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


@pytest.fixture
def write_book(tmp_path):
    def write_book(*rows, name="list.xlsx", prepare=None):
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append(row)
        if prepare:
            prepare(book)
        book.save(tmp_path / name)
        return tmp_path / name

    return write_book


@pytest.fixture
def write_zip(tmp_path):
    def write_zip(members, name="list.zip"):
        with zipfile.ZipFile(tmp_path / name, "w", zipfile.ZIP_DEFLATED) as packed:
            for member, content in members.items():
                packed.writestr(member, content)
        return tmp_path / name

    return write_zip
